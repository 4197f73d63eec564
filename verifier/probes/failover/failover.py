"""Stops one machine, watches which clients are served by the others, and starts it again.

This disturbs every other probe, so it comes after all of them, on every pytest-xdist worker; only the final look at the
release comes later. The machine is started again even after a failure, Ctrl-C or the deadline, with a deadline of its
own (`cleanup`); where the start cannot be confirmed, the run prints the command for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from verifier.core.deadline import monotonic, now
from verifier.core.evidence import Cause, Cell, CouldNotLook, Evidence
from verifier.core.evidence.readings import Readings
from verifier.core.machine import Machine
from verifier.core.platform import ByHand
from verifier.core.probe import Context
from verifier.core.suite import judging
from verifier.probes.failover.recovery import BACK, Restart, StoppedMachine, StreamClient
from verifier.probes.platform.state import PlatformState, by_hand, observe_platform
from verifier.probes.sse.section import Events
from verifier.probes.sse.stream import Subscription
from verifier.probes.sse.subscriptions import Subscriptions

ITEM = "sse-failover"
_EACH = 3
"""Streams that are held of each machine."""
_THROUGH_THE_EDGE = 6
"""Clients that let the edge choose, before the stop and again after it: so many that its choice does not decide."""
_GREETING = 1.0
"""Seconds in which an app that greets its clients has done so."""
_PAUSE = 0.02


class FailoverState(Evidence):
    """What a machine did when it was stopped, and what became of the clients of all machines. Seconds after the order.

    Attributes:
        stopped: the machine.
        others: those that went on.
        watched: the streams of the stopped machine.
        closed: stream → when it was closed; absent, if it was not within the limit.
        cut: stream → what is missing at its end, where it did not end whole.
        comers: the clients that came through the edge after the stop: new ones, and those that had lost their stream.
        served: client → when it was served; absent, if it was not.
        refused: client → what it got instead.
        dropped: stream of another machine → why it ended.
        back: how the machine came back.
    """

    stopped: str
    others: tuple[str, ...]
    watched: tuple[str, ...]
    closed: dict[str, float]
    cut: dict[str, str]
    comers: tuple[str, ...]
    served: dict[str, float]
    refused: dict[str, str]
    dropped: dict[str, str]
    back: Restart

    def by_machine(self, ceiling: Callable[[str], float]) -> dict[str, dict[str, Cell]]:
        """What the stopped machine did, and whether the others went on."""
        whole = self.closing() <= Readings(dict.fromkeys(self.watched, ceiling(ITEM))) and not self.cut
        said = f"closed {len(self.closed)} of {len(self.watched)} streams, {self.returned()}"
        cells = {self.stopped: Cell(said=said, well=whole and self.back.served is not None)}
        for each in self.others:
            lost = [name for name in self.dropped if name.startswith(each)]
            cells[each] = Cell(said=f"lost {len(lost)} streams" if lost else "went on", well=not lost)
        return {"failover": cells}

    def closing(self) -> Readings:
        """Stream of the stopped machine → seconds until it was closed."""
        return Readings(self.closed, what="time to the end of a stream")

    def serving(self) -> Readings:
        """Client → seconds until it had a stream that serves."""
        return Readings(self.served, what="time until a client is served")

    @property
    def open_still(self) -> str:
        """How many streams of the stopped machine were not closed, in words."""
        return f"{len(self.watched) - len(self.closed)} of {len(self.watched)} were open still"

    def cuts(self) -> str:
        """How many streams of the stopped machine did not end whole, and how they ended, in words."""
        told = f"{len(self.cut)} of {len(self.closed)} streams that were closed did not end whole"
        return f"{told}: {_in_groups(self.cut)}" if self.cut else told

    def losses(self) -> str:
        """How many streams of the others ended, and why, in words."""
        told = f"{', '.join(self.others)} lost {len(self.dropped)} streams"
        return f"{told}: {_in_groups(self.dropped)}" if self.dropped else told

    def returned(self) -> str:
        """How the machine came back, in words."""
        back = self.back
        if back.started is None:
            return f"not started again ({back.trouble or back.state})"
        again = f"started again after {back.started:.1f} s"
        return f"{again}, " + (f"served {back.served:.1f} s later" if back.served is not None else back.stream)

    @property
    def remedy(self) -> str:
        """How to start the machine by hand."""
        return self.again.partition("; ")[2]


def _in_groups(found: Mapping[str, str]) -> str:
    """What became of several, as '3 × this, 2 × that'."""
    return ", ".join(f"{count} × {why}" for why, count in Counter(found.values()).most_common())


def observe_failover(context: Context) -> FailoverState:
    """Hold streams of all machines, stop the last one, let clients come through the edge, and start it again.

    Raises:
        CouldNotLook: precondition, if the target does not permit it or nobody could take over; unauthorized, if the
            token may not; timeout, if the run has not the time for it.
    """
    need_permission(context)
    hand = by_hand(context)
    context.wait_for_earlier()
    with context.run_exclusive(context.deadline):
        need_time(context)
        started, stopped, others = now(), *chosen(observe_platform(context), hand)
        with Subscriptions(context) as streams:
            seen = _held(context, streams, stopped, others)
    return FailoverState.model_validate(
        {
            "asked": "Does a machine that stops close its event streams, and do the others serve?",
            "where": f"{context.url}{context.target.section(Events).path} of {stopped.id}",
            "at": started,
            "again": f"{hand.stop.format(stopped.id)}; {hand.start.format(stopped.id)}",
            "stopped": stopped.id,
            "others": others,
            **seen,
        }
    )


def need_permission(context: Context) -> None:
    """Make sure that the target permits to stop one of its machines.

    Raises:
        CouldNotLook: precondition, if it does not.
    """
    target, events = context.target, context.target.section(Events)
    file = target.file
    declare = f'or declare {ITEM} not applicable in {file}: "nobody stops a machine here"'
    if target.writes != "allowed" or not events.may_stop_machines:
        what = f"a machine would have to be stopped, and {file} does not permit that"
        remedy = f'give writes = "allowed" and may_stop_machines = true in [events], {declare}'
        raise CouldNotLook(Cause.PRECONDITION, what, remedy=remedy)
    if target.is_production:  # the file could not be read either
        raise CouldNotLook(Cause.PRECONDITION, "no machine is ever stopped in production", remedy=declare[3:])


def need_time(context: Context) -> None:
    """Make sure that the run has the time to see the machine come back.

    Raises:
        CouldNotLook: timeout, if it has not.
    """
    needed = context.ceiling(ITEM) + BACK
    if context.deadline.remaining() < needed:
        what = f"stopping a machine and seeing it come back may take {needed:g} s, and the run has not that much left"
        raise CouldNotLook(Cause.TIMEOUT, what, remedy="give the run more time: --deadline SECONDS")


def chosen(platform: PlatformState, hand: ByHand) -> tuple[Machine, tuple[str, ...]]:
    """The machine to stop, which is the last one of its group, and those that are sure to be able to take over.

    Raises:
        CouldNotLook: precondition, if there is no such pair.
    """
    for members in platform.groups().values():
        running = [each for each in members if each.state == "started"]
        fit = [each.id for each in running[:-1] if _fit(each)]
        if len(fit) == len(running) - 1 > 0:
            return running[-1], tuple(fit)
    told = ", ".join(f"{each.id} {each.state} ({each.checks_told})" for each in platform.machines)
    single = all(len(members) <= 1 for members in platform.groups().values())
    what = "with one machine nobody can take over" if single else "nobody is sure to take over"
    ways = [hand.start.format(each.id) for each in platform.machines if each.down] or [hand.machines]
    remedy = "two started machines of one group are needed, with their checks passing: " + "; ".join(ways)
    raise CouldNotLook(Cause.PRECONDITION, f"{what}, so none was stopped: {told}", remedy=remedy)


def _fit(machine: Machine) -> bool:
    return machine.config_known and machine.checks_well and machine.host_status == "ok" and not machine.cordoned


def _held(context: Context, streams: Subscriptions, machine: Machine, others: tuple[str, ...]) -> dict[str, object]:
    """What is seen of one stop, from the streams before it to those of the machine that came back."""
    held = {
        f"{each} stream {place}": stream
        for each in (*others, machine.id)
        for place, stream in enumerate(streams.opened([each] * _EACH), 1)
    }
    ours = {name: each for name, each in held.items() if each.machine == machine.id}
    greeted = _greeted(context, list(held.values()))
    before = [StreamClient(streams, greeted=greeted) for _ in range(_THROUGH_THE_EDGE)]
    streams.await_settled([each.stream for each in before])
    _need_open(held)
    context.tell(f"stopping machine {machine.id}")
    with StoppedMachine(context, machine, greeted=greeted) as stopped:
        comers = _watched(context, streams, stopped.asked, list(ours.values()), before)
        ends = {name: (each.ended, each.ended_at - stopped.asked, each.cut) for name, each in ours.items()}
        came = {name: (each.served, each.trouble) for name, each in comers.items()}
    return {
        "watched": tuple(ours),
        "closed": {name: took for name, (why, took, _) in ends.items() if why},
        "cut": {name: f"{why}, {cut}" for name, (why, _, cut) in ends.items() if cut},
        "comers": tuple(came),
        "served": {name: at - stopped.asked for name, (at, _) in came.items() if at is not None},
        "refused": {name: why for name, (at, why) in came.items() if at is None},
        "dropped": {name: each.ended for name, each in held.items() if name not in ours and each.ended},
        "back": stopped.back,
    }


def _need_open(held: Mapping[str, Subscription]) -> None:
    """What ends by itself tells nothing of a stop."""
    ended = {name: each.ended for name, each in held.items() if each.ended}
    if ended:
        what = f"streams ended before any machine was stopped, so none was: {_in_groups(ended)}"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy=f"see sse-heartbeat: {judging('-m postdeploy')}")


def _greeted(context: Context, held: Sequence[Subscription]) -> bool:
    """Whether the app says something at once to everybody who comes."""
    deadline = context.deadline.shorter(_GREETING)
    return deadline.eventually(lambda: all(each.heard for each in held), bool, pause=_PAUSE)


def _watched(
    context: Context, streams: Subscriptions, asked: float, ours: Sequence[Subscription], before: Sequence[StreamClient]
) -> dict[str, StreamClient]:
    """Those who came through the edge after the stop, when all are served or the limit is over.

    New ones come when the streams of the machine are closed, or at half the limit: from then on it is of no use, and
    the edge must know that.

    Raises:
        CouldNotLook: interrupted or timeout, if the run ended before the limit was over.
    """
    limit = context.ceiling(ITEM)
    new: list[StreamClient] = []

    def certain() -> bool:
        for each in (*before, *new):
            each.look()
        closed = all(each.ended for each in ours)
        if not new and (closed or monotonic() - asked > limit / 2):
            new.extend(StreamClient(streams, greeted=before[0].greeted) for _ in range(_THROUGH_THE_EDGE))
        return closed and bool(new) and all(each.served is not None for each in (*before, *new))

    if not context.deadline.shorter(limit - (monotonic() - asked)).eventually(certain, bool, pause=_PAUSE):
        _need_the_whole_limit(context)
    back = {f"client {place}, who had lost the stream": each for place, each in enumerate(before, 1) if each.came_back}
    return back | {f"client {place}, who came new": each for place, each in enumerate(new, len(before) + 1)}


def _need_the_whole_limit(context: Context) -> None:
    """What was not seen within the limit is red; what was not seen because the run ended is not."""
    if context.deadline.over:
        cause = Cause.INTERRUPTED if context.deadline.stopped else Cause.TIMEOUT
        raise CouldNotLook(cause, "the run ended while a machine was stopped; it was started again")
