"""Faults of a machine's responses: status, body, delay. Pages, tiles and streams have their own modules."""

import itertools

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from sandbox.fault import Fault, declare, unverified
from sandbox.fault_middleware import Answers
from sandbox.fly.identity import CHECK_AGENT
from sandbox.item_groups import POSTDEPLOY_AND_MONITORING

ANSWERS = Answers()
_DASHBOARD_REQUESTS = itertools.count()

ANSWERS.at(
    "/health",
    Fault(
        "health-500",
        "/health answers 500 on every machine",
        ("health-endpoint", "no-server-errors", "machines-started"),
    ),
    lambda: JSONResponse({"status": "error"}, 500),
)
_PAGE = "<!doctype html><html lang=en><title>HotDash</title><body><h1>Dashboard</h1>{}</body></html>"
ANSWERS.at(
    "/health",
    Fault("health-another-page", "/health answers 200 with the page that any unknown path gets", ("health-endpoint",)),
    lambda: HTMLResponse(_PAGE.format("")),
)
ANSWERS.at(
    "/health",
    Fault(
        "health-page-around",
        "/health answers 200 as JSON, and a page stands around the object with the right key",
        ("health-endpoint",),
    ),
    lambda: HTMLResponse(_PAGE.format('{"status": "ok"}'), media_type="application/json"),
)
DEGRADED = (
    declare(Fault("health-degraded", "/health answers 200, and its body says degraded", ("health-endpoint",))),
    declare(
        Fault(
            "health-lies-on-one-machine",
            "/health of one machine answers 200, and its body says degraded",
            ("health-endpoint",),
            one_machine=True,
        )
    ),
)


@ANSWERS.by(
    Fault(
        "machine-check-critical",
        "one machine fails the platform's checks, and nothing else",
        ("machines-started",),
        one_machine=True,
    )
)
async def _check_fails(request: Request, _figure: str) -> Response | None:
    """Not a 5xx, so that only the platform notices."""
    checked = request.url.path == "/health" and request.headers.get("user-agent") == CHECK_AGENT
    return JSONResponse({"error": "not found"}, 404) if checked else None


ANSWERS.at(
    "/api/chatwoot/health",
    Fault(
        "chatwoot-health-needs-login",
        "the app's health endpoint for Chatwoot answers 401",
        (),
        unverified("unauthorized", "chatwoot-health"),
        stages=POSTDEPLOY_AND_MONITORING,
    ),
    lambda: JSONResponse({"error": "unauthorized"}, 401),
)
ANSWERS.at(
    "/metrics",
    Fault(
        "metrics-missing",
        "the app has no /metrics: rates have another source, its own Prometheus has none",
        ("metrics-collecting", "alerts-cover-endpoints"),
        unverified("precondition", "sse-connections"),
        stages="monitoring",
    ),
    lambda: PlainTextResponse("not found", 404),
)
METRICS_FROZEN = declare(
    Fault(
        "metrics-never-move",
        "/metrics of every machine answers what it answered first, whatever happens",
        ("metrics-collecting",),
        stages="monitoring",
    )
)
ANSWERS.late(
    "/app|/approvals|/settings|/api/tiles/.*",
    Fault("slow-responses", "pages and API answer after 5.5 s", ("response-time", "tiles-under-3s"), value="5.5"),
)
ANSWERS.late(
    "/api/approvals",
    Fault(
        "approvals-api-slow",
        "the list of approvals is answered after 5.5 s",
        ("response-time",),
        value="5.5",
        stages="monitoring",
    ),
)


@ANSWERS.by(
    Fault(
        "dashboard-flaps",
        "the dashboard of every machine answers every other request with 503",
        ("uptime", "no-server-errors"),
        stages="monitoring",
    )
)
async def _flaps(request: Request, _figure: str) -> Response | None:
    # By requests and not by time: looks at the pace of a clock could meet nothing but its good halves.
    down = request.url.path == "/app" and next(_DASHBOARD_REQUESTS) % 2 == 0
    return PlainTextResponse("Service Unavailable", 503) if down else None
