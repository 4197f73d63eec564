"""What comes late is broken; what this machine was too busy to see come could not be looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager

import psutil
import pytest
from playwright.sync_api import Error, Page, expect

from tests.support.pages.tile_browser import TileBrowser, target
from verifier.core.deadline import Deadline
from verifier.core.evidence import CouldNotLook
from verifier.probes.browser.ending import process_of
from verifier.probes.browser.own_delay import of_browser
from verifier.probes.browser.section import Dashboard
from verifier.probes.operator import person, waiting
from verifier.probes.operator.person import Operator
from verifier.probes.operator.translation import explain, explain_expectation
from verifier.probes.operator.waiting import Waiting

HOGS = 20
"""Processes that want the page's processor, each in a session of its own, because Linux may share by session."""
SLOW = "<p>waiting</p><script>setTimeout(() => { document.body.innerHTML = '<h1>Orders</h1>'; }, 60000)</script>"
"""Shows its heading when nobody waits any more, and has nothing to do meanwhile."""
BUSY = """<p>waiting</p><script>setTimeout(function work() {
    for (let i = 0, sum = 0; i < 2e6; i++) sum += i;
    window.turns = (window.turns || 0) + 1;
    if (window.turns < 1000) setTimeout(work); else document.body.innerHTML = "<h1>Orders</h1>";
})</script>"""
"""Has so much to do that a processor shared by many is not enough for it."""
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="pins processes to a processor")


@contextmanager
def somebody_at(tile_browser: TileBrowser, html: str) -> Iterator[Operator]:
    """An operator who sees this page."""
    dashboard = target(tile_browser.url, signed_in=None).section(Dashboard)
    with tile_browser.browser.new_context() as context:
        page, deadline = context.new_page(), Deadline(60)
        delay = of_browser(tile_browser.browser)
        with delay.kept(deadline):
            page.set_content(html)
            yield Operator(page, tile_browser.url, dashboard, deadline, delay=delay.since)


@contextmanager
def starved(page: Page) -> Iterator[None]:
    """Leave the processes of the browser's pages a small part of one processor."""
    assert page.context.browser
    processor = min(os.sched_getaffinity(0))
    serving = psutil.Process(process_of(page.context.browser)).children(recursive=True)
    with ExitStack() as hogs:
        for each in (each for each in serving if "--type=renderer" in each.cmdline()):
            hogs.callback(os.sched_setaffinity, each.pid, os.sched_getaffinity(each.pid))
            os.sched_setaffinity(each.pid, {processor})
        for _ in range(HOGS):
            hog = hogs.enter_context(subprocess.Popen(["sh", "-c", "while :; do :; done"], start_new_session=True))
            hogs.callback(hog.kill)
            os.sched_setaffinity(hog.pid, {processor})
        yield


def codegen(somebody: Operator) -> None:
    """A click as `playwright codegen` writes it."""
    try:
        somebody.page.get_by_role("heading").click(timeout=300)
    except Error as trouble:
        explain(somebody, trouble)


def expects(somebody: Operator) -> None:
    """What people write by hand."""
    try:
        expect(somebody.page.get_by_role("heading")).to_be_visible(timeout=300)
    except AssertionError as trouble:
        explain_expectation(somebody, trouble)
        raise


WAITS: dict[str, Callable[[Operator], object]] = {
    "sees": lambda it: it.sees(it.role("heading", "Orders")),
    "clicks": lambda it: it.click(it.role("heading", "Orders")),
    "awaits": lambda it: it.awaits(lambda: it.page.get_by_role("heading").count() > 0, "a heading", "is not there"),
    "codegen": codegen,
    "expects": expects,
}


def outcomes(somebody: Operator, ways: Iterable[str] = WAITS) -> dict[str, str]:
    """Each way to wait → what its wait in vain means."""
    found = {}
    for name in ways:
        try:
            WAITS[name](somebody)
            found[name] = "seen"
        except AssertionError:
            found[name] = "broken"
        except CouldNotLook as trouble:
            found[name] = "too busy" if "this machine was too busy" in trouble.what else trouble.what
    return found


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator who waits for a part of a second."""
    monkeypatch.setattr(person, "TIMEOUT", 0.3)


def test_an_app_that_is_slow_by_itself_breaks_its_promise(tile_browser: TileBrowser) -> None:
    with somebody_at(tile_browser, SLOW) as somebody:
        told = outcomes(somebody)
        for _ in range(4):  # the machine of the tests may itself be busy at times
            told |= outcomes(somebody, [each for each in told if told[each] == "too busy"])
    assert told == dict.fromkeys(WAITS, "broken")


@on_linux
def test_what_a_starved_browser_does_not_show_could_not_be_looked_at(tile_browser: TileBrowser) -> None:
    with somebody_at(tile_browser, BUSY) as somebody, starved(somebody.page):
        assert outcomes(somebody) == dict.fromkeys(WAITS, "too busy")


class Clock:
    """A clock that is set by hand, and how much of its time the machine was too busy."""

    def __init__(self, share: float) -> None:
        self.time = 0.0
        self._share = share

    def delay(self, began: float) -> float:
        """Seconds of delay since then."""
        return self._share * (self.time - began)


@pytest.mark.parametrize(
    ("share", "waited", "told"),
    [
        (0.0, 5, "broken"),
        (0.09, 5, "broken"),
        (0.5, 9.375, "broken"),
        (0.8, 15, "precondition: too busy to look, and had 3.0 s of 15.0 s"),
    ],
)
def test_a_wait_lasts_for_the_seconds_that_the_machine_took_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, share: float, waited: float, told: str
) -> None:
    clock = Clock(share)
    monkeypatch.setattr(waiting, "monotonic", lambda: clock.time)
    wait = Waiting(clock.delay, 5.0)
    said = "broken"
    try:
        clock.time += wait.rest
        while wait.goes_on("the list of orders"):
            clock.time += wait.rest
    except CouldNotLook as trouble:
        said = f"{trouble.cause}: {trouble.what.partition('this machine was ')[2]}"
    assert (said, clock.time) == (told, waited)
