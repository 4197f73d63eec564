"""The tiles probe: loads the dashboard several times, and times every tile inside the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from playwright.sync_api import Browser, BrowserContext

from verifier.core.config.target import Target
from verifier.core.deadline import now
from verifier.core.evidence.charts import waterfall
from verifier.core.evidence.store import EvidenceStore
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR
from verifier.probes.browser.artifacts import record
from verifier.probes.browser.auth import address
from verifier.probes.browser.section import Dashboard, Tile
from verifier.probes.browser.session import by_hand, opened_browser, opened_context
from verifier.probes.browser.tiles.calibration import Runner, observe_runner
from verifier.probes.browser.tiles.dashboard import OpenedDashboard, opened_dashboard, picture
from verifier.probes.browser.tiles.evidence import PageLoad, State, TileSeen, TileState
from verifier.probes.browser.tiles.timeline import CONTENT, ShownTile

ITEM = "tiles-under-3s"
_ANEW = 3
"""How often the loads start again because of tiles that were not watched; a page may always add new ones."""
LOADS = 3
"""Cold loads, unless the target's limit says otherwise."""
MOST = 20
"""Failed requests that are kept."""


def observe_tiles(context: Context) -> TileState:
    """Load the dashboard several times cold, and then warm.

    Raises:
        CouldNotLook: the response is no dashboard, or there is none; or there is no browser.
    """
    context.target.section(Dashboard)
    with opened_browser(context) as browser:
        return observe_tiles_in(context, browser)


def observe_tiles_in(context: Context, browser: Browser) -> TileState:
    """The same in a running browser."""
    dashboard = context.target.section(Dashboard)
    url, started = address(context, dashboard.path), now()
    measured = _loads(context, browser, dashboard)
    seen = {each for load in measured.loads for each in load.unexpected}
    pictures = _pictures(context, measured)
    if (not measured.well or measured.late(context.ceiling(ITEM))) and not measured.flooded:
        pictures |= record(context, browser, dashboard.path, name="tiles")
    return TileState(
        asked="Do all tiles show content, and after how many seconds?",
        where=url,
        at=started,
        again=by_hand(context.target, url),
        headings={tile.id: tile.heading for tile in measured.tiles},
        left_out={name: why for name, why in dashboard.leave_out.items() if name in seen},
        nameless=tuple(sorted(seen - dashboard.leave_out.keys())),
        runner=measured.runner,
        loads=tuple(load for load in measured.loads if not load.warm),
        warm=tuple(load for load in measured.loads if load.warm),
        pictures=pictures,
    )


@dataclass
class TileLoads:
    """The timing of this machine, the loads in order, and a screenshot of the slowest cold one.

    Attributes:
        flooded: whether the page makes more requests than a recording could hold.
    """

    runner: Runner
    tiles: tuple[Tile, ...] = ()
    loads: list[PageLoad] = field(default_factory=list)
    shot: bytes = b""
    flooded: bool = False

    @property
    def slowest(self) -> float:
        """Milliseconds of the slowest tile in the cold loads; negative before the first."""
        return max((load.slowest for load in self.loads if not load.warm), default=-1.0)

    @property
    def well(self) -> bool:
        """Whether every tile showed content in every load; if not, no further load is needed."""
        return all(load.ready for load in self.loads)

    def late(self, seconds: float) -> bool:
        """Whether a tile took longer in any load."""
        return any(load.slowest > 1000 * seconds for load in self.loads)


def _loads(context: Context, browser: Browser, dashboard: Dashboard) -> TileLoads:
    """Cold loads, each in a context of its own; warm ones in the last of them."""
    measured, planned, again = (
        TileLoads(observe_runner(context, browser), dashboard.tile),
        _planned(context.target),
        _ANEW,
    )
    while len(measured.loads) < planned and measured.well:
        with opened_context(browser, context) as opened:
            found = _add(measured, context, opened, dashboard)
            if found and again:  # all loads must watch the same tiles
                again -= 1
                dashboard = dashboard.model_copy(update={"tile": (*dashboard.tile, *found)})
                measured = TileLoads(measured.runner, dashboard.tile)
                continue
            for _ in range(dashboard.warm if len(measured.loads) == planned else 0):
                if measured.well:
                    _add(measured, context, opened, dashboard, warm=True)
    if measured.late(context.ceiling(ITEM)):
        # The machine may have become busy meanwhile.
        measured.runner = max(measured.runner, observe_runner(context, browser), key=lambda each: each.seconds)
    return measured


def _planned(target: Target) -> int:
    change = target.limit.get(ITEM)
    return (change and change.loads) or LOADS


def _overrun(context: Context) -> float:
    """Seconds after which a tile is not waited for: well beyond any limit."""
    return 3 * context.ceiling(ITEM) + 1


def _add(
    measured: TileLoads, context: Context, opened: BrowserContext, dashboard: Dashboard, *, warm: bool = False
) -> tuple[Tile, ...]:
    """One more load, with a screenshot if it is the slowest cold one so far, or a tile has no content.

    Returns:
        Further tiles on the page that must be judged, and were not watched.
    """
    with opened_dashboard(context, opened, dashboard, overrun=_overrun(context)) as arrival:
        load = load_of(arrival, warm=warm)
        if (load.slowest > measured.slowest and not warm) or not load.ready:
            labels = [_label(tile, load.tiles[tile.id]) for tile in dashboard.tile]
            measured.shot = picture(arrival, labels) or measured.shot
        measured.loads.append(load)
        measured.flooded |= arrival.requests.flooded
        return _found(arrival.reports.others, dashboard)


def _found(others: Mapping[str, str], dashboard: Dashboard) -> tuple[Tile, ...]:
    """The tiles beyond the expected ones, if the target has marks for the whole page."""
    if not (dashboard.ready or dashboard.text):
        return ()
    known = {*dashboard.leave_out, *(tile.id for tile in dashboard.tile)}
    masked = {REDACTOR.text(name): css for name, css in others.items()}  # as records have it
    named = {name: css for name, css in masked.items() if css and name not in known}
    return tuple(Tile(id=name, heading="found on the page", selector=_own(name, css)) for name, css in named.items())


def _own(name: str, css: str) -> str | None:
    """The selector; None for that of the test id, which is the default and costs less."""
    return None if css == Tile(id=name, heading="").css else css


def load_of(arrival: OpenedDashboard, *, warm: bool = False) -> PageLoad:
    """The record of one load."""
    reports = arrival.reports
    return PageLoad(
        url=arrival.url,
        final_url=reports.top.page["url"] if reports.top else "",
        status=arrival.status,
        title=reports.top.page["title"] if reports.top else "",
        warm=warm,
        at=arrival.at,
        first_byte_ms=reports.first_byte,
        tasks=reports.tasks,
        watched=arrival.overrun,
        tiles={each: _seen(reports.tile(each), done=arrival.done) for each in reports.expected},
        unexpected=tuple(reports.others),
        unwell=dict(list(arrival.requests.unwell.items())[:MOST]),
    )


def _seen(tile: ShownTile, *, done: bool) -> TileSeen:
    counts = tile.milliseconds is not None and (done or tile.stays)
    state = "unsettled" if tile.milliseconds is not None and not counts else tile.state
    milliseconds = tile.milliseconds if counts else None
    return TileSeen(state=cast("State", state), milliseconds=milliseconds, text=tile.text, went_back=tile.went_back)


def _label(tile: Tile, seen: TileSeen) -> dict[str, Any]:
    time = "" if seen.milliseconds is None else f"{seen.milliseconds / 1000:.2f} s "
    return {"css": tile.css, "text": f"{time}{seen.state}", "content": seen.state in CONTENT}


def _pictures(context: Context, measured: TileLoads) -> dict[str, bytes]:
    slowest = max(measured.loads, key=lambda load: (not load.ready, load.slowest))
    rows = [(tile, seen.milliseconds, seen.state) for tile, seen in slowest.tiles.items()]
    chart = waterfall(rows, context.ceiling(ITEM)).encode()
    return {"waterfall.svg": chart} | ({"screenshot.png": measured.shot} if measured.shot else {})


def samples(store: EvidenceStore) -> dict[str, tuple[float, ...]]:
    """Tile → its seconds in this run, without this machine's share; empty without evidence."""
    seen = store.get("tiles", TileState)
    return {tile: tuple(times) for tile, times in seen.samples().items()} if seen else {}
