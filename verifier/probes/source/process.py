"""Runs a command of the app: with a deadline, its output kept as it comes, and nothing of it left running."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from verifier.core.credentials import needs
from verifier.core.deadline import Deadline, monotonic
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.redaction import REDACTOR

_KEPT = 200_000
"""Lines of output that are read for a summary, the newest."""
_AFTERWARDS = 2.0
"""Seconds in which the output ends after the command has; what it left running is ended then."""
_TOLD_EVERY = 0.5
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
"""What colors a terminal (ECMA-48, section 5.4)."""
_RUNNING: set[int] = set()


@dataclass(frozen=True)
class Finished:
    """How a command ended.

    Attributes:
        status: its exit status, negative for a signal; nothing if it was ended at its deadline.
        lines: what it said, both channels, without colors.
    """

    status: int | None
    seconds: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class CommandLine:
    """What a person would type.

    Attributes:
        command: a line for `sh`.
        folder: where it is typed.
        log: the file that gets its output line by line, redacted.
        more: variables that it gets besides.
    """

    command: str
    folder: Path
    log: Path
    more: Mapping[str, str] = field(default_factory=dict)


def run_line(line: CommandLine, deadline: Deadline, tell: Callable[[str], None]) -> Finished:
    """Run it without input, and wait for its end or the deadline.

    Args:
        line: what is typed.
        deadline: how long it may take.
        tell: is told the newest line of its output.

    Raises:
        CouldNotLook: interrupted, if the run was told to stop; precondition, if it cannot be started.
    """
    began = monotonic()
    process = _started(line)
    lines: deque[str] = deque(maxlen=_KEPT)
    reader = threading.Thread(target=_read, args=(process, line.log, lines), daemon=True)
    reader.start()
    try:
        status = _waited(process, deadline, lines, tell)
        reader.join(_AFTERWARDS if status is not None else 0)
    finally:
        _end(process)
    reader.join(_AFTERWARDS)
    return Finished(status, monotonic() - began, tuple(lines))


def _started(line: CommandLine) -> subprocess.Popen[str]:
    line.log.parent.mkdir(parents=True, exist_ok=True)
    try:
        process = subprocess.Popen(
            ["/bin/sh", "-c", line.command], cwd=line.folder, env=environment(line.more), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
            start_new_session=True,
        )  # fmt: skip
    except OSError as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"cannot run '{line.command}': {trouble.strerror}") from None
    _RUNNING.add(process.pid)
    return process


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """What the app's commands get of our environment.

    The suite's own credentials are withheld: DATABASE_URL is the live database here, and tests write to theirs.
    CI makes runners end that would watch files otherwise. Node and npm of our packages serve where there are none.
    """
    ours = {name for need in needs().values() for name in need.names}
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("PYTEST_")}
    path = kept.get("PATH", os.defpath)
    if not shutil.which("npm", path=path):
        kept["PATH"] = f"{path}{os.pathsep}{Path(sys.executable).parent}"
    kept.pop("FORCE_COLOR", None)
    return {**kept, "CI": "true", "NO_COLOR": "1", **more}


def plain(line: str) -> str:
    """A line without what colors it."""
    return _ESCAPES.sub("", line).rstrip()


def _waited(
    process: subprocess.Popen[str], deadline: Deadline, lines: deque[str], tell: Callable[[str], None]
) -> int | None:
    """Wait for the end, telling the newest line now and then; nothing, if the deadline came first."""
    told = monotonic()

    def ask() -> int | None:
        nonlocal told
        if lines and monotonic() - told > _TOLD_EVERY:
            told = monotonic()
            tell(lines[-1].strip())
        return process.poll()

    return deadline.eventually(ask, lambda status: status is not None, pause=0.05)


def _read(process: subprocess.Popen[str], log: Path, lines: deque[str]) -> None:
    output = process.stdout
    if output is None:
        return
    with output, log.open("w", encoding="utf-8", errors="replace") as kept:
        for raw in output:
            lines.append(plain(raw))
            kept.write(REDACTOR.text(lines[-1]) + "\n")
            kept.flush()


def _end(process: subprocess.Popen[str]) -> None:
    """End the command, and whatever it started and left."""
    _kill(process.pid)
    process.wait()
    _RUNNING.discard(process.pid)


def _kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


@atexit.register
def _end_all() -> None:
    """A run that ends before its commands takes them with it; its threads are gone by then."""
    for group in tuple(_RUNNING):
        _kill(group)
