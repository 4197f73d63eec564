"""Virtual users: opens many streams evenly over a time, and records what each one receives."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from verifier.core.deadline import Deadline, monotonic
from verifier.probes.sse.section import Approvals, Events
from verifier.probes.sse.stream import Subscription
from verifier.probes.sse.subscriptions import Subscriptions
from verifier.probes.sse.wire.parser import Comment, Event

_AT_ONCE = 500
"""Connections that may be on their way at the same time; more would only wait in the server's queue."""
_TICK = 0.01


class StreamArrival(NamedTuple):
    """An event about an approval, at one of the clients."""

    stream: Subscription
    at: float
    action: str
    id: str


class Crowd:
    """Many clients of all machines.

    Args:
        streams: who holds their streams.
        events: the target's words for heartbeats.
        approvals: the target's words for changes, if it has a queue.
    """

    def __init__(self, streams: Subscriptions, events: Events, approvals: Approvals | None) -> None:
        self._streams = streams
        self._events = events
        self._approvals = approvals
        self.members: list[Subscription] = []
        self.arrivals: list[StreamArrival] = []
        self.beats = 0
        self._last_beat: dict[Subscription, float] = {}
        self._pauses: dict[Subscription, float] = {}
        self._about = lru_cache(maxsize=64)(self._read)

    def gather(self, machines: Sequence[str], count: int, ramp: float, deadline: Deadline) -> None:
        """Open `count` streams, spread over machines and over `ramp` seconds."""
        self.members = [self._streams.new(machine, self.hear) for machine in _spread(machines, count)]
        self._streams.run(self._open(ramp, deadline))

    async def _open(self, ramp: float, deadline: Deadline) -> None:
        began, free = monotonic(), asyncio.Semaphore(_AT_ONCE)
        tasks = []
        for place, stream in enumerate(self.members):
            while place / len(self.members) * ramp > monotonic() - began:
                await deadline.nap(_TICK)
            tasks.append(asyncio.create_task(self._connect(stream, free)))
        await asyncio.gather(*tasks)

    async def _connect(self, stream: Subscription, free: asyncio.Semaphore) -> None:
        async with free:
            await self._streams.connect(stream)

    def hear(self, stream: Subscription, event: Event | Comment) -> None:
        """Record what one of the clients received."""
        if isinstance(event, Comment):
            if self._events.comments:
                self._beat(stream, event.ended)
        elif event.name in self._events.heartbeat:
            self._beat(stream, event.ended)
        elif self._approvals is not None and event.name == self._approvals.event:
            self.arrivals.append(StreamArrival(stream, event.ended, *self._about(event.data)))

    def _beat(self, stream: Subscription, at: float) -> None:
        self.beats += 1
        self._pauses[stream] = max(self._pauses.get(stream, 0.0), at - self._last_beat.get(stream, stream.asked))
        self._last_beat[stream] = at

    def _read(self, data: str) -> tuple[str, str]:
        """Action and id; read once for all who got the same."""
        settings = self._approvals or Approvals()
        try:
            content = json.loads(data)
            about = content.get(settings.within) if settings.within else content
            return str(content.get(settings.action, "")), str(about.get(settings.id, ""))
        except (ValueError, AttributeError, RecursionError):
            return "", ""

    def holding(self) -> dict[str, int]:
        """Machine → streams that are open now."""
        return dict(Counter(each.machine for each in self.members if each.open))

    def longest_pause(self) -> dict[str, float]:
        """Machine → the longest time without a heartbeat at any client that stayed, until now."""
        longest: dict[str, float] = {}
        at = monotonic()
        for each in (each for each in self.members if each.open):
            pause = max(self._pauses.get(each, 0.0), at - self._last_beat.get(each, each.asked))
            longest[each.machine] = max(longest.get(each.machine, 0.0), pause)
        return longest

    def leave(self) -> None:
        """All clients close their streams."""
        self._streams.leave(self.members)


def _spread(machines: Sequence[str], count: int) -> list[str]:
    return [machines[place % len(machines)] for place in range(count)]
