"""One machine's producer of events, on a database of its own, and a client that reads a stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sandbox.hotdash.events.changes import Changes
from sandbox.hotdash.events.streams import Hub
from sandbox.hotdash.metrics import MachineMetrics
from sandbox.hotdash.site import SHOP, Site
from tests.support.runs.toy import CHECKOUT
from verifier.embedded.server import Server
from verifier.probes.sse.wire.parser import Event, EventParser

MIGRATION = CHECKOUT / "sandbox" / "migrations" / "20251006090000_approval_events.sql"
FRAMES_OF_A_CHANGE = 3
"""Two tiles and the approval."""
WRITE = "insert into approval_events (user_id, action, approval, machine, created_at)"


@dataclass
class Machine:
    """One machine's producer, on a table of its own."""

    site: Site
    changes: Changes
    metrics: MachineMetrics
    hub: Hub

    async def write(self, rows: int, age: str = "0 s") -> None:
        """Record changes, then notify."""
        query = f"{WRITE} select %s, 'updated', '{{}}', 'b', now() - %s::interval from generate_series(1, %s)"  # noqa: S608 - our own words
        await self.site.rows(query, (SHOP, age, rows))
        await self.site.rows("select pg_notify('approvals', '')")

    async def heard(self) -> int:
        """The id of the newest change, once the machine has read it."""
        newest, seen = (await self.ids())[-1], ""
        while seen != str(newest):
            client = Client(self)
            seen = (await client.hear())[0].id
            await client.leave()
        return newest

    async def ids(self) -> list[int]:
        """The ids in the table."""
        return [int(each["id"]) for each in await self.site.rows("select id from approval_events order by id")]

    def counted(self, name: str) -> float:
        """The value of one of the machine's metrics."""
        found = [line.split()[1] for line in self.metrics.text().decode().splitlines() if line.startswith(f"{name} ")]
        return float(found[0])


class Client:
    """Reads one stream, as a browser does."""

    def __init__(self, machine: Machine, last: object = "") -> None:
        self.stream = machine.hub.stream(str(last))
        self._parser = EventParser()
        self.heard: list[Event] = []

    async def hear(self, count: int = 1) -> list[Event]:
        """The next events; fewer, if the stream ends."""
        found: list[Event] = []
        with suppress(StopAsyncIteration):
            while len(found) < count:
                content = await asyncio.wait_for(anext(self.stream), 30)
                found += [each for each in self._parser.feed(content, 0.0) if isinstance(each, Event)]
        self.heard += found
        return found

    async def changes(self, count: int) -> list[int]:
        """The ids of the next changes."""
        events = await self.hear(count * FRAMES_OF_A_CHANGE)
        return [int(each.id) for each in events if each.name == "approval-update"]

    async def leave(self) -> None:
        """Close the stream."""
        await self.stream.aclose()  # type: ignore[attr-defined] - a generator


@asynccontextmanager
async def machine(server: Server, kind: type[Changes]) -> AsyncIterator[Machine]:
    site = Site("a", "1", server.url(database="shop"), "http://127.0.0.1:9", 3600.0, 3600.0, {})
    await site.open()
    await site.rows("truncate approval_events")
    changes, metrics = kind(site), MachineMetrics()
    made = Machine(site, changes, metrics, Hub(site, changes, metrics))
    await made.write(2)
    listening = asyncio.create_task(made.hub.listen())
    try:
        await made.hub.ready.wait()
        yield made
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await site.close()
