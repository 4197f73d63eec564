"""Evidence of the tiles, load by load."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Literal, get_args

from pydantic import AwareDatetime, Field

from verifier.core.config.contract import Limit
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.evidence.finding import Finding, findings
from verifier.core.evidence.readings import Readings, percentile
from verifier.probes.browser.tiles.calibration import Runner
from verifier.probes.browser.tiles.timeline import CONTENT, busy_until

State = Literal[
    "healthy", "attention", "unmarked", "unsettled", "loading", "empty", "unconfigured", "error", "hidden", "missing"
]


WORSE: tuple[State, ...] = get_args(State)
"""From good to bad. `unmarked`: visible and not ready; `unsettled`: showed content, but the page got stuck or navigated
before it counted; `empty`: ready, and blank; `hidden`: in the page and not visible."""
PENDING: tuple[State, ...] = ("unmarked", "unsettled", "loading", "empty")
"""States that may still become content on a slow machine."""


class TileSeen(Record):
    """One tile at the end of one load.

    Attributes:
        milliseconds: from the start of the navigation to the frame that shows content which stays.
        text: the beginning of its text.
        went_back: whether content was shown, and disappeared again.
    """

    state: State
    milliseconds: float | None = None
    text: str = ""
    went_back: bool = False

    def __str__(self) -> str:
        time = f" after {self.milliseconds / 1000:.2f} s" if self.milliseconds is not None else ""
        back = ", after content that disappeared again" if self.went_back else ""
        return f"{self.state}{time}{back}" + (f": '{self.text}'" if self.text else "")


class PageLoad(Record):
    """One load of the dashboard.

    Attributes:
        warm: whether cookies, cache and connections were kept; a cold load has fresh ones.
        status: the HTTP status of the document.
        title: of the last document.
        first_byte_ms: from the start of the navigation to the first byte of the document.
        tasks: start and end of the long tasks of the page's main thread, in milliseconds.
        watched: seconds after which a tile was not waited for.
        tiles: tile → its end state; has every expected tile.
        unexpected: further tiles on the page, by test id or id, that this load did not watch.
        unwell: address → error, for failed requests of the page.
    """

    url: str
    final_url: str
    status: int
    title: str = ""
    warm: bool = False
    at: AwareDatetime
    first_byte_ms: float
    tasks: tuple[tuple[float, float], ...] = ()
    watched: float = 0.0
    tiles: dict[str, TileSeen]
    unexpected: tuple[str, ...] = ()
    unwell: dict[str, str] = {}

    @property
    def ready(self) -> bool:
        """Whether every tile shows content."""
        return all(tile.state in CONTENT for tile in self.tiles.values())

    def busy_until(self, seconds: float) -> float:
        """Seconds of long tasks up to this second."""
        return busy_until(self.tasks, seconds)

    @property
    def slowest(self) -> float:
        """Milliseconds of the slowest tile; infinite if one never showed content."""
        times = (tile.milliseconds for tile in self.tiles.values())
        return max(float("inf") if time is None else time for time in times)


class TileState(Evidence):
    """The tiles of the dashboard in several loads.

    Attributes:
        headings: tile → heading, for expected tiles and others found on the page.
        left_out: tile that the target leaves out → reason.
        nameless: tiles that cannot be judged, for lack of an id or of a sign that they are ready.
        loads: the cold loads; after one without content in a tile there is no further one.
        warm: the warm loads.
        runner: the timing of this machine.
        pictures: file name → image for the report.
    """

    headings: dict[str, str]
    loads: tuple[PageLoad, ...]
    warm: tuple[PageLoad, ...] = ()
    runner: Runner | None = None
    left_out: dict[str, str] = {}
    nameless: tuple[str, ...] = ()
    pictures: dict[str, bytes] = Field(default={}, exclude=True, repr=False)

    @property
    def expected_tiles(self) -> tuple[str, ...]:
        """The ids of all judged tiles."""
        return tuple(self.headings)

    def all_seen(self) -> CouldNotLook | None:
        """None if every tile on the page is judged or left out by the target; else precondition."""
        if self.nameless:
            what = f"{', '.join(self.nameless)} on the page matches the pattern of a tile, and cannot be judged"
            remedy = "name it in [dashboard] tile with selector and ready, or in leave_out with a reason"
            return CouldNotLook(Cause.PRECONDITION, what, remedy=remedy)
        return None

    def states(self) -> dict[str, State]:
        """Tile → its worst state in all loads."""
        loads = (*self.loads, *self.warm)
        return {tile: max((load.tiles[tile].state for load in loads), key=WORSE.index) for tile in self.headings}

    def runner_quick(self, limit: Limit, *, warm: bool = False) -> CouldNotLook | None:
        """None if the verdict does not depend on this machine; else precondition.

        It depends if a tile is late, and without this machine's share all would be within the limit.
        """
        limits = limit.for_each(self.headings)
        seen = self._in_time(limit.statistic, warm=warm, relieved=False)
        if self.runner and not seen <= limits and self._in_time(limit.statistic, warm=warm, relieved=True) <= limits:
            late = "; ".join(each.told for each in seen.findings(limits))
            what = f"this machine is too slow to tell whether the deployment is ({self.runner}): {late}"
            return CouldNotLook(Cause.PRECONDITION, what, remedy="run again on a machine that has nothing else to do")
        return None

    def _in_time(self, statistic: str | None, *, warm: bool, relieved: bool) -> Readings:
        """Seconds until content; for pending tiles the seconds waited for."""
        loads = self.warm if warm else self.loads
        times = (
            (tile, over_loads(statistic or "worst", [self._seconds(load, tile, relieved=relieved) for load in loads]))
            for tile in self.headings
            if loads
        )
        return Readings(times, what="time to content")

    def _seconds(self, load: PageLoad, tile: str, *, relieved: bool) -> float:
        seen = load.tiles[tile]
        came, pending = seen.milliseconds, seen.state in PENDING
        seconds = came / 1000 if came is not None else load.watched if pending else float("inf")
        return seconds - (self.runner.part_of(load.busy_until(seconds)) if self.runner and relieved else 0.0)

    def at_rest(self) -> CouldNotLook | None:
        """None, or timeout if a page got stuck after showing content, and no tile is worse."""
        doubtful = {tile for tile, state in self.states().items() if state not in CONTENT}
        if doubtful and all(self.states()[tile] == "unsettled" for tile in doubtful):
            what = f"the page got stuck while it showed content, which may not have stayed: {len(doubtful)} tiles"
            return CouldNotLook(Cause.TIMEOUT, what, remedy="run again; if it stays so, profile the page's own scripts")
        return None

    def seconds_by_tile(self, statistic: str | None, *, warm: bool = False) -> Readings:
        """Seconds until content, for tiles that showed it in every cold (or warm) load.

        Args:
            statistic: over the loads: `worst`, `p95` (nearest rank) or `median`.
            warm: which loads.
        """
        loads = self.warm if warm else self.loads
        times = {tile: [load.tiles[tile].milliseconds for load in loads] for tile in self.headings if loads}
        seconds = (
            (tile, over_loads(statistic or "worst", [each / 1000 for each in found if each is not None]))
            for tile, found in times.items()
            if None not in found
        )
        return Readings(seconds, what="time to content")

    def samples(self) -> dict[str, tuple[float, ...]]:
        """Tile → seconds in each cold load without this machine's share, for tiles that showed content in all."""
        return {
            tile: tuple(self._seconds(load, tile, relieved=True) for load in self.loads)
            for tile in self.headings
            if all(load.tiles[tile].milliseconds is not None for load in self.loads)
        }

    def troubles(self) -> Iterator[Finding]:
        """A finding for each tile without content, and for each failed request of that load."""
        for number, load in enumerate((*self.loads, *self.warm), 1):
            name = f"{'warm ' if load.warm else ''}load {number}"
            if all(seen.state == "missing" for seen in load.tiles.values()):
                told = f"{name}: {load.final_url}, whose title is '{load.title}'"
                yield Finding(subject="dashboard", problem="no tile at all", detail=told, place=load.final_url)
            for tile, seen in load.tiles.items():
                if seen.state not in CONTENT:
                    told = f"{self.headings[tile]}, {name}: {seen}"
                    yield Finding(subject=tile, problem="tile shows no content", detail=told)
            if not load.ready:
                for url, why in load.unwell.items():
                    yield Finding(subject=url, problem="request of the page fails", detail=f"{name}: {why}", place=url)
                yield from findings("tile is not expected", dict.fromkeys(load.unexpected, name))


def over_loads(statistic: str, values: list[float]) -> float:
    """The statistic of these values: `worst`, `p95` (nearest rank) or `median`."""
    if statistic == "median":
        return statistics.median(values)
    return percentile(values, 95 if statistic == "p95" else 100)
