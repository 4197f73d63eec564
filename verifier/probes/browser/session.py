"""Starts a headless Chromium for the target, bounds every call in time, and explains failures."""

from __future__ import annotations

import os
import re
import shlex
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, ViewportSize, sync_playwright
from playwright.sync_api import TimeoutError as TookTooLong

from verifier.core import causes
from verifier.core.config.target import DESKTOP_BROWSER, Target
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR
from verifier.probes.browser.auth import ASKS, brought_along, send_headers
from verifier.probes.browser.console import limit_messages
from verifier.probes.browser.ending import left_before_exit, process_of
from verifier.probes.browser.entry_section import BrowserEntry
from verifier.probes.browser.path import REMEDY, find_browser
from verifier.probes.browser.section import Dashboard

LAUNCH = 20.0
"""Seconds for the start, which takes less than one on an idle machine."""
ANSWER = 8.0
"""Seconds after which a loaded page that does not answer is stuck."""
STOPPING = 0.5
"""Seconds after which a closed browser counts as crashed."""
_CLOSED, _DOWNLOAD = "has been closed", "Download is starting"
_CRASHED = re.compile(r"\b(?:Page|Target) crashed\b")
_PIN = "--ignore-certificate-errors-spki-list="
VIEWPORT = ViewportSize(width=1280, height=1000)
_NOWHERE = "http://127.0.0.1:9/"
"""An address that Chromium refuses to connect to: port 9 is on its list of unsafe ports."""
_QUIET = (
    # What Playwright leaves on (tried with a net log of Chromium 156), so that nothing but the target is asked.
    f"--gaia-url={_NOWHERE}",
    f"--component-updater=url-source={_NOWHERE}",
    "--disable-domain-reliability",
    "--no-pings",
)


@contextmanager
def opened_browser(context: Context) -> Iterator[Browser]:
    """A headless browser for this thread; closed at the end, and killed when the deadline has passed.

    Playwright's driver reads from a pipe of this process, so driver and browser end with it.

    Raises:
        CouldNotLook: precondition, if there is no browser or it does not start; else as `in_plain_words`.
    """
    path = find_browser(context.browser, os.environ)
    remedy = by_hand(context.target, context.url)
    with (
        left_before_exit(context.deadline) as traces,
        in_plain_words(context.deadline, "the browser", remedy=remedy),
        sync_playwright() as playwright,
    ):
        browser = _launched(playwright, context, path, traces.folder)
        closed = threading.Event()
        try:
            _guard(traces.of(browser), context.deadline, closed)
            yield browser
        finally:
            with suppress(Error):
                browser.close()
            closed.set()


def _launched(playwright: Playwright, context: Context, path: str, folder: Path) -> Browser:
    try:
        return playwright.chromium.launch(
            executable_path=path,
            artifacts_dir=folder,
            traces_dir=folder,
            args=arguments(context.target),
            timeout=1000 * context.deadline.shorter(LAUNCH).remaining(),
        )
    except Error as trouble:
        what = f"the browser {path} does not start: {_why_not_started(trouble)}"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy=f"another browser: {REMEDY}") from None


def _guard(process: int, deadline: Deadline, closed: threading.Event) -> None:
    """Kill the browser when the deadline has passed.

    Some Playwright calls have no timeout, and none can be stopped from another thread; all end with their browser.
    """
    _kill_unless(closed, deadline, lambda: [process])


def _serving_pages(browser: int) -> list[int]:
    """The renderer processes of that browser."""
    serving = []
    with suppress(psutil.NoSuchProcess):
        for each in psutil.Process(browser).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # one that has ended must not hide the others
                serving += [each.pid] if "--type=renderer" in each.cmdline() else []
    return serving


def _kill_unless(ended: threading.Event, deadline: Deadline, processes: Callable[[], Iterable[int]]) -> threading.Event:
    """Kill the processes when the deadline has passed before `ended`; the event that says so."""
    killed = threading.Event()

    def watch() -> None:
        try:
            deadline.wait_for(ended, "the browser")
        except CouldNotLook:
            killed.set()
            for process in processes():
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    threading.Thread(target=watch, name="browser guard", daemon=True).start()
    return killed


@contextmanager
def opened_context(browser: Browser, context: Context, **more: Any) -> Iterator[BrowserContext]:  # noqa: ANN401
    """A signed-in browser context with its own cookies, cache and connections.

    Args:
        browser: where it is opened.
        context: the target and its credentials.
        more: further arguments of Playwright's `new_context`.

    Raises:
        CouldNotLook: as `auth` does.
    """
    brought = brought_along(context, browser)
    opened = browser.new_context(user_agent=context.target.user_agent, viewport=VIEWPORT, **brought, **more)
    try:
        send_headers(context, opened)
        limit_messages(opened)
        yield opened
    finally:
        with suppress(Error):
            opened.close()


@contextmanager
def unstuck(page: Page, deadline: Deadline, seconds: float = ANSWER) -> Iterator[None]:
    """Bound calls to a page that may run an endless script: most Playwright calls have no timeout.

    Args:
        page: its renderers are killed when the time is over, which ends the call.
        deadline: of the run.
        seconds: for the body.

    Raises:
        CouldNotLook: timeout, if they were killed.
    """
    browser = page.context.browser
    process = process_of(browser) if browser else 0
    left = threading.Event()
    stuck = _kill_unless(left, deadline.shorter(seconds), lambda: _serving_pages(process))
    try:
        yield
    except Error:
        if not stuck.is_set() or deadline.over or deadline.stopped:
            raise
        what = f"{page.url}: one of its scripts did not end within {seconds:g} s"
        remedy = f"open {page.url} in a browser, with its developer tools"
        raise CouldNotLook(Cause.TIMEOUT, what, remedy=remedy) from None
    finally:
        left.set()


@contextmanager
def in_plain_words(deadline: Deadline, what: str, *, remedy: str = "") -> Iterator[None]:
    """Turn Playwright's errors into `CouldNotLook`.

    Args:
        deadline: of the run; a stopped run also ends the browser.
        what: the subject of the sentence.
        remedy: how to ask by hand.
    """
    try:
        yield
    except Error as trouble:
        if _CLOSED in trouble.message:
            # Ctrl-C reaches the browser and the run at the same time.
            deadline.wait(STOPPING)
        if deadline.stopped:
            raise CouldNotLook(Cause.INTERRUPTED, f"the run was stopped while observing {what}") from None
        if deadline.over:
            raise CouldNotLook(Cause.TIMEOUT, f"the deadline passed while observing {what}") from None
        cause, why = _explained(trouble)
        raise CouldNotLook(cause, f"{what}: {why}", remedy=remedy) from None


def is_lost(trouble: Error) -> bool:
    """Whether its page crashed, or was closed with the browser."""
    return _CLOSED in trouble.message or bool(_CRASHED.search(trouble.message))


def _explained(trouble: Error) -> tuple[Cause, str]:
    network = re.search(r"net::(ERR_\w+)", trouble.message)
    waited = re.search(r"Timeout ([\d.]+)ms", trouble.message)
    if isinstance(trouble, TookTooLong) and waited:
        return Cause.TIMEOUT, f"no answer within {float(waited[1]) / 1000:.1f} s"
    if _CRASHED.search(trouble.message):
        return causes.of_error(trouble), "the page crashed, as one does that takes all memory"
    if _DOWNLOAD in trouble.message:
        return Cause.NO_DATA, "it is a file to download, not a page"
    if network and network[1].startswith("ERR_CERT_"):
        return Cause.UNREACHABLE, f"the browser does not trust its certificate ({network[1]}); see [tls] of the target"
    if network:
        refused = network[1] == "ERR_INVALID_AUTH_CREDENTIALS"
        return causes.of_net_error(network[1]), ASKS if refused else f"the browser says {network[1]}"
    return Cause.PRECONDITION, f"the browser failed: {_first_line(trouble)}"


def arguments(target: Target) -> list[str]:
    """The arguments of a browser that contacts nothing but the target."""
    return [*_QUIET, *trust(target), *_third_party(target)]


def _third_party(target: Target) -> list[str]:
    """The arguments that fail requests to third parties at once, by a rule of the resolver.

    Intercepting requests instead would slow down the measured page.
    """
    dashboard = target.get(Dashboard)
    if dashboard is None or dashboard.third_party == "allow" or target.url is None:
        return []
    embedded = target.section(BrowserEntry).embedded
    own = [target.url, *dashboard.own_origins, *([embedded.url] if embedded else [])]
    hosts = dict.fromkeys(urlsplit(url).hostname or "" for url in own)
    rules = ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in hosts)])
    return [f"--host-resolver-rules={rules}"]


def trust(target: Target) -> list[str]:
    """The arguments that make the browser trust the target's key."""
    return [f"{_PIN}{target.tls.spki}"] if target.tls.spki else []


def by_hand(target: Target, url: str) -> str:
    """The command that opens `url` as the probes do; no word of it is longer than a line of a terminal."""
    usual = target.user_agent == DESKTOP_BROWSER
    agent = [] if usual else [shlex.quote(f"--user-agent={target.user_agent}")]
    pin, trusted = ([f"pin={target.tls.spki};"], [f"{_PIN}$pin"]) if target.tls.spki else ([], [])
    return " ".join([*pin, 'chromium --user-data-dir="$(mktemp -d)"', *agent, *trusted, shlex.quote(url)])


def _first_line(trouble: Error) -> str:
    return trouble.message.strip().split("\n", 1)[0].split(": ", 1)[-1].rstrip(".")


def _why_not_started(trouble: Error) -> str:
    """What the browser said was fatal, else its last output, else its exit status, else Playwright's message."""
    said = re.findall(r"\[pid=\d+\]\[err\] (.+)", trouble.message)
    fatal = [each for each in said if ":FATAL:" in each or "error while loading" in each]
    ended = re.search(r"process did exit: exitCode=(\w+), signal=(\w+)", trouble.message)
    if said:
        return REDACTOR.cut(str((fatal or said)[-1]), 300)
    if ended:
        return f"it ended at once (exit status {ended[1]}, signal {ended[2]})"
    return _first_line(trouble)
