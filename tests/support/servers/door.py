"""A page behind several kinds of login, and a page of another origin that embeds it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PASSWORD = "test-data-not-a-secret"
INSIDE = "<!doctype html><html lang=en><title>Dashboard</title><main><h1>In</h1><nav><a href='/'>Home</a></nav></main>"
OUTSIDE = "<!doctype html><html lang=en><title>Sign in</title><main><h1>Sign in</h1></main>"
FORM = """<!doctype html><html lang=en><title>Sign in</title><form method=post action=/login>
<label>Password <input name=password type=password></label><button>Sign in</button></form>"""
STATES = {
    "session": {"cookies": [{"name": "session", "value": PASSWORD, "domain": "127.0.0.1", "path": "/", "expires": -1,
                             "httpOnly": True, "secure": False, "sameSite": "Lax"}], "origins": []},
    "expired": {"cookies": [{"name": "session", "value": "expired-test-data", "domain": "127.0.0.1", "path": "/",
                             "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}], "origins": []},
}  # fmt: skip
LOGIN = """
def login(page, url, secret):
    page.goto(url + "/login")
    page.get_by_label("Password").fill(secret("TOY_PASSWORD"))
    page.get_by_role("button").click()
    page.get_by_role("heading", name="In").wait_for(timeout=3000)
"""


class Door(BaseHTTPRequestHandler):
    """Serves the page to authenticated requests, and the sign-in page to others."""

    def do_GET(self) -> None:
        if self.path == "/login":
            return self._answer(FORM)
        if self.path.startswith("/around?"):
            return self._answer(f"<!doctype html><title>Admin</title><iframe src='{self.path[8:]}'></iframe>")
        if self.path == "/basic" and not self._known():
            return self._answer(OUTSIDE, 401, ("www-authenticate", "Basic realm=door"))
        return self._answer(INSIDE if self._known() else OUTSIDE)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["content-length"])).decode()
        if sent != f"password={PASSWORD}":
            return self._answer(OUTSIDE)
        return self._answer(INSIDE, 200, ("set-cookie", f"session={PASSWORD}; path=/; HttpOnly"))

    def _known(self) -> bool:
        basic = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
        sent = (self.headers["cookie"], self.headers["x-door"], self.headers["authorization"])
        return sent[0] == f"session={PASSWORD}" or sent[1] == PASSWORD or sent[2] == f"Basic {basic}"

    def _answer(self, page: str, status: int = 200, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("content-type", "text/html"), ("content-length", str(len(page.encode()))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its own name for it
        del format, arguments


@contextmanager
def doors() -> Iterator[int]:
    """The port of the server, while it runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
