"""The condition probe: what is wrong with each page that the app shows, seen, walked through and looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain

from playwright.sync_api import Browser, BrowserContext, Page
from pydantic import Field

from verifier.core.deadline import monotonic, now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.evidence.finding import Finding
from verifier.core.probe import Context
from verifier.probes.browser.auth import address
from verifier.probes.browser.condition.defect import LOOKS, Defect
from verifier.probes.browser.condition.error_pages import (
    ErrorPage,
    foreign_messages,
    language_shown,
    look_at_errors,
)
from verifier.probes.browser.condition.keyboard import STOPS, STOPS_OF_FIRST, KeyboardWalk, walk
from verifier.probes.browser.condition.looks import WIDTHS, dead_links, defects, shifted
from verifier.probes.browser.condition.rules import broken_rules
from verifier.probes.browser.console import origin
from verifier.probes.browser.own_delay import of_browser
from verifier.probes.browser.section import Dashboard
from verifier.probes.browser.session import VIEWPORT, in_plain_words, opened_browser, opened_context, unstuck
from verifier.probes.browser.visits import LOAD, SETTLED, VisitState, app_of

_OK, _ERROR = 200, 400
_LAID_OUT = "() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 100))"
WHOLE = 40.0
"""Seconds for all pages, after which no other is opened; less than a heartbeat is observed."""
_LOOKS = "what looks broken"
_WALK = "the walk with the keyboard"


class PageCondition(Record):
    """One page.

    Attributes:
        trouble: why it could not be looked at; empty if it was.
        rules: elements that break a rule of WCAG 2.2 AA by axe-core, on the page and in its dialogs.
        walk: the way of the keyboard; nothing where the app stands in a frame of another page.
        looks: what an operator would call broken.
        cut: what was left out for want of time, in words.
        framed: whether the app stands in a frame of another page, where it is only judged by the rules.
    """

    route: str
    trouble: str = ""
    rules: tuple[Defect, ...] = ()
    walk: KeyboardWalk | None = None
    looks: tuple[Defect, ...] = ()
    cut: tuple[str, ...] = ()
    framed: bool = False


def _cut(page: PageCondition, thorough: float) -> str:
    """Where the walk with the keyboard ended before its end, in words; empty, if it did not."""
    if _WALK in page.cut:
        return f"{thorough:g} s had passed"
    return f"the walk ended after {page.walk.stops} stops" if page.walk and not page.walk.whole else ""


class PageConditions(Evidence):
    """All pages of the app that could be opened.

    Attributes:
        pages: route → its condition.
        errors: what is shown where there is no page, or it fails.
        thorough: seconds in which pages were looked at in full.
        pictures: file name → a cropped picture of each defect.
    """

    pages: dict[str, PageCondition]
    errors: tuple[ErrorPage, ...] = ()
    thorough: float
    pictures: dict[str, bytes] = Field(default={}, exclude=True, repr=False)

    def accessibility(self) -> list[Finding]:
        """Each element that breaks a rule, and each place where the keyboard is in trouble."""
        found = (chain(each.rules, each.walk.defects if each.walk else ()) for each in self.pages.values())
        return [each.finding() for each in chain.from_iterable(found)]

    def looks(self) -> Mapping[str, list[Finding]]:
        """What looks broken: every kind that is looked for → its findings, which may be none."""
        found: dict[str, list[Finding]] = {kind: [] for kind in LOOKS}
        looks = chain((each.looks for each in self.pages.values()), (each.looks for each in self.errors))
        for each in chain.from_iterable(looks):
            found[each.kind].append(each.finding())
        return found

    def counted(self) -> str:
        """How much was looked at, in words."""
        walks = [each.walk for each in self.pages.values() if each.walk]
        stops, dialogs = sum(each.stops for each in walks), sum(each.dialogs for each in walks)
        return f"{len(self.pages)} pages, {stops} stops of the keyboard, {dialogs} dialogs"

    def seen(self) -> CouldNotLook | None:
        """None if every page was looked at, and the keyboard came to the end of each; else why not."""
        gaps = [f"{each.route}: {each.trouble}" for each in self.pages.values() if each.trouble]
        if gaps:
            return CouldNotLook(
                Cause.UNREACHABLE, f"not every page was looked at: {'; '.join(gaps)}", remedy=self.again
            )
        return None

    def looked(self) -> CouldNotLook | None:
        """None if no page was left out when looking for what looks broken; else that, and why."""
        left = [route for route, each in self.pages.items() if _LOOKS in each.cut]
        told = [f"{_LOOKS} was not looked for on {', '.join(left)}: {self.thorough:g} s had passed"] if left else []
        told += [f"what {each.route} shows was not seen: {each.trouble}" for each in self.errors if each.trouble]
        return CouldNotLook(Cause.TIMEOUT, "; ".join(told), remedy=self.again) if told else None

    def walked(self) -> CouldNotLook | None:
        """None if the keyboard came to the end of the first page, which is the dashboard; else why not."""
        route, first = next(iter(self.pages.items()), ("", None))
        if first is None or not (cut := _cut(first, self.thorough)):
            return None
        return CouldNotLook(Cause.TRUNCATED, f"{route}: {cut}", remedy=self.again)

    def not_tried(self) -> list[Finding]:
        """What the keyboard could not try; of the first page without what `walked` tells."""
        told = [(route, cut) for route, each in [*self.pages.items()][1:] if (cut := _cut(each, self.thorough))]
        told += [(route, "it stands in a frame of another page") for route, each in self.pages.items() if each.framed]
        told += [(route, what) for route, each in self.pages.items() if each.walk for what in each.walk.unseen]
        return [Finding(subject=route, problem="not tried with the keyboard", detail=what) for route, what in told]


def observe_conditions(context: Context) -> PageConditions:
    """Open each page that the crawl has seen, and look at it at two widths.

    The first page is looked at in full, the others as long as there is time; all are judged by the rules. Nothing is
    written (see `keyboard`), and links within the app are asked by HEAD.

    Raises:
        CouldNotLook: as the crawl.
    """
    visits = context.get("visits", VisitState)
    started = now()
    routes = [route for route, visit in visits.visits.items() if visit.status == _OK]
    thorough = context.target.section(Dashboard).thorough
    with opened_browser(context) as browser:
        delay = of_browser(browser)
        looking = Looking(context, thorough=thorough, delay=delay.since)
        with delay.kept(context.deadline):
            pages = {route: tried(context, browser, route, looking) for route in routes}
            failing = [route for route, visit in visits.visits.items() if (visit.status or 0) >= _ERROR]
            errors = look_at_errors(context, browser, failing, looking.language, looking.left)
    found = chain(chain.from_iterable(map(_all, pages.values())), *(each.looks for each in errors))
    return PageConditions(
        asked="What is wrong with the pages for those who read, see or type?",
        where=f"{context.url} {', '.join(routes)}",
        at=started,
        again=f"open {context.url}{next(iter(routes), '')} in a browser, and walk through it with Tab",
        pages=pages,
        errors=errors,
        thorough=thorough,
        pictures={each.picture: each.content for each in found if each.content},
    )


def _all(page: PageCondition) -> Iterator[Defect]:
    yield from page.rules
    yield from page.walk.defects if page.walk else ()
    yield from page.looks


class Looking:
    """What the looks at all pages share.

    Attributes:
        asked: address of a link → its answer.
        language: of the app, by the first page of which it can be told.
        first: whether the first page has still to be looked at.

    Args:
        context: of the run.
        thorough: seconds in which pages are looked at in full, of a machine that has time for it: for how long it kept
            the browser waiting is not counted (`own_delay`).
        whole: seconds for all of them, of such a machine.
        delay: for how many seconds since a moment this machine was too busy to look (`OwnDelay.since`).
    """

    def __init__(
        self,
        context: Context,
        *,
        thorough: float,
        whole: float = WHOLE,
        delay: Callable[[float], float] = lambda _began: 0.0,
    ) -> None:
        self.asked: dict[str, int | str] = {}
        self.language = ""
        self.first = True
        self._began = monotonic()
        self._thorough, self._whole = thorough, whole
        self._deadline, self._delay = context.deadline, delay

    def in_full(self) -> bool:
        """Whether there is time for the next look; for the first page there is."""
        return self.first or self._taken() < self._thorough

    def left(self) -> float:
        """Seconds that are left for all pages."""
        return max(0.0, min(self._whole - self._taken(), self._deadline.remaining()))

    def _taken(self) -> float:
        return monotonic() - self._began - self._delay(self._began)

    def next_page(self) -> None:
        """One page has been looked at."""
        self.first = False


def tried(context: Context, browser: Browser, route: str, looking: Looking) -> PageCondition:
    """The condition of a page; or why it could not be looked at, which says nothing of the others."""
    url = address(context, route)
    try:
        with (
            context.shared(),  # nobody measures the loads of tiles meanwhile
            opened_context(browser, context, service_workers="block") as opened,  # their requests pass by every route
            in_plain_words(context.deadline, url),
        ):
            if not looking.left():
                return PageCondition(route=route, trouble=f"{WHOLE:g} s had passed before it was opened")
            return condition_of(context, opened, url, route, looking)
    except CouldNotLook as trouble:
        if trouble.cause not in {Cause.UNREACHABLE, Cause.TIMEOUT, Cause.PRECONDITION}:
            raise
        return PageCondition(route=route, trouble=trouble.what)
    finally:
        looking.next_page()


def condition_of(context: Context, opened: BrowserContext, url: str, route: str, looking: Looking) -> PageCondition:
    """The condition of the page at `url`.

    Args:
        context: the target.
        opened: where it is opened.
        url: of the page.
        route: as findings call it.
        looking: what the looks at all pages share.

    Raises:
        CouldNotLook: a script of the page does not end.
        playwright.sync_api.Error: it does not load.
    """
    page = opened.new_page()
    dashboard = context.target.section(Dashboard)
    with unstuck(page, context.deadline, looking.left()):
        _open(context, page, url)
        app = app_of(context, page)
        embedded = app is not page
        own = origin(context.url) if dashboard.third_party == "abort" else None
        rules = broken_rules(page, app, route)
        if embedded:
            return PageCondition(route=route, rules=tuple(rules), framed=True)
        if not looking.in_full():
            return PageCondition(route=route, rules=tuple(rules), cut=(_LOOKS, _WALK))
        looking.language = looking.language or language_shown(page)
        looks = foreign_messages(page, route, looking.language)
        looks += dead_links(page, route, looking.asked)
        looks += shifted(page, route)  # last, because a page may move late; a change of its width is no shift
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": VIEWPORT["height"]})
            page.evaluate(_LAID_OUT)
            looks += defects(page, f"{route} at {width} px", own)
        if not looking.in_full():
            return PageCondition(route=route, rules=tuple(rules), looks=tuple(looks), cut=(_WALK,))
        page.set_viewport_size(VIEWPORT)
        page.evaluate(_LAID_OUT)
        walked = walk(
            page,
            route,
            dashboard.dialogs,
            reopen=partial(_open, context, page, url),
            stops=STOPS_OF_FIRST if looking.first else STOPS,
            at_dialog=lambda dialog: broken_rules(page, page, f"{route} with {dialog}"),
        )
        # What the page has broken before its dialog opened is not broken once more by the dialog.
        known = {(each.kind, each.selector) for each in rules}
        new = tuple(each for each in walked.defects if (each.kind, each.selector) not in known)
        walked = walked.model_copy(update={"defects": new})
    return PageCondition(route=route, rules=tuple(rules), walk=walked, looks=tuple(looks))


def _open(context: Context, page: Page, url: str) -> None:
    page.goto(url, timeout=1000 * context.deadline.shorter(LOAD).remaining())
    page.evaluate(SETTLED)
