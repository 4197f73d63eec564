"""The preferences of a person, and their API."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.hotdash.features.feature_faults import THEME_NOT_KEPT
from sandbox.hotdash.pages.tiles import TILES
from sandbox.hotdash.site import SHOP, Row, Site

THEMES = {"light": "Light", "dark": "Dark"}
VIEWS = {"dashboard": ("/app", "Dashboard"), "approvals": ("/approvals", "Approvals")}
"""The page with which HotDash opens: name → route, label."""
_DEFAULTS: Row = {
    "theme": "light",
    "default_view": "dashboard",
    "hidden_tiles": [],
    "tile_order": [],
    "onboarded_at": None,
}
_LOAD = """
    select theme, default_view, hidden_tiles, tile_order, onboarded_at from user_preferences where user_id = %s
"""
_STORE = """
    insert into user_preferences (user_id, theme, default_view, hidden_tiles, tile_order, onboarded_at)
    values (%s, %s, %s, %s, %s, %s)
    on conflict (user_id) do update
    set (theme, default_view, hidden_tiles, tile_order, onboarded_at)
      = (excluded.theme, excluded.default_view, excluded.hidden_tiles, excluded.tile_order, excluded.onboarded_at)
"""


def _names_of_tiles(value: object) -> bool:
    return isinstance(value, list) and len(set(map(str, value))) == len(value) and set(value) <= TILES.keys()


_RULES: Mapping[str, Callable[[Any], bool]] = {
    "theme": THEMES.__contains__,
    "default_view": VIEWS.__contains__,
    "hidden_tiles": _names_of_tiles,
    "tile_order": _names_of_tiles,
    "onboarded_at": lambda value: value is None or isinstance(value, str),
}


def ordered(order: list[str]) -> list[str]:
    """All tiles: those of `order`, then those that it does not name."""
    return [*(name for name in order if name in TILES), *(name for name in TILES if name not in order)]


class Preferences:
    """What the person has chosen, and the routes to read and change it."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """The API."""
        return [Route("/api/preferences", self._read), Route("/api/preferences", self._write, methods=["PUT", "PATCH"])]

    async def load(self) -> Row:
        """What is stored; preferences are optional, so a missing table does not matter."""
        rows: list[Row] = []
        with contextlib.suppress(psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
            rows = await self._site.rows(_LOAD, (SHOP,))
        found = {**_DEFAULTS, **(rows[0] if rows else {})}
        return {**found, "tile_order": ordered(found["tile_order"])}

    async def _read(self, _request: Request) -> Response:
        return JSONResponse(_public(await self.load()), headers={"cache-control": "no-store"})

    async def _write(self, request: Request) -> Response:
        """Store all of it (PUT), or some of it (PATCH)."""
        sent = await request.json()
        names = set(sent) if isinstance(sent, dict) else set()
        complete = names == _RULES.keys() or (request.method == "PATCH" and names)
        wrong = sorted(name for name in names if name not in _RULES or not _RULES[name](sent[name]))
        if wrong or not complete:
            return JSONResponse({"error": f"not accepted: {', '.join(wrong) or 'not every preference is given'}"}, 422)
        if THEME_NOT_KEPT.on(self._site.faults):
            sent.pop("theme", None)
        kept = {**await self.load(), **sent}
        if kept["tile_order"] == list(TILES):
            kept["tile_order"] = []  # a tile that comes later takes its own place
        await self._site.rows(_STORE, (SHOP, *(kept[name] for name in _DEFAULTS)))
        return JSONResponse(_public(await self.load()))


def _public(row: Row) -> dict[str, Any]:
    """In the words of the API."""
    at = row["onboarded_at"]
    return {**row, "onboarded_at": at.isoformat() if at else None}
