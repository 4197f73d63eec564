"""One load of the dashboard, with a script in the page that reports its tiles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Error, FloatRect, Page, Response

from verifier.core import causes
from verifier.core.config.target import Target
from verifier.core.deadline import Deadline, now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR
from verifier.probes.browser.auth import address, need_no_password
from verifier.probes.browser.console import need_own_host, origin
from verifier.probes.browser.entry_section import BrowserEntry
from verifier.probes.browser.screenshot import screenshot
from verifier.probes.browser.section import Dashboard
from verifier.probes.browser.session import VIEWPORT, in_plain_words, unstuck
from verifier.probes.browser.tiles.requests import PageRequests
from verifier.probes.browser.tiles.selectors import need_readable_marks
from verifier.probes.browser.tiles.timeline import WORDS, TileReports
from verifier.probes.http.client import curl

SCRIPTS = 2.0
"""Seconds for which the page's own resources may delay its load event after parsing. Until then its scripts may undo
what it showed; third parties that hang must not delay every load."""
FRAMELESS = 0.15
"""Seconds without an animation frame after which a frame is checked all the same."""
BEAT = 0.1
"""Seconds after which every tile is checked, even without a mutation."""
MOVING = 0.5
"""Seconds for which every frame is checked after a transition or animation starts."""
TELLING = 0.25
"""Seconds for which changes are batched before a report, which costs CPU on the same machine."""
GRACE = 2.0
"""Seconds after the overrun, when a page that has not reported is stuck."""
_PULSE = 0.05
"""Seconds between two checks for reports; the page is not disturbed by them."""
FROM_TOP, FROM_FRAME = "reportTiles", "reportTilesOfFrame"
"""The bindings by which documents report. Playwright's work in every process, and cost the page a reply to each call;
that of the DevTools protocol costs nothing, and exists only in the process of the top document."""
SCRIPT = Path(__file__).with_name("timeline.js")
_OVERLAY = Path(__file__).with_name("overlay.js")
_ENDING = 10.0
"""Seconds for calls to the page after the measurement; a stuck page is not waited for."""
_TALLEST = 4000
"""The maximal height of a screenshot, in pixels."""


@dataclass
class OpenedDashboard:
    """A page that was loaded, and what its documents reported.

    Attributes:
        requests: those of the page.
        overrun: seconds after which a tile is not waited for.
        deadline: of the run.
        document: the address of the measured document: the app's own, where another page embeds it.
        status: its HTTP status.
        thread: seconds for which the page's main thread was busy, and its CPU seconds.
    """

    page: Page
    url: str
    at: datetime
    reports: TileReports
    requests: PageRequests
    overrun: float
    deadline: Deadline
    document: str = ""
    status: int = 0
    thread: tuple[float, float] = (0.0, 0.0)

    @property
    def done(self) -> bool:
        """Whether the measurement is complete; if not, the page got stuck or navigated."""
        return self.reports.done


@contextmanager
def opened_dashboard(
    context: Context, opened: BrowserContext, dashboard: Dashboard, *, overrun: float
) -> Iterator[OpenedDashboard]:
    """The dashboard, as soon as all tiles show content that stays, or when the time is over.

    Args:
        context: of the probe.
        opened: where a page is opened, and closed at the end; a fresh context makes a cold load.
        dashboard: the target's section.
        overrun: seconds after which a tile is not waited for.

    Raises:
        CouldNotLook: the response is no dashboard, or there is none.
    """
    url = address(context, dashboard.path)
    with context.exclusive(), in_plain_words(context.deadline, url, remedy=curl(context.target, url)):
        page = opened.new_page()
        need_readable_marks(context.target, dashboard, page)
        reports = TileReports(tile.id for tile in dashboard.tile)
        requests = PageRequests(page)
        arrival = OpenedDashboard(page, url, now(), reports, requests, overrun, context.deadline)
        told = _prepare(arrival, dashboard)
        if context.target.section(BrowserEntry).embedded:
            page.on("response", partial(_hear_of_the_app, arrival, origin(context.url)))
        deadline = context.deadline.shorter(overrun + GRACE)  # starts here, because the lock was waited for before
        _go(arrival, deadline)
        _wait(arrival, deadline)
        if arrival.done:
            with suppress(CouldNotLook), unstuck(page, context.deadline, _ENDING):  # the measurement is complete
                arrival.thread = _thread(told)
    try:
        _need_time(context.deadline)
        _need_the_dashboard(context.target, arrival)
        yield arrival
    finally:
        with suppress(Error):
            page.close()


def picture(arrival: OpenedDashboard, labels: list[dict[str, Any]]) -> bytes:
    """A screenshot as PNG, with `labels` (css, text, content) on it; empty if it fails."""
    if not arrival.done:
        return b""
    try:
        with unstuck(arrival.page, arrival.deadline, _ENDING):
            return _drawn(arrival.page, labels)
    except (CouldNotLook, Error):
        return b""


def _drawn(page: Page, labels: list[dict[str, Any]]) -> bytes:
    placed = [label | {"box": box} for label in labels if (box := _box(page, label["css"]))]
    page.evaluate(_OVERLAY.read_text(encoding="utf-8"), placed)
    height = min(_TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    area = FloatRect(x=0, y=0, width=VIEWPORT["width"], height=height)
    return screenshot(page, full_page=True, clip=area, timeout=5000)


def _box(page: Page, css: str) -> FloatRect | None:
    """The box of the first visible element that matches, also in frames and open shadow trees."""
    found = (frame.query_selector(css) for frame in page.frames)
    return next((box for each in found if each and (box := each.bounding_box())), None)


def _prepare(arrival: OpenedDashboard, dashboard: Dashboard) -> CDPSession:
    """Install the reporting script in every document; the DevTools session for the main thread's times."""
    page, reports, config = arrival.page, arrival.reports, script_config(dashboard, arrival.overrun)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Runtime.enable")
    session.on("Runtime.bindingCalled", lambda called: _hear(reports, page, called))
    session.send("Runtime.addBinding", {"name": FROM_TOP})
    page.expose_binding(FROM_FRAME, lambda source, said: reports.hear(source["frame"], json.loads(said)))
    page.on("framedetached", reports.forget)
    page.add_init_script(f"({SCRIPT.read_text(encoding='utf-8').strip()})({json.dumps(config)})")
    return session


def _hear(reports: TileReports, page: Page, called: dict[str, Any]) -> None:
    if called["name"] == FROM_TOP:
        reports.hear(page.main_frame, json.loads(called["payload"]))


def script_config(dashboard: Dashboard, overrun: float) -> dict[str, Any]:
    """The arguments of `timeline.js`; times in milliseconds."""
    tiles = [{"id": tile.id, "css": tile.selector, **dashboard.marks(tile)} for tile in dashboard.tile]
    return {
        "from_top": FROM_TOP,
        "from_frame": FROM_FRAME,
        "settle": 1000 * dashboard.settle,
        "scripts": 1000 * SCRIPTS,
        "frameless": 1000 * FRAMELESS,
        "beat": 1000 * BEAT,
        "telling": 1000 * TELLING,
        "moving": 1000 * MOVING,
        "overrun": 1000 * overrun,
        "words": WORDS + REDACTOR.longest,
        "longest": REDACTOR.longest,
        "tiles": tiles,
        "whole": dashboard.marks(),
        "pattern": dashboard.pattern,
        "signed_in": dashboard.signed_in,
    }


def _hear_of_the_app(arrival: OpenedDashboard, own: str, response: Response) -> None:
    """Keep the status of the app's document in a frame of another page."""
    if response.request.is_navigation_request() and response.frame.parent_frame and origin(response.url) == own:
        arrival.status, arrival.document = response.status, response.url


def _go(arrival: OpenedDashboard, deadline: Deadline) -> None:
    arrival.at = now()
    response = arrival.page.goto(arrival.url, wait_until="commit", timeout=1000 * deadline.remaining())
    need_no_password(response)
    if response is None:
        raise CouldNotLook(Cause.NO_DATA, f"the browser got no document from {arrival.url}")
    arrival.status = arrival.status or response.status


def _wait(arrival: OpenedDashboard, deadline: Deadline) -> None:
    """Wait for the page's last report, or the deadline.

    Awaiting a promise in the page would never end on a page that hangs, nor when the run is stopped.
    """

    def sleep(seconds: float) -> None:
        arrival.page.wait_for_timeout(seconds * 1000)

    deadline.eventually(lambda: arrival.done, bool, pause=_PULSE, sleep=sleep)


def _thread(told: CDPSession) -> tuple[float, float]:
    metrics = {each["name"]: each["value"] for each in told.send("Performance.getMetrics")["metrics"]}
    return metrics["TaskDuration"], metrics["ThreadTime"]


def _need_time(deadline: Deadline) -> None:
    if deadline.stopped:
        raise CouldNotLook(Cause.INTERRUPTED, "the run was stopped while observing the tiles")
    if deadline.over:
        remedy = "run again with a longer --deadline"
        raise CouldNotLook(Cause.TIMEOUT, "the deadline passed before the tiles were observed", remedy=remedy)


def _need_the_dashboard(target: Target, arrival: OpenedDashboard) -> None:
    """Require a dashboard: on another page, missing tiles mean nothing."""
    own, asked = origin(target.url or ""), arrival.document or arrival.url
    hint = f"open it in a browser; correct [dashboard] in {target.file}, or get a session for it"
    said = f"HTTP {arrival.status}{_words(arrival)}"
    if arrival.status >= 400:  # noqa: PLR2004 - RFC 9110, section 15.5
        raise CouldNotLook(causes.of_status(arrival.status), f"{asked} answers {said}", remedy=hint)
    reports = arrival.reports
    if reports.top is None:
        raise CouldNotLook(Cause.NO_DATA, f"{arrival.url} answers {said} with something other than a page", remedy=hint)
    embedded = target.section(BrowserEntry).embedded is not None
    # The embedding page has signs of its own, which say nothing about the app.
    signed_in = [url for url in reports.signed_in if not embedded or origin(url) == own]
    if signed_in or reports.others or reports.any_tile:
        if not embedded:  # the address of the page around it is not the target's
            need_own_host(arrival.url, reports.top.page["url"], target.section(Dashboard))
        return
    shot = picture(arrival, [])
    seen = {"page.png": shot} if shot else {}
    if embedded and not any(origin(frame.url) == own for frame in arrival.page.frames):
        what = f"{arrival.page.url}{_words(arrival)}, shows no frame with {target.url}"
        remedy = "a session of that page may have expired: see [entry] of the target file"
        raise CouldNotLook(Cause.UNAUTHORIZED, what, remedy=remedy, pictures=seen)
    if not reports.top.page.get("complete"):
        with unstuck(arrival.page, arrival.deadline):
            arrival.page.evaluate("0")  # raises if the page is stuck
        what = f"{arrival.url} began with HTTP {arrival.status}, and did not finish loading"
        remedy = curl(target, arrival.url, options="-sS -N")
        raise CouldNotLook(Cause.TIMEOUT, what, remedy=remedy, pictures=seen)
    what = f"{reports.top.page['url']} is not the dashboard of a signed-in user: {said}"
    raise CouldNotLook(Cause.UNAUTHORIZED, what, remedy=hint, pictures=seen)


def _words(arrival: OpenedDashboard) -> str:
    """The title of the page, and the beginning of its text."""
    last = arrival.reports.top.page if arrival.reports.top else {}
    words = [f"'{last[part]}'" for part in ("title", "text") if last.get(part)]
    return f", a page that shows {', '.join(words)}" if words else ""
