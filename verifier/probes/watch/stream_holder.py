"""Holds an event stream of each machine open while a deployment is watched."""

from __future__ import annotations

from contextlib import suppress

from verifier.core.deadline import Deadline, monotonic
from verifier.core.evidence import CouldNotLook
from verifier.core.evidence.finding import Finding
from verifier.core.probe import Context
from verifier.probes.platform.own_network import OwnNetwork
from verifier.probes.platform.state import places
from verifier.probes.sse.stream import Subscription
from verifier.probes.sse.subscriptions import CONNECT, Subscriptions
from verifier.probes.sse.wire.parser import Comment, Event
from verifier.probes.watch.signal_reading import Found, SignalReading

SHOWS = ("event streams",)


class StreamHolder:
    """One stream of each machine; one that ended is opened again at the next look.

    Args:
        subscriptions: the thread that holds them.
    """

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions
        self._streams: dict[str, Subscription] = {}
        self._heard: dict[str, float] = {}

    def look(self, context: Context) -> Found:
        """Whether the stream of each machine is open, and how long it has been silent."""
        machines, lost = places(context), self._lost()
        self._open([each for each in machines if each not in self._streams or each in lost])
        closed = {each: refusal for each in machines if (refusal := self._streams[each].refusal())}
        if closed and not context.get("own_network", OwnNetwork).proved:
            raise next(iter(closed.values()))
        here = monotonic()
        silent = {each: here - self._heard[each] for each in machines}
        most = context.ceiling("sse-heartbeat")
        quiet = {each: seconds for each, seconds in silent.items() if seconds > most and each not in closed}
        found = [_finding(each, "event stream could not be opened", why.what) for each, why in closed.items()]
        found += [
            _finding(each, "event stream was silent", f"{s:.1f} s (limit {most:g} s)") for each, s in quiet.items()
        ]
        alive = len(machines) - len(found)
        again = f", {len(lost)} opened again" if lost else ""
        worst = max(silent.values(), default=0.0)
        return {"event streams": SignalReading(f"{alive} of {len(machines)} alive{again}", worst, tuple(found))}

    def _lost(self) -> list[str]:
        return [each for each, stream in self._streams.items() if stream.ended]

    def _open(self, machines: list[str]) -> None:
        for machine in machines:
            self._heard[machine] = monotonic()
            stream = self._streams[machine] = self._subscriptions.new(machine, self._hear)
            with suppress(CouldNotLook):
                self._subscriptions.run(self._subscriptions.connect(stream), Deadline(CONNECT))

    def _hear(self, stream: Subscription, _: Event | Comment) -> None:
        self._heard[stream.machine] = monotonic()


def _finding(machine: str, problem: str, detail: str) -> Finding:
    return Finding(subject=machine, problem=problem, detail=detail, machine=machine)
