"""How fast a login or a bounce page comes says nothing of the page that was asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from tests.support.probe_context import looking_at
from verifier.core.evidence import CouldNotLook
from verifier.probes.browser.visits import VisitState, observe_visits
from verifier.probes.traffic.probe import TrafficState, observe_traffic

WORD = "test-data-not-a-secret"
HEAD = "<!doctype html><html lang='en'><head><title>Board</title><link rel='icon' href='data:,'></head><body>"
LOGIN = HEAD + "<main><p>Open the board from the admin.</p></main></body></html>"
SHELL = HEAD + "<div class='root'></div><script>document.body.innerHTML = '<nav>Board</nav>'</script></body></html>"
PAGES = {
    "/rendered": HEAD + "<nav>Board</nav></body></html>",
    "/rendered/help": HEAD + "<section><p>Help, without the mark</p></section></body></html>",
    "/shell": SHELL,
    "/shell/help": SHELL,
}
STEP = f"""def login(page, url, secret):
    page.context.add_cookies([{{"name": "word", "value": "{WORD}", "url": url}}])
"""


class Board(BaseHTTPRequestHandler):
    """Pages for who brings the word; a login page, a redirect or the open shell for strangers."""

    def do_GET(self) -> None:
        """Answer."""
        path, _, query = self.path.partition("?")
        known = WORD in (self.headers["x-word"], (self.headers["cookie"] or "").removeprefix("word="))
        if path.startswith("/open") or known or "mock=1" in query:
            self._answer(200, PAGES.get(path.removeprefix("/open"), LOGIN))
        elif path.startswith("/away"):
            self.send_response(302)
            self.send_header("location", "/login?from=/away")
            self.send_header("content-length", "0")
            self.end_headers()
        else:
            self._answer(200, LOGIN)

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Board)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def seen(url: str, run: str, *paths: str, entry: dict[str, Any]) -> TrafficState:
    """What the probe sees of these paths, of which the first is the dashboard's."""
    sections: dict[str, Any] = {"platform": {"machines": "none"}, "traffic": {"paths": paths, "requests": 20}}
    context = looking_at(url, {"WORD": WORD}, run, path=paths[0], entry=entry, **sections)
    with ThreadPoolExecutor(1) as pool:
        visits = cache(lambda: pool.submit(observe_visits, context))
        get = Mock(side_effect=lambda _name, kind: visits().result() if kind is VisitState else None)
        return observe_traffic(replace(context, get=get))


IN = {"secret_headers": {"x-word": "WORD"}}


@pytest.mark.parametrize(
    ("paths", "entry"),
    [
        (("/rendered", "/rendered/help"), IN),
        (("/shell", "/shell/help"), IN),
        (("/open/rendered", "/open/rendered/help"), {}),
        (("/open/shell", "/open/shell/help"), {}),
    ],
    ids=["rendered", "a shell", "rendered, open to all", "a shell, open to all"],
)
def test_a_page_that_was_asked_for_has_a_time(url: str, paths: tuple[str, ...], entry: dict[str, Any]) -> None:
    found = seen(url, "welcome", *paths, entry=entry)

    assert found.wrong_pages == ()
    assert found.percentile_by_machine(0.95).keys() == {"edge"}


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (("/rendered",), "/rendered answered the page 'Board', not the page that was asked for"),
        (("/shell",), "/shell answered the page 'Board', not the page that was asked for"),
        (("/away",), "/away answered HTTP 302 to /login, not the page that was asked for"),
        (("/rendered?mock=1", "/shell"), "/shell answered the page 'Board', not the page that was asked for"),
    ],
    ids=["rendered", "a shell", "a redirect", "another page than the dashboard"],
)
def test_a_bounce_page_is_no_answer(url: str, paths: tuple[str, ...], told: str) -> None:
    found = seen(url, "stranger", *paths, entry={})

    with pytest.raises(CouldNotLook, match="unauthorized") as caught:
        found.percentile_by_machine(0.95)
    assert caught.value.what == told


@pytest.mark.parametrize("path", ["/rendered", "/shell"])
def test_a_session_that_only_the_browser_has_is_no_session_of_a_request(url: str, path: str, tmp_path: Path) -> None:
    (tmp_path / "login.py").write_text(STEP, encoding="utf-8")

    found = seen(url, str(tmp_path), path, entry={"login": str(tmp_path / "login.py")})

    with pytest.raises(CouldNotLook, match="unauthorized"):
        found.percentile_by_machine(0.95)
