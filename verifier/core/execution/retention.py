"""Removes the reports of old runs."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_NAME = re.compile(r"\d{8}T\d{6}Z-.+")
_ACCEPTED = "DONE"


@contextmanager
def in_use(folder: Path) -> Iterator[bool]:
    """Lock the folder of a run; yields whether nobody else holds it. The lock ends with the process."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)


def hold(folder: Path) -> int:
    """Lock the folder of this run until the process ends, so that no other run removes it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def remove_old_runs(reports: Path, target: str, keep: int) -> int:
    """Remove the folders of old runs of `target`; returns how many were removed.

    The newest run that ended DONE stays as well, as the evidence for its release. Runs that still go on, links, files
    and folders of other targets are never touched.

    Args:
        reports: the folder of all runs.
        target: whose runs.
        keep: how many of the newest stay, including that of the caller.
    """
    runs = sorted(_runs(reports, target), key=lambda each: (each[0].name[:16], each[0].stat().st_mtime), reverse=True)
    accepted = next((folder for folder, verdict in runs if verdict == _ACCEPTED), None)
    removed = 0
    for folder, _ in runs[keep:]:
        if folder == accepted:
            continue
        with in_use(folder) as free:
            if free:
                shutil.rmtree(folder, ignore_errors=True)
                removed += not folder.exists()
    return removed


def _runs(reports: Path, target: str) -> Iterator[tuple[Path, str]]:
    """The folders of runs of this target, each with its verdict."""
    for folder in reports.iterdir():
        if folder.is_symlink() or not folder.is_dir() or not _NAME.fullmatch(folder.name):
            continue
        record = _record(folder / "verdict.json")
        if record.get("target") == target and "run" in record:
            yield folder, str(record.get("verdict"))


def _record(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
