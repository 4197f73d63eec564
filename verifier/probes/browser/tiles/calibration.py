"""Measures the machine that the suite runs on: a slow runner is not a slow deployment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser

from verifier.core.config.target import new_target
from verifier.core.evidence import Record
from verifier.core.probe import Context
from verifier.probes.browser.section import Dashboard, Tile
from verifier.probes.browser.session import opened_context
from verifier.probes.browser.tiles.dashboard import opened_dashboard
from verifier.probes.browser.tiles.timeline import busy_until

REFERENCE_BUSY = 0.13
"""Seconds of long tasks that the fixed page takes on an idle machine with two virtual processors of 2024."""
REFERENCE_IDLE = 0.10
"""Seconds that it waits there for the browser itself: to be asked for, to come, to be drawn."""
OVERRUN = 20.0
"""Seconds; a machine that needs longer for the fixed page cannot judge any."""
_PAGE = Path(__file__).with_name("calibration.html")
_WORK = "work"
_DASHBOARD = Dashboard(
    path="/", tile=(Tile(id=_WORK, heading="a fixed amount of work", selector="main"),), ready=".ready", settle=0.05
)


class Runner(Record):
    """What a page with a fixed amount of work, served on this machine, took in this run's browser.

    Attributes:
        seconds: from the beginning of the navigation to the frame that shows its content.
        busy: seconds of the long tasks of its main thread until then.
        cpu_share: which share of a processor the main thread was given while it had something to do.
    """

    seconds: float
    busy: float
    cpu_share: float

    @property
    def slowness(self) -> float:
        """How many times longer work takes here than on the reference machine; never less than 1."""
        return max(1.0, self.busy / REFERENCE_BUSY)

    def part_of(self, busy: float) -> float:
        """Seconds by which this machine held a page back whose long tasks took `busy` seconds here.

        Only work is stretched by a slow machine; what a page waits for its server is the deployment's own.
        """
        late = max(0.0, self.seconds - self.busy - REFERENCE_IDLE)
        return late + busy * (1 - 1 / self.slowness)

    def __str__(self) -> str:
        share = f"its main thread got {self.cpu_share:.0%} of a processor"
        return (
            f"a page with a fixed amount of work took {self.seconds:.2f} s here, {self.slowness:.1f} × as much, {share}"
        )


def observe_runner(context: Context, browser: Browser) -> Runner:
    """Load the fixed page as the dashboard is loaded, in a fresh context that knows nothing of the target.

    Raises:
        CouldNotLook: timeout or precondition, if not even this page could be seen.
    """
    with _served() as url:
        own = new_target(title="this machine", app="runner", url=url, dashboard=_DASHBOARD)
        local = replace(context, target=own)
        with (
            opened_context(browser, local) as opened,
            opened_dashboard(local, opened, _DASHBOARD, overrun=OVERRUN) as arrival,
        ):
            tile = arrival.reports.tile(_WORK)
            seconds = OVERRUN if tile.milliseconds is None else tile.milliseconds / 1000
            busy = busy_until(arrival.reports.tasks, seconds)
            alive, worked = arrival.thread
    return Runner(seconds=seconds, busy=busy, cpu_share=min(1.0, worked / alive) if alive else 0.0)


class _Fixed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = _PAGE.read_bytes()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _served() -> Iterator[str]:
    """The fixed page on a free port of this machine; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Fixed)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), name="runner page", daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
