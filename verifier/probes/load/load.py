"""Holds many event streams, makes changes meanwhile, and counts failed and lost streams and delays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from verifier.core.config.contract import Limit
from verifier.core.deadline import monotonic, now
from verifier.core.evidence import Cause, CouldNotLook, Evidence
from verifier.core.evidence.readings import Readings
from verifier.core.probe import Context
from verifier.probes.http.client import curl
from verifier.probes.load.open_files import room_for
from verifier.probes.load.section import LoadSection
from verifier.probes.load.virtual_users import Crowd
from verifier.probes.platform.state import places
from verifier.probes.sse.approval_queue import Queue
from verifier.probes.sse.connection_count import count_streams
from verifier.probes.sse.section import Approvals, Events
from verifier.probes.sse.subscriptions import Subscriptions

ITEM = "sse-connections"
_DISCONNECT = "sse-disconnect"
_NOTICED = 5.0
"""Seconds in which the server should have noticed that clients have left, where the definition does not say."""
_REASONS = 10
_NOISE = 2.0
"""Streams that others may have opened or closed meanwhile, besides a tenth of ours."""
_TENTH = 0.1
_SAMPLES = 500


class LoadState(Evidence):
    """What became of a crowd of clients. Figures by machine.

    Attributes:
        wanted: how many streams the definition asks for.
        limit_met: what kept us from holding as many; empty if nothing did.
        tried, failed, dropped: streams asked for, never opened, and lost while they should have been held.
        reasons: why streams failed or were lost → how often.
        held: seconds from the end of the ramp to the leaving.
        connecting: seconds from the request to the head of the answer: p50, p95, max.
        mode: 'changes', or 'heartbeats' where nothing may be written.
        pause_limit: seconds; the longest time without a heartbeat that keeps the promise of the stream.
        delays: seconds from a change to its event: p50, p95, max; nothing in the other mode.
        awaited, arrived: events that all clients that stayed should have got, and those that came.
        pauses: the longest time without a heartbeat at any client that stayed.
        counted: what the server said before, during and after; empty if it does not tell.
        samples: of `connecting` and `delays`, sorted and at most some hundred of each, for whoever adds loads up.
    """

    machines: tuple[str, ...]
    wanted: int
    limit_met: str
    tried: dict[str, int]
    failed: dict[str, int]
    dropped: dict[str, int]
    reasons: dict[str, int]
    held: float
    connecting: dict[str, float]
    mode: str
    delays: dict[str, float]
    awaited: int
    arrived: int
    pauses: dict[str, float]
    pause_limit: float
    counted: dict[str, dict[str, float]]
    samples: dict[str, tuple[float, ...]] = {}

    def failing(self) -> Readings:
        """Machine → the share of its streams that failed or were lost."""
        lost = {each: self.failed.get(each, 0) + self.dropped.get(each, 0) for each in self.machines}
        return Readings({each: lost[each] / max(1, self.tried.get(each, 0)) for each in lost}, unit="of streams lost")

    def holding(self) -> str:
        """What was held, in words."""
        opened = sum(self.tried.values()) - sum(self.failed.values())
        lost = sum(self.dropped.values())
        return f"{opened} of {sum(self.tried.values())} streams opened, {lost} lost in {self.held:.1f} s"

    def delivery(self) -> str:
        """What arrived, in words."""
        if self.mode == "heartbeats":
            return "longest pauses " + ", ".join(f"{each} {pause:.1f} s" for each, pause in self.pauses.items())
        figures = ", ".join(f"{name} {seconds:.3g} s" for name, seconds in self.delays.items())
        return f"{self.arrived} of {self.awaited} events, {figures or 'none arrived'}"

    def counts(self) -> str:
        """What the server said before, during and after, in words."""
        told = {each: " → ".join(f"{count:g}" for count in counts.values()) for each, counts in self.counted.items()}
        return "; ".join(f"{machine} {counts}" for machine, counts in told.items()) or self.untold()

    def untold(self) -> str:
        """The message where the server reports no count."""
        return "the app does not tell how many streams it holds (connections in [events] would say where)"

    def miscounted(self) -> dict[str, str]:
        """Machine → in what the server's count does not fit ours."""
        found = {}
        for machine, told in self.counted.items():
            ours = self.tried.get(machine, 0) - self.failed.get(machine, 0) - self.dropped.get(machine, 0)
            slack = _NOISE + _TENTH * ours
            if told["during"] - told["before"] < ours - slack:
                found[machine] = f"{told['during']:g} streams told while we held {ours} (before: {told['before']:g})"
            elif told["after"] - told["before"] > slack:
                found[machine] = (
                    f"{told['after']:g} streams told after our {ours} had left (before: {told['before']:g})"
                )
        return found


def observe_load(context: Context) -> LoadState:
    """Open as many streams as the limit's `count` says, hold them, cause changes where that is allowed, and leave.

    Raises:
        CouldNotLook: which machines there are, or the queue's API, or the server's count, cannot be asked; or every
            stream asks for a login.
    """
    limit = context.limit(ITEM) or Limit()
    settings = context.target.get(LoadSection) or LoadSection()
    machines, started = places(context), now()
    count, limit_met = room_for(limit.count or 0)
    if count < len(machines):
        raise CouldNotLook(Cause.PRECONDITION, f"no room for streams: {limit_met}", remedy="ulimit -n 20000")
    events = context.target.section(Events)
    writes = context.target.writes == "allowed" and context.target.get(Approvals) is not None
    with context.named("streams"), context.shared(), Subscriptions(context, settings.addresses) as streams:
        before = count_streams(context, machines)
        crowd = Crowd(streams, events, context.target.get(Approvals))
        crowd.gather(machines, count, settings.ramp, context.deadline)
        _need_entry(crowd)
        full, at_first = monotonic(), crowd.holding()
        changes = _changes(context, settings, machines) if writes else iter(())
        written = _held(context, crowd, settings, changes, writes=writes)
        pauses = crowd.longest_pause()
        during = count_streams(context, machines)
        stayed = [each for each in crowd.members if each.open]
        lasted, at_last = monotonic() - full, crowd.holding()
        lost = Counter(each.ended for each in crowd.members if each.ended)
        crowd.leave()
        after = _after(context, machines, before)
    ids = {(action, identity): sent for action, identity, sent in written}
    kept = set(stayed)
    delays = Readings(
        {
            str(number): each.at - ids[each.action, each.id]
            for number, each in enumerate(crowd.arrivals)
            if each.stream in kept and (each.action, each.id) in ids
        }
    )
    answered = Readings({str(number): each.answered - each.asked for number, each in enumerate(stayed)})
    tried = Counter(each.machine for each in crowd.members)
    return LoadState(
        asked=f"Do {count} event streams connect, stay and deliver?",
        where=f"{context.url}{events.path} of {', '.join(machines)}",
        at=started,
        again=curl(context.target, context.url + events.path, machine=machines[0], options="-sS -N"),
        machines=machines,
        wanted=limit.count or 0,
        limit_met=limit_met,
        tried=dict(tried),
        failed={each: tried[each] - at_first.get(each, 0) for each in machines},
        dropped={each: at_first.get(each, 0) - at_last.get(each, 0) for each in machines},
        reasons=dict(lost.most_common(_REASONS)),
        held=lasted,
        connecting=_figures(answered),
        mode="changes" if writes else "heartbeats",
        delays=_figures(delays),
        awaited=len(written) * len(stayed),
        arrived=len(delays),
        pauses=pauses,
        pause_limit=context.ceiling("sse-heartbeat"),
        counted={
            each: {"before": before[each], "during": during[each], "after": after[each]} for each in machines if before
        },
        samples={"connecting": _thinned(answered), "delays": _thinned(delays)},
    )


def _need_entry(crowd: Crowd) -> None:
    """Make sure that not all who came were sent to a login: that says nothing of how many the app can hold."""
    refusals = [each.refusal() for each in crowd.members]
    strangers = [each for each in refusals if each is not None and each.cause == Cause.UNAUTHORIZED]
    if strangers and len(strangers) == len(refusals):
        raise strangers[0]


Change = tuple[str, str, float]


def _held(
    context: Context, crowd: Crowd, settings: LoadSection, changes: Iterator[Change], *, writes: bool
) -> list[Change]:
    """Hold the streams for their time, with the changes spread over it; and then until the last one is certain."""
    written: list[Change] = []
    # Where only heartbeats can be seen, every client must have had the time for one.
    hold = settings.hold if writes else max(settings.hold, context.ceiling("sse-heartbeat"))
    deadline = context.deadline.shorter(hold)
    for _ in range(settings.changes if writes else 0):
        context.deadline.wait(min(hold / (settings.changes + 1), deadline.remaining()))
        written += next(changes), next(changes)
    for last in changes:
        written.append(last)
    context.deadline.wait(deadline.remaining())
    stayed = sum(crowd.holding().values())
    late = context.deadline.shorter(context.ceiling(ITEM))
    late.eventually(lambda: len(crowd.arrivals) >= len(written) * stayed, bool, pause=0.05)
    return written


def _changes(context: Context, settings: LoadSection, machines: Sequence[str]) -> Iterator[Change]:
    """Approvals that come and go: action, id, and when the request for it was sent."""
    with Queue.opened(context) as queue:
        for number in range(settings.changes):
            machine = machines[number % len(machines)]
            sent = monotonic()
            with queue.synthetic(machine) as made:
                yield "created", made.id, sent
                sent = monotonic()
                queue.remove(made, machine)
                yield "deleted", made.id, sent


def _after(context: Context, machines: Sequence[str], before: dict[str, float]) -> dict[str, float]:
    """The server's count when it has had the time to notice that we left."""
    limit = context.limit(_DISCONNECT)
    deadline = context.deadline.shorter(limit.ceiling if limit and limit.seconds else _NOTICED)
    return deadline.eventually(
        lambda: count_streams(context, machines),
        lambda told: all(told[each] <= before[each] + _NOISE for each in told),
        pause=0.2,
    )


def _figures(readings: Readings) -> dict[str, float]:
    if not readings:
        return {}
    return {"p50": readings.percentile(50), "p95": readings.percentile(95), "max": max(readings.values())}


def _thinned(readings: Readings) -> tuple[float, ...]:
    """Some of many readings, in their order of size; so taken that their percentiles stay what they are."""
    ordered = sorted(readings.values())
    if len(ordered) <= _SAMPLES:
        return tuple(ordered)
    return tuple(ordered[round(place * (len(ordered) - 1) / (_SAMPLES - 1))] for place in range(_SAMPLES))
