"""Visits every route of the navigation in a browser, and writes down what the browser complained about."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from verifier.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.patience import now
from verifier.probes import Context
from verifier.probes.browser import in_plain_words, opened_browser, opened_context
from verifier.probes.http import WayOut
from verifier.sections.pages import Dashboard

_OK = 200
_MOST = 20
_LOAD = 15.0
_SETTLED = "() => new Promise(done => setTimeout(() => requestAnimationFrame(done), 500))"
"""Errors of scripts that fetch come some time after the load event."""
_WCAG_22_AA = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
"""axe-core's tags that together are WCAG 2.2 level AA."""


class Complaint(Record):
    """Something that the browser complained about while a page was open.

    Attributes:
        kind: console, exception, request (no answer came) or response (status 400 or higher).
        first_party: whether it concerns the target's own origin.
        known: the reason from the target's list of known complaints, if an entry that has not expired fits.
    """

    kind: str
    text: str
    source: str
    first_party: bool
    known: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:300]} ({self.source})"


class Violation(Record):
    """A rule of WCAG that a page breaks, by axe-core's name, and the elements that break it."""

    rule: str
    impact: str
    help: str
    elements: tuple[str, ...]


class Visit(Record):
    """One route, opened in a browser context of its own.

    Attributes:
        status: of the document, or nothing if it could not be opened.
        trouble: why it could not.
    """

    route: str
    status: int | None = None
    trouble: str = ""
    final_url: str = ""
    title: str = ""
    signed_in: bool = False
    complaints: tuple[Complaint, ...] = ()
    violations: tuple[Violation, ...] = ()


class VisitState(Evidence):
    """All routes of the navigation: those that the target names, and those that the dashboard links to."""

    expected_routes: tuple[str, ...]
    visits: dict[str, Visit]

    def statuses(self) -> dict[str, int | str]:
        """Route → HTTP status of the document, or why there is none."""
        return {route: visit.status or visit.trouble for route, visit in self.visits.items()}

    def need_pages(self) -> None:
        """Make sure that every route showed a page, so that its silence means something.

        Raises:
            CouldNotLook: unreachable, if one did not.
        """
        unseen = [f"{route}: {each}" for route, each in self.statuses().items() if each != _OK]
        if unseen:
            raise CouldNotLook(
                Cause.UNREACHABLE, f"not every route showed a page: {'; '.join(unseen)}", remedy=self.again
            )

    def complaints(self, *, first_party: bool) -> dict[str, list[str]]:
        """Route → complaints in words, for routes that have any."""
        told = {
            route: [str(each) for each in visit.complaints if each.first_party == first_party and not each.known]
            for route, visit in self.visits.items()
            if visit.status == _OK  # what is said of an error page says nothing of the page
        }
        return {route: each for route, each in told.items() if each}

    def violations(self) -> dict[str, list[str]]:
        """Route → broken rules in words, for routes that break any."""
        told = {
            route: [
                f"{each.rule} ({each.impact}): {each.help}: {', '.join(each.elements[:3])}" for each in visit.violations
            ]
            for route, visit in self.visits.items()
            if visit.status == _OK
        }
        return {route: each for route, each in told.items() if each}


def observe_visits(context: Context) -> VisitState:
    """Open the dashboard, then every other route.

    Raises:
        CouldNotLook: unauthorized, if the dashboard shows none of the marks of somebody who is signed in.
    """
    dashboard = context.part(context.target.dashboard, "dashboard")
    started = now()
    with opened_browser(context) as browser:
        first, links = _tried(context, browser, dashboard, dashboard.path)
        if first.status == _OK and not first.signed_in:  # a page for strangers answers 200, too
            what = f"{context.url}{dashboard.path} shows «{first.title}», not the dashboard"
            raise CouldNotLook(Cause.UNAUTHORIZED, what, remedy="let the suite in: [dashboard] path in the target")
        others = [each for each in dict.fromkeys((*dashboard.routes, *links)) if each != dashboard.path][:_MOST]
        visits = {dashboard.path: first} | {each: _tried(context, browser, dashboard, each)[0] for each in others}
    return VisitState(
        asked="Does every route open, and what does the browser complain about?",
        where=f"{context.url} {', '.join(visits)}",
        at=started,
        again=f"open {context.url}{dashboard.path} in a browser, with its developer tools",
        expected_routes=(dashboard.path, *others),
        visits=visits,
    )


def _tried(context: Context, browser: Browser, dashboard: Dashboard, route: str) -> tuple[Visit, list[str]]:
    """A visit; or, where our own way is proved, the visit that failed."""
    try:
        return _visit(context, browser, dashboard, route)
    except CouldNotLook as trouble:
        if trouble.cause not in {Cause.UNREACHABLE, Cause.TIMEOUT} or not context.look(WayOut).proved:
            raise
        return Visit(route=route, trouble=trouble.what), []


def _visit(context: Context, browser: Browser, dashboard: Dashboard, route: str) -> tuple[Visit, list[str]]:
    with (
        context.loud(),
        opened_context(browser, context.target) as opened,
        in_plain_words(context.patience, context.url + route),
    ):
        page = opened.new_page()
        complaints = _listen(page, context.url, dashboard)
        answer = page.goto(context.url + route, timeout=1000 * context.patience.shorter(_LOAD).remaining())
        page.evaluate(_SETTLED)
        kept = tuple(complaints)  # what axe does to the page is not the page's doing
        broken = Axe().run(page, options=_WCAG_22_AA).response["violations"]
        visit = Visit(
            route=route,
            status=answer.status if answer else None,
            final_url=page.url,
            title=page.title(),
            signed_in=dashboard.signed_in is None or page.locator(dashboard.signed_in).count() > 0,
            complaints=kept,
            violations=tuple(map(_violation, broken)),
        )
        return visit, _links(page, context.url, dashboard.navigation)


def _listen(page: Page, url: str, dashboard: Dashboard) -> list[Complaint]:
    heard: list[Complaint] = []

    def complain(kind: str, text: str, source: str) -> None:
        own = _origin(source) in {_origin(url), ""}
        heard.append(
            Complaint(kind=kind, text=text, source=source, first_party=own, known=_known(dashboard, text, source))
        )

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            complain("console", message.text, message.location.get("url", ""))

    def on_response(response: Response) -> None:
        if response.status >= 400:  # noqa: PLR2004 - RFC 9110, section 15.5
            complain("response", f"HTTP {response.status}", response.url)

    def on_failure(request: Request) -> None:
        complain("request", str(request.failure), request.url)

    page.on("console", on_console)
    page.on("pageerror", lambda error: complain("exception", str(error), page.url))
    page.on("response", on_response)
    page.on("requestfailed", on_failure)
    return heard


def _known(dashboard: Dashboard, text: str, source: str) -> str | None:
    today = now().date()
    fitting = (
        each for each in dashboard.ignore if each.expires >= today and re.search(each.pattern, f"{text} {source}")
    )
    return next((each.reason for each in fitting), None)


def _violation(raw: dict[str, Any]) -> Violation:
    elements = tuple(" ".join(map(str, node["target"])) for node in raw["nodes"])
    return Violation(rule=raw["id"], impact=raw.get("impact") or "", help=raw["help"], elements=elements)


def _links(page: Page, url: str, navigation: str) -> list[str]:
    hrefs: Any = page.eval_on_selector_all(navigation, "links => links.map(link => link.getAttribute('href'))")
    addresses = [urljoin(page.url, href) for href in hrefs if href]
    return [_route(each) for each in addresses if _origin(each) == _origin(url)]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _route(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
