"""Serves the pages of `tests/data/pages`, with pictures and links that are there, and others that are not."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.runs.toy import CHECKOUT

PAGES = CHECKOUT / "tests" / "data" / "pages"
_PIXEL = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="12"><rect width="20" height="12" fill="#166534"/></svg>'
)


def _made() -> dict[str, tuple[int, str, str]]:
    """Path → status, type and content."""
    template = (PAGES / "template.html").read_text(encoding="utf-8")
    made = {"/pixel.svg": (200, "image/svg+xml", _PIXEL), "/fails": (500, "text/plain", "Internal Server Error")}
    for kind in ("good", "broken"):
        found = tomllib.loads((PAGES / f"{kind}.toml").read_text(encoding="utf-8"))["page"]
        for number, each in enumerate(found):
            html = template.replace("/* STYLE */", each.get("style", "")).replace("<!-- BODY -->", each["body"])
            made[f"/{kind}/{number}"] = (200, "text/html; charset=utf-8", html)
    return made


@contextmanager
def serving() -> Iterator[str]:
    """The address of the pages."""
    made = _made()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, content = made.get(self.path.partition("?")[0], (404, "text/plain", "Not Found"))
            body = content.encode()
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the name that the server asks for

        def log_message(self, *_: object) -> None:
            """Keep silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
