"""Checks that changes of the approval queue reach clients on every machine.

Where the target allows writes, a synthetic approval is created, decided and removed through each machine. Elsewhere the
queue and the streams are watched and compared: if nothing changes, the streams must stay open, send heartbeats, and
report no change that did not happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import cycle
from typing import Any

from pydantic import Field

from verifier.core.deadline import monotonic, now
from verifier.core.evidence import Evidence
from verifier.core.evidence.readings import Readings
from verifier.core.probe import Context
from verifier.probes.http.client import curl
from verifier.probes.platform.state import places
from verifier.probes.sse.approval_queue import Queue
from verifier.probes.sse.charts import histogram
from verifier.probes.sse.consistency import QueueLook, changed, compared, sample, told
from verifier.probes.sse.matching import EventMatch, Heard, QueueChange, matched
from verifier.probes.sse.section import Approvals, Events
from verifier.probes.sse.slow_reader import stalled_reader
from verifier.probes.sse.stream import Subscription
from verifier.probes.sse.subscriptions import Subscriptions
from verifier.probes.sse.wire.own_lateness import certain

_ITEM = "sse-delivers"
_MARGIN = 2.0
"""Seconds beyond the limit that are waited, so that a late delivery is told apart from none."""
_AGAIN = 0.1
"""Seconds after the last event in which it may come a second time."""
_LOOK = 2.0
"""Seconds between two looks at a queue that is only watched."""
_SMALL = 5


class DeliveryState(Evidence):
    """What became of each change of the queue at the clients of every machine.

    Attributes:
        mode: "written" where a synthetic approval was changed, "watched" where others' changes were compared, "quiet"
            where nothing changed while it was watched.
        expected: every 'change → client of machine' that must arrive.
        seconds: how long each of them took; one that did not arrive is absent. Watched changes: at least so long,
            from the moment when the queue was seen to have changed.
        wrong: what arrived otherwise than it was written, or contradicts the queue.
        twice: what arrived more than once.
        disorder: what arrived before an earlier change.
        stalled: beside which reader that did not read all this arrived.
        queue: who told what is in the queue, where that was compared with the streams.
        watched: seconds for which the queue was watched without a change.
        looks: how often the queue was looked at in that time.
        silent: streams that ended or brought nothing in that time.
        pictures: file name → a picture for the report.
    """

    mode: str
    expected: tuple[str, ...]
    seconds: dict[str, float]
    wrong: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    disorder: tuple[str, ...] = ()
    stalled: str = ""
    queue: str = ""
    watched: float = 0.0
    looks: int = 0
    silent: tuple[str, ...] = ()
    pictures: dict[str, bytes] = Field(default={}, exclude=True, repr=False)

    def delays(self) -> Readings:
        """Change and client → seconds from sending the change to the event's arrival."""
        return Readings(self.seconds, what="delivery of a change")

    def arrivals(self) -> str:
        """How many of the expected events arrived, in which mode."""
        if self.mode == "quiet":
            return self._shown_read_only()
        how = f"{self.mode}, compared with {self.queue}" if self.queue else self.mode
        return f"{len(self.seconds)} of {len(self.expected)} events arrived ({how})"

    def _shown_read_only(self) -> str:
        state = f"{len(self.silent)} streams ended or were silent" if self.silent else "every stream beat"
        return f"shown read-only: no change in {self.watched:g} s, {state}; no delivery was seen"


def observe_deliveries(context: Context) -> DeliveryState:
    """Change the queue through every machine, or watch it, and listen on all machines.

    Raises:
        CouldNotLook: what made streams or queue unreadable.
    """
    settings = context.target.section(Approvals)
    machines, started = places(context), now()
    writes = context.target.writes == "allowed"
    # Who only watches loads nothing, and those who measure times need not wait until it ends.
    with context.shared() if writes else nullcontext(), Subscriptions(context) as streams:
        look = _written if writes else _watched
        limit = context.ceiling(_ITEM)
        seen = streams.in_time(
            lambda: look(context, settings, streams, machines), lambda seen, late: _certain(seen, limit, late)
        )
    stream = context.url + context.target.section(Events).path
    return DeliveryState(
        asked="Does a change of an approval reach the clients of every machine, once, in order and as it was made?",
        where=f"{stream} of {', '.join(machines)}",
        at=started,
        again=curl(context.target, stream, machine=machines[0], options="-sS -N"),
        pictures={"latencies.svg": _picture(seen, context.ceiling(_ITEM))},
        **seen,
    )


def _certain(seen: dict[str, Any], limit: float, late: float) -> bool:
    """Whether what took longer than the limit, or never came, did so even if this machine was so late."""
    lost = [limit + _MARGIN] * (seen["mode"] == "written" and len(seen["seconds"]) < len(seen["expected"]))
    return certain([*seen["seconds"].values(), *lost], limit, late)


def _picture(seen: dict[str, Any], limit: float) -> bytes:
    took = list(seen["seconds"].values())
    return histogram(took, limit, len(seen["expected"]) - len(took)).encode()


def _written(
    context: Context, settings: Approvals, streams: Subscriptions, machines: tuple[str, ...]
) -> dict[str, Any]:
    """Make, decide and remove one approval through each machine, without waiting in between."""
    with Queue.opened(context) as queue:
        clients = streams.opened(machines)
        with stalled_reader(context, machines[0]):
            written: list[QueueChange] = []
            for place, _ in enumerate(machines):
                written += _changes(queue, machines[place:] + machines[:place], len(written))
            _await(context, settings, clients, written)
        ours = {each.id for each in written}
        heard = {each.machine: told(each, settings) for each in clients}
        matches = {
            machine: matched(written, [event for event in events if event.id in ours])
            for machine, events in heard.items()
        }
        foreign = {machine: [each for each in events if each.id not in ours] for machine, events in heard.items()}
        contradictions = _unfounded(context, settings, foreign) if any(foreign.values()) else {}
    told_wrong = [f"{key}: {said}" for key, said in contradictions.items()]
    return {**_told_of(written, matches, told_wrong), "stalled": f"one of {machines[0]}"}


def _changes(queue: Queue, through: tuple[str, ...], before: int) -> Iterator[QueueChange]:
    """One life of an approval, each step through the next machine."""
    settings, number = queue.settings, before
    ways = cycle(through)

    def step(action: str, machine: str, identity: str, content: dict[str, Any], sent: float) -> QueueChange:
        keys = settings.told or tuple(content)
        wanted = {key: content[key] for key in keys if key in content}
        return QueueChange(f"{number}. {action} through {machine}", action, identity, wanted, sent)

    way, sent = next(ways), monotonic()
    with queue.synthetic(way) as made:
        number += 1
        yield step("created", way, made.id, made.content, sent)
        for status in settings.decisions:
            way, sent, number = next(ways), monotonic(), number + 1
            yield step("updated", way, made.id, queue.decide(made, status, way), sent)
        way, sent, number = next(ways), monotonic(), number + 1
        queue.remove(made, way)
        yield step("deleted", way, made.id, {}, sent)


def _await(
    context: Context, settings: Approvals, clients: Sequence[Subscription], written: Sequence[QueueChange]
) -> None:
    """Wait until every client has heard of every change, or the limit is overrun."""
    ours = {each.id for each in written}

    def complete() -> bool:
        return all(sum(event.id in ours for event in told(each, settings)) >= len(written) for each in clients)

    deadline = context.deadline.shorter(context.ceiling(_ITEM) + _MARGIN)
    deadline.eventually(complete, bool, pause=0.02)
    context.deadline.wait(_AGAIN)


def _told_of(written: Sequence[QueueChange], matches: dict[str, EventMatch], wrong: list[str]) -> dict[str, Any]:
    """What was matched for all clients, as one."""

    def lines(name: str) -> tuple[str, ...]:
        return tuple(f"{line} → {machine}" for machine, each in matches.items() for line in getattr(each, name))

    return {
        "mode": "written",
        "expected": tuple(f"{each.name} → {machine}" for each in written for machine in matches),
        "seconds": {
            f"{name} → {machine}": took for machine, each in matches.items() for name, took in each.seconds.items()
        },
        "wrong": (*lines("wrong"), *wrong),
        "twice": lines("twice"),
        "disorder": lines("disorder"),
    }


def _watched(
    context: Context, settings: Approvals, streams: Subscriptions, machines: tuple[str, ...]
) -> dict[str, Any]:
    """Look at the queue again and again until it changes or a stream says so; then both must come to say the same."""
    clients = streams.opened(machines)
    samples, window = [sample(context, settings)], context.ceiling("sse-heartbeat")
    limit = context.ceiling(_ITEM)

    def heard() -> dict[str, list[Heard]]:
        return {each.machine: told(each, settings) for each in clients}

    def look() -> bool:
        samples.append(sample(context, settings))
        return bool(changed(samples[0].rows, samples[-1].rows) or any(heard().values()))

    began = monotonic()
    if not context.deadline.shorter(window).eventually(look, bool, pause=min(_LOOK, window / _SMALL)):
        silent = [said for each in clients if (said := _silence(each, began, window))]
        returned = _told_again(context, settings, streams, clients, limit)
        if not look():
            return _quiet(window, len(samples), silent, returned)
    context.deadline.shorter(limit).eventually(look, lambda _: False, pause=limit / _SMALL / 2)
    context.deadline.wait(limit)  # what the last look saw may be under way for as long as this
    found = compared(heard(), samples, limit, settings)
    return {
        "mode": "watched",
        "expected": tuple(found.seconds.keys() | found.wrong.keys()),
        "seconds": {key: lag for key, lag in found.seconds.items() if key not in found.wrong},
        "wrong": tuple(f"{key}: {said}" for key, said in found.wrong.items()),
        "queue": samples[-1].source,
    }


def _silence(client: Subscription, began: float, window: float) -> str:
    """What is wrong with a stream that should have stayed open and brought something since `began`, if anything is."""
    if client.ended:
        return f"{client.machine}: {client.ended} after {client.ended_at - began:.1f} s"
    if not any(each.ended >= began for each in tuple(client.heard)):
        return f"{client.machine}: nothing in {window:g} s"
    return ""


def _told_again(
    context: Context, settings: Approvals, streams: Subscriptions, clients: Sequence[Subscription], seconds: float
) -> list[str]:
    """What clients are told that come back with the id that they saw last, although they have missed nothing."""
    back = [streams.open(each.machine, last_id=each.last_id) for each in clients if each.open]
    streams.await_settled(back)
    for refusal in (each.refusal() for each in back):
        if refusal is not None:
            raise refusal
    context.deadline.wait(seconds)
    return [
        f"a client that came back to {each.machine} was told '{event.action}' of approval {event.id[:8]}, not changed"
        for each in back
        for event in told(each, settings)
    ]


def _quiet(window: float, looks: int, silent: Sequence[str], told_again: Sequence[str]) -> dict[str, Any]:
    return {
        "mode": "quiet",
        "expected": (),
        "seconds": {},
        "wrong": tuple(told_again),
        "watched": window,
        "looks": looks,
        "silent": tuple(silent),
    }


def _unfounded(context: Context, settings: Approvals, foreign: dict[str, list[Heard]]) -> dict[str, str]:
    """In what events about others' approvals differ from the queue, also when it is looked at again."""
    nothing = QueueLook(0.0, 0.0, {})

    def differing() -> dict[str, str]:
        now_there = sample(context, settings)
        told_of = {each.id for events in foreign.values() for each in events}
        rows = {identity: row for identity, row in now_there.rows.items() if identity in told_of}
        return compared(foreign, [nothing._replace(rows=rows), now_there._replace(rows=rows)], 0.0, settings).wrong

    deadline = context.deadline.shorter(context.ceiling(_ITEM))
    return deadline.eventually(differing, lambda found: not found, pause=0.2)
