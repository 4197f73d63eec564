"""The folders of a run: what it leaves behind, and what only it may read."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path

from verifier.core.config.target import Target
from verifier.core.deadline import now
from verifier.core.execution.retention import hold
from verifier.core.suite import place_of

_SCRATCH = "definition-of-done-"


def new_folder(root: Path, target: Target) -> Path:
    """A folder of its own for a run, below `reports/`, with `reports/latest` pointing at it."""
    reports = root / "reports"
    stem = f"{now():%Y%m%dT%H%M%SZ}-{target.name}"
    for number in range(1, 1000):
        folder = reports / (stem if number == 1 else f"{stem}-{number}")
        with suppress(FileExistsError):
            folder.mkdir(parents=True)
            _ignore(reports)
            hold(folder)
            _point(reports / "latest", folder.name)
            return folder
    raise OSError(f"cannot make a folder below {reports}")


def _ignore(reports: Path) -> None:
    """Keep reports out of the repository of a caller whose own `.gitignore` does not name them."""
    ignored = reports / ".gitignore"
    if place_of(reports).apart and not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")


def new_scratch() -> Path:
    """A folder that nobody else can read. What runs that were killed left in theirs is removed."""
    for left in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*-*"):
        if left.is_dir() and left.stat().st_uid == os.getuid() and not _lives(left.name):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-"))


def _lives(name: str) -> bool:
    """Whether the process that a scratch folder is named after is still there."""
    try:
        os.kill(int(name.removeprefix(_SCRATCH).partition("-")[0]), 0)
    except (ValueError, PermissionError):
        return True
    except ProcessLookupError:
        return False
    return True


def _point(link: Path, name: str) -> None:
    fresh = link.with_name(f"{link.name}.{uuid.uuid4().hex[:8]}")
    fresh.symlink_to(name)
    fresh.replace(link)
