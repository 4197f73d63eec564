"""Asks for what an app may offer to programs: health endpoints and metrics, by their usual paths. GET only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten
from typing import Any

from verifier.core.evidence import Record
from verifier.core.survey import Survey
from verifier.core.threads import in_threads
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import Reply, get
from verifier.probes.platform.proposal import configured_app

USUAL = (
    "/health", "/healthz", "/api/health", "/api/healthz", "/status", "/api/status", "/up", "/ready", "/readyz",
    "/livez", "/api/monitoring/health", "/api/chatwoot/health", "/api/supabase/health", "/api/database/health",
)  # fmt: skip
METRICS = "/metrics"
_NOWHERE = "/there-is-no-such-path-9f2c"
"""An app that answers this one with 200 answers everything so."""
_OK, _HTML = 200, "text/html"
_BODY = 120
"""Characters of an answer that are shown."""
_ROUTES = ("app/routes/**/*health*", "src/routes/**/*health*", "pages/api/**/*health*", "app/api/**/*health*/route.*")
_WELL = {"ok", "up", "healthy", "pass", "alive", "ready", "live", "connected", "operational"}
_TELLS = {"status", "state", "health", "ok", "healthy", "live", "ready", "connected", "up", "alive"}
"""Keys whose value says how the app is."""


class Endpoint(Record):
    """A path that answers programs.

    Attributes:
        claims: what its body says now, for keys that tell how it is, where it says that it is well.
        doubts: the same where it does not.
        body: the beginning of it.
    """

    path: str
    claims: dict[str, str | bool] = {}
    doubts: dict[str, str] = {}
    body: str = ""


class Endpoints(Record):
    """All that answered; and the metrics, as text, if there are any."""

    health: tuple[Endpoint, ...]
    metrics: str = ""
    refused: tuple[str, ...] = ()

    def named(self, *words: str) -> Endpoint | None:
        """The one whose path has one of these words."""
        return next((each for each in self.health if any(word in each.path for word in words)), None)

    @property
    def own(self) -> tuple[Endpoint, ...]:
        """Those that speak of the app itself, and not of what it depends on."""
        return tuple(each for each in self.health if not re.search(r"chatwoot|supabase|database", each.path))


def observe_endpoints(survey: Survey) -> Endpoints:
    """Ask for each usual path once, and for those that the checkout names."""
    configured = configured_app(survey.checkout)
    checked = configured.checked if configured else ()
    paths = [*dict.fromkeys([*checked, *_routes(survey.checkout), *USUAL])]
    with visitor(survey.context) as session:
        asked = [_NOWHERE, METRICS, *paths]
        nowhere, metrics, *replies = in_threads(lambda path: get(session, survey.context.url + path), asked, 4)
    answered = [] if nowhere.status == _OK else [each for each in replies if _speaks(each)]
    return Endpoints(
        health=tuple(_endpoint(each) for each in answered),
        metrics=metrics.body if metrics.status == _OK and "# TYPE" in metrics.body else "",
        refused=tuple(each.path for each in replies if each.status in {401, 403}),
    )


def _speaks(reply: Reply) -> bool:
    return reply.status == _OK and not reply.headers.get("content-type", "").startswith(_HTML)


def _endpoint(reply: Reply) -> Endpoint:
    body = reply.content()
    told = {key: value for key, value in body.items() if key.lower() in _TELLS} if isinstance(body, dict) else {}
    claims = {key: value for key, value in told.items() if _well(value)}
    doubts = {key: str(value) for key, value in told.items() if key not in claims and isinstance(value, (str, bool))}
    return Endpoint(path=reply.path, claims=claims, doubts=doubts, body=shorten(reply.body, _BODY, placeholder=" …"))


def _well(value: Any) -> bool:  # noqa: ANN401 - any JSON
    return value is True or (isinstance(value, str) and value.lower() in _WELL)


def _routes(checkout: Path | None) -> Iterator[str]:
    """Paths of routes that are files, as in Remix, SvelteKit and Next: `app/routes/api.health.ts`."""
    if checkout is None:
        return
    for file in (file for pattern in _ROUTES for file in sorted(checkout.glob(pattern))):
        name = file.relative_to(checkout).with_suffix("").as_posix()
        route = re.sub(r"^(app|src|pages)/(routes/)?|/(route|\+server|index)$", "", name).replace(".", "/")
        if re.fullmatch(r"[\w/-]+", route):
            yield f"/{route}"
