"""The event streams: heartbeats and changes for each client of this machine. See docs/event-producer.md."""

import asyncio
import contextlib
import json
import math
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

import psycopg
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.hotdash import journal
from sandbox.hotdash.events.changes import CHANNEL, MOST_REPLAYED, Change, Changes
from sandbox.hotdash.events.delivery_faults import (
    CUT_ON_STOP,
    LEAKS,
    LOSES_IN_A_CROWD,
    LOSES_ON_RECONNECT,
    REPEATS_ON_RECONNECT,
    deliver,
)
from sandbox.hotdash.events.heartbeat_faults import SILENT, STRETCH, held_back
from sandbox.hotdash.events.subscriber import Frame, Subscriber
from sandbox.hotdash.events.wire_faults import FaultyStream
from sandbox.hotdash.metrics import MachineMetrics
from sandbox.hotdash.site import Site

RECONNECT_SECONDS = 0.5
SEND_SECONDS = 10.0
"""Seconds for which one frame may block; then the client is disconnected."""
RETRY_MILLISECONDS = 1000
TILES_OF_AN_APPROVAL = ("approvals-queue", "ops-metrics")


class Hub:
    """Passes events to the open streams of this machine."""

    def __init__(self, site: Site, changes: Changes, metrics: MachineMetrics) -> None:
        self.ready = asyncio.Event()
        self._site = site
        self._changes = changes
        self._metrics = metrics
        self._subscribers: set[Subscriber] = set()
        self._position = 0
        self._closing = False

    async def listen(self) -> None:
        """Subscribe to changes for the lifetime of the machine, on a connection of its own."""
        while True:
            with contextlib.suppress(psycopg.Error):
                connection = await psycopg.AsyncConnection.connect(
                    self._site.database_url, autocommit=True, connect_timeout=2
                )
                async with connection:
                    await connection.execute(f"listen {CHANNEL}".encode())
                    self._position = self._position or await self._changes.newest()
                    journal.write("listening for changes of approvals", position=self._position)
                    self.ready.set()
                    # First read the changes from before the subscription, then those of each notification.
                    await self._catch_up()
                    async for _ in connection.notifies():
                        await self._catch_up()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _catch_up(self) -> None:
        # Each read is limited; after an outage there may be more, for which no notification comes.
        while changes := await self._changes.after(self._position):
            for change in changes:
                self._position = change.id
                deliver(change, self._publish, self._site.machine, self._site.faults)

    def _publish(self, change: Change) -> None:
        frames = _frames(change)
        subscribers = [each for each in self._subscribers if change.id > each.seen]
        if LOSES_IN_A_CROWD.on(self._site.faults):
            subscribers = subscribers[: int(LOSES_IN_A_CROWD.figure(self._site.faults))]
        for subscriber in subscribers:
            for frame in frames:
                if not subscriber.offer(frame):
                    self._metrics.dropped.inc()
                    break

    def close(self) -> None:
        """End every stream after its current frame; new clients are sent to another machine."""
        self._closing = True
        for subscriber in self._subscribers:
            subscriber.end()

    async def endpoint(self, request: Request) -> Response:
        """Open a stream, from the last change that the client has seen."""
        if self._closing:
            return JSONResponse({"error": "not now"}, 503, {"retry-after": "1"})
        # The library's pings are comments; these heartbeats are named events.
        stream = EventSourceResponse(
            self.stream(request.headers.get("last-event-id", "")),
            ping=0,
            headers={"cache-control": "no-cache, no-store"},
            send_timeout=SEND_SECONDS,
            shutdown_grace_period=1,
        )
        return FaultyStream(stream, self._site.faults)

    async def stream(self, last: str) -> AsyncIterator[bytes]:
        """The frames of one client that has seen the change `last`, until it disconnects or is disconnected."""
        # Subscribe before the replay is read, so that nothing is lost in between.
        subscriber = Subscriber(self._position)
        self._subscribers.add(subscriber)
        self._metrics.streams.inc()
        try:
            for frame in await self._missed(last, subscriber):
                yield frame.content
            async for frame in self._events(subscriber):
                yield frame.content
        finally:
            if not any(fault.on(self._site.faults) for fault in LEAKS):
                self._subscribers.discard(subscriber)
                self._metrics.streams.dec()

    async def _missed(self, last: str, subscriber: Subscriber) -> list[Frame]:
        """The changes that the client has not seen, or a reset event."""
        if not last or LOSES_ON_RECONNECT.on(self._site.faults):
            return []
        until = subscriber.seen
        if last.isascii() and last.isdigit() and len(last) < len(str(2**63)):
            # It may have seen newer changes on another machine, which must not be repeated.
            subscriber.seen = max(until, int(last))
            seen_before = MOST_REPLAYED // 2 if REPEATS_ON_RECONNECT.on(self._site.faults) else 0
            missed = await self._changes.after(max(0, int(last) - seen_before), until)
            # Checked after the read: what is still in the table was not deleted during the read.
            if len(missed) <= MOST_REPLAYED and await self._changes.remembers(int(last)):
                return [frame for change in missed for frame in _frames(change)]
        subscriber.seen = until
        return [_frame("reset", {"reason": "too many events after this id, or no longer kept"}, self._position)]

    async def _events(self, subscriber: Subscriber) -> AsyncIterator[Frame]:
        """A heartbeat at once and then in every period, with the changes in between."""
        loop = asyncio.get_running_loop()
        due, sequence = loop.time(), 0
        while not subscriber.ended:
            frame = await subscriber.next(due - loop.time())
            if frame is None and not subscriber.ended:
                sequence += 1
                due += self._pause_after(sequence)
                frame = self._heartbeat(sequence, subscriber)
                await asyncio.sleep(held_back(sequence, self._site.faults))
            if frame is not None and not self._silent:
                if frame.name == "heartbeat":
                    self._metrics.heartbeats.inc()
                yield frame
        if self._closing and CUT_ON_STOP.on(self._site.faults):
            last = self._heartbeat(sequence + 1, subscriber)
            yield Frame(last.name, last.content[: len(last.content) // 2])

    def _heartbeat(self, sequence: int, subscriber: Subscriber) -> Frame:
        """A heartbeat with the newest id, so that a client can resume even before the first change.

        None while changes wait for the client, which it would then skip; and never an older id than it has seen.
        """
        data = {"machine": self._site.machine, "at": datetime.now(UTC).isoformat(), "sequence": sequence}
        identity = None if subscriber.waiting else max(self._position, subscriber.seen)
        return _frame("heartbeat", data, identity, retry=RETRY_MILLISECONDS if sequence == 1 else None)

    @property
    def _silent(self) -> bool:
        return any(fault.on(self._site.faults) for fault in SILENT)

    def _pause_after(self, sequence: int) -> float:
        """Seconds between heartbeat `sequence`, counted from 1, and the next one of the same stream."""
        stretches = (stretch(sequence, float(figure)) for stretch, figure in STRETCH.active(self._site.faults))
        return self._site.heartbeat * math.prod(stretches)


def _frames(change: Change) -> list[Frame]:
    """The events of a change; the last one has the id, so that no client resumes in the middle."""
    data = {"action": change.action, "approval": change.approval, "machine": change.machine}
    tiles = [_frame("tile-refresh", {"tile": tile, "machine": change.machine}) for tile in TILES_OF_AN_APPROVAL]
    return [*tiles, _frame("approval-update", data, change.id)]


def _frame(name: str, data: Mapping[str, object], identity: int | None = None, retry: int | None = None) -> Frame:
    event = ServerSentEvent(json.dumps(data), event=name, id=str(identity) if identity else None, retry=retry)
    return Frame(name, event.encode())
