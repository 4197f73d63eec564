"""Faults of delivery: lost, late, repeated, reordered or altered events, and lost subscribers."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.fault import Active, Fault, Hook, declare
from sandbox.hotdash.answer_faults import ANSWERS

if TYPE_CHECKING:  # keeps the list of faults fast
    from sandbox.hotdash.events.changes import Change

Publish = Callable[["Change"], None]
Deliver = Callable[["Change", Publish, str, str], None]
STREAM = "/api/realtime/approvals"
_TOGETHER_SECONDS = 0.4
"""Seconds for which a change waits for the next one, to swap places."""
DELIVERY: Hook[Deliver] = Hook()
"""Handles a change, given the function that passes it on, the name of this machine, and the fault's figure."""


def deliver(change: Change, publish: Publish, machine: str, faults: Active) -> None:
    """Pass a change on as the faults say: now, later, twice, altered, after the next one, or never."""
    for act, figure in DELIVERY.active(faults):
        publish = partial(_through, act, publish, machine, figure)
    publish(change)


def _through(act: Deliver, publish: Publish, machine: str, figure: str, change: Change) -> None:
    act(change, publish, machine, figure)


def _fault(name: str, summary: str) -> Fault:
    return Fault(name, summary, ("sse-delivers",))


@DELIVERY.by(
    Fault(
        "delivers-on-own-machine-only",
        "a change reaches the clients of its own machine only",
        ("sse-delivers",),
        perhaps=("phase-features",),
    )
)
def _own_machine_only(change: Change, publish: Publish, machine: str, _figure: str) -> None:
    if change.machine == machine:
        publish(change)


@DELIVERY.by(
    Fault(
        "delivers-late", "a change reaches clients after 6 s", ("sse-delivers",), value="6", perhaps=("phase-features",)
    )
)
def _late(change: Change, publish: Publish, _machine: str, seconds: str) -> None:
    asyncio.get_running_loop().call_later(float(seconds), publish, change)


@DELIVERY.by(_fault("delivers-twice", "a change reaches clients twice"))
def _twice(change: Change, publish: Publish, _machine: str, _figure: str) -> None:
    publish(change)
    publish(change)


class _Exchanged:
    """Delays a change until the next one has been passed on."""

    def __init__(self) -> None:
        self._held: tuple[Change, asyncio.TimerHandle] | None = None

    def __call__(self, change: Change, publish: Publish, _machine: str, _figure: str) -> None:
        if self._held is not None:
            before, timer = self._held
            timer.cancel()
            self._held = None
            publish(change)
            publish(before)
            return
        loop = asyncio.get_running_loop()
        self._held = (change, loop.call_later(_TOGETHER_SECONDS, self._release, publish))

    def _release(self, publish: Publish) -> None:
        if self._held is not None:
            change, _ = self._held
            self._held = None
            publish(change)


DELIVERY.add(_fault("delivers-out-of-order", "two changes reach clients in swapped order"), _Exchanged())


@DELIVERY.by(_fault("delivers-wrong-payload", "events carry another status than the change"))
def _wrong_payload(change: Change, publish: Publish, _machine: str, _figure: str) -> None:
    other = "approved" if change.approval.get("status") != "approved" else "pending"
    publish(change._replace(approval={**change.approval, "status": other}))


@DELIVERY.by(_fault("delivers-random-payload", "events are about approvals that never existed"))
def _random_payload(change: Change, publish: Publish, _machine: str, _figure: str) -> None:
    payload = dict.fromkeys(change.approval, "lorem ipsum")
    publish(change._replace(approval={**payload, "id": str(uuid.uuid4()), "status": "approved"}))


_CONNECTS = itertools.count()


@ANSWERS.by(
    Fault(
        "streams-refused", "three of five event streams are refused with 503", ("sse-connections",), stages="monitoring"
    )
)
async def _refused(request: Request, _figure: str) -> Response | None:
    refused = request.url.path == STREAM and next(_CONNECTS) % 5 in {0, 2, 4}
    return JSONResponse({"error": "not now"}, 503, {"retry-after": "1"}) if refused else None


LOSES_ON_RECONNECT = declare(
    Fault("loses-on-reconnect", "a client that reconnects gets nothing of what it missed", ("sse-reconnect",))
)
LOSES_IN_A_CROWD = declare(
    Fault(
        "loses-in-a-crowd",
        "a change reaches twenty of a machine's clients, and no more",
        ("sse-connections",),
        value="20",
        stages="monitoring",
    )
)
REPEATS_ON_RECONNECT = declare(
    Fault("repeats-on-reconnect", "a client that reconnects is told again what it had seen", ("sse-reconnect",))
)
LEAKS = (
    declare(
        Fault("leaks-connections", "streams of disconnected clients stay registered in the app", ("sse-disconnect",))
    ),
    declare(
        Fault(
            "leaks-connections-under-load",
            "streams of disconnected clients stay registered in the app, and there were many",
            ("sse-connections",),
            stages="monitoring",
        )
    ),
)
NOT_CLOSED_ON_STOP = declare(
    Fault(
        "streams-not-closed-on-stop",
        "a stopping machine keeps its event streams open until it is killed",
        ("sse-failover",),
        stages="monitoring",
    )
)
CUT_ON_STOP = declare(
    Fault(
        "stream-cut-on-stop",
        "a stopping machine cuts the last event of its streams in half",
        ("sse-failover",),
        stages="monitoring",
    )
)
