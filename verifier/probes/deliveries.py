"""Changes a synthetic approval through one machine after the other, and listens where the change arrives.

Writes, and so needs `writes = "allowed"`; what it made is removed, also what a run that crashed left behind.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import httpx
from httpx_sse import SSEError, connect_sse

from verifier.evidence import Cause, CouldNotLook, Evidence, Readings
from verifier.patience import Patience, monotonic, now
from verifier.probes import Context
from verifier.probes.approvals import Queue, synthetic_approval
from verifier.probes.http import cause_of, client, curl, routed
from verifier.probes.platform import places

_ITEM = "sse-delivers"
_CONNECT = 15.0
_MARGIN = 1.0
"""Seconds beyond the limit that are waited, so that a late delivery is told apart from none."""


class DeliveryState(Evidence):
    """Where each change arrived.

    Attributes:
        expected: every «change through machine → client of machine» that must arrive.
        seconds: how long each of them took; one that did not arrive is absent.
        wrong: what arrived, but with another content than was written.
    """

    expected: tuple[str, ...]
    seconds: dict[str, float]
    wrong: tuple[str, ...]

    def delays(self) -> Readings:
        """Change and client → seconds from sending the change to the event's arrival."""
        return Readings(self.seconds)


class _Client:
    """One client of one machine's stream; its thread keeps every event that speaks of the synthetic approval."""

    def __init__(self, context: Context, machine: str, queue: Queue) -> None:
        self.machine = machine
        self.trouble: CouldNotLook | None = None
        self.ready = threading.Event()
        self.heard: list[tuple[float, dict[str, Any]]] = []
        self._context = context
        self._mark = queue.mark
        self._settings = queue.settings
        self._done = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._listen, name=f"delivery {self.machine}", daemon=True).start()

    def stop(self) -> None:
        """The next event, and that is the removal, ends the thread."""
        self._done.set()

    def _listen(self) -> None:
        events = self._context.part(self._context.target.events, "events")
        headers, limits = routed(self.machine), httpx.Timeout(_CONNECT, read=60.0)
        try:
            with (
                client(self._context.target) as session,
                connect_sse(session, "GET", self._context.url + events.path, headers=headers, timeout=limits) as source,
            ):
                self._check(source.response)
                self.ready.set()
                for event in source.iter_sse():
                    self._keep(monotonic(), event.event, event.data)
                    if self._done.is_set():
                        return
        except CouldNotLook as trouble:
            self.trouble = trouble
        except (httpx.HTTPError, SSEError) as trouble:
            cause = Cause.PRECONDITION if isinstance(trouble, SSEError) else cause_of(trouble)
            self.trouble = CouldNotLook(cause, f"the event stream of machine {self.machine}: {trouble}")
        finally:
            self.ready.set()

    def _check(self, answer: httpx.Response) -> None:
        if answer.status_code in {401, 403}:
            raise CouldNotLook(Cause.UNAUTHORIZED, f"the event stream answers HTTP {answer.status_code}")

    def _keep(self, at: float, name: str, data: str) -> None:
        try:
            content = json.loads(data)
        except ValueError:
            return
        about = content.get("approval") if isinstance(content, dict) else None
        if name == self._settings.event and isinstance(about, dict) and about.get(self._settings.marker) == self._mark:
            self.heard.append((at, content))


def observe_deliveries(context: Context) -> DeliveryState:
    """Create, decide and remove one approval, each through another machine, and listen on all.

    Raises:
        CouldNotLook: precondition, if the target does not allow to write; or what made streams or API unreadable.
    """
    stream = context.url + context.part(context.target.events, "events").path
    machines, started = places(context), now()
    with Queue.opened(context) as queue:
        clients = [_Client(context, machine, queue) for machine in machines]
        with _listening(clients, context.patience):
            turns = _changes(context, queue, clients, machines)
    return DeliveryState(
        asked="Does a change of an approval reach the clients of every machine?",
        where=f"{stream} of {', '.join(machines)}",
        at=started,
        again=curl(context.target, stream, machine=machines[0], options="-sS -N"),
        expected=tuple(key for turn in turns for key in turn.expected),
        seconds={key: value for turn in turns for key, value in turn.seconds.items()},
        wrong=tuple(each for turn in turns for each in turn.wrong),
    )


@contextmanager
def _listening(clients: list[_Client], patience: Patience) -> Iterator[None]:
    try:
        for each in clients:
            each.start()
        for each in clients:
            patience.shorter(_CONNECT).wait_for(each.ready, f"the event stream of machine {each.machine}")
            if each.trouble:
                raise each.trouble
        yield
    finally:
        for each in clients:
            each.stop()


@dataclass(frozen=True)
class _Turn:
    """One change: where it must arrive, where it did, and what arrived otherwise than written."""

    expected: tuple[str, ...]
    seconds: dict[str, float]
    wrong: tuple[str, ...]


def _changes(context: Context, queue: Queue, clients: list[_Client], machines: tuple[str, ...]) -> list[_Turn]:
    """Each change goes through another machine, as the edge may choose for operators."""
    through = cycle(machines)
    first, second, third = next(through), next(through), next(through)
    before = _heard(clients), monotonic()
    with synthetic_approval(queue, first) as made:
        turns = [_turn(context, clients, f"created through {first}", before, made.content)]
        before = _heard(clients), monotonic()
        written = queue.decide(made, "approved", second)
        turns.append(_turn(context, clients, f"updated through {second}", before, written))
        before = _heard(clients), monotonic()
        queue.remove(made, third)
        return [*turns, _turn(context, clients, f"deleted through {third}", before, {})]


def _turn(
    context: Context, clients: list[_Client], name: str, before: tuple[dict[str, int], float], written: dict[str, Any]
) -> _Turn:
    """Wait until all clients have heard of the change, or the limit is overrun."""
    known, sent = before
    patience = context.patience.shorter(context.ceiling(_ITEM) + _MARGIN)
    patience.eventually(lambda: all(len(each.heard) > known[each.machine] for each in clients), bool, pause=0.02)
    arrived = {
        f"{name} → {each.machine}": each.heard[known[each.machine]]
        for each in clients
        if len(each.heard) > known[each.machine]
    }
    return _Turn(
        expected=tuple(f"{name} → {each.machine}" for each in clients),
        seconds={key: at - sent for key, (at, _) in arrived.items()},
        wrong=tuple(f"{key}: {why}" for key, (_, told) in arrived.items() if (why := _otherwise(told, name, written))),
    )


def _otherwise(told: dict[str, Any], name: str, written: dict[str, Any]) -> str:
    """How an event differs from what was written; empty if it does not."""
    action, _, _ = name.partition(" ")
    if told.get("action") != action:
        return f"arrived as «{told.get('action')}»"
    differing = [key for key, value in written.items() if told["approval"].get(key) != value]
    return f"arrived with another {', '.join(differing)}" if differing else ""


def _heard(clients: list[_Client]) -> dict[str, int]:
    return {each.machine: len(each.heard) for each in clients}
