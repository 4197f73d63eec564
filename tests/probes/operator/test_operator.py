"""The operator gives up after seconds, and says of an answer what the one table of causes says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Error

from tests.support.pages.tile_browser import TileBrowser, target
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import BrokenPromise
from verifier.core.verdict.steps import Steps
from verifier.probes.browser.section import Dashboard
from verifier.probes.operator import person
from verifier.probes.operator.person import TIMEOUT, Operator
from verifier.probes.operator.translation import explain

BUSY = "<p>waiting</p><script>setInterval(() => { for (const end = Date.now() + 400; Date.now() < end;); })</script>"


class Answers(BaseHTTPRequestHandler):
    """Answers with the status that its path names, and with a page whose scripts leave little time to others."""

    def do_GET(self) -> None:
        self.send_response(int(self.path[1:]))
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(BUSY)))
        self.end_headers()
        self.wfile.write(BUSY.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def operator(tile_browser: TileBrowser, url: str) -> Iterator[Operator]:
    """Somebody with a page of its own."""
    dashboard = target(url, path="/200", signed_in=None).section(Dashboard)
    with tile_browser.browser.new_context() as context:
        yield Operator(context.new_page(), url, dashboard, Deadline(60))


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (403, Cause.UNAUTHORIZED),
        (407, Cause.UNAUTHORIZED),
        (408, Cause.TIMEOUT),
        (410, Cause.UNAUTHORIZED),
        (429, Cause.RATE_LIMITED),
        (502, Cause.UNREACHABLE),
    ],
)
def test_an_answer_without_the_page_has_the_cause_of_its_status(
    tile_browser: TileBrowser, url: str, status: int, cause: Cause
) -> None:
    with operator(tile_browser, url) as somebody, pytest.raises(CouldNotLook) as caught:
        somebody.open(f"/{status}")
    assert caught.value.cause == cause


def test_a_page_that_is_not_there_breaks_the_promise(tile_browser: TileBrowser, url: str) -> None:
    with operator(tile_browser, url) as somebody, pytest.raises(BrokenPromise, match="HTTP 404"):
        somebody.open("/404")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator who does not wait for long."""
    monkeypatch.setattr(person, "TIMEOUT", 0.3)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("status", "raised", "said"),
    [(503, CouldNotLook, "answers HTTP 503"), (404, BrokenPromise, "HTTP 404"), (200, BrokenPromise, "is not shown")],
)
def test_what_a_link_leads_to_is_judged_by_its_answer(
    tile_browser: TileBrowser, url: str, status: int, raised: type[Exception], said: str
) -> None:
    with operator(tile_browser, url) as somebody:
        somebody.open()
        with somebody.page.expect_navigation():
            somebody.page.evaluate(f"setTimeout(() => location.assign('/{status}'))")
        with pytest.raises(raised, match=said):
            somebody.sees(somebody.page.get_by_role("heading"), "a heading")


def test_what_no_locator_tells_of_is_awaited(
    tile_browser: TileBrowser, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    with operator(tile_browser, url) as somebody:
        somebody.open()
        somebody.awaits(lambda: looks.append(0) or len(looks) > 2, "the tour", "does not end")
        monkeypatch.setattr(person, "TIMEOUT", 0.3)
        with pytest.raises(BrokenPromise, match="the tour does not end"):
            somebody.awaits(lambda: False, "the tour", "does not end")


def test_the_wait_for_a_text_counts_seconds_and_not_looks(tile_browser: TileBrowser, url: str) -> None:
    looks = []
    with operator(tile_browser, url) as somebody:
        somebody.open()
        with pytest.raises(BrokenPromise):
            somebody.reads(somebody.page.locator("p"), looks.append, "a text that never comes", within=1.0)
    assert 0 < len(looks) < 10


def test_the_wait_for_agreement_counts_seconds_and_not_looks(tile_browser: TileBrowser, url: str) -> None:
    looks = []
    with operator(tile_browser, url) as somebody:
        somebody.open()
        with pytest.raises(BrokenPromise):
            somebody.agrees(somebody.page.locator("p").inner_text, lambda: looks.append(1), "two that never agree")
    assert 0 < len(looks) / 2 < TIMEOUT / 0.2


def test_what_playwright_itself_waits_for_in_vain_is_a_broken_promise(tile_browser: TileBrowser, url: str) -> None:
    with operator(tile_browser, url) as somebody:
        somebody.open()
        with pytest.raises(Error) as caught:
            somebody.page.get_by_role("button", name="Order").click(timeout=100)
        with pytest.raises(BrokenPromise, match=r'get_by_role.*"Order".* was waited for in vain'):
            explain(somebody, caught.value)


def test_a_page_that_does_not_come_could_not_be_looked_at(tile_browser: TileBrowser, url: str) -> None:
    with operator(tile_browser, url) as somebody:
        with pytest.raises(Error) as caught:
            somebody.page.goto("http://127.0.0.1:9/")
        with pytest.raises(CouldNotLook) as told:
            explain(somebody, caught.value)
    assert told.value.cause == Cause.UNREACHABLE


def test_a_page_that_crashes_could_not_be_looked_at(tile_browser: TileBrowser, url: str) -> None:
    with operator(tile_browser, url) as somebody:
        somebody.open()
        with pytest.raises(Error):
            somebody.page.goto("chrome://crash")
        with pytest.raises(Error) as caught:
            somebody.page.get_by_role("heading").count()
        for told_by in (lambda: explain(somebody, caught.value), somebody.open):
            with pytest.raises(CouldNotLook, match="the page crashed") as told:
                told_by()
            assert told.value.cause == Cause.UNREACHABLE


@pytest.mark.parametrize(("writable", "state"), [(False, "needs writing"), (True, "shown")])
def test_a_step_that_writes_is_counted_and_not_taken_where_writing_is_forbidden(
    tile_browser: TileBrowser, url: str, *, writable: bool, state: str
) -> None:
    steps, ended = Steps(), list[str]()
    with operator(tile_browser, url) as usual:
        somebody = Operator(usual.page, url, usual.dashboard, usual.deadline, steps, writable=writable)
        somebody.observers.append(lambda _, name: ended.append(name))
        assert somebody.step("see it")
        assert somebody.step("change it", writes=True) == writable
        somebody.end_step()
    assert [each["state"] for each in steps.as_plain()] == ["shown", state]
    assert ended == ["see it", "change it"][: 1 + writable]
