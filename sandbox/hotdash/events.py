"""Realtime: named events for every client of a machine, and changes of approvals across machines."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import psycopg
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.hotdash import journal
from sandbox.hotdash.metrics import Metrics
from sandbox.hotdash.site import Site

CHANNEL = "approvals"
RECONNECT_SECONDS = 0.5
TILES_OF_AN_APPROVAL = ("approvals-queue", "ops-metrics")

Event = tuple[str, dict[str, Any]]


class Hub:
    """Hands events to the streams that are open on this machine."""

    def __init__(self, site: Site, metrics: Metrics) -> None:
        self._site = site
        self._metrics = metrics
        self._streams: set[asyncio.Queue[Event]] = set()
        self._numbers = itertools.count(1)

    async def announce(self, action: str, approval: dict[str, Any]) -> None:
        """Tell every machine about a change; this one hears of it on the same way as the others."""
        payload = json.dumps({"action": action, "approval": approval, "machine": self._site.machine}, default=str)
        if "delivers-on-own-machine-only" in self._site.faults:
            self._publish(json.loads(payload))
        else:
            await self._site.rows("select pg_notify(%s, %s)", (CHANNEL, payload))

    def _publish(self, change: dict[str, Any]) -> None:
        for stream in self._streams:
            stream.put_nowait(("approval-update", change))
            for tile in TILES_OF_AN_APPROVAL:
                stream.put_nowait(("tile-refresh", {"tile": tile, "machine": self._site.machine}))

    async def listen(self) -> None:
        """Hear about changes for as long as the machine lives, on a connection of its own."""
        while True:
            with contextlib.suppress(psycopg.Error):
                connection = await psycopg.AsyncConnection.connect(
                    self._site.database_url, autocommit=True, connect_timeout=2
                )
                async with connection:
                    await connection.execute(f"listen {CHANNEL}".encode())
                    journal.write("listening for changes of approvals")
                    async for notice in connection.notifies():
                        asyncio.get_running_loop().call_later(
                            self._site.seconds("delivers-late"), self._publish, json.loads(notice.payload)
                        )
            await asyncio.sleep(RECONNECT_SECONDS)

    async def endpoint(self, _request: Request) -> Response:
        """Open a stream."""
        faults = self._site.faults
        if "stream-unauthorized" in faults:
            return JSONResponse({"error": "unauthorized"}, 401)
        if "stream-not-a-stream" in faults:
            return HTMLResponse("<!doctype html><title>HotDash</title><p>Sign in to continue.</p>")
        # The library's own pings are comments; the heartbeats here are named events.
        return EventSourceResponse(self._stream(), ping=0, headers={"cache-control": "no-cache, no-store"})

    async def _stream(self) -> AsyncIterator[ServerSentEvent]:
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self._streams.add(queue)
        self._metrics.streams.inc()
        try:
            async for name, data in self._events(queue):
                yield ServerSentEvent(json.dumps(data), event=name, id=f"{self._site.machine}-{next(self._numbers)}")
        finally:
            self._streams.discard(queue)
            self._metrics.streams.dec()

    async def _events(self, queue: asyncio.Queue[Event]) -> AsyncIterator[Event]:
        """A heartbeat at once and then one in every period, with the changes in between."""
        loop = asyncio.get_running_loop()
        due, sequence = loop.time(), 0
        while True:
            event = await self._next(queue, due - loop.time())
            if event is None:
                due += self._site.heartbeat * (self._site.seconds("heartbeat-slow") or 1)
                sequence += 1
                event = (
                    "heartbeat",
                    {"machine": self._site.machine, "at": datetime.now(UTC).isoformat(), "sequence": sequence},
                )
            if not self._silent:
                if event[0] == "heartbeat":
                    self._metrics.heartbeats.inc()
                yield event

    @property
    def _silent(self) -> bool:
        return any(name in self._site.faults for name in ("heartbeat-missing", "heartbeat-missing-on-one-machine"))

    @staticmethod
    async def _next(queue: asyncio.Queue[Event], seconds: float) -> Event | None:
        if seconds <= 0:
            return None
        try:
            return await asyncio.wait_for(queue.get(), seconds)
        except TimeoutError:
            return None
