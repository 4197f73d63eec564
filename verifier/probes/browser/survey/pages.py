"""Opens the pages of an app as a stranger would, and the one with the tiles in three states.

Nothing is written: for the other two states the requests of the page's scripts are held back, or answered with an
error, in this browser alone. The app never hears of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, Route
from playwright.sync_api import TimeoutError as TookTooLong

from verifier.core.deadline import Deadline
from verifier.core.evidence import CouldNotLook, Record
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR, names_secret
from verifier.core.survey import Survey
from verifier.probes.browser.console import PageListener, origin
from verifier.probes.browser.section import Dashboard, Tile
from verifier.probes.browser.session import in_plain_words, opened_browser, opened_context, unstuck
from verifier.probes.http import route_of

State = Literal["served", "held back", "failing"]
LOOK = (Path(__file__).with_name("look.js")).read_text(encoding="utf-8")
USUAL = ("/", "/app", "/dashboard", "/home")
"""Where an app's first page is, if the caller names none."""
_HEADING, _WORDS = 80, 500
"""Characters that are kept of a heading, and of the words of a tile or page."""
MOST = 8
"""Pages that are opened."""
_OK, _ERROR = 200, 500
_LOAD = 15.0
_IDLE = 5.0
_STABLE = 8.0
"""Seconds for a page to stop changing."""
_LEAVES = re.compile(r"log-?out|sign-?out|delete|remove|unsubscribe", re.IGNORECASE)
"""Links that a stranger does not follow, because a GET may do it."""
_PLAIN = Dashboard(path="/", ready="body", tile=(Tile(id="page", heading="page"),))
"""What `PageListener` needs to know of a page of which nothing is known."""


class SeenTile(Record):
    """What looks like a tile.

    Attributes:
        selector: empty where the test id says it all.
        words: its visible words.
        tokens: selectors of classes and attributes of the tile, and of what is visible in it.
        own: those of its own classes.
    """

    id: str
    heading: str
    selector: str
    words: str
    tokens: frozenset[str]
    own: frozenset[str]


class SeenPage(Record):
    """A page as it was when it no longer changed.

    Attributes:
        route: path and query that it was asked for.
        main: the selector of its main part.
        navigation: the selector of the links of its navigation; empty if it has none.
        links: the routes of the app that these lead to.
        password: whether it asks for one.
        streams: the paths of the event streams that it opens.
        complaints: what the browser complained about.
    """

    route: str
    status: int
    heading: str = ""
    main: str = "body"
    words: str = ""
    tiles: tuple[SeenTile, ...] = ()
    navigation: str = ""
    links: tuple[str, ...] = ()
    password: bool = False
    streams: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether it is a page of the app, and not one that refuses strangers."""
        return self.status == _OK and not self.password


class SeenPages(Record):
    """All pages that were opened, and the tiles of the one that has most, in each state.

    Attributes:
        dashboard: the page of the operator; nothing, if none was shown.
        held: its tiles while no request of its scripts is answered.
        failing: its tiles when each of these is answered with an error.
    """

    pages: tuple[SeenPage, ...]
    dashboard: SeenPage | None = None
    held: tuple[SeenTile, ...] = ()
    failing: tuple[SeenTile, ...] = ()

    @property
    def streams(self) -> tuple[str, ...]:
        """The event streams of all pages."""
        return tuple(dict.fromkeys(each for page in self.pages for each in page.streams))


def observe_pages(survey: Survey) -> SeenPages:
    """Open the page that the caller opens, then those that its navigation leads to.

    Raises:
        CouldNotLook: there is no browser, or the app does not answer.
    """
    context = survey.context
    with opened_browser(context) as browser:
        pages = list(_walked(context, browser, survey.start))
        shown = [each for each in pages if each.shown]
        if not shown:
            return SeenPages(pages=tuple(pages))
        dashboard = max(shown, key=lambda page: len(page.tiles))
        held = _opened(context, browser, dashboard.route, "held back")
        failing = _opened(context, browser, dashboard.route, "failing")
    return SeenPages(pages=tuple(pages), dashboard=dashboard, held=held.tiles, failing=failing.tiles)


def _walked(context: Context, browser: Browser, start: str) -> Iterator[SeenPage]:
    """The first page that is shown, and those that its navigation leads to."""
    asked: set[str] = set()
    first = None
    for route in USUAL if start == "/" else (start,):
        asked.add(route)
        first = _opened(context, browser, route)
        yield first
        if first.shown:
            break
    for route in first.links if first and first.shown else ():
        if route not in asked and len(asked) < MOST and not _LEAVES.search(route):
            asked.add(route)
            try:
                yield _opened(context, browser, route)
            except CouldNotLook as trouble:
                yield SeenPage(route=route, status=0, complaints=(trouble.what,))


def _opened(context: Context, browser: Browser, route: str, state: State = "served") -> SeenPage:
    url = context.url + route
    with (
        opened_context(browser, context, service_workers="block") as opened,
        in_plain_words(context.deadline, url),
    ):
        held: list[Route] = []
        if state != "served":
            opened.route(lambda asked: origin(asked) == origin(context.url), partial(_instead, state, held))
        page = opened.new_page()
        listener = PageListener(page, context.url, _PLAIN)
        answer = page.goto(url, timeout=1000 * context.deadline.shorter(_LOAD).remaining())
        seen = _settled(page, context.deadline, state)
        for each in held:  # whatever still waits would outlive its page
            each.abort()
        return _page(context.url, route, answer.status if answer else 0, seen, listener)


def _instead(state: State, held: list[Route], route: Route) -> None:
    """Hold back what scripts read, or answer it with an error; everything else goes its way."""
    asked = route.request
    if asked.method != "GET" or asked.resource_type not in {"fetch", "xhr"}:
        route.fallback()
    elif state == "failing":
        route.fulfill(status=_ERROR, content_type="text/plain", body="")
    else:
        held.append(route)


def _settled(page: Page, deadline: Deadline, state: State) -> dict[str, Any]:
    """What the page shows when it has stopped changing; if it never does, what it shows then."""
    if state != "held back":
        with suppress(TookTooLong):  # an event stream is a request that does not end
            page.wait_for_load_state("networkidle", timeout=1000 * deadline.shorter(_IDLE).remaining())
    looks: list[dict[str, Any]] = [{}]

    def look() -> list[dict[str, Any]]:
        with unstuck(page, deadline):
            looks.append(page.evaluate(LOOK, _WORDS + REDACTOR.longest))
        return looks[-2:]

    deadline.shorter(_STABLE).eventually(
        look, lambda last: last[0] == last[1], sleep=lambda seconds: page.wait_for_timeout(1000 * seconds)
    )
    return looks[-1]


def _page(url: str, route: str, status: int, seen: dict[str, Any], listener: PageListener) -> SeenPage:
    return SeenPage(
        route=route,
        status=status,
        heading=REDACTOR.beginning(seen["heading"], _HEADING),
        main=seen["main"],
        words=REDACTOR.beginning(seen["words"], _WORDS),
        tiles=tuple(map(_tile, seen["tiles"])),
        navigation=seen["navigation"],
        links=tuple(
            dict.fromkeys(route_of(each) for each in seen["links"] if origin(each) == origin(url) and not _tells(each))
        ),
        password=seen["password"],
        streams=tuple(dict.fromkeys(listener.streams)),
        complaints=tuple(str(each) for each in listener.complaints if each.first_party),
    )


def _tile(seen: dict[str, Any]) -> SeenTile:
    heading, words = REDACTOR.beginning(seen["heading"], _HEADING), REDACTOR.beginning(seen["words"], _WORDS)
    slug = re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
    return SeenTile.model_validate({**seen, "id": seen["id"] or slug or "tile", "heading": heading, "words": words})


def _tells(url: str) -> bool:
    """Whether the address holds a secret, which would stand in the file."""
    return any(names_secret(key) for key in parse_qs(urlsplit(url).query))
