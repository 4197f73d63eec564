"""Listens to everything that a browser complains about while a page is open.

What Chromium itself calls an issue (a blocked mixed content, a breach of the content security policy) comes through its
DevTools protocol, domain `Audits`; the rest through Playwright's events.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

from verifier.core.deadline import now
from verifier.core.evidence import Record
from verifier.probes.browser.section import Dashboard, Ignored
from verifier.probes.http.client import EVENT_STREAM

_REJECTION = "(in promise)"
_ABORTED = "net::ERR_ABORTED"
"""A request that the page itself took back, as by leaving; nobody is refused anything."""
_REPEATS = ("Failed to load resource:", "Refused to ", "Mixed Content:")
"""How the console begins when it tells of what is heard as a response or an issue already."""
_REPEATED = re.compile(r"violates the following Content Security Policy directive")


class Complaint(Record):
    """Something that the browser complained about while a page was open.

    Attributes:
        kind: console, exception, rejection (an exception in a promise that nobody handles), request (no answer came),
            response (status 400 or higher), mixed content or csp (breach of the content security policy).
        first_party: whether it concerns an origin of the target's own.
        known: the reason from the target's list of known complaints, if an entry that has not expired fits.
    """

    kind: str
    text: str
    source: str
    first_party: bool
    known: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:300]} ({self.source})"


class Ear:
    """Hears one page, from before it is opened: its complaints, and the paths of the event streams that it opens.

    Args:
        page: the page; it shows nothing yet.
        url: the address of the target.
        dashboard: what the target tells of its pages: its own origins, and what is known.
    """

    def __init__(self, page: Page, url: str, dashboard: Dashboard) -> None:
        self.complaints: list[Complaint] = []
        self.streams: list[str] = []
        self._page = page
        self._own = {origin(url), *map(origin, dashboard.own_origins), ""}
        self._known = tuple(each for each in dashboard.ignore if each.expires >= now().date())
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._raised(str(error)))
        page.on("response", self._answered)
        page.on("requestfailed", self._failed)
        session = page.context.new_cdp_session(page)
        session.on("Audits.issueAdded", self._issue)
        session.on("Runtime.exceptionThrown", self._thrown)
        session.send("Audits.enable")
        session.send("Runtime.enable")
        self._rejected: list[str] = []

    def _complain(self, kind: str, text: str, source: str) -> None:
        known = next((each.reason for each in self._known if fits(each, text, source)), None)
        first_party = origin(source) in self._own
        self.complaints.append(Complaint(kind=kind, text=text, source=source, first_party=first_party, known=known))

    def _console(self, message: ConsoleMessage) -> None:
        repeated = message.text.startswith(_REPEATS) or _REPEATED.search(message.text)
        if message.type == "error" and not repeated:
            self._complain("console", message.text, message.location.get("url", ""))

    def _raised(self, text: str) -> None:
        kind = "rejection" if text in self._rejected else "exception"
        self._complain(kind, text, self._page.url)

    def _thrown(self, event: Any) -> None:  # noqa: ANN401 - of the DevTools protocol
        """Which exceptions are rejections is told by this event alone; Playwright's comes after it."""
        details = event.get("exceptionDetails", {})
        if _REJECTION in details.get("text", ""):
            told = details.get("exception", {})
            message = (told.get("description") or str(told.get("value", ""))).split("\n", 1)[0]
            self._rejected.append(message.partition(": ")[2] or message)

    def _answered(self, response: Response) -> None:
        if response.status >= 400:  # noqa: PLR2004 - RFC 9110, section 15.5
            self._complain("response", f"HTTP {response.status}", response.url)
        elif response.headers.get("content-type", "").startswith(EVENT_STREAM) and origin(response.url) in self._own:
            self.streams.append(urlsplit(response.url).path)

    def _failed(self, request: Request) -> None:
        if request.failure != _ABORTED and not str(request.failure).startswith("csp"):
            self._complain("request", str(request.failure), request.url)

    def _issue(self, event: Any) -> None:  # noqa: ANN401 - of the DevTools protocol
        details = event.get("issue", {}).get("details", {})
        csp, mixed = details.get("contentSecurityPolicyIssueDetails"), details.get("mixedContentIssueDetails")
        if csp and not csp.get("isReportOnly"):
            blocked = csp.get("blockedURL") or csp.get("contentSecurityPolicyViolationType", "")
            # The policy is the page's own, whomever it keeps out.
            self._complain("csp", f"'{csp.get('violatedDirective')}' keeps out {blocked}", self._page.url)
        if mixed:
            status = mixed.get("resolutionStatus", "")
            self._complain("mixed content", f"{mixed.get('insecureURL')} ({status})", self._page.url)


def fits(entry: Ignored, text: str, source: str) -> bool:
    """Whether an entry of the list of known complaints means this one."""
    return bool(re.search(entry.pattern, f"{text} {source}"))


def stale(dashboard: Dashboard, complaints: Iterable[Complaint]) -> tuple[str, ...]:
    """Entries of the list of known complaints that are past their day, or that nothing fits any more."""
    heard = list(complaints)
    today = now().date()
    expired = [f"'{each.pattern}' expired on {each.expires}" for each in dashboard.ignore if each.expires < today]
    idle = [
        f"'{each.pattern}' fits nothing"
        for each in dashboard.ignore
        if each.expires >= today and not any(fits(each, one.text, one.source) for one in heard)
    ]
    return (*expired, *idle)


def origin(url: str) -> str:
    """Scheme, host and port of an address; empty for what has no host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
