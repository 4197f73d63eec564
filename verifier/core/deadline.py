"""The only clock and the only sleep. Everything that waits, waits here, and knows when to stop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import TypeVar

from verifier.core.evidence import Cause, CouldNotLook

Answer = TypeVar("Answer")

_RETRIED = {Cause.UNREACHABLE, Cause.RATE_LIMITED}


def now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds on a clock that never goes back; only differences mean something."""
    return time.monotonic()


class Turns:
    """Who may ask next: for each action a bucket of turns that fills at a steady rate (generic cell rate algorithm)."""

    def __init__(self) -> None:
        self._full: dict[str, float] = {}
        """Action → when its bucket will be full again."""
        self._lock = threading.Lock()

    def reserve(self, action: str, *, rate: float, burst: int) -> float:
        """Take the next turn of `action`, and say in how many seconds it comes.

        Args:
            action: what is limited by itself.
            rate: turns a second.
            burst: turns that may be taken at once.
        """
        with self._lock:
            here = monotonic()
            full = max(here, self._full.get(action, here)) + 1 / rate
            self._full[action] = full
        return max(0.0, full - here - burst / rate)


class Deadline:
    """How long the run may still take, and whether it was told to stop.

    Args:
        seconds: from now to the deadline.
    """

    def __init__(self, seconds: float, *, _stopped: threading.Event | None = None, _turns: Turns | None = None) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds
        self._paused: float | None = None
        self._stopped = _stopped or threading.Event()
        self._turns = _turns or Turns()

    def shorter(self, seconds: float) -> Deadline:
        """A deadline of at most `seconds` that ends with this one."""
        return Deadline(min(seconds, self.remaining()), _stopped=self._stopped, _turns=self._turns)

    def remaining(self) -> float:
        """Seconds to the deadline, never negative."""
        return max(0.0, self._end - (monotonic() if self._paused is None else self._paused))

    def pause(self) -> None:
        """Let no time pass towards the deadline, because a person is at work; `resume` ends it."""
        self._paused = monotonic() if self._paused is None else self._paused

    def resume(self) -> None:
        """Move the deadline by the time that the pause took."""
        if self._paused is not None:
            self._end += monotonic() - self._paused
            self._paused = None

    @property
    def paused(self) -> bool:
        """Whether a person is at work."""
        return self._paused is not None

    @property
    def over(self) -> bool:
        """Whether the deadline has passed or the run was stopped."""
        return self._stopped.is_set() or self.remaining() <= 0

    @property
    def stopped(self) -> bool:
        """Whether the run was told to stop before its deadline."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End all waiting that hangs on this deadline, at once."""
        self._stopped.set()

    def wait(self, seconds: float) -> None:
        """Sleep, but not past the deadline.

        Raises:
            CouldNotLook: interrupted, if the run was told to stop.
        """
        if self._stopped.wait(min(seconds, self.remaining())):
            raise CouldNotLook(Cause.INTERRUPTED, "the run was stopped while it waited")

    async def nap(self, seconds: float) -> None:
        """Sleep as `wait` does, in an event loop; what stops the run is noticed at the next nap.

        Raises:
            CouldNotLook: interrupted, if the run was told to stop.
        """
        if self.stopped:
            raise CouldNotLook(Cause.INTERRUPTED, "the run was stopped while it waited")
        await asyncio.sleep(min(seconds, self.remaining()))

    def wait_for(self, event: threading.Event, what: str) -> None:
        """Wait until `event` is set.

        Raises:
            CouldNotLook: timeout at the deadline, interrupted if the run was told to stop.
        """
        while not event.wait(min(0.1, self.remaining())):
            if self.stopped:
                raise CouldNotLook(Cause.INTERRUPTED, f"the run was stopped while it waited for {what}")
            if self.over:
                raise CouldNotLook(Cause.TIMEOUT, f"no answer from {what} within {self.seconds:g} s")

    def turn(self, action: str, *, rate: float, burst: int) -> None:
        """Wait until `action` may be done again by all who share this deadline.

        Args:
            action: what the other side limits by itself.
            rate: how often in a second.
            burst: how often at once.

        Raises:
            CouldNotLook: rate-limited, if the turn comes after the deadline; interrupted, if the run was told to stop.
        """
        seconds = self._turns.reserve(action, rate=rate, burst=burst)
        if seconds > self.remaining():
            raise CouldNotLook(
                Cause.RATE_LIMITED,
                f"the next turn for '{action}' would come in {seconds:.0f} s, after the deadline",
                remedy="give the run more time: --deadline SECONDS",
            )
        if seconds > 0:
            self.wait(seconds)

    def retry(self, ask: Callable[[], Answer], *, pause: float = 0.5, causes: Collection[Cause] = _RETRIED) -> Answer:
        """Ask again after a transport cause, with growing pauses, until the deadline has passed.

        Only causes of the way are retried; what the target itself says is taken at its first word. Where the other
        side says how long to wait, that is waited for, and if it is longer than the deadline allows nothing is.
        """
        while True:
            try:
                return ask()
            except CouldNotLook as trouble:
                rest = max(pause, trouble.after)
                if trouble.cause not in causes or self.remaining() <= rest:
                    raise
            self.wait(rest)
            pause *= 2

    def eventually(
        self,
        ask: Callable[[], Answer],
        until: Callable[[Answer], bool],
        *,
        pause: float = 0.5,
        sleep: Callable[[float], None] | None = None,
    ) -> Answer:
        """Ask until the answer satisfies `until`; at the deadline hand over the last answer, whatever it is.

        Args:
            ask: what is asked.
            until: whether the answer will do.
            pause: seconds between two askings.
            sleep: how to let them pass, where something must be served meanwhile, as the events of a browser's page.

        Raises:
            CouldNotLook: interrupted, if the run was told to stop.
        """
        while True:
            answer = ask()
            if until(answer) or self.remaining() <= pause:
                return answer
            if sleep:
                sleep(pause)
            self.wait(0 if sleep else pause)
