"""A receiver of webhooks: it takes them, refuses them, or never answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """What was sent to one address.

    Attributes:
        status: what it answers; nothing for no answer at all.
        got: the bodies of what was sent.
    """

    def __init__(self, status: int | None) -> None:
        self.status = status
        self.got: list[dict[str, Any]] = []
        self.closing = threading.Event()
        self.url = ""

    @property
    def titles(self) -> list[str]:
        """The titles of what was sent."""
        return [each["title"] for each in self.got]


@contextmanager
def receiver(status: int | None = 200) -> Iterator[Receiver]:
    """A receiver that answers with `status`, on a port of its own; its `url` is one of Apprise, with a secret in it."""
    told = Receiver(status)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            if told.status is None:
                told.closing.wait()
                return
            self.send_response(told.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    told.url = f"json://127.0.0.1:{server.server_address[1]}/hook/marked-channel-secret"
    try:
        yield told
    finally:
        told.closing.set()
        server.shutdown()
        server.server_close()
