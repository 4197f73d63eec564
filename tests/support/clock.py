"""A fake clock: time passes only while something waits."""

from __future__ import annotations

import threading

import pytest

from verifier.core import deadline as deadline_module


class Clock:
    """A clock that advances only by waiting."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def wait(self, _: object, seconds: float | None = None) -> bool:
        self.waits.append(seconds or 0.0)
        self.now += seconds or 0.0
        return False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Replace the clock of `verifier.core.deadline` and of timed waits for a `threading.Event`, for one test."""
    made, for_ever = Clock(), threading.Event.wait

    def wait(event: threading.Event, seconds: float | None = None) -> bool:
        if seconds is None:  # as the start of a thread does
            return for_ever(event)
        return event.is_set() or made.wait(event, seconds)

    monkeypatch.setattr(deadline_module, "monotonic", lambda: made.now)
    monkeypatch.setattr(threading.Event, "wait", wait)
    return made
