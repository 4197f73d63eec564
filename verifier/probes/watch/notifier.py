"""Tells people of what a watch finds, in a thread of its own: sending may take longer than an interval."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from verifier.core.probe import Notice


class Notifier:
    """Hands notices on, one batch after the other, and keeps what became of them.

    Args:
        notify: tells people, and returns what became of it.
    """

    def __init__(self, notify: Callable[[Sequence[Notice]], tuple[str, ...]]) -> None:
        self._notify = notify
        self._lines: tuple[str, ...] = ()
        self._last: threading.Thread | None = None

    def tell(self, notices: Sequence[Notice]) -> None:
        """Tell people of these when the batch before is through; returns at once."""
        if notices:
            before = self._last
            self._last = threading.Thread(target=lambda: self._send(notices, before), daemon=True)
            self._last.start()

    def _send(self, notices: Sequence[Notice], before: threading.Thread | None) -> None:
        if before:
            before.join()
        self._lines = (*self._lines, *self._notify(notices))

    def lines(self, seconds: float = 0.0) -> tuple[str, ...]:
        """What became of it so far, or within so many seconds, a line each."""
        if self._last:
            self._last.join(seconds)
        return self._lines
