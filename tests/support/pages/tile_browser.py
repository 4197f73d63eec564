"""The tile probe on local pages, with one browser for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import MISSING, fields
from typing import Any, NoReturn, cast

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.pages import tile_pages
from verifier.core.config.target import NewLimit, Target, new_target
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline
from verifier.core.probe import Context
from verifier.probes.browser.entry_section import BrowserEntry, Embedded
from verifier.probes.browser.section import Dashboard
from verifier.probes.browser.session import opened_browser, opened_context
from verifier.probes.browser.tiles.dashboard import OpenedDashboard, opened_dashboard
from verifier.probes.browser.tiles.evidence import PageLoad, TileState
from verifier.probes.browser.tiles.probe import load_of, observe_tiles_in

TILE = {"id": "tile-a", "heading": "Tile"}
MARKS = {
    "settle": 0.3,
    "ready": ".ready",
    "loading": ".loading",
    "error": ".error",
    "content": ".figure",
    "signed_in": "nav",
}


def target(url: str, **dashboard: object) -> Target:
    """A target whose dashboard is one of these pages."""
    given = {"path": "/page", "tile": [TILE], **MARKS, **dashboard}
    return new_target(title="pages of the tests", app="pages", url=url, dashboard=given)


def context(target: Target, *, seconds: float = 60.0, limit: float = 3.0) -> Context:
    """The context of a probe outside of a run."""

    def nothing(*_: object) -> NoReturn:
        raise NotImplementedError

    given = {"target": target, "credentials": Credentials(), "deadline": Deadline(seconds), "run": "tests"}
    alone = {name: lambda *_: nullcontext() for name in ("exclusive", "shared", "named")}
    rest = {each.name: nothing for each in fields(Context) if each.default is MISSING}  # not used by this probe
    return Context(**cast("Any", rest | given | alone | {"ceiling": lambda _item: limit}))


class Throttled:
    """A browser with throttled pages, in place of a slow machine."""

    def __init__(self, browser: Browser, slower: float) -> None:
        self._browser = browser
        self._slower = slower

    def new_context(self, **words: Any) -> BrowserContext:  # noqa: ANN401 - Playwright's own words
        """A context with throttled pages."""
        opened = self._browser.new_context(**words)
        opened.on("page", self._slow)
        return opened

    def _slow(self, page: Page) -> None:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": self._slower})


class TileBrowser:
    """Loads pages with tiles: what the probe sees, and what the pages themselves record."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url

    def state(self, kind: str, ms: float, *, limit: float, slower: float = 1.0, **dashboard: object) -> TileState:
        """The probe's evidence of this kind of page, with a main thread slowed down by this factor."""
        asked = target(self.url, path=f"/page?kind={kind}&ms={ms:g}", warm=0, **dashboard)
        asked = asked.model_copy(update={"limit": {"tiles-under-3s": NewLimit(loads=1, reason="for the tests")}})
        return observe_tiles_in(context(asked, limit=limit), cast("Browser", Throttled(self.browser, slower)))

    @contextmanager
    def arrival(
        self, kind: str, ms: float = 0.0, *, overrun: float = 3.0, **dashboard: object
    ) -> Iterator[OpenedDashboard]:
        """One cold load of this kind of page, at its end."""
        asked = target(self.url, **{"path": f"/page?kind={kind}&ms={ms:g}", **dashboard})
        if kind.startswith("around"):
            around = self.url.replace("127.0.0.1", "localhost") + asked.section(Dashboard).path
            asked = asked.model_copy(update={"entry": BrowserEntry(embedded=Embedded(url=around))})
        given = context(asked)
        part = asked.section(Dashboard)
        with (
            opened_context(self.browser, given) as opened,
            opened_dashboard(given, opened, part, overrun=overrun) as arrival,
        ):
            yield arrival

    def load(
        self, kind: str, ms: float = 0.0, *, overrun: float = 3.0, **dashboard: object
    ) -> tuple[PageLoad, dict[str, Any]]:
        """The probe's times of one cold load, and the page's own, in milliseconds."""
        with self.arrival(kind, ms, overrun=overrun, **dashboard) as arrival:
            load = load_of(arrival)
            told = [each.evaluate("window.truth ?? {}") for each in arrival.page.frames]
            began = arrival.reports.began
        truth = {tile: times for each in told for tile, times in each.items()}
        return load, {tile: {name: at - began for name, at in times.items()} for tile, times in truth.items()}


@pytest.fixture(scope="module")
def tile_browser() -> Iterator[TileBrowser]:
    """One browser for the pages of one test module."""
    with tile_pages.serving() as url, opened_browser(context(target(url), seconds=600)) as browser:
        yield TileBrowser(browser, url)
