"""Faults of the platform's API: rate limits, intermittent errors, refusals, foreign pages, a wrong clock."""

import time
from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from typing import NamedTuple

from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.fault import Active, Fault, Hook, declare, unverified
from sandbox.fly.api.errors import unauthorized
from sandbox.fly.identity import ulid
from sandbox.item_groups import DEPLOY_AND_POSTDEPLOY, LOG_ITEMS, MACHINE_ITEMS, RELEASE_ITEMS
from sandbox.serving_faults import CUT

_ALL_ITEMS = (*RELEASE_ITEMS, *MACHINE_ITEMS, "agent-service-health")
_WATCHED = ("error-rate", "metrics-collecting", "logs-watched", "sse-connections", "sse-failover")
"""Items of the hour after a deploy that need the list of machines."""
_PRODUCTION = ("custom-domain", "tls-certificate", "health-checks-configured", "rollback-ready")
"""Items of production that need the app's record."""
_BURST, _FLAP = 2, 3
_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1>the proxy had no answer</body></html>"
_LIMITED = "resource_exhausted: rate limit exceeded"


class Asked(NamedTuple):
    """A request to the API.

    Attributes:
        number: the number of requests for the same path since the faults were set.
        dashboard: the name of the app that the faults affect.
    """

    method: str
    path: str
    number: int
    dashboard: str


ANSWERS: Hook[Callable[[Asked], Response | None]] = Hook()
"""Responses instead of the real ones."""


class FaultyApi:
    """Middleware of the API: adds request id and date, and lets faults answer."""

    def __init__(self, app: ASGIApp, dashboard: str) -> None:
        self._faults: Active = {}
        self._app, self._dashboard = app, dashboard
        self._asked: Counter[str] = Counter()

    def change(self, faults: Active) -> None:
        """Set the active faults, and reset the counts."""
        self._faults = dict(faults)
        self._asked.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        path = str(scope.get("path", ""))
        self._asked[path] += 1
        asked = Asked(str(scope.get("method", "")), path, self._asked[path], self._dashboard)

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["fly-request-id"] = f"{ulid()}-ord"
                headers["date"] = formatdate(time.time() + CLOCK_SKEW.figure(self._faults), usegmt=True)
            await send(message)

        answers = (answer(asked) for answer, _ in ANSWERS.active(self._faults))
        await next((each for each in answers if each is not None), self._app)(scope, receive, stamped)


def _closed(name: str, summary: str, cause: str) -> Fault:
    """The platform does not answer, so no item that needs the machines can be judged."""
    return Fault(name, summary, (), unverified(cause, *_ALL_ITEMS), stages=DEPLOY_AND_POSTDEPLOY)


def _harmless(name: str, summary: str) -> Fault:
    """Looks like a fault, and is none."""
    passed = (*RELEASE_ITEMS, "machines-started", "health-endpoint")
    return Fault(name, summary, stages=DEPLOY_AND_POSTDEPLOY, green=passed)


CLOCK_SKEW = declare(
    Fault(
        "clock-skew",
        "the platform's clock is five minutes ahead of ours",
        (),
        unverified("precondition", *LOG_ITEMS, "agent-service-health"),
        value="300",
        stages=DEPLOY_AND_POSTDEPLOY,
    )
)
CUT.add(_closed("platform-unreachable", "the platform API cuts every connection", "unreachable"), "platform")


@ANSWERS.by(_harmless("platform-429-burst", "the first requests to the platform API answer 429"))
def _limited_at_first(asked: Asked) -> Response | None:
    return PlainTextResponse(_LIMITED, 429, {"retry-after": "1"}) if asked.number <= _BURST else None


@ANSWERS.by(_closed("platform-429", "the platform API answers 429 for ever", "rate-limited"))
def _limited(_asked: Asked) -> Response:
    return PlainTextResponse(_LIMITED, 429)


@ANSWERS.by(_harmless("platform-5xx-flaps", "every third request to the platform API answers 503"))
def _flaps(asked: Asked) -> Response | None:
    return JSONResponse({"error": "internal: try again"}, 503) if asked.number % _FLAP == 1 else None


@ANSWERS.by(_closed("platform-html-error", "the platform API answers 502 with a page of some proxy", "unreachable"))
def _proxy_page(_asked: Asked) -> Response:
    return HTMLResponse(_PAGE, 502)


@ANSWERS.by(
    Fault(
        "platform-unauthorized",
        "the platform API answers 401",
        (),
        unverified("unauthorized", *_ALL_ITEMS, *_WATCHED, "secrets-set", "app-exists", *_PRODUCTION),
        stages="deploy or postdeploy or monitoring or production",
    )
)
def _token_unknown(asked: Asked) -> Response:
    return unauthorized(asked.path)


@ANSWERS.by(_harmless("releases-closed", "only GraphQL lists the releases"))
def _releases_closed(asked: Asked) -> Response | None:
    return PlainTextResponse("Unauthorized", 401) if "/releases" in asked.path else None


@ANSWERS.by(_closed("token-for-another-app", "the token is good, and not for this app (403)", "unauthorized"))
def _other_app(asked: Asked) -> Response | None:
    return JSONResponse({"error": "unauthorized"}, 403) if "/apps/" in asked.path else None


@ANSWERS.by(_closed("app-unknown", "the platform knows no such app (404)", "precondition"))
def _app_unknown(asked: Asked) -> Response | None:
    return JSONResponse({"error": "app not found"}, 404) if "/apps/" in asked.path else None


@ANSWERS.by(
    Fault(
        "app-missing",
        "the app was never made",
        ("app-exists",),
        unverified("precondition", "release-unchanged", "secrets-set", *_PRODUCTION),
        stages="production",
    )
)
def _never_made(asked: Asked) -> Response | None:
    return _app_unknown(asked)


@ANSWERS.by(
    Fault(
        "registry-refuses",
        "the registry does not accept the token",
        (),
        unverified("unauthorized", "rollback-ready"),
        stages="production",
    )
)
def _registry(asked: Asked) -> Response | None:
    refusal = {"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}
    return JSONResponse(refusal, 401) if asked.path.startswith("/v2/") else None


@ANSWERS.by(
    Fault(
        "platform-token-read-only",
        "the platform's token may read, and not stop a machine",
        (),
        unverified("unauthorized", "sse-failover"),
        stages="monitoring",
    )
)
def _read_only(asked: Asked) -> Response | None:
    changes = asked.method == "POST" and "/machines/" in asked.path
    return JSONResponse({"error": "unauthorized"}, 403) if changes else None
