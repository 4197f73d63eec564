"""What a run has changed in the target and must put right before it ends.

A debt is a file in the run's private folder, so that it outlives the thread and the process that took it: whoever ends
the run waits for those who pay, pays what a process that is gone has left, and names what nobody could pay.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path

from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.files import write_whole

PUT_RIGHT = 75.0
"""Seconds in which what is owed must be paid; longer than any debtor tries."""
_PAUSE = 0.1


@dataclass(frozen=True)
class Debt:
    """Something that is to be put right.

    Attributes:
        name: of the thing, as the platform calls it.
        remedy: a line to type that puts it right by hand.
        given_up: whether its debtor tried, and could not.
    """

    name: str
    remedy: str
    given_up: bool = False

    def __str__(self) -> str:
        return f"machine {self.name} was stopped by this run, and is not known to run again: {self.remedy}"


class Cleanup:
    """The cleanup of a run, as one of its processes sees them.

    Args:
        folder: where all its processes keep them; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paying: set[str] = set()
        self._closed = False
        self._taking = threading.Lock()

    def take(self, debt: Debt) -> None:
        """Note it, before the change is made.

        Raises:
            CouldNotLook: interrupted; the run ends, and nobody could put it right any more.
        """
        with self._taking:
            if self._closed:
                raise CouldNotLook(Cause.INTERRUPTED, "the run ends, so nothing is changed in the target any more")
            self._paying.add(debt.name)
            self._write(debt)

    def paid(self, debt: Debt) -> None:
        """It has been put right."""
        self._path(debt).unlink(missing_ok=True)
        self._paying.discard(debt.name)

    def give_up(self, debt: Debt) -> None:
        """It could not be put right; a person must be told."""
        self._write(Debt(debt.name, debt.remedy, given_up=True))
        self._paying.discard(debt.name)

    def close(self) -> None:
        """From now on none is taken."""
        with self._taking:
            self._closed = True

    def paying(self) -> tuple[str, ...]:
        """What this process is putting right at this moment."""
        return tuple(sorted(self._paying))

    def await_paid(self, seconds: float) -> None:
        """Take no more, and wait until this process has put right or given up what it took, or the time is over."""
        self.close()
        Deadline(seconds).eventually(self.paying, lambda names: not names, pause=_PAUSE)

    def open(self) -> tuple[Debt, ...]:
        """Those of all processes that are not paid."""
        found = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        return tuple(Debt(**json.loads(each.read_text(encoding="utf-8"))) for each in found)

    def _path(self, debt: Debt) -> Path:
        return self._folder / f"{debt.name}.json"

    def _write(self, debt: Debt) -> None:
        write_whole(self._path(debt), json.dumps(vars(debt)))
