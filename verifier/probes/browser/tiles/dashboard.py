"""One cold load of the dashboard: goes there, and listens to what the page itself reports of its tiles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Error, FloatRect, Page, Request, Response

from verifier.core import causes
from verifier.core.config.target import Target
from verifier.core.deadline import Deadline, now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.browser.auth import address, need_no_password
from verifier.probes.browser.console import origin
from verifier.probes.browser.entry_section import BrowserEntry
from verifier.probes.browser.section import Dashboard
from verifier.probes.browser.session import VIEWPORT, in_plain_words, unstuck
from verifier.probes.browser.tiles.selectors import need_readable_marks
from verifier.probes.browser.tiles.timeline import Reports
from verifier.probes.http.client import curl

SCRIPTS = 2.0
"""Seconds for which the page's own resources may keep its load event back after the document is parsed. Until then its
scripts may undo what it showed; but third parties that hang must not make every load last for ever."""
FRAMELESS = 0.15
"""Seconds without an animation frame after which a frame is looked at all the same."""
BEAT = 0.1
"""Seconds after which every tile is looked at, also where nothing told of a change."""
MOVING = 0.5
"""Seconds for which every frame is looked at after a style began to move."""
TELLING = 0.25
"""Seconds for which news is gathered before it is told: who hears of it works on the same machine as the page."""
GRACE = 2.0
"""Seconds after the overrun; a page that has not reported by then is stuck."""
_PULSE = 0.05
"""Seconds between two looks whether the page has reported; the page itself is not disturbed by them."""
FROM_TOP, FROM_FRAME = "reportTiles", "reportTilesOfFrame"
"""The functions by which documents report. Playwright's own serve documents of any process, and cost the page an answer
to each call; the one of the protocol costs nothing, and is there in the process of the top document alone."""
SCRIPT = Path(__file__).with_name("timeline.js")
_OVERLAY = Path(__file__).with_name("overlay.js")
_PENDING = "no answer yet"
_ENDING = 10.0
"""Seconds for what is asked of a page when all was seen; one that is stuck is not waited for."""
_TALLEST = 4000
"""Pixels of a page that a picture shows at most."""


@dataclass
class OpenedDashboard:
    """A page that was loaded, and what its documents reported.

    Attributes:
        unwell: address → what came of it, for whatever the page asked for in vain.
        overrun: seconds after which a tile that has not come is not waited for.
        deadline: of the run.
        document: the address of the document that is looked at: the app's own, where another page embeds it.
        status: its HTTP status.
        thread: seconds for which the page's main thread was busy until all was seen, and those that a processor worked.
    """

    page: Page
    url: str
    at: datetime
    reports: Reports
    overrun: float
    deadline: Deadline
    unwell: dict[str, str] = field(default_factory=dict)
    document: str = ""
    status: int = 0
    thread: tuple[float, float] = (0.0, 0.0)

    @property
    def done(self) -> bool:
        """Whether all was seen that is to be seen; if not, the page got stuck or began anew."""
        return self.reports.done


@contextmanager
def opened_dashboard(
    context: Context, opened: BrowserContext, dashboard: Dashboard, *, overrun: float
) -> Iterator[OpenedDashboard]:
    """The dashboard, as soon as all tiles show content that stays, or when time is up.

    Args:
        context: what the probe may use.
        opened: where it is opened, in a page of its own that is closed at the end; a fresh one makes a cold load.
        dashboard: what is expected.
        overrun: seconds after which a tile that has not come is not waited for.

    Raises:
        CouldNotLook: what came is no dashboard, or nothing came.
    """
    url = address(context, dashboard.path)
    with context.exclusive(), in_plain_words(context.deadline, url, remedy=curl(context.target, url)):
        page = opened.new_page()
        need_readable_marks(context.target, dashboard, page)
        reports = Reports(tile.id for tile in dashboard.tile)
        arrival = OpenedDashboard(
            page=page, url=url, at=now(), reports=reports, overrun=overrun, deadline=context.deadline
        )
        told = _prepare(arrival, dashboard)
        if context.target.section(BrowserEntry).embedded:
            page.on("response", partial(_hear_of_the_app, arrival, origin(context.url)))
        deadline = context.deadline.shorter(overrun + GRACE)  # from here on: waiting for the lock is not the page's
        _go(arrival, deadline)
        _wait(arrival, deadline)
        if arrival.done:
            with suppress(CouldNotLook), unstuck(page, context.deadline, _ENDING):  # what was to be seen was seen
                arrival.thread = _thread(told)
    try:
        _need_time(context.deadline)
        _need_the_dashboard(context.target, arrival)
        yield arrival
    finally:
        with suppress(Error):
            page.close()


def picture(arrival: OpenedDashboard, labels: list[dict[str, Any]]) -> bytes:
    """The page as PNG, with `labels` (css, text, content) on it; nothing if it cannot be drawn."""
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
    return page.screenshot(full_page=True, clip=area, timeout=5000)


def _box(page: Page, css: str) -> FloatRect | None:
    """Where the first element is that fits and takes room, also in a frame or in an open shadow tree."""
    found = (frame.query_selector(css) for frame in page.frames)
    return next((box for each in found if each and (box := each.bounding_box())), None)


def _prepare(arrival: OpenedDashboard, dashboard: Dashboard) -> CDPSession:
    """Let every document of the page report, from its first moment; what tells of the page's main thread."""
    page, reports, config = arrival.page, arrival.reports, script_config(dashboard, arrival.overrun)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Runtime.enable")
    session.on("Runtime.bindingCalled", lambda called: _hear(reports, page, called))
    session.send("Runtime.addBinding", {"name": FROM_TOP})
    page.expose_binding(FROM_FRAME, lambda source, said: reports.hear(source["frame"], json.loads(said)))
    page.on("framedetached", reports.forget)
    page.add_init_script(f"({SCRIPT.read_text(encoding='utf-8').strip()})({json.dumps(config)})")
    _listen(page, arrival.unwell)
    return session


def _hear(reports: Reports, page: Page, called: dict[str, Any]) -> None:
    if called["name"] == FROM_TOP:
        reports.hear(page.main_frame, json.loads(called["payload"]))


def script_config(dashboard: Dashboard, overrun: float) -> dict[str, Any]:
    """What `timeline.js` needs to know; times in milliseconds."""
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
        "tiles": tiles,
        "whole": dashboard.marks(),
        "pattern": dashboard.pattern,
        "signed_in": dashboard.signed_in,
    }


def _listen(page: Page, unwell: dict[str, str]) -> None:
    def asked(request: Request) -> None:
        if request.resource_type != "eventsource":  # a stream has no end
            unwell[request.url] = _PENDING

    def failed(request: Request) -> None:
        if unwell.get(request.url) == _PENDING:  # a refusal that was answered is told by its status
            unwell[request.url] = request.failure or "failed"

    def answered(response: Response) -> None:
        unwell.pop(response.url, None)
        if response.status >= 400:  # noqa: PLR2004 - RFC 9110, section 15.5
            unwell[response.url] = f"HTTP {response.status}"

    page.on("request", asked)
    page.on("requestfailed", failed)
    page.on("response", answered)


def _hear_of_the_app(arrival: OpenedDashboard, own: str, response: Response) -> None:
    """What is in a frame of another page has a status of its own."""
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
    """Until the page has said its last word, or the deadline has passed.

    Awaiting a promise in the page would never end on a page that hangs, and would not hear that the run stops.
    """

    def sleep(seconds: float) -> None:
        arrival.page.wait_for_timeout(seconds * 1000)

    deadline.eventually(lambda: arrival.done, bool, pause=_PULSE, sleep=sleep)


def _thread(told: CDPSession) -> tuple[float, float]:
    metrics = {each["name"]: each["value"] for each in told.send("Performance.getMetrics")["metrics"]}
    return metrics["TaskDuration"], metrics["ThreadTime"]


def _need_time(deadline: Deadline) -> None:
    if deadline.stopped:
        raise CouldNotLook(Cause.INTERRUPTED, "the run was stopped while it looked at the tiles")
    if deadline.over:
        remedy = "run again with a longer --deadline"
        raise CouldNotLook(Cause.TIMEOUT, "the time of the run was over before the tiles had been seen", remedy=remedy)


def _need_the_dashboard(target: Target, arrival: OpenedDashboard) -> None:
    """A page without a dashboard says nothing of the tiles, least of all that they are missing."""
    own, asked = origin(target.url or ""), arrival.document or arrival.url
    hint = f"open it in a browser; correct [dashboard] in {target.file}, or get a session for it"
    said = f"HTTP {arrival.status}{_words(arrival)}"
    if arrival.status >= 400:  # noqa: PLR2004 - RFC 9110, section 15.5
        raise CouldNotLook(causes.of_status(arrival.status), f"{asked} answers {said}", remedy=hint)
    reports = arrival.reports
    if reports.top is None:
        raise CouldNotLook(Cause.NO_DATA, f"{arrival.url} answers {said} with something that is no page", remedy=hint)
    embedded = target.section(BrowserEntry).embedded is not None
    # The page around the app has marks of its own: they tell nothing of the app.
    signed_in = [url for url in reports.signed_in if not embedded or origin(url) == own]
    if signed_in or reports.others or reports.any_tile:
        return
    shot = picture(arrival, [])
    seen = {"page.png": shot} if shot else {}
    if embedded and not any(origin(frame.url) == own for frame in arrival.page.frames):
        what = f"{arrival.page.url}{_words(arrival)}, shows no frame with {target.url}"
        remedy = "a session of that page may have expired: see [entry] of the target file"
        raise CouldNotLook(Cause.UNAUTHORIZED, what, remedy=remedy, pictures=seen)
    if not reports.top.page.get("complete"):
        with unstuck(arrival.page, arrival.deadline):
            arrival.page.evaluate("0")  # a page that is stuck does not answer, however much of it has come
        what = f"{arrival.url} began with HTTP {arrival.status}, and did not come to its end"
        remedy = curl(target, arrival.url, options="-sS -N")
        raise CouldNotLook(Cause.TIMEOUT, what, remedy=remedy, pictures=seen)
    what = f"{reports.top.page['url']} is not the dashboard of somebody who is signed in: {said}"
    raise CouldNotLook(Cause.UNAUTHORIZED, what, remedy=hint, pictures=seen)


def _words(arrival: OpenedDashboard) -> str:
    """What a page says of itself: its title, and how its text begins."""
    last = arrival.reports.top.page if arrival.reports.top else {}
    words = [f"'{last[part]}'" for part in ("title", "text") if last.get(part)]
    return f", a page that says {', '.join(words)}" if words else ""
