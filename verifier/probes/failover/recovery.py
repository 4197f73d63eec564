"""Stops and restarts a machine, and event stream clients that reconnect as browsers do."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Self

from verifier.core.cleanup import Cleanup, CleanupTask
from verifier.core.deadline import Deadline, monotonic
from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.core.machine import EDGE, Exit, Machine
from verifier.core.platform import Platform
from verifier.core.probe import Context
from verifier.probes.platform.state import by_hand, opened
from verifier.probes.sse.stream import Subscription
from verifier.probes.sse.subscriptions import Subscriptions

BACK = 60.0
"""Seconds that a machine gets to start, to pass its checks and to serve a stream again."""
_REST = {"created", "stopped", "suspended", "failed"}
_RETRY = 0.2
"""Seconds after which a client comes back."""
_UNMOVED = 10.0
"""Seconds for which a machine that was to stop must be seen running, until it counts as one that never stopped."""
_STARTS = 2
"""Orders to start after which a machine that is 'failed' counts as one that does not start."""


class StreamClient:
    """Somebody who wants an event stream.

    Args:
        streams: who holds it.
        machine: whose stream; or the edge, which chooses.
        greeted: whether the app says something at once to whoever comes, so that a silent stream does not serve.
    """

    def __init__(self, streams: Subscriptions, machine: str = EDGE, *, greeted: bool) -> None:
        self._streams = streams
        self._machine = machine
        self.greeted = greeted
        self.began = monotonic()
        self.came_back = False
        self.refusals: list[str] = []
        """Why the streams ended that it had."""
        self.stream: Subscription = streams.open(machine)

    def look(self) -> None:
        """Come back, if the stream has ended a moment ago."""
        if self.stream.ended and monotonic() - self.stream.ended_at >= _RETRY:
            self.refusals.append(self.stream.ended)
            self.came_back = True
            self.stream = self._streams.open(self._machine)

    @property
    def served(self) -> float | None:
        """When the stream that it has now began to serve it; nothing, if it does not."""
        if not self.stream.open:
            return None
        first = next((each.ended for each in tuple(self.stream.heard)), None)
        return first if first is not None or self.greeted else self.stream.answered

    @property
    def trouble(self) -> str:
        """Why it is not served, in few words."""
        last = self.stream.ended or (self.refusals[-1] if self.refusals else "")
        if self.stream.open:
            return "a stream that says nothing"
        return last or "no answer"


class Restart(Record):
    """How a machine came back that had been stopped.

    Attributes:
        started: seconds from the first order to start until it was started, with its checks passing.
        served: seconds from then until its stream served.
        state: its state, and its checks, as they were seen last.
        stream: what its stream did instead of serving.
        cause: why it could not be seen whether it came back.
        trouble: the same, in words.
    """

    started: float | None = None
    served: float | None = None
    state: str = ""
    stream: str = ""
    cause: Cause | None = None
    trouble: str = ""


def undo(context: Context, task: CleanupTask) -> bool:
    """Start a machine that a process which is gone has left stopped; whether it runs again."""
    return not task.image and bring_back(context, task.name).started is not None


def bring_back(context: Context, machine: str, ends: tuple[Exit, ...] = (), *, greeted: bool = False) -> Restart:
    """Start the machine again, and wait until it serves; with a deadline of its own, whatever became of the run's.

    Args:
        context: the target.
        machine: what was stopped, or may have been.
        ends: its exits before that; a new one shows that it did stop.
        greeted: whether its streams say something at once.
    """
    calm = replace(context, deadline=Deadline(BACK))
    try:
        with opened(calm) as platform:
            raised = _Restart(platform, machine, ends)
            seen = calm.deadline.eventually(raised.look, raised.certain, pause=0.5)
    except CouldNotLook as trouble:
        return Restart(cause=trouble.cause, trouble=trouble.what)
    if raised.started is None:
        state = f"{seen.state}, checks: {seen.checks_told}" if seen else "not told"
        cause = None if seen else raised.trouble and raised.trouble.cause
        return Restart(state=state, cause=cause, trouble=raised.trouble.what if raised.trouble else "")
    running = Restart(started=raised.started, state="started")
    if context.deadline.stopped:
        return running
    return _served(calm, machine, running, greeted=greeted)


class StoppedMachine:
    """One machine that is stopped for as long as the block lasts. At its end, however that comes, it is started again.

    Attributes:
        asked: when the order was given, by the monotonic clock.
        back: how it came back; known when the block has ended.

    Args:
        context: the target.
        machine: the machine.
        greeted: whether its streams say something at once.
    """

    def __init__(self, context: Context, machine: Machine, *, greeted: bool) -> None:
        self._context, self._machine, self._greeted = context, machine, greeted
        self._task = CleanupTask(machine.id, by_hand(context).start.format(machine.id))
        self.asked = 0.0
        self.back = Restart()

    def __enter__(self) -> Self:
        """Stop it.

        Raises:
            CouldNotLook: it may not be stopped, or nobody knows whether it was; then it has been started again.
        """
        cleanup = self._cleanup
        cleanup.add(self._task)
        try:
            with opened(self._context) as platform:
                self.asked = platform.stop(self._machine.id)
        except CouldNotLook as trouble:
            if trouble.cause == Cause.UNAUTHORIZED:
                cleanup.done(self._task)
            else:
                self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Start it again, and say so if that cannot be confirmed."""
        self._context.tell(f"starting machine {self._machine.id} again")
        self.back = bring_back(self._context, self._machine.id, self._machine.exits, greeted=self._greeted)
        if self.back.started is None:
            self._cleanup.fail(self._task)
        else:
            self._cleanup.done(self._task)

    @property
    def _cleanup(self) -> Cleanup:
        if self._context.cleanup is None:
            raise CouldNotLook(Cause.PRECONDITION, "nobody would start the machine again")
        return self._context.cleanup


class _Restart:
    """A machine that is being started: looked at again and again, with an order to start whenever it is at rest."""

    def __init__(self, platform: Platform, machine: str, ends: tuple[Exit, ...]) -> None:
        self._platform, self._machine, self._ends = platform, machine, ends
        self._began = monotonic()
        self._orders = 0
        self.started: float | None = None
        self.trouble: CouldNotLook | None = None

    def look(self) -> Machine | None:
        """Its state; nothing where the platform stumbles, which may be over at the next look."""
        try:
            seen = self._platform.machine(self._machine)
            if seen.state in _REST and self._orders < _STARTS:
                self._order()
            self.trouble = None
        except CouldNotLook as trouble:
            if trouble.cause == Cause.UNAUTHORIZED:
                raise
            self.trouble = trouble
            return None
        moved = self._orders or seen.exits[:1] != self._ends[:1] or monotonic() - self._began > _UNMOVED
        if seen.state == "started" and seen.checks_well and moved:
            self.started = monotonic() - self._began
        return seen

    def _order(self) -> None:
        if not self._orders:
            self._began = monotonic()
        self._platform.start(self._machine)
        self._orders += 1

    def certain(self, seen: Machine | None) -> bool:
        """Whether nothing else is to be expected."""
        return self.started is not None or (seen is not None and seen.state == "failed" and self._orders >= _STARTS)


def _served(context: Context, machine: str, running: Restart, *, greeted: bool) -> Restart:
    """The return of a machine that runs, when its stream serves or the time is over."""
    began = monotonic()
    with suppress(CouldNotLook), Subscriptions(context) as streams:
        guest = StreamClient(streams, machine, greeted=greeted)

        def look() -> float | None:
            guest.look()
            return guest.served

        at = context.deadline.eventually(look, lambda served: served is not None, pause=0.05)
        if at is None:
            return running.model_copy(update={"stream": guest.trouble})
        return running.model_copy(update={"served": at - began})
    return running.model_copy(update={"stream": "it could not be asked for one"})
