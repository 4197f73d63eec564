"""The embedded deployment's producer of events: who is too far behind, what is replayed, what is forgotten."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator

import psycopg
import pytest

from sandbox.hotdash.events.changes import MOST_REPLAYED, Change, Changes
from sandbox.hotdash.events.subscriber import MOST_WAITING, Frame, Subscriber
from sandbox.hotdash.site import SHOP
from tests.support.servers.event_machine import FRAMES_OF_A_CHANGE, MIGRATION, WRITE, Client, Machine, machine
from verifier.embedded.server import Server, scratch_server

OLD = "2 hours"


# ---- one reader ------------------------------------------------------------------------------------------------------


def frames(count: int) -> list[Frame]:
    return [Frame("x", b"%d" % number) for number in range(count)]


def test_a_reader_gets_its_frames_in_their_order() -> None:
    async def read() -> list[Frame | None]:
        reader = Subscriber(0)
        assert [reader.offer(each) for each in frames(3)] == [True] * 3
        return [await reader.next(0) for _ in range(4)]

    assert asyncio.run(read()) == [*frames(3), None]


def test_a_reader_that_is_too_far_behind_is_let_go_with_what_waits() -> None:
    async def fall_behind() -> None:
        reader = Subscriber(0)
        assert all(reader.offer(each) for each in frames(MOST_WAITING))
        assert not reader.ended
        assert not reader.offer(Frame("x", b"one too many"))
        assert reader.ended
        assert await reader.next(60) is None
        assert reader.offer(Frame("x", b"too late"))  # it has been let go once; nobody counts it again
        assert await reader.next(60) is None

    asyncio.run(fall_behind())


def test_a_reader_that_waits_is_woken_by_the_end() -> None:
    async def end() -> Frame | None:
        reader = Subscriber(0)
        waiting = asyncio.create_task(reader.next(60))
        await asyncio.sleep(0)
        reader.end()
        return await asyncio.wait_for(waiting, 10)

    assert asyncio.run(end()) is None


# ---- the streams of a machine ----------------------------------------------------------------------------------------


Work = Callable[[Machine], Awaitable[None]]
Run = Callable[..., None]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with scratch_server() as made:
        with psycopg.connect(made.database("shop")) as connection:
            connection.execute(MIGRATION.read_bytes())
        yield made


@pytest.fixture
def on(server: Server) -> Run:
    """Runs what a test does with a machine that listens, on a table of two changes."""

    def run(work: Work, kind: type[Changes] = Changes) -> None:
        async def with_machine() -> None:
            async with machine(server, kind) as made:
                await work(made)

        asyncio.run(asyncio.wait_for(with_machine(), 60))

    return run


def test_a_slow_reader_is_let_go_and_holds_up_nobody(on: Run) -> None:
    behind = MOST_WAITING // FRAMES_OF_A_CHANGE + 1

    async def work(made: Machine) -> None:
        slow, quick = Client(made), Client(made)
        await slow.hear()
        await quick.hear()
        for _ in range(behind):
            await made.write(1)
            assert len(await quick.changes(1)) == 1
        assert made.counted("sse_connections") == 2
        assert await slow.hear() == []
        assert (made.counted("sse_dropped_total"), made.counted("sse_connections")) == (1, 1)

        back = Client(made, slow.heard[-1].id)
        assert await back.changes(behind) == (await made.ids())[-behind:]
        await back.leave()
        await quick.leave()
        assert made.counted("sse_connections") == 0

    on(work)


@pytest.mark.parametrize("missed", [1, MOST_REPLAYED])
def test_who_comes_back_gets_what_it_missed_and_then_what_happens(on: Run, missed: int) -> None:
    async def work(made: Machine) -> None:
        *_, last = await made.ids()
        await made.write(missed)
        newest = await made.heard()

        back = Client(made, last)
        assert await back.changes(missed) == list(range(last + 1, newest + 1))
        (beat,) = await back.hear()
        assert (beat.name, beat.id) == ("heartbeat", str(newest))
        await made.write(1)
        assert await back.changes(1) == [newest + 1]
        await back.leave()

    on(work)


async def told_to_reset(made: Machine, last: object) -> None:
    """Make sure that a client that saw `last` is told to load the queue anew, and of everything after that."""
    newest = await made.heard()
    back = Client(made, last)
    (reset, beat) = await back.hear(2)
    assert (reset.name, reset.id, beat.name, beat.id) == ("reset", str(newest), "heartbeat", str(newest))
    assert "no longer kept" in json.loads(reset.data)["reason"]
    await made.write(1)
    assert await back.changes(1) == [newest + 1]
    await back.leave()


def test_who_missed_more_than_a_thousand_loads_the_queue_anew(on: Run) -> None:
    async def work(made: Machine) -> None:
        *_, last = await made.ids()
        await made.write(MOST_REPLAYED + 1)
        await told_to_reset(made, last)

    on(work)


@pytest.mark.parametrize("last", [1, 10**15, 10**30, "-1", "x", "²"])
def test_an_id_that_nobody_knows_is_answered_and_loses_nothing(on: Run, last: object) -> None:
    async def work(made: Machine) -> None:
        await told_to_reset(made, last)

    on(work)


def test_a_machine_that_was_deaf_for_long_reads_all_that_it_missed(on: Run) -> None:
    async def work(made: Machine) -> None:
        await made.write(2 * MOST_REPLAYED + 10)
        assert await made.heard() == (await made.ids())[-1]

    on(work)


def test_a_client_that_saw_more_elsewhere_is_not_told_again(on: Run) -> None:
    async def work(made: Machine) -> None:
        # Another machine has told of it already; this one has had no notice yet.
        await made.site.rows(f"{WRITE} values (%s, 'updated', '{{}}', 'b', now())", (SHOP,))
        *_, last = await made.ids()
        back = Client(made, last)
        (beat,) = await back.hear()
        assert (beat.name, beat.id) == ("heartbeat", str(last))
        await made.write(1)
        assert await back.changes(1) == [last + 1]
        await back.leave()

    on(work)


# ---- what is forgotten -----------------------------------------------------------------------------------------------


def test_what_is_older_than_an_hour_is_forgotten_but_for_where_clients_stand(on: Run) -> None:
    async def work(made: Machine) -> None:
        await made.site.rows("truncate approval_events")
        await made.write(3, OLD)
        *_, last = await made.ids()
        await made.changes.make("created", "select %s as id", ("a",))

        assert await made.ids() == [last, last + 1]
        await made.heard()
        back = Client(made, last)
        assert await back.changes(1) == [last + 1]
        await back.leave()
        await told_to_reset(made, last - 1)

    on(work)


def test_what_is_forgotten_is_a_beginning_and_leaves_no_gap(on: Run) -> None:
    async def work(made: Machine) -> None:
        # A transaction that began earlier and came later: its time is not in the order of the ids.
        await made.write(1)
        kept = (await made.ids())[-1]
        await made.write(1, OLD)
        await made.write(1)
        await made.changes.make("created", "select %s as id", ("a",))

        assert (await made.ids())[-4:] == [kept, kept + 1, kept + 2, kept + 3]

    on(work)


class ForgetsMeanwhile(Changes):
    """Forgets everything but the newest change after the first question about the past."""

    asked = False

    async def after(self, last: int, until: int | None = None) -> list[Change]:
        found = await super().after(last, until)
        await self._forget(past=until is not None)
        return found

    async def remembers(self, last: int) -> bool:
        found = await super().remembers(last)
        await self._forget(past=True)
        return found

    async def _forget(self, *, past: bool) -> None:
        if past and not self.asked:
            self.asked = True
            await self._site.rows("delete from approval_events where id < (select max(id) from approval_events)")


def test_what_is_forgotten_while_it_is_read_is_not_passed_over_in_silence(on: Run) -> None:
    async def work(made: Machine) -> None:
        *_, last = await made.ids()
        await made.write(3)
        await told_to_reset(made, last)

    on(work, ForgetsMeanwhile)
