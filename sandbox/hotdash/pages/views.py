"""The pages, and the API of the tiles."""

import asyncio
import traceback
from pathlib import Path
from typing import Any

import psycopg
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from sandbox.fault import Hook
from sandbox.hotdash import journal
from sandbox.hotdash.approvals import ApprovalQueue
from sandbox.hotdash.features.feature_faults import LAST_VIEW_SHOWN, TOUR_ENDLESS
from sandbox.hotdash.features.preferences import THEMES, VIEWS, Preferences
from sandbox.hotdash.notifications import Notifications
from sandbox.hotdash.pages import tiles
from sandbox.hotdash.pages.tile_faults import OMITTED, SCRIPT, SHOWN, TILE_MISSING, TILES_SLOW, WITH_THE_PAGE
from sandbox.hotdash.pages.view_faults import (
    BADGE_STAYS,
    BADGE_WRONG,
    BOUNCE_PAGE,
    HEAD,
    MAIN,
    WITHOUT_BUTTONS,
    WRONG_PAGE,
)
from sandbox.hotdash.site import Site

HERE = Path(__file__).resolve().parent
_ENVIRONMENT = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
_TEMPLATES = {name: _ENVIRONMENT.get_template(name) for name in _ENVIRONMENT.list_templates()}
"""Compiled where this is imported: in the process that machines are forked from, once for all deploys."""
AUTOMATED = ("curl/", "python-httpx", "headlesschrome")
SESSION = "hotdash_session"
ACTIONS = {
    "cx-escalations": ("cx-escalation", "Review escalation"),
    "sales-pulse": ("sales-action", "Record action"),
    "inventory-heatmap": ("reorder", "Reorder stock"),
}
"""Tile → the dialog that it opens, and the words of the button."""


class PageRoutes:
    """The routes of the pages."""

    def __init__(
        self, site: Site, approvals: ApprovalQueue, notifications: Notifications, preferences: Preferences
    ) -> None:
        self._site = site
        self._approvals = approvals
        self._notifications = notifications
        self._preferences = preferences

    def _gate(self, request: Request) -> Response | None:
        """The response instead of a page: an empty one for robots, the bounce page without a login."""
        agent = request.headers.get("user-agent", "").lower()
        if any(word in agent for word in AUTOMATED):
            return PlainTextResponse("Gone", 410)
        known = request.query_params.get("mock") == "1" or SESSION in request.cookies
        if not known or BOUNCE_PAGE.on(self._site.faults):
            return HTMLResponse(_TEMPLATES["bounce.html"].render())
        return None

    async def show(self, request: Request, name: str, **facts: Any) -> Response:  # noqa: ANN401 - what templates take
        """A page, or what is served in its place."""
        return self._gate(request) or await self._page(request, name, **facts)

    async def _page(self, request: Request, name: str, **facts: Any) -> Response:  # noqa: ANN401 - what templates take
        template = _TEMPLATES[name]
        preferences = await self._preferences.load()
        pending = await self._approvals.pending()
        suffix = "?mock=1" if request.query_params.get("mock") == "1" else ""
        return HTMLResponse(
            template.render(
                site=self._site,
                path=request.url.path,
                suffix=suffix,
                head=self._snippets(HEAD),
                end=self._snippets(MAIN),
                live_badge=not (BADGE_STAYS.on(self._site.faults) or BADGE_WRONG.on(self._site.faults)),
                pending=pending,
                counted=len(pending[:-1] if BADGE_WRONG.on(self._site.faults) else pending),
                unread=await self._notifications.unread(),
                wanted=await self._notifications.wanted(),
                preferences=preferences,
                **facts,
            ),
            headers={"cache-control": "no-store"},
        )

    def _snippets(self, hook: Hook[str]) -> Markup:
        html = "".join(html for html, _ in hook.active(self._site.faults))
        return Markup(html.replace("{strangers}", self._site.strangers_url))  # noqa: S704 - the faults' own words

    async def home(self, request: Request) -> Response:
        """Serve the dashboard: half of the tiles rendered, the others as skeletons."""
        gate = self._gate(request)
        if gate is not None:
            return gate
        faults = self._site.faults
        if WRONG_PAGE.on(faults):
            return await self.settings(request)
        chosen = await self._preferences.load()
        shown = [
            (name, tiles.TILES[name][0])
            for name in chosen["tile_order"]
            if name not in chosen["hidden_tiles"] and not (name == OMITTED and TILE_MISSING.on(faults))
        ]
        scripts = [(Markup(script), figure) for script, figure in SCRIPT.active(faults)]  # noqa: S704 - ours
        return await self._page(
            request,
            "home.html",
            tiles=shown,
            ready=await self._rendered(),
            scripts=scripts,
            actions=ACTIONS,
            endless=TOUR_ENDLESS.on(faults),
        )

    async def _rendered(self) -> dict[str, dict[str, Any]]:
        """The tiles rendered into the page."""
        names = tuple(tiles.TILES) if WITH_THE_PAGE.on(self._site.faults) else tiles.ON_THE_SERVER
        names = () if TILES_SLOW.on(self._site.faults) else names
        return dict(zip(names, await asyncio.gather(*(tiles.load(self._site, name) for name in names)), strict=True))

    async def approvals(self, request: Request) -> Response:
        """Serve the approval queue."""
        buttons = not WITHOUT_BUTTONS.on(self._site.faults)
        return self._gate(request) or await self._page(request, "approvals.html", buttons=buttons)

    async def settings(self, request: Request) -> Response:
        """Serve the settings."""
        headings = {name: heading for name, (heading, _) in tiles.TILES.items()}
        views = {name: label for name, (_, label) in VIEWS.items()}
        last_view = LAST_VIEW_SHOWN.on(self._site.faults)
        return await self.show(
            request, "settings.html", tiles=headings, themes=THEMES, views=views, last_view=last_view
        )

    async def root(self, request: Request) -> Response:
        """Lead to the page with which HotDash opens."""
        route, _ = VIEWS[(await self._preferences.load())["default_view"]]
        return RedirectResponse(f"{route}?{request.url.query}".rstrip("?"), 307)

    async def tile(self, request: Request) -> Response:
        """Serve one tile."""
        name = request.path_params["tile"]
        if name not in tiles.TILES:
            return JSONResponse({"error": "tile not found"}, 404)
        shown = await tiles.load(self._site, name)
        answer = JSONResponse(shown, headers={"cache-control": "no-store"})
        answer.set_cookie(SHOWN, "1", secure=True, httponly=True, samesite="lax")
        return answer


async def database_gone(_request: Request, error: Exception) -> Response:
    """The response while the database does not answer."""
    journal.write("database unavailable", "warn", reason=type(error).__name__)
    return JSONResponse({"error": "database unavailable"}, 503)


async def unexpected(_request: Request, error: Exception) -> Response:
    """The response to an exception, logged with its traceback."""
    journal.write("unhandled exception", "error", stack="".join(traceback.format_exception(error)))
    return JSONResponse({"error": "Internal Server Error"}, 500)


HANDLERS = {psycopg.Error: database_gone, Exception: unexpected}
