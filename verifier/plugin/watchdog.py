"""Ends a run that would not end: at its deadline, and when the system asks it to leave."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

from verifier.core.deadline import Deadline
from verifier.core.verdict.ledger import UNVERIFIED_STATUS

GRACE = 20.0
"""Seconds after the deadline in which the run may still end by itself, with workers and report."""

_ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""A person asks the run to leave, or the system does; the terminal was closed."""
_INSISTS = 3
"""Signals after which a person is taken at their word, even where something is being put right."""
_STEP = 0.5
"""Seconds."""


class Watchdog:
    """A thread of the controlling process that enforces the deadline.

    Args:
        deadline: the run's.
        tell: is told why the run is ended.
        last_resort: writes down what is known; called from the thread, when the main thread does not react.
    """

    def __init__(self, deadline: Deadline, tell: Callable[[str], None], last_resort: Callable[[], int]) -> None:
        self._deadline = deadline
        self._tell = tell
        self._last_resort = last_resort
        self._ended = threading.Event()
        self._one_ends_it = threading.Lock()
        self._heard = 0
        self._over = False
        # Under nohup SIGHUP is ignored, and stays so, as SIGINT is in a shell's background.
        asked = [each for each in _ASKED if signal.getsignal(each) != signal.SIG_IGN]
        self._previous = {each: signal.getsignal(each) for each in asked}

    def start(self) -> None:
        """Begin to watch, and take Ctrl-C, SIGTERM and SIGHUP as a wish to end in order."""
        for each in self._previous:
            signal.signal(each, self._on_signal)
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def rest(self) -> None:
        """All has been judged; what is left is the report, which has time limits of its own, and heeds Ctrl-C.

        Where the last resort has begun to write, it ends the process: two must not write the same files.
        """
        with self._one_ends_it:
            self._ended.set()
        self._heard = 0

    def stop(self) -> None:
        """The run ended by itself, and its report is written: there is nothing left that a signal could end."""
        self._ended.set()
        self._over = True

    def leave(self) -> None:
        """Give the signals back."""
        for each, previous in self._previous.items():
            signal.signal(each, previous)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        """End the run at the first; the next would only cut short how it ends, fixtures and what they put right."""
        if self._over:
            return
        if number != signal.SIGINT:
            self._tell(signal.Signals(number).name)
        self._heard += not self._deadline.paused  # in the debugger Ctrl-C ends nothing
        if self._heard in {0, 1} or self._heard >= _INSISTS:
            raise KeyboardInterrupt

    def _watch(self) -> None:
        while self._deadline.remaining() > 0 or self._deadline.paused:
            # In short steps while a person is in the debugger: nothing tells when that ends.
            if self._ended.wait(_STEP if self._deadline.paused else self._deadline.remaining()):
                return
        with self._one_ends_it:
            if self._ended.is_set():
                return
            self._tell(f"the deadline of {self._deadline.seconds:g} s passed")
        self._deadline.stop()
        # Checks that wait for evidence end now by themselves; a check that hangs needs the signal.
        if self._ended.wait(1.0):
            return
        os.kill(os.getpid(), signal.SIGINT)
        if self._ended.wait(GRACE):
            return
        with self._one_ends_it:
            if not self._ended.is_set():
                status = UNVERIFIED_STATUS  # also of a run that cannot even say what it saw
                try:
                    status = self._last_resort()
                finally:
                    os._exit(status)
