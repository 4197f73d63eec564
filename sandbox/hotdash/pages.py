"""The pages, and the API of the tiles."""

import asyncio
import contextlib
import time
import traceback
from pathlib import Path
from typing import Any

import psycopg
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from sandbox.hotdash import journal, tiles
from sandbox.hotdash.approvals import Approvals
from sandbox.hotdash.site import SHOP, Row, Site

HERE = Path(__file__).resolve().parent
AUTOMATED = ("curl/", "python-httpx", "headlesschrome")
SESSION = "hotdash_session"
SHOWN = "hotdash_shown"


class Pages:
    """The routes of the pages."""

    def __init__(self, site: Site, approvals: Approvals) -> None:
        self._site = site
        self._approvals = approvals
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )

    def _gate(self, request: Request) -> Response | None:
        """What answers instead of a page: nothing for robots, the bounce page for strangers."""
        agent = request.headers.get("user-agent", "").lower()
        if any(word in agent for word in AUTOMATED) or "agents-refused" in self._site.faults:
            return PlainTextResponse("Gone", 410)
        known = request.query_params.get("mock") == "1" or SESSION in request.cookies
        if not known or "bounce-page" in self._site.faults:
            return HTMLResponse(self._templates.get_template("bounce.html").render())
        return None

    async def _page(self, request: Request, name: str, **facts: Any) -> Response:  # noqa: ANN401 - what templates take
        await asyncio.sleep(self._site.seconds("slow-responses"))
        template = self._templates.get_template(name)
        suffix = "?mock=1" if request.query_params.get("mock") == "1" else ""
        return HTMLResponse(
            template.render(
                site=self._site,
                faults=self._site.faults,
                path=request.url.path,
                suffix=suffix,
                strangers=self._site.strangers_url,
                pending=await self._approvals.pending(),
                **facts,
            ),
            headers={"cache-control": "no-store"},
        )

    async def home(self, request: Request) -> Response:
        """Serve the dashboard: half of the tiles in the page, the others as skeletons; or as a fault wants it."""
        gate = self._gate(request)
        if gate is not None:
            return gate
        period = self._site.seconds("dashboard-flaps")
        if period and time.time() % period < period / 2:
            return PlainTextResponse("Service Unavailable", 503)
        if "wrong-page" in self._site.faults:
            return await self.settings(request)
        rendered = () if "tiles-slow" in self._site.faults else tiles.ON_THE_SERVER
        if "tiles-come-with-the-page" in self._site.faults:
            rendered = tuple(tiles.TILES)
        ready = dict(
            zip(rendered, await asyncio.gather(*(tiles.load(self._site, name) for name in rendered)), strict=True)
        )
        shown = [
            (name, heading)
            for name, (heading, _) in tiles.TILES.items()
            if not (name == tiles.OMITTED and "tile-missing" in self._site.faults)
        ]
        return await self._page(request, "home.html", tiles=shown, ready=ready)

    async def approvals(self, request: Request) -> Response:
        """Serve the approval queue."""
        return self._gate(request) or await self._page(request, "approvals.html")

    async def settings(self, request: Request) -> Response:
        """Serve the settings."""
        if "route-500" in self._site.faults:
            return PlainTextResponse("Internal Server Error", 500)
        gate = self._gate(request)
        if gate is not None:
            return gate
        preferences = await self._preferences()
        headings = [(name, heading) for name, (heading, _) in tiles.TILES.items()]
        return await self._page(request, "settings.html", preferences=preferences, tiles=headings)

    async def _preferences(self) -> Row:
        """What the owner chose; nobody has to have chosen anything, so a table that is missing is no obstacle."""
        rows: list[Row] = []
        with contextlib.suppress(psycopg.errors.UndefinedTable):
            rows = await self._site.rows("select theme, hidden_tiles from user_preferences where user_id = %s", (SHOP,))
        return rows[0] if rows else {"theme": "light", "hidden_tiles": []}

    async def tile(self, request: Request) -> Response:
        """Serve one tile."""
        name = request.path_params["tile"]
        if name not in tiles.TILES:
            return JSONResponse({"error": "tile not found"}, 404)
        await asyncio.sleep(self._site.seconds("slow-responses"))
        if name == tiles.SUBJECT and "server-errors" in self._site.faults:
            return JSONResponse({"error": "Internal Server Error"}, 500)
        shown = await tiles.load(self._site, name, known=SHOWN in request.cookies)
        answer = JSONResponse(shown, headers={"cache-control": "no-store"})
        answer.set_cookie(SHOWN, "1", secure=True, httponly=True, samesite="lax")
        return answer


async def database_gone(_request: Request, error: Exception) -> Response:
    """Answer while the database does not."""
    journal.write("database unavailable", "warn", reason=type(error).__name__)
    return JSONResponse({"error": "database unavailable"}, 503)


async def unexpected(_request: Request, error: Exception) -> Response:
    """Answer when the code is wrong, and say where."""
    journal.write("unhandled exception", "error", stack="".join(traceback.format_exception(error)))
    return JSONResponse({"error": "Internal Server Error"}, 500)


HANDLERS = {psycopg.Error: database_gone, Exception: unexpected}
