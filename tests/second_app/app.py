"""A warehouse board: a small app unlike HotDash, gated by a target file alone.

`python tests/second_app/app.py [--port 8765] [--fault NAME]… [--log]` prints its address, and serves until its standard
input ends. No database, no event stream, no platform; other paths, markup and health responses.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import uuid
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

FAULTS = {
    "status-500": "the status answers 500",
    "status-down": "the status answers 200 and says that the app is down",
    "stuck-card": "the card of the orders never gets its figures",
    "board-500": "the board answers 500",
    "booking-lost": "a booking is confirmed, and not kept",
}
FIGURES = {"orders": "12 open", "returns": "3 on the way", "docks": "2 of 4 free"}
STYLE = """
body { font: 16px/1.5 sans-serif; margin: 2rem; color: #222; background: #fff }
header a { display: inline-block; padding: .5rem; margin-right: 1rem; color: #0b4f8a }
.card { border: 1px solid #767676; padding: 1rem; margin: 1rem 0 }
.waiting .figure { color: #595959 }
"""
SCRIPT = """
for (const card of document.querySelectorAll(".card")) {
  const show = (state, text) => {
    card.querySelector(".figure").textContent = text;
    card.classList.replace("waiting", state);
  };
  fetch(`/figures/${card.id}`)
    .then((answer) => answer.json())
    .then((told) => show("loaded", told.figure))
    .catch(() => show("broken", "no figure"));
}
"""
BOOKING = """
<form><label>Carrier <input name="carrier" required></label> <button>Book</button></form><p role="status"></p>
<ul aria-label="Bookings"></ul><script>
const form = document.querySelector("form");
async function list() {
  const { bookings } = await (await fetch("/bookings")).json();
  document.querySelector("ul").replaceChildren(...bookings.map((each) =>
    Object.assign(document.createElement("li"), { textContent: each.carrier })));
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  const answer = await fetch("/bookings", { method: "POST", body });
  document.querySelector("[role=status]").textContent = answer.ok ? "Booked" : "Not booked";
  list();
});
list();
</script>"""
CARD = """<article class="card waiting" id="{0}"><h2>{1}</h2><p class="figure">one moment</p></article>"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{0}</title><link rel="icon" href="data:,">
<style>{1}</style></head><body><header><a href="/board">Board</a><a href="/hours">Hours</a>
<a href="/docks">Docks</a></header>
<main><h1>{0}</h1>{2}</main></body></html>"""


class Warehouse(BaseHTTPRequestHandler):
    """Answers for the warehouse."""

    protocol_version = "HTTP/1.1"
    faults: ClassVar[set[str]] = set()
    log = False
    bookings: ClassVar[dict[str, str]] = {"1": "Northline"}

    def do_GET(self) -> None:
        """Answer one request."""
        path = self.path.split("?")[0]
        if path == "/status":
            self._status()
        elif path == "/board":
            self._page("Warehouse", "".join(CARD.format(name, name.title()) for name in FIGURES) + _script())
        elif path == "/hours":
            self._page("Opening hours", "<p>Monday to Friday, 6 to 22</p>")
        elif path == "/docks":
            self._page("Docks", BOOKING)
        elif path == "/bookings":
            told = [{"id": number, "carrier": carrier} for number, carrier in self.bookings.items()]
            self._answer(200, "application/json", json.dumps({"bookings": told}))
        elif path.removeprefix("/figures/") in FIGURES:
            self._figure(path.removeprefix("/figures/"))
        else:
            self._answer(404, "text/plain", "there is nothing here")

    def do_POST(self) -> None:
        """Book a dock."""
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        number = uuid.uuid4().hex
        if "booking-lost" not in self.faults:
            self.bookings[number] = sent["carrier"]
        self._answer(201, "application/json", json.dumps({"id": number}))

    def do_DELETE(self) -> None:
        """Take a booking back."""
        known = self.bookings.pop(self.path.removeprefix("/bookings/"), None)
        self._answer(404 if known is None else 200, "application/json", "{}")

    def log_message(self, *_: object) -> None:
        """Say nothing; what is logged is logged with its status, below."""

    def _status(self) -> None:
        state = "down" if "status-down" in self.faults else "up"
        self._answer(500 if "status-500" in self.faults else 200, "application/json", json.dumps({"state": state}))

    def _page(self, title: str, content: str) -> None:
        status = 500 if "board-500" in self.faults and title == "Warehouse" else 200
        self._answer(status, "text/html; charset=utf-8", PAGE.format(title, STYLE, content))

    def _figure(self, name: str) -> None:
        if "stuck-card" in self.faults and name == "orders":
            threading.Event().wait()
        self._answer(200, "application/json", json.dumps({"figure": FIGURES[name]}))

    def _answer(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if self.log:
            print(f"{self.command} {self.path} {status}", flush=True)  # noqa: T201 - it is the log


def _script() -> str:
    return f"<script>{SCRIPT}</script>"


def main() -> None:
    """Serve until standard input ends, so that the app never outlives its parent."""
    parser = argparse.ArgumentParser(description="A board of a warehouse, to be gated.")
    parser.add_argument("--port", type=int, default=8765, help="0 for any that is free (default: 8765)")
    parser.add_argument("--fault", action="append", default=[], choices=FAULTS, help="what is broken about it")
    parser.add_argument("--log", action="store_true", help="print a line for each request")
    asked = parser.parse_args()
    Warehouse.faults, Warehouse.log = {*asked.fault}, asked.log
    server = ThreadingHTTPServer(("127.0.0.1", asked.port), Warehouse)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 - whoever starts it reads this
    with suppress(KeyboardInterrupt):
        sys.stdin.read()


if __name__ == "__main__":
    main()
