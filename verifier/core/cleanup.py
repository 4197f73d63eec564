"""What a run has changed in the target and must restore before it ends.

A task is a file in the run's private folder, so that it outlives the thread and the process that added it: whoever ends
the run waits for the tasks that are being done, does those of processes that are gone, and names those that failed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.files import write_whole

SECONDS = 75.0
"""In which every task must be done or have failed; longer than any of them tries."""
_PAUSE = 0.1
_REPLACED = ".replaced"


@dataclass(frozen=True)
class CleanupTask:
    """A machine that is to be started again, or to run its image again.

    Attributes:
        name: of the machine, as the platform calls it.
        remedy: a line to type that does it by hand.
        failed: whether it was tried in vain.
        image: what it is to run, if it was given another image; else it was stopped.
    """

    name: str
    remedy: str
    failed: bool = False
    image: str = ""

    def __str__(self) -> str:
        if self.image:
            return f"machine {self.name} was given another image by this run, and may still run it: {self.remedy}"
        return f"machine {self.name} was stopped by this run, and is not known to run again: {self.remedy}"


class Cleanup:
    """The cleanup tasks of a run, as one of its processes sees them.

    Args:
        folder: where all its processes keep them; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: set[str] = set()
        self._awaited: dict[int, str] = {}
        self._closed = False
        self._adding = threading.Lock()

    def add(self, task: CleanupTask) -> None:
        """Add a task, before the change is made that it undoes.

        Raises:
            CouldNotLook: interrupted; the run ends, and nobody could undo it any more.
        """
        with self._adding:
            self._need_open()
            self._own.add(task.name)
            self._write(task)

    def done(self, task: CleanupTask) -> None:
        """The task is done."""
        if task.image:
            write_whole(self._folder / f"{task.name}{_REPLACED}", task.image)
        self._path(task).unlink(missing_ok=True)
        self._own.discard(task.name)

    def fail(self, task: CleanupTask) -> None:
        """The task could not be done; a person must be told."""
        self._write(replace(task, failed=True))
        self._own.discard(task.name)

    @contextmanager
    def awaited(self, what: str) -> Iterator[None]:
        """For a change that the block itself puts right: whoever ends the run waits until it has.

        Raises:
            CouldNotLook: as `add`.
        """
        with self._adding:
            self._need_open()
            self._awaited[threading.get_ident()] = what
        try:
            yield
        finally:
            self._awaited.pop(threading.get_ident(), None)

    def close(self) -> None:
        """Add no more tasks from now on."""
        with self._adding:
            self._closed = True

    def running(self) -> tuple[str, ...]:
        """What this process has changed and not put right: names of tasks that have not failed, and what is awaited."""
        return (*sorted(self._own), *sorted(self._awaited.values()))

    def overdue(self) -> tuple[str, ...]:
        """What was awaited in vain, in words; for who has waited."""
        return tuple(f"{what} was made by this run, and is not known to be gone" for what in self._awaited.values())

    def problems(self) -> list[str]:
        """What is not put right, in words: the tasks that are left, and what is overdue."""
        return [*map(str, self.left()), *self.overdue()]

    def finish(self, seconds: float = SECONDS) -> None:
        """Add no more tasks, and wait until those of this process are done or have failed, or the time is over."""
        self.close()
        Deadline(seconds).eventually(self.running, lambda names: not names, pause=_PAUSE)

    def left(self) -> tuple[CleanupTask, ...]:
        """The tasks of all processes that are not done."""
        found = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        return tuple(CleanupTask(**json.loads(each.read_text(encoding="utf-8"))) for each in found)

    def replaced(self) -> frozenset[str]:
        """The machines that were given another image, and run their own again: the platform counts them as new ones."""
        return frozenset(each.name.removesuffix(_REPLACED) for each in self._folder.glob(f"*{_REPLACED}"))

    def _need_open(self) -> None:
        if self._closed:
            raise CouldNotLook(Cause.INTERRUPTED, "the run ends, so nothing is changed in the target any more")

    def _path(self, task: CleanupTask) -> Path:
        return self._folder / f"{task.name}.json"

    def _write(self, task: CleanupTask) -> None:
        write_whole(self._path(task), json.dumps(vars(task)))
