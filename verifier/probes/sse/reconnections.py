"""Checks that a client that reconnects misses no event, and that the app notices when clients leave."""

from __future__ import annotations

from collections.abc import Callable

from verifier.core.deadline import monotonic, now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.evidence.readings import Readings
from verifier.core.probe import Context
from verifier.probes.http.client import curl
from verifier.probes.platform.state import places
from verifier.probes.sse.approval_queue import Queue
from verifier.probes.sse.connection_count import count_streams
from verifier.probes.sse.consistency import told
from verifier.probes.sse.section import Events
from verifier.probes.sse.stream import Subscription
from verifier.probes.sse.subscriptions import Subscriptions
from verifier.probes.sse.wire.own_lateness import certain

_RECONNECT = "sse-reconnect"
_DISCONNECT = "sse-disconnect"
_GROUP = 20
"""Clients that come and leave on each machine: enough to stand out among those of the same run and of operators."""
_MOST_OF_THEM = 0.75
_MARGIN = 2.0
"""Seconds beyond the limit that are waited, so that what comes late is told apart from what is lost."""
_SETTLE = 0.2
"""Seconds after the last missed event in which something may come that should not."""


class Reconnection(Record):
    """What a client got when it came back.

    Attributes:
        missed: events from the time of its absence that it never got.
        repeated: events that it got although it had seen them, or got twice.
        seconds: from the request to the last of what it had missed.
    """

    missed: tuple[str, ...]
    repeated: tuple[str, ...]
    seconds: float | None


class ReconnectState(Evidence):
    """What clients got that came back with `Last-Event-ID`, by the machine that they came back to.

    Attributes:
        last_id: the id that they came back with; empty if the events had none, so that nobody could come back.
    """

    machines: tuple[str, ...]
    last_id: str = ""
    returns: dict[str, Reconnection] = {}

    def summary(self) -> str:
        """What was seen, in words."""
        if not self.last_id:
            return "the events carry no id"
        lost = sum(len(each.missed) for each in self.returns.values())
        return f"{lost} events missed, by {len(self.returns)} that came back"

    def came_back(self) -> CouldNotLook | None:
        """None if a client could come back; else why none could."""
        if self.last_id:
            return None
        return CouldNotLook(Cause.PRECONDITION, "no client could come back: the events carry no id", remedy=self.again)

    def certain(self, limit: float, late: float) -> bool:
        """Whether what took longer than `limit` did so even if this machine saw all of it `late` seconds too late."""
        took = [limit + _MARGIN if each.seconds is None else each.seconds for each in self.returns.values()]
        return certain(took, limit, late)

    def delays(self) -> Readings:
        """Machine → seconds until a client had what it had missed."""
        found = {each: seen.seconds for each, seen in self.returns.items() if seen.seconds is not None}
        return Readings(found, what="time to what was missed")


class DisconnectState(Evidence):
    """What the app told of its streams before clients came, while they were there, and when they had left.

    Attributes:
        clients: how many came and left on each machine.
        counted: machine → before, during and at the end.
        seconds: machine → how long it took until most of them were no longer counted; absent, if they still are.
    """

    machines: tuple[str, ...]
    clients: int
    counted: dict[str, tuple[float, float, float]]
    seconds: dict[str, float]

    def noticed(self) -> Readings:
        """Machine → seconds until the app had noticed."""
        return Readings(self.seconds, what="time until the app notices")

    def counts(self) -> str:
        """What the app told before, during and after, in words."""
        return "; ".join(f"{each} " + " → ".join(f"{n:g}" for n in told) for each, told in self.counted.items())

    def unseen(self) -> dict[str, str]:
        """Machine → what it told, where its count did not rise when our clients came."""
        return {
            machine: f"{before:g} streams before and {during:g} with {self.clients} more clients"
            for machine, (before, during, _) in self.counted.items()
            if during - before < _MOST_OF_THEM * self.clients
        }


def observe_reconnections(context: Context) -> ReconnectState:
    """Leave a stream, change the queue, and come back to every machine with the id of the last event.

    Raises:
        CouldNotLook: precondition, if the target does not allow to write, or this machine is too busy to measure;
            no-data, if no event came before the leaving.
    """
    events = context.target.section(Events)
    machines, started, url = places(context), now(), context.url + events.path
    about = {
        "asked": "Does a client that comes back with Last-Event-ID miss nothing, on any machine?",
        "where": f"{url} of {', '.join(machines)}",
        "at": started,
        "again": curl(context.target, url, machine=machines[0], options="-sS -N -H 'last-event-id: ID'"),
        "machines": machines,
    }
    limit = context.ceiling(_RECONNECT)
    with Queue.opened(context) as queue, Subscriptions(context) as streams:
        return streams.in_time(
            lambda: _come_back(context, queue, streams, machines, about), lambda seen, late: seen.certain(limit, late)
        )


def _come_back(
    context: Context, queue: Queue, streams: Subscriptions, machines: tuple[str, ...], about: dict[str, object]
) -> ReconnectState:
    limit = context.deadline.shorter(context.ceiling(_RECONNECT) + _MARGIN)
    (client,) = streams.opened(machines[:1])
    with queue.synthetic(machines[0]) as made:
        limit.eventually(lambda: _about(client, queue, made.id), bool, pause=0.02)
        streams.leave([client])
        last_id = client.last_id
        if not client.events():
            what = f"machine {machines[0]} sent no event before the client left, so there was nothing to resume from"
            raise CouldNotLook(Cause.NO_DATA, what, remedy="see sse-heartbeat and sse-delivers")
        if not last_id:
            return ReconnectState.model_validate(about)
        queue.decide(made, queue.settings.decisions[0], machines[-1])
        queue.remove(made, machines[0])
    expected = ("updated", "deleted")
    back = streams.opened(machines, last_id=last_id)
    limit = context.deadline.shorter(context.ceiling(_RECONNECT) + _MARGIN)
    whole: Callable[[], bool] = lambda: all(len(_about(each, queue, made.id)) >= len(expected) for each in back)  # noqa: E731
    limit.eventually(whole, bool, pause=0.02)
    context.deadline.wait(_SETTLE)
    returns = {each.machine: _returned(_about(each, queue, made.id), expected, each.asked) for each in back}
    return ReconnectState.model_validate({**about, "last_id": last_id, "returns": returns})


def _about(stream: Subscription, queue: Queue, identity: str) -> list[tuple[str, float]]:
    """What a stream told of one approval: actions and times."""
    return [(each.action, each.at) for each in told(stream, queue.settings) if each.id == identity]


def _returned(heard: list[tuple[str, float]], expected: tuple[str, ...], asked: float) -> Reconnection:
    actions = [action for action, _ in heard]
    missed = tuple(each for each in expected if each not in actions)
    repeated = tuple(each for place, each in enumerate(actions) if each not in expected or each in actions[:place])
    return Reconnection(
        missed=missed, repeated=repeated, seconds=None if missed else max(at for _, at in heard) - asked
    )


def observe_disconnects(context: Context) -> DisconnectState:
    """Let clients come to every machine and leave again, half of them without a word, and ask the app's own count.

    Raises:
        CouldNotLook: precondition, if the target does not say where the app tells its count.
    """
    events = context.target.section(Events)
    if events.connections is None:
        remedy = "name it in [events] connections, or declare the item not applicable: 'it does not tell its streams'"
        what = f"{context.target.file} does not say where the app tells how many streams it holds"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy=remedy)
    machines, started = places(context), now()
    with context.named("streams"), context.shared(), Subscriptions(context) as streams:
        before = count_streams(context, machines)
        clients = streams.opened([machine for machine in machines for _ in range(_GROUP)])
        deadline = context.deadline.shorter(context.ceiling(_DISCONNECT))
        risen = _MOST_OF_THEM * _GROUP
        during = deadline.eventually(
            lambda: count_streams(context, machines),
            lambda told_now: all(told_now[each] - before[each] >= risen for each in machines),
            pause=0.1,
        )
        left = monotonic()
        streams.leave(clients[::2])
        streams.leave(clients[1::2], abrupt=True)
        seconds, after = _until_noticed(context, during, left)
    return DisconnectState(
        asked="Does the app notice that clients of the event stream have left?",
        where=f"{context.url}{events.connections.path} of {', '.join(machines)}",
        at=started,
        again=curl(context.target, context.url + events.connections.path, machine=machines[0]),
        machines=machines,
        clients=_GROUP,
        counted={each: (before[each], during[each], after[each]) for each in machines},
        seconds=seconds,
    )


def _until_noticed(
    context: Context, during: dict[str, float], left: float
) -> tuple[dict[str, float], dict[str, float]]:
    """Machine → seconds until most of our clients were no longer counted; and the last counts."""
    seconds: dict[str, float] = {}

    def look() -> dict[str, float]:
        counts = count_streams(context, during)
        for machine, count in counts.items():
            if during[machine] - count >= _MOST_OF_THEM * _GROUP:
                seconds.setdefault(machine, monotonic() - left)
        return counts

    deadline = context.deadline.shorter(context.ceiling(_DISCONNECT) + _MARGIN)
    last = deadline.eventually(look, lambda _: len(seconds) == len(during), pause=0.1)
    return seconds, last
