"""Measures how slow this machine is, so that a slow runner is not taken for a slow deployment."""

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
"""Seconds of long tasks of the fixed page on an idle machine with two virtual CPUs of 2024."""
REFERENCE_IDLE = 0.10
"""Seconds of the same load without long tasks: request, response, paint."""
OVERRUN = 20.0
"""Seconds; a machine that needs longer for the fixed page cannot judge any page."""
_PAGE = Path(__file__).with_name("calibration.html")
_WORK = "work"
_DASHBOARD = Dashboard(
    path="/", tile=(Tile(id=_WORK, heading="a fixed amount of work", selector="main"),), ready=".ready", settle=0.05
)


class Runner(Record):
    """The timing of a local page with a fixed amount of work, in this run's browser.

    Attributes:
        seconds: from the start of the navigation to the frame that shows its content.
        busy: seconds of long tasks of its main thread until then.
        cpu_share: the share of a CPU that the main thread got while it was busy.
    """

    seconds: float
    busy: float
    cpu_share: float

    @property
    def slowness(self) -> float:
        """The ratio of work here to the reference machine; at least 1."""
        return max(1.0, self.busy / REFERENCE_BUSY)

    def part_of(self, busy: float) -> float:
        """Seconds by which this machine delayed a page whose long tasks took `busy` seconds here.

        A slow machine stretches only work; waiting for the server is the deployment's own.
        """
        late = max(0.0, self.seconds - self.busy - REFERENCE_IDLE)
        return late + busy * (1 - 1 / self.slowness)

    def __str__(self) -> str:
        share = f"its main thread got {self.cpu_share:.0%} of a processor"
        return (
            f"a page with a fixed amount of work took {self.seconds:.2f} s here, {self.slowness:.1f} × as much, {share}"
        )


def observe_runner(context: Context, browser: Browser) -> Runner:
    """Load the fixed page as the dashboard is loaded, in a fresh context without the target's credentials.

    Raises:
        CouldNotLook: timeout or precondition, if even this page does not load.
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
    """Serve the fixed page on a free port; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Fixed)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), name="runner page", daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
