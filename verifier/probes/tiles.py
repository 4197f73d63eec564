"""Opens the dashboard as an operator's browser would, and takes the time of every tile inside the page."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from math import ceil
from typing import Any, Literal, get_args

from playwright.sync_api import Browser
from pydantic import AwareDatetime, Field

from verifier.evidence import Cause, CouldNotLook, Evidence, Readings, Record
from verifier.patience import now
from verifier.pictures import waterfall
from verifier.probes import Context
from verifier.probes.browser import by_hand, opened_browser
from verifier.probes.dashboard import Arrival, arrived, picture
from verifier.sections.pages import Dashboard, Tile
from verifier.target import Target

ITEM = "tiles-under-3s"
LOADS = 3
"""Cold loads, unless the target's limit names another number."""
MOST = 20
"""Addresses that are kept of what the page asked for in vain."""
State = Literal[
    "healthy", "attention", "unmarked", "unsettled", "loading", "unconfigured", "error", "hidden", "missing"
]
WORSE: tuple[State, ...] = get_args(State)
"""From good to bad. `unmarked` is visible and says nothing of its state; `unsettled` showed content, but the page got
stuck or began anew before that could count; `hidden` is in the page and not visible."""
CONTENT: tuple[State, ...] = ("healthy", "attention")
"""What an operator can work with; a tile that needs attention has news, and is well."""


class TileSeen(Record):
    """One tile at the end of one load.

    Attributes:
        milliseconds: from the beginning of the navigation to the frame that shows content which stays.
        text: the beginning of what it says.
        went_back: whether content was there, and went away again before the end.
    """

    state: State
    milliseconds: float | None = None
    text: str = ""
    went_back: bool = False

    def __str__(self) -> str:
        time = f" after {self.milliseconds / 1000:.2f} s" if self.milliseconds is not None else ""
        back = ", after content that went away again" if self.went_back else ""
        return f"{self.state}{time}{back}" + (f": «{self.text}»" if self.text else "")


class Load(Record):
    """One cold load of the dashboard: fresh cookies, fresh cache, fresh connections.

    Attributes:
        status: the HTTP status of the document.
        first_byte_ms: from the beginning of the navigation to the first byte of the document.
        tiles: tile → what was seen; every expected tile is here.
        unexpected: test ids of tiles that nobody expects; newer builds have more of them.
        unwell: address → what came of it, for whatever the page asked for in vain.
    """

    url: str
    final_url: str
    status: int
    at: AwareDatetime
    first_byte_ms: float
    tiles: dict[str, TileSeen]
    unexpected: tuple[str, ...] = ()
    unwell: dict[str, str] = {}

    @property
    def ready(self) -> bool:
        """Whether every tile shows content."""
        return all(tile.state in CONTENT for tile in self.tiles.values())

    @property
    def slowest(self) -> float:
        """Milliseconds of the slowest tile; endless if one never came."""
        times = (tile.milliseconds for tile in self.tiles.values())
        return max(float("inf") if time is None else time for time in times)


class TileState(Evidence):
    """The tiles of the dashboard in several cold loads.

    Attributes:
        headings: tile → how operators call it.
        loads: what was seen; a load in which a tile never came is the last one, for it decides.
        pictures: file name → a picture for the report.
    """

    headings: dict[str, str]
    loads: tuple[Load, ...]
    pictures: dict[str, bytes] = Field(default={}, exclude=True, repr=False)

    @property
    def expected_tiles(self) -> tuple[str, ...]:
        """The ids of all tiles that must be seen."""
        return tuple(self.headings)

    def states(self) -> dict[str, State]:
        """Tile → its worst state in all loads."""
        return {tile: max((load.tiles[tile].state for load in self.loads), key=WORSE.index) for tile in self.headings}

    def need_rest(self) -> None:
        """Make sure that no tile is without content only because the page stopped to report.

        Raises:
            CouldNotLook: timeout, if a page got stuck with content on it, and no tile is worse than that.
        """
        doubtful = {tile for tile, state in self.states().items() if state not in CONTENT}
        if doubtful and all(self.states()[tile] == "unsettled" for tile in doubtful):
            what = (
                f"the page stopped to report while it showed content, so it is not known to stay: {len(doubtful)} tiles"
            )
            raise CouldNotLook(Cause.TIMEOUT, what, remedy="run again; if it stays so, profile the page's own scripts")

    def seconds_by_tile(self, statistic: str | None) -> Readings:
        """Seconds until content, for the tiles that showed it in every load.

        Args:
            statistic: over the loads: `worst`, `p95` (nearest rank) or `median`.
        """
        times = {tile: [load.tiles[tile].milliseconds for load in self.loads] for tile in self.headings}
        return Readings(
            (tile, _over_loads(statistic or "worst", [each / 1000 for each in found if each is not None]))
            for tile, found in times.items()
            if None not in found
        )

    def troubles(self) -> Iterator[str]:
        """A line for each tile without content, and for what the page asked for in vain meanwhile."""
        for number, load in enumerate(self.loads, 1):
            for tile, seen in load.tiles.items():
                if seen.state not in CONTENT:
                    yield f"{tile} ({self.headings[tile]}), load {number}: {seen}"
            if not load.ready:
                yield from (f"load {number}: {url}: {why}" for url, why in load.unwell.items())


def observe_tiles(context: Context) -> TileState:
    """Load the dashboard several times, each time as a browser that was never here.

    Raises:
        CouldNotLook: what came is not the dashboard, or nothing came; or there is no browser.
    """
    dashboard = context.part(context.target.dashboard, "dashboard")
    url, started = context.url + dashboard.path, now()
    loads: list[Load] = []
    shot = b""
    with opened_browser(context) as browser:
        while len(loads) < _planned(context.target) and all(load.ready for load in loads):
            load, drawn = _one_load(context, browser, dashboard, slower_than=_slowest(loads))
            loads.append(load)
            shot = drawn or shot
    return TileState(
        asked="Do all tiles show content, and after how many seconds?",
        where=url,
        at=started,
        again=by_hand(context.target, url),
        headings={tile.id: tile.heading for tile in dashboard.tile},
        loads=tuple(loads),
        pictures=_pictures(context, loads, shot),
    )


def _planned(target: Target) -> int:
    change = target.limit.get(ITEM)
    return (change and change.loads) or LOADS


def _slowest(loads: list[Load]) -> float:
    return max((load.slowest for load in loads), default=-1.0)


def _overrun(context: Context) -> float:
    """Seconds after which a tile that has not come is not waited for: well beyond any limit of interest."""
    return 3 * context.ceiling(ITEM) + 1


def _one_load(context: Context, browser: Browser, dashboard: Dashboard, *, slower_than: float) -> tuple[Load, bytes]:
    """One load, and a picture of it if it was the slowest so far."""
    with arrived(context, browser, dashboard, overrun=_overrun(context)) as arrival:
        load = _load(arrival)
        if load.slowest <= slower_than:
            return load, b""
        return load, picture(arrival, [_label(tile, load.tiles[tile.id]) for tile in dashboard.tile])


def _load(arrival: Arrival) -> Load:
    last = arrival.reports[-1]
    # A page that sends the browser on by script begins a second document; the operator waits from the first one.
    earlier = last["began"] - arrival.reports[0]["began"]
    return Load(
        url=arrival.url,
        final_url=last["url"],
        status=arrival.status,
        at=arrival.at,
        first_byte_ms=arrival.reports[0]["first_byte"],
        tiles={tile["id"]: _seen(tile, earlier, done=arrival.done) for tile in last["tiles"]},
        unexpected=tuple(last["others"]),
        unwell=dict(list(arrival.unwell.items())[:MOST]),
    )


def _seen(tile: dict[str, Any], earlier: float, *, done: bool) -> TileSeen:
    there = tile["since"] is not None
    return TileSeen(
        state="unsettled" if there and not done else tile["state"],
        milliseconds=tile["since"] + earlier if there and done else None,
        text=tile["text"],
        went_back=tile["went_back"],
    )


def _label(tile: Tile, seen: TileSeen) -> dict[str, Any]:
    time = "" if seen.milliseconds is None else f"{seen.milliseconds / 1000:.2f} s "
    return {"css": tile.css, "text": f"{time}{seen.state}", "content": seen.state in CONTENT}


def _pictures(context: Context, loads: list[Load], shot: bytes) -> dict[str, bytes]:
    slowest = max(loads, key=lambda load: load.slowest)
    rows = [(tile, seen.milliseconds, seen.state) for tile, seen in slowest.tiles.items()]
    chart = waterfall(rows, context.ceiling(ITEM)).encode()
    return {"waterfall.svg": chart} | ({"screenshot.png": shot} if shot else {})


def _over_loads(statistic: str, values: list[float]) -> float:
    if statistic == "median":
        return statistics.median(values)
    rank = ceil(0.95 * len(values)) if statistic == "p95" else len(values)
    return sorted(values)[rank - 1]
