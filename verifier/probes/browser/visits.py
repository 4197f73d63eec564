"""The crawl probe: opens every route of the navigation, and records errors and timings."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, Error, Frame, Page
from playwright.sync_api import TimeoutError as TookTooLong
from pydantic import Field

from verifier.core import causes
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.probe import Context
from verifier.probes.browser.artifacts import record
from verifier.probes.browser.auth import address, need_no_password
from verifier.probes.browser.console import MOST, Complaint, PageListener, need_own_host, origin, stale
from verifier.probes.browser.entry_section import BrowserEntry
from verifier.probes.browser.outline import Outline, ServedDocuments
from verifier.probes.browser.screenshot import screenshot
from verifier.probes.browser.section import Dashboard
from verifier.probes.browser.session import in_plain_words, opened_browser, opened_context, unstuck
from verifier.probes.http import route_of
from verifier.probes.platform.own_network import OwnNetwork

_OK = 200
_MOST = 20
LOAD = 15.0
SETTLED = "() => new Promise(done => setTimeout(() => requestAnimationFrame(done), 500))"
"""Milliseconds; errors of scripts that fetch come after the load event."""
_READING = 30.0
"""Seconds for reading a page, which takes two on an idle machine."""
_FRAME = 10.0
"""Seconds for an embedding page to show the app in its frame."""
_VITALS = """() => {
    const figures = {}, navigation = performance.getEntriesByType("navigation")[0];
    if (navigation) figures.first_byte = navigation.responseStart;
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    if (paint) figures.first_paint = paint.startTime;
    const held = type => {  // what is buffered comes to the callback, and takeRecords() no longer has it
        const all = [], o = new PerformanceObserver(list => all.push(...list.getEntries()));
        o.observe({type, buffered: true});
        return () => [...all, ...o.takeRecords()];
    };
    const largest = held("largest-contentful-paint"), shifts = held("layout-shift");
    return new Promise(done => setTimeout(() => {
        const last = largest().at(-1);
        if (last) figures.largest_paint = last.startTime;
        figures.shift = shifts().filter(e => !e.hadRecentInput).reduce((sum, e) => sum + e.value, 0);
        done(figures);
    }, 100));
}"""


class Vitals(Record):
    """The browser's own page timings, in milliseconds from the start of the navigation.

    Attributes:
        first_byte: of the document.
        first_paint: the first contentful paint (W3C Paint Timing).
        largest_paint: the largest contentful paint so far (W3C Largest Contentful Paint).
        shift: the sum of unexpected layout shifts, without a unit (W3C Layout Instability).
    """

    first_byte: float | None = None
    first_paint: float | None = None
    largest_paint: float | None = None
    shift: float | None = None

    def __str__(self) -> str:
        parts = (("first byte", self.first_byte), ("FCP", self.first_paint), ("LCP", self.largest_paint))
        told = [f"{name} {value:.0f} ms" for name, value in parts if value is not None]
        return ", ".join([*told, *([f"CLS {self.shift:.3f}"] if self.shift is not None else [])])


class Visit(Record):
    """One route, opened in a browser context of its own.

    Attributes:
        status: of the document; None if it could not be opened.
        trouble: why not.
        cut: whether the page had more to tell than its `complaints` and what else stood in its console.
        streams: the target's paths that answered as an event stream.
        served: the document before scripts ran; None if the browser no longer had it.
    """

    route: str
    status: int | None = None
    trouble: str = ""
    final_url: str = ""
    title: str = ""
    signed_in: bool = False
    complaints: tuple[Complaint, ...] = ()
    cut: bool = False
    vitals: Vitals = Vitals()
    streams: tuple[str, ...] = ()
    served: Outline | None = None

    @property
    def told(self) -> str:
        """Its status, title and timings; or why there are none."""
        return f"{self.status} '{self.title}' ({self.vitals})" if self.status else self.trouble


class VisitState(Evidence):
    """All routes: those that the target names, and those in the dashboard's navigation.

    Attributes:
        links: how many routes the navigation of the dashboard leads to.
        left_out: routes that were not opened, because there are so many.
        stale: entries of the target's `ignore` list that have expired, or match nothing.
        pictures: file name → a screenshot of the dashboard; of a failure, also trace and HAR.
    """

    visits: dict[str, Visit]
    links: int = 0
    left_out: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    pictures: dict[str, bytes] = Field(default={}, exclude=True, repr=False)

    @property
    def first(self) -> Visit:
        """The visit to the dashboard itself."""
        return next(iter(self.visits.values()))

    def statuses(self) -> dict[str, int | str]:
        """Route → status of the document, or why there is none."""
        return {route: visit.status or visit.trouble for route, visit in self.visits.items()}

    def pages_seen(self) -> CouldNotLook | None:
        """None if every route showed a page, so that no error means something; else unreachable."""
        unseen = [f"{route}: {each}" for route, each in self.statuses().items() if each != _OK]
        if unseen:
            return CouldNotLook(
                Cause.UNREACHABLE, f"not every route showed a page: {'; '.join(unseen)}", remedy=self.again
            )
        return None

    def all_opened(self) -> CouldNotLook | None:
        """None if no route was left out; else truncated."""
        if not self.left_out:
            return None
        what = f"only {len(self.visits)} routes were opened, and not {', '.join(self.left_out)}"
        return CouldNotLook(Cause.TRUNCATED, what, remedy="let [dashboard] navigation select the links that matter")

    def heard(self) -> CouldNotLook | None:
        """None if everything was read that the pages told the browser; else truncated."""
        cut = [route for route, visit in self.visits.items() if visit.cut]
        if cut:
            what = f"of what {', '.join(cut)} told the browser, only the first {MOST} messages and errors were read"
            return CouldNotLook(Cause.TRUNCATED, what, remedy=self.again)
        return None

    def complaints(self, *, first_party: bool) -> dict[str, list[str]]:
        """Route → errors in words, for routes that have any."""
        told = {
            route: [str(each) for each in visit.complaints if each.first_party == first_party and not each.known]
            for route, visit in self.visits.items()
            if visit.status == _OK  # errors of an error page say nothing of the page
        }
        return {route: each for route, each in told.items() if each}


def observe_visits(context: Context) -> VisitState:
    """Open the dashboard, then every other route.

    Raises:
        CouldNotLook: unauthorized, if the dashboard shows no sign of a signed-in user; precondition, if it is on
            another host.
    """
    dashboard = context.target.section(Dashboard)
    started = now()
    with opened_browser(context) as browser:
        seen: dict[str, bytes] = {}
        first, links = _tried(context, browser, dashboard, dashboard.path, seen)
        if first.status == _OK and not first.signed_in:  # a login page answers 200, too
            what = f"{first.final_url} shows '{first.title}', not the dashboard"
            remedy = "let the suite in: [dashboard] path or [entry] of the target file; a session may have expired"
            raise CouldNotLook(Cause.UNAUTHORIZED, what, remedy=remedy, pictures=seen)
        if first.status == _OK and context.target.section(BrowserEntry).embedded is None:
            need_own_host(context.url + dashboard.path, first.final_url, dashboard)
        if first.status in causes.REFUSED:
            what = f"{context.url}{dashboard.path} answers HTTP {first.status}"
            remedy = "let the suite in: [entry], or user_agent, of the target file"
            raise CouldNotLook(Cause.UNAUTHORIZED, what, remedy=remedy, pictures=seen)
        named = [each for each in dict.fromkeys((*dashboard.routes, *links)) if each != dashboard.path]
        opened = {each: _tried(context, browser, dashboard, each)[0] for each in named[:_MOST]}
        visits = {dashboard.path: first} | opened
        bad = next((route for route, visit in visits.items() if _went_wrong(visit)), None)
        if bad is not None:
            seen |= record(context, browser, bad)
    return VisitState(
        asked="Does every route open, and what does the browser complain about?",
        where=f"{context.url} {', '.join(visits)}",
        at=started,
        again=f"open {context.url}{dashboard.path} in a browser, with its developer tools",
        visits=visits,
        links=len({*links} - {dashboard.path}),
        left_out=tuple(named[_MOST:]),
        stale=stale(dashboard, (each for visit in visits.values() for each in visit.complaints)),
        pictures=seen,
    )


def _went_wrong(visit: Visit) -> bool:
    """Whether the visit is worth recording; what floods the browser would flood the recording, too."""
    wrong = visit.status != _OK or any(each.first_party and not each.known for each in visit.complaints)
    return wrong and not visit.cut


def _tried(
    context: Context, browser: Browser, dashboard: Dashboard, route: str, seen: dict[str, bytes] | None = None
) -> tuple[Visit, list[str]]:
    """A visit; if another route answered, also one that failed."""
    try:
        return _visit(context, browser, dashboard, route, seen)
    except CouldNotLook as trouble:
        if trouble.cause not in {Cause.UNREACHABLE, Cause.TIMEOUT} or not context.get("own_network", OwnNetwork).proved:
            raise
        return Visit(route=route, trouble=trouble.what), []


def _visit(
    context: Context, browser: Browser, dashboard: Dashboard, route: str, seen: dict[str, bytes] | None
) -> tuple[Visit, list[str]]:
    url = address(context, route)
    with context.shared(), opened_context(browser, context) as opened, in_plain_words(context.deadline, url):
        page = opened.new_page()
        listener, documents = PageListener(page, context.url, dashboard), ServedDocuments(page)
        answer = page.goto(url, timeout=1000 * context.deadline.shorter(LOAD).remaining())
        need_no_password(answer)
        app = app_of(context, page)
        with unstuck(page, context.deadline):
            page.evaluate(SETTLED)
        with unstuck(page, context.deadline, _READING):
            if seen is not None:
                seen["page.png"] = _picture(page, context)
            visit = Visit(
                route=route,
                status=answer.status if answer else None,
                final_url=page.url,
                title=page.title(),
                signed_in=dashboard.signed_in is None or app.locator(dashboard.signed_in).count() > 0,
                complaints=tuple(listener.complaints),
                cut=listener.full,
                streams=tuple(dict.fromkeys(listener.streams)),
                served=documents.outline(app, dashboard.signed_in),
                vitals=vitals_of(page),
            )
            return visit, _links(app, context.url, dashboard.navigation)


def vitals_of(page: Page) -> Vitals:
    """The timings of a loaded page, and the layout shifts that it has had so far.

    Raises:
        playwright.sync_api.Error: the page cannot be read.
    """
    return Vitals(**page.evaluate(_VITALS))


def app_of(context: Context, page: Page) -> Page | Frame:
    """The frame that shows the app: the page itself, or a frame of the embedding page.

    Raises:
        CouldNotLook: unauthorized, if the embedding page has no frame of the target, as without a login.
    """
    embedded = context.target.section(BrowserEntry).embedded
    if embedded is None or origin(page.url) == origin(context.url):
        return page
    try:
        element = page.wait_for_selector(embedded.frame, state="attached", timeout=1000 * _FRAME)
        frame = element.content_frame() if element else None
        if frame is not None:
            frame.wait_for_load_state("load", timeout=1000 * _FRAME)
    except TookTooLong:
        frame = None
    if frame is None or origin(frame.url) != origin(context.url):
        raise CouldNotLook(
            Cause.UNAUTHORIZED,
            f"{page.url} ('{page.title()}') shows no frame '{embedded.frame}' with {context.url}",
            remedy="a session of that page may have expired: see [entry] of the target file",
            pictures={"page.png": _picture(page, context)},
        )
    return frame


def _picture(page: Page, context: Context) -> bytes:
    try:
        with unstuck(page, context.deadline):
            return screenshot(page, timeout=5000)
    except (CouldNotLook, Error):
        return b""


def _links(page: Page | Frame, url: str, navigation: str) -> list[str]:
    hrefs: Any = page.eval_on_selector_all(navigation, "links => links.map(link => link.getAttribute('href'))")
    addresses = [urljoin(page.url, href) for href in hrefs if href]
    return [route_of(each) for each in addresses if origin(each) == origin(url)]
