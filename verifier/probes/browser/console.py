"""Collects the errors of a page: console, exceptions, failed requests, and Chromium's issues.

Issues (mixed content, violations of the content security policy) come from the DevTools domain `Audits`; the rest from
Playwright's events.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.probes.browser.section import Dashboard, Ignored
from verifier.probes.http import EVENT_STREAM

MOST = 1000
"""Messages of the console, errors, failed requests and issues that are read of a page; with 100,000, driver and run
would together take a GB of memory and a minute for them."""
FLOODED = "[this document has more messages and errors than are read]"
FLOOD = (Path(__file__).with_name("flood.js")).read_text(encoding="utf-8")
_REJECTION = "(in promise)"
_ABORTED = "net::ERR_ABORTED"
"""A request that the page itself cancelled, as by navigating away."""
_REPEATS = ("Failed to load resource:", "Refused to ", "Mixed Content:")
"""Prefixes of console messages that repeat a response or an issue."""
_REPEATED = re.compile(r"violates the following Content Security Policy directive")


def limit_messages(opened: BrowserContext) -> None:
    """Let every document of this browser context tell the browser no more than `MOST` messages and errors."""
    opened.add_init_script(f"({FLOOD.strip()})({MOST}, {json.dumps(FLOODED)})")


class Complaint(Record):
    """An error of a page.

    Attributes:
        kind: console, exception, rejection (unhandled promise rejection), request (no response), response (status
            400 or higher), mixed content or csp (violation of the content security policy).
        first_party: whether it concerns one of the target's own origins.
        known: the reason from the target's `ignore` list, if an unexpired entry matches.
    """

    kind: str
    text: str
    source: str
    first_party: bool
    known: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:300]} ({self.source})"


class PageListener:
    """Collects the errors of one page, and the paths of the event streams that it opens.

    Attributes:
        complaints: its errors.
        streams: the paths.
        full: whether the page told more than is read.

    Args:
        page: the page, before navigation.
        url: the address of the target.
        dashboard: the target's own origins and its `ignore` list.
    """

    def __init__(self, page: Page, url: str, dashboard: Dashboard) -> None:
        self.complaints: list[Complaint] = []
        self.streams: list[str] = []
        self.full = False
        self._told = 0
        self._page = page
        self._own = {origin(url), *map(origin, dashboard.own_origins), ""}
        self._known = tuple(each for each in dashboard.ignore if each.expires >= now().date())
        self._listeners: dict[Any, Callable[[Any], None]] = {
            "console": self._console,
            "pageerror": self._raised,
            "response": self._answered,
            "requestfailed": self._failed,
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)
        self._session = page.context.new_cdp_session(page)
        self._session.on("Audits.issueAdded", self._issue)
        self._session.on("Runtime.exceptionThrown", self._thrown)
        self._session.send("Audits.enable")
        self._session.send("Runtime.enable")
        self._rejected: list[str] = []

    def _count(self) -> bool:
        """Whether this message or error is still read; the driver is told to send no more than that."""
        self._told += 1
        if self._told == MOST:
            for event, listener in self._listeners.items():
                self._page.remove_listener(event, listener)
            with suppress(Error):
                self._session.detach()
        self.full = self.full or self._told >= MOST
        return self._told <= MOST

    def _complain(self, kind: str, text: str, source: str) -> None:
        known = next((each.reason for each in self._known if fits(each, text, source)), None)
        first_party = origin(source) in self._own
        self.complaints.append(Complaint(kind=kind, text=text, source=source, first_party=first_party, known=known))

    def _console(self, message: ConsoleMessage) -> None:
        if message.text == FLOODED:
            self.full = True
        repeated = message.text.startswith(_REPEATS) or _REPEATED.search(message.text)
        if self._count() and message.type == "error" and not repeated:
            self._complain("console", message.text, message.location.get("url", ""))

    def _raised(self, error: Error) -> None:
        text = str(error)
        kind = "rejection" if text in self._rejected else "exception"
        if self._count():
            self._complain(kind, text, self._page.url)

    def _thrown(self, event: Any) -> None:  # noqa: ANN401 - of the DevTools protocol
        """Tell rejections from other exceptions; Playwright's event follows this one."""
        details = event.get("exceptionDetails", {})
        if _REJECTION in details.get("text", ""):
            told = details.get("exception", {})
            message = (told.get("description") or str(told.get("value", ""))).split("\n", 1)[0]
            self._rejected.append(message.partition(": ")[2] or message)

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and self._count():  # noqa: PLR2004 - RFC 9110, section 15.5
            self._complain("response", f"HTTP {response.status}", response.url)
        elif response.headers.get("content-type", "").startswith(EVENT_STREAM) and origin(response.url) in self._own:
            self.streams.append(urlsplit(response.url).path)

    def _failed(self, request: Request) -> None:
        if request.failure != _ABORTED and not str(request.failure).startswith("csp") and self._count():
            self._complain("request", str(request.failure), request.url)

    def _issue(self, event: Any) -> None:  # noqa: ANN401 - of the DevTools protocol
        details = event.get("issue", {}).get("details", {})
        csp, mixed = details.get("contentSecurityPolicyIssueDetails"), details.get("mixedContentIssueDetails")
        if csp and not csp.get("isReportOnly") and self._count():
            blocked = csp.get("blockedURL") or csp.get("contentSecurityPolicyViolationType", "")
            # The policy is the page's own, whatever origin it blocks.
            self._complain("csp", f"'{csp.get('violatedDirective')}' keeps out {blocked}", self._page.url)
        if mixed and self._count():
            status = mixed.get("resolutionStatus", "")
            self._complain("mixed content", f"{mixed.get('insecureURL')} ({status})", self._page.url)


def fits(entry: Ignored, text: str, source: str) -> bool:
    """Whether an entry of the `ignore` list matches."""
    return bool(re.search(entry.pattern, f"{text} {source}"))


def stale(dashboard: Dashboard, complaints: Iterable[Complaint]) -> tuple[str, ...]:
    """Entries of the `ignore` list that have expired, or that match nothing."""
    heard = list(complaints)
    today = now().date()
    expired = [f"'{each.pattern}' expired on {each.expires}" for each in dashboard.ignore if each.expires < today]
    idle = [
        f"'{each.pattern}' fits nothing"
        for each in dashboard.ignore
        if each.expires >= today and not any(fits(each, one.text, one.source) for one in heard)
    ]
    return (*expired, *idle)


def need_own_host(asked: str, shown: str, dashboard: Dashboard) -> None:
    """Require that the browser ended up on a host of the target: what another one shows says nothing of it.

    Raises:
        CouldNotLook: precondition, if it is on another one.
    """
    if urlsplit(shown).hostname not in {urlsplit(each).hostname for each in (asked, *dashboard.own_origins)}:
        what = f"{asked} leads to another host: {shown}"
        remedy = "correct the target's url, or name that host in own_origins of [dashboard]"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy=remedy)


def origin(url: str) -> str:
    """Scheme, host and port of an address; empty without a host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
