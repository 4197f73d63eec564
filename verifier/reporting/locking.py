"""Keeps two runs of one target apart, and waits for no other run for ever."""

from __future__ import annotations

import fcntl
from typing import IO

from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook

_PAUSE = 0.1


def lock(file: IO[bytes], deadline: Deadline) -> None:
    """Hold the file against all others until it is closed.

    Raises:
        CouldNotLook: timeout, if another run does not let go of it.
    """
    if not deadline.eventually(lambda: _locked(file.fileno()), bool, pause=_PAUSE):
        raise CouldNotLook(Cause.TIMEOUT, f"another run holds {file.name}")


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
