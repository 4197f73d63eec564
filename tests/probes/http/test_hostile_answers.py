"""Answers that never end, are too large or too deep: each is a reply of its own kind, within its time."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from verifier.core.evidence import Cause
from verifier.probes.http.client import LARGEST, Reply, get
from verifier.probes.traffic.health import HealthState

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
DEEP = "[" * 100_000 + "]" * 100_000
BOMB = gzip.compress(bytes(4 * LARGEST))
PAGE = "<!doctype html><title>Sign in</title>"


class Hostile(BaseHTTPRequestHandler):
    """Answers by its path; `over` is set when the test is over."""

    over = threading.Event()

    def do_GET(self) -> None:
        """One hostile answer."""
        with suppress(OSError):  # whoever asked has had enough
            self._head()
            self._body()

    def _head(self) -> None:
        self.send_response(200)
        if self.path == "/bomb":
            self.send_header("content-encoding", "gzip")
        if self.path == "/huge":
            self.send_header("content-length", str(10**10))
        while self.path == "/slow-head" and not self.over.wait(0.05):
            self.send_header("x-more", "to come")
            self.flush_headers()
        self.end_headers()

    def _body(self) -> None:
        if self.path == "/bomb":
            self.wfile.write(BOMB)
        if self.path == "/drip":
            while not self.over.wait(0.02):
                self.wfile.write(b"x")
                self.wfile.flush()
        while self.path in {"/endless", "/huge"} and not self.over.is_set():
            self.wfile.write(bytes(65_536))
        if self.path == "/large":
            self.wfile.write(b"x" * LARGEST)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """The hostile server's address."""
    Hostile.over.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        Hostile.over.set()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("path", "cause", "told"),
    [
        ("/endless", Cause.TRUNCATED, "HTTP 200 with a body of more than 5 MB"),
        ("/huge", Cause.TRUNCATED, "HTTP 200 with a body of more than 5 MB"),
        ("/bomb", Cause.TRUNCATED, "HTTP 200 with a body of more than 5 MB"),
        ("/drip", Cause.TIMEOUT, "HTTP 200 with a body that did not end"),
        ("/slow-head", Cause.TIMEOUT, "not back within 2 s"),
    ],
)
def test_an_answer_without_end_is_none(path: str, cause: Cause, told: str) -> None:
    with serving() as url, httpx.Client() as session:
        reply = get(session, url + path, timeout=0.5)

    assert (reply.status, reply.cause, reply.down) == (None, cause, True)
    assert reply.trouble.startswith(told)


def test_a_body_of_the_largest_size_is_an_answer() -> None:
    with serving() as url, httpx.Client() as session:
        reply = get(session, f"{url}/large")

    assert (reply.status, set(reply.body)) == (200, {"x"})


def answer(body: str, kind: str = "application/json") -> Reply:
    headers = {"content-type": kind}
    return Reply(method="GET", url="http://app/", at=NOW, status=200, milliseconds=1, body=body, headers=headers)


def test_an_answer_that_is_nested_without_end_says_nothing() -> None:
    assert answer(DEEP).content() is None


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (answer(PAGE, "text/html; charset=utf-8"), "answered an HTML page, so it claims nothing"),
        (answer(PAGE, "application/json"), "answered an HTML page, so it claims nothing"),
        (answer("well", "text/plain"), "answered no JSON object, so it claims nothing"),
        (answer(DEEP), "answered no JSON object, so it claims nothing"),
        (answer('{"state": "up"}'), {"status": None}),
    ],
)
def test_an_endpoint_that_claims_nothing_says_why(reply: Reply, told: object) -> None:
    seen = {"asked": "?", "where": "here", "at": NOW, "again": "curl"}
    place = "edge /health"
    wanted, claimed = {place: {"status": "ok"}}, {place: {"status": None}}
    health = HealthState(**seen, expected_places=(place,), replies={place: reply}, claimed=claimed, wanted=wanted)

    assert health.claims() == {place: told}
