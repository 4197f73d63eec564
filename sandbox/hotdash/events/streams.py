"""Realtime: heartbeats and the changes of the queue, for every client of this machine. See docs/event-producer.md."""

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
from sandbox.hotdash.events.delivery_faults import CUT_ON_STOP, LEAKS, LOSES_ON_RECONNECT, deliver
from sandbox.hotdash.events.heartbeat_faults import SILENT, STRETCH
from sandbox.hotdash.events.subscriber import Frame, Subscriber
from sandbox.hotdash.events.wire_faults import FaultyStream
from sandbox.hotdash.metrics import MachineMetrics
from sandbox.hotdash.site import Site

RECONNECT_SECONDS = 0.5
SEND_SECONDS = 10.0
"""A reader that does not take one frame for as long as this is let go."""
RETRY_MILLISECONDS = 1000
TILES_OF_AN_APPROVAL = ("approvals-queue", "ops-metrics")


class Hub:
    """Hands events to the streams that are open on this machine."""

    def __init__(self, site: Site, changes: Changes, metrics: MachineMetrics) -> None:
        self.ready = asyncio.Event()
        self._site = site
        self._changes = changes
        self._metrics = metrics
        self._subscribers: set[Subscriber] = set()
        self._position = 0
        self._closing = False

    async def listen(self) -> None:
        """Hear about changes for as long as the machine lives, on a connection of its own."""
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
                    # What happened while nobody listened is read first, and then what each notice stands for.
                    await self._catch_up()
                    async for _ in connection.notifies():
                        await self._catch_up()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _catch_up(self) -> None:
        # Each reading is bounded; after a long silence there may be more, and no notice will come for it.
        while changes := await self._changes.after(self._position):
            for change in changes:
                self._position = change.id
                deliver(change, self._publish, self._site.machine, self._site.faults)

    def _publish(self, change: Change) -> None:
        frames = _frames(change)
        for subscriber in [each for each in self._subscribers if change.id > each.seen]:
            for frame in frames:
                if not subscriber.offer(frame):
                    self._metrics.dropped.inc()
                    break

    def close(self) -> None:
        """End every stream after the frame that it is sending; whoever comes now is sent to another machine."""
        self._closing = True
        for subscriber in self._subscribers:
            subscriber.end()

    async def endpoint(self, request: Request) -> Response:
        """Open a stream, from the change on that the client saw last."""
        if self._closing:
            return JSONResponse({"error": "not now"}, 503, {"retry-after": "1"})
        # The library's own pings are comments; the heartbeats here are named events.
        stream = EventSourceResponse(
            self.stream(request.headers.get("last-event-id", "")),
            ping=0,
            headers={"cache-control": "no-cache, no-store"},
            send_timeout=SEND_SECONDS,
            shutdown_grace_period=1,
        )
        return FaultyStream(stream, self._site.faults)

    async def stream(self, last: str) -> AsyncIterator[bytes]:
        """The frames of one client that saw the change `last`, until it leaves or is let go."""
        # Taken in before the past is read, so that nothing falls between the past and the present.
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
        """What the client has not seen, or the word that it must load the queue anew."""
        if not last or LOSES_ON_RECONNECT.on(self._site.faults):
            return []
        until = subscriber.seen
        if last.isascii() and last.isdigit() and len(last) < len(str(2**63)):
            # It may have seen more on another machine than this one has heard of yet; that must not come again.
            subscriber.seen = max(until, int(last))
            missed = await self._changes.after(int(last), until)
            # Asked only now: what is still remembered was not being forgotten while it was read.
            if len(missed) <= MOST_REPLAYED and await self._changes.remembers(int(last)):
                return [frame for change in missed for frame in _frames(change)]
        subscriber.seen = until
        return [_frame("reset", {"reason": "too many events after this id, or no longer kept"}, self._position)]

    async def _events(self, subscriber: Subscriber) -> AsyncIterator[Frame]:
        """A heartbeat at once and then one in every period, with the changes in between."""
        loop = asyncio.get_running_loop()
        due, sequence = loop.time(), 0
        while not subscriber.ended:
            frame = await subscriber.next(due - loop.time())
            if frame is None and not subscriber.ended:
                sequence += 1
                due += self._pause_after(sequence)
                frame = self._heartbeat(sequence, subscriber)
            if frame is not None and not self._silent:
                if frame.name == "heartbeat":
                    self._metrics.heartbeats.inc()
                yield frame
        if self._closing and CUT_ON_STOP.on(self._site.faults):
            last = self._heartbeat(sequence + 1, subscriber)
            yield Frame(last.name, last.content[: len(last.content) // 2])

    def _heartbeat(self, sequence: int, subscriber: Subscriber) -> Frame:
        """A sign of life; it carries the newest id, so that a client knows where it stands before the first change.

        None while changes wait for the client, which it would then miss; and never an older one than it has seen.
        """
        told = {"machine": self._site.machine, "at": datetime.now(UTC).isoformat(), "sequence": sequence}
        identity = None if subscriber.waiting else max(self._position, subscriber.seen)
        return _frame("heartbeat", told, identity, retry=RETRY_MILLISECONDS if sequence == 1 else None)

    @property
    def _silent(self) -> bool:
        return any(fault.on(self._site.faults) for fault in SILENT)

    def _pause_after(self, sequence: int) -> float:
        """Seconds between heartbeat `sequence`, counted from 1, and the next one of the same stream."""
        stretches = (stretch(sequence, float(figure)) for stretch, figure in STRETCH.active(self._site.faults))
        return self._site.heartbeat * math.prod(stretches)


def _frames(change: Change) -> list[Frame]:
    """What a client is told of a change; the id comes with the last of it, so that nobody resumes in the middle."""
    told = {"action": change.action, "approval": change.approval, "machine": change.machine}
    tiles = [_frame("tile-refresh", {"tile": tile, "machine": change.machine}) for tile in TILES_OF_AN_APPROVAL]
    return [*tiles, _frame("approval-update", told, change.id)]


def _frame(name: str, told: Mapping[str, object], identity: int | None = None, retry: int | None = None) -> Frame:
    event = ServerSentEvent(json.dumps(told), event=name, id=str(identity) if identity else None, retry=retry)
    return Frame(name, event.encode())
