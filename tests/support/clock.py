"""A clock that a test sets: time passes only in waiting."""

from __future__ import annotations

import threading

import pytest

from verifier.core import deadline as room


class Clock:
    """A clock that only moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def wait(self, _: object, seconds: float | None = None) -> bool:
        self.waits.append(seconds or 0.0)
        self.now += seconds or 0.0
        return False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of `verifier.core.deadline` and of every `threading.Event`, for one test."""
    made = Clock()
    monkeypatch.setattr(room, "monotonic", lambda: made.now)
    monkeypatch.setattr(
        threading.Event, "wait", lambda event, seconds=None: event.is_set() or made.wait(event, seconds)
    )
    return made
