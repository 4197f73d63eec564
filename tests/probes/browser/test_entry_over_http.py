"""Probes that ask over HTTP get in as the browser does, and their answers have an end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.support.probe_context import looking_at
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.machine import EDGE
from verifier.core.probe import Context
from verifier.probes.browser.http_session import entry_headers
from verifier.probes.http.client import LARGEST
from verifier.probes.postgres.connection import _app_says
from verifier.probes.services.chatwoot import observe_chatwoot
from verifier.probes.sse.approval_queue import listed
from verifier.probes.sse.connection_count import count_streams
from verifier.probes.sse.consistency import sample
from verifier.probes.sse.listener import StreamListener
from verifier.probes.sse.section import Approvals
from verifier.probes.sse.stream import StreamEndpoint
from verifier.probes.traffic.health import observe_health

WORD = "test-data-not-a-secret"
SECTIONS: dict[str, Any] = {
    "platform": {"machines": "none"},
    "entry": {"secret_headers": {"x-door": "DOOR"}},
    "health": {"endpoint": [{"path": "/health", "claims": {"status": "ok"}}]},
    "chatwoot": {"path": "/chatwoot"},
    "database": {"tables": ["notes"], "claim": {"path": "/claim", "claims": {"status": "ok"}}},
    "events": {"path": "/events", "connections": {"path": "/count", "key": "streams"}},
    "approvals": {"path": "/approvals"},
}


class Guarded(BaseHTTPRequestHandler):
    """Notes of each path whether the word came with it."""

    let_in: dict[str, bool] = {}

    def do_GET(self) -> None:
        """Answer."""
        self.let_in[self.path] = self.headers["x-door"] == WORD
        body = b'{"approvals": [], "streams": 1, "status": "ok"}'
        self.send_response(200)
        if self.path == "/endless":
            self.end_headers()
            self._endless()
            return
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _endless(self) -> None:
        try:
            for _ in range(10 * LARGEST // 65_536):
                self.wfile.write(b" " * 65_536)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    Guarded.let_in = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Guarded)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _listen(context: Context) -> None:
    listener = StreamListener(replace(context, ceiling=lambda _: 5.0), EDGE)
    list(listener._wire.chunks())


PROBES: dict[str, Callable[[Context], object]] = {
    "/health": observe_health,
    "/chatwoot": observe_chatwoot,
    "/claim": _app_says,
    "/count": lambda context: count_streams(context, [EDGE]),
    "/approvals": lambda context: sample(context, context.target.section(Approvals)),
    "/events": _listen,
}


@pytest.mark.parametrize("path", PROBES)
def test_a_probe_gets_in_as_the_browser_does(url: str, path: str) -> None:
    context = looking_at(url, {"DOOR": WORD}, "tests", **SECTIONS)

    PROBES[path](context)

    assert Guarded.let_in == {path: True}


def test_a_held_stream_gets_in_too(url: str) -> None:
    context = looking_at(url, {"DOOR": WORD}, "tests", **SECTIONS)
    endpoint = StreamEndpoint.of(context.target, url, "/events", entry_headers(context))

    assert f"x-door: {WORD}\r\n".encode() in endpoint.request(EDGE, "")


def test_a_queue_whose_answer_never_ends_is_no_answer(url: str) -> None:
    with httpx.Client() as session, pytest.raises(CouldNotLook) as caught:
        listed(session, f"{url}/endless", Approvals())

    assert caught.value.cause == Cause.TRUNCATED
    assert "more than" in caught.value.what
