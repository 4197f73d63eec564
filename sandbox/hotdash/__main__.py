"""One application machine: `python -m sandbox.hotdash DESCRIPTOR`."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Container

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox import child
from sandbox.hotdash import journal
from sandbox.hotdash.analytics import fetch_in_rhythm
from sandbox.hotdash.approvals import Approvals
from sandbox.hotdash.changes import Changes
from sandbox.hotdash.events import Hub
from sandbox.hotdash.health import Health
from sandbox.hotdash.journal import RequestJournal
from sandbox.hotdash.metrics import Metrics
from sandbox.hotdash.pages import HANDLERS, HERE, Pages
from sandbox.hotdash.site import Site
from sandbox.hotdash.visits import Visits


def _routes(site: Site, changes: Changes, hub: Hub, metrics: Metrics) -> list[Route | Mount]:
    approvals, health = Approvals(site, changes), Health(site)
    pages = Pages(site, approvals)

    async def scrape(_request: Request) -> Response:
        if "metrics-missing" in site.faults:
            return Response("not found", 404)
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    async def root(_request: Request) -> Response:
        return RedirectResponse("/app", 307)

    return [
        Route("/", root),
        Route("/api/visits", Visits(site).endpoint),
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
        Route("/api/approvals", approvals.listing),
        Route("/api/approvals", approvals.create, methods=["POST"]),
        Route("/api/approvals/{approval}", approvals.change, methods=["PATCH"]),
        Route("/api/approvals/{approval}", approvals.delete, methods=["DELETE"]),
        Route("/api/approvals/{approval}/{decision}", approvals.decide, methods=["POST"]),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Route("/favicon.ico", lambda _request: RedirectResponse("/static/icon.svg", 308)),
    ]


LISTENING_SECONDS = 2.0
STACK = (
    "TypeError: Cannot read properties of undefined (reading 'id')\n"
    "    at loadSession (/app/build/server/index.js:418:27)\n"
    "    at async handleRequest (/app/build/server/index.js:97:11)"
)


def _complain(faults: Container[str]) -> None:
    """Write the lines of those faults that are about lines."""
    if "log-error" in faults:
        journal.write("ERROR: session store failed to load", "error", stack=STACK)
    if "log-fatal-on-one-machine" in faults:
        sys.stdout.write("FATAL: out of file descriptors, worker 3 is gone\n")
        sys.stdout.flush()


def application(site: Site, changes: Changes, hub: Hub, metrics: Metrics) -> Starlette:
    """The application of this machine."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await site.open()
        journal.write("HotDash listening on http://0.0.0.0:3000", version=site.version)
        _complain(site.faults)
        tasks = [asyncio.create_task(hub.listen()), asyncio.create_task(fetch_in_rhythm(site))]
        # A stream that opens before anybody listens would miss changes; without a database there are none to miss.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hub.ready.wait(), LISTENING_SECONDS)
        yield
        for task in tasks:
            task.cancel()
        await site.close()

    journaled = Middleware(RequestJournal, metrics=metrics)
    return Starlette(
        routes=_routes(site, changes, hub, metrics),
        middleware=[journaled],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )


def main() -> None:
    """Serve until the supervisor ends."""
    # The libraries' own warnings about a database that is away would repeat what the request lines say.
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

    def hear(faults: dict[str, str | None]) -> None:
        _complain(faults.keys() - site.faults.keys())
        site.faults = faults

    child.follow(hear)
    changes, metrics = Changes(site), Metrics()
    hub = Hub(site, changes, metrics)
    child.serve(application(site, changes, hub, metrics), int(sys.argv[1]), leave=hub.close)


if __name__ == "__main__":
    main()
