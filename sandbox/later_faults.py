"""Faults that come some seconds after the deploy, while somebody watches."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.fault import Fault, Hook
from sandbox.fly.app import App
from sandbox.fly.release_faults import SECOND_DEPLOY
from sandbox.hotdash.answer_faults import ANSWERS
from sandbox.serving import LoopbackServer
from sandbox.traffic import send_visits

BURST = 200
"""Requests of the burst, of which every second one is answered 500."""
BLIP = 4.0
"""Seconds without an answer, at least."""
_FROM_OUTSIDE = ("edge", "redirect", "agent", "platform")


class Deployed(Protocol):
    """What a fault may change later."""

    dashboard: App
    listeners: dict[str, LoopbackServer]

    async def deploy_again(self) -> None:
        """Deploy another release of the dashboard."""


LATER: Hook[Callable[[Deployed, float], Awaitable[None]]] = Hook()
"""What happens after the seconds of the fault's figure; it is told them."""


def every_second_visit() -> Callable[[Request, str], Awaitable[Response | None]]:
    """Every second visit of a machine gets a 500."""
    visits = itertools.count(1)

    async def answer(request: Request, _figure: str) -> Response | None:
        failed = request.url.path == "/api/visits" and next(visits) % 2 == 0
        return JSONResponse({"error": "Internal Server Error"}, 500) if failed else None

    return answer


async def _burst(deployed: Deployed, _seconds: float) -> None:
    await send_visits(deployed.dashboard, BURST)


async def _blip(deployed: Deployed, seconds: float) -> None:
    away = [deployed.listeners[each] for each in _FROM_OUTSIDE]
    for each in away:
        each.cut_off(cut=True)
    await asyncio.sleep(max(BLIP, seconds / 10))
    for each in away:
        each.cut_off(cut=False)


async def _second_deploy(deployed: Deployed, _seconds: float) -> None:
    await deployed.deploy_again()


ERROR_BURST = LATER.add(
    Fault(
        "error-burst",
        f"a minute after the deploy {BURST} requests come at once, and every second one is answered 500 "
        "(--watch 2m sees it, and ends)",
        ("no-server-errors", "error-rate"),
        value="60",
        stages="monitoring",
        green=("periodic-success", "metrics-collecting"),
    ),
    _burst,
)
ANSWERS.add(ERROR_BURST, every_second_visit())
LATER.add(SECOND_DEPLOY, _second_deploy)
LATER.add(
    Fault(
        "network-blip",
        "a minute after the deploy, app and platform do not answer for a tenth of that time (--watch 2m shows the gap)",
        value="60",
        stages="monitoring",
        green=("uptime", "database-connection", "chatwoot-health", "logs-watched", "error-rate", "response-time"),
    ),
    _blip,
)
