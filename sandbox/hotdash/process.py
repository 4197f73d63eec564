"""The process of one application machine."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox import child, faults
from sandbox.fault import Active
from sandbox.fault_middleware import FaultMiddleware
from sandbox.hotdash import journal
from sandbox.hotdash.actions import OperatorActions
from sandbox.hotdash.analytics import fetch_in_rhythm
from sandbox.hotdash.answer_faults import ANSWERS, METRICS_FROZEN
from sandbox.hotdash.approvals import ApprovalQueue
from sandbox.hotdash.events.changes import Changes
from sandbox.hotdash.events.delivery_faults import NOT_CLOSED_ON_STOP
from sandbox.hotdash.events.streams import Hub
from sandbox.hotdash.features.history import History
from sandbox.hotdash.features.performance import Performance
from sandbox.hotdash.features.preferences import Preferences
from sandbox.hotdash.health import HealthRoutes
from sandbox.hotdash.journal import RequestJournal
from sandbox.hotdash.log_faults import REQUESTS_NOT_LOGGED, complain
from sandbox.hotdash.metrics import MachineMetrics
from sandbox.hotdash.notifications import Notifications
from sandbox.hotdash.pages.views import HANDLERS, HERE, PageRoutes
from sandbox.hotdash.site import Site
from sandbox.hotdash.visits import Visits


def _routes(site: Site, changes: Changes, hub: Hub, metrics: MachineMetrics) -> list[Route | Mount]:
    notifications, health, preferences = Notifications(site), HealthRoutes(site), Preferences(site)
    approvals = ApprovalQueue(site, changes, notifications)
    pages = PageRoutes(site, approvals, notifications, preferences)

    first = metrics.text()

    async def scrape(_request: Request) -> Response:
        return Response(
            first if METRICS_FROZEN.on(site.faults) else metrics.text(), media_type="text/plain; version=0.0.4"
        )

    return [
        Route("/", pages.root),
        Route("/api/visits", Visits().endpoint),
        Route("/app", pages.home),
        Route("/approvals", pages.approvals),
        Route("/settings", pages.settings),
        Route("/health", health.health),
        Route("/api/monitoring/health", health.monitoring),
        Route("/api/supabase/health", health.supabase),
        Route("/api/chatwoot/health", health.chatwoot),
        Route("/metrics", scrape),
        Route("/api/tiles/{tile}", pages.tile),
        Route("/api/realtime/approvals", hub.endpoint),
        *preferences.routes(),
        *History(site, pages).routes(),
        *Performance(site, pages).routes(),
        Route("/api/approvals", approvals.listing),
        Route("/api/approvals", approvals.create, methods=["POST"]),
        Route("/api/approvals/{approval}", approvals.change, methods=["PATCH"]),
        Route("/api/approvals/{approval}", approvals.delete, methods=["DELETE"]),
        Route("/api/approvals/{approval}/{decision}", approvals.decide, methods=["POST"]),
        *OperatorActions(site).routes(),
        *notifications.routes(),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Route("/favicon.ico", lambda _request: RedirectResponse("/static/icon.svg", 308)),
    ]


LISTENING_SECONDS = 2.0
_OWN_LINES = 2
"""'Starting machine' and 'listening': the lines in the log before a fault writes."""


def application(site: Site, changes: Changes, hub: Hub, metrics: MachineMetrics) -> Starlette:
    """The application of this machine."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await site.open()
        journal.write("HotDash listening on http://0.0.0.0:3000", version=site.version)
        complain(site.faults, written=_OWN_LINES)
        tasks = [asyncio.create_task(hub.listen()), asyncio.create_task(fetch_in_rhythm(site))]
        # A stream that opens before the subscription would miss changes; without a database there are none.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hub.ready.wait(), LISTENING_SECONDS)
        yield
        for task in tasks:
            task.cancel()
        await site.close()

    journaled = Middleware(RequestJournal, metrics=metrics, logs=lambda: not REQUESTS_NOT_LOGGED.on(site.faults))
    return Starlette(
        routes=_routes(site, changes, hub, metrics),
        middleware=[journaled, Middleware(FaultMiddleware, answers=ANSWERS, faults=lambda: site.faults)],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )


def main(descriptor: int) -> None:
    """Serve on this socket until the supervisor ends."""
    faults.load()
    # The libraries' warnings about an unreachable database would repeat the request lines.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    given = child.configuration()
    site = Site(
        given["machine"],
        given["version"],
        given["database"],
        given["services"],
        given["heartbeat"],
        given["ga_period"],
        given["faults"],
    )

    def set_faults(active: Active) -> None:
        complain({name: figure for name, figure in active.items() if name not in site.faults})
        site.faults = active

    child.follow(set_faults)
    changes, metrics = Changes(site), MachineMetrics()
    hub = Hub(site, changes, metrics)
    child.serve(
        application(site, changes, hub, metrics),
        descriptor,
        on_stop=hub.close,
        ignores_sigterm=lambda: NOT_CLOSED_ON_STOP.on(site.faults),
    )
