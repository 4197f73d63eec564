"""A fleet of 200 machines with six checks each, read from a platform that enforces Fly.io's limits."""

from __future__ import annotations

import json
import threading
import time
import tracemalloc
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from verifier.core.config.target import new_target
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline
from verifier.core.machine import Machine
from verifier.core.probe import Context
from verifier.probes.fly.platform import FlyPlatform
from verifier.probes.fly.section import FlySection
from verifier.probes.http.client import client

MACHINES, CHECKS, EVENTS = 200, 6, 20
RATE, BURST = 1.0, 3
LOOKS = 10
RELEASE = {"id": "r42", "version": 42, "status": "complete", "created_at": "2026-09-10T12:29:50Z", "image_ref": "a/b:c"}


class Fleet(ThreadingHTTPServer):
    """Answers as the Machines API does: pages with a cursor in the header, and 429 for whoever asks too often."""

    daemon_threads = True

    def __init__(self, page: int) -> None:
        self.machines, self.page = [machine(number) for number in range(MACHINES)], page
        self.bodies = {
            start: json.dumps(self.machines[start : start + page]).encode() for start in range(0, MACHINES, page)
        }
        self.asked: Counter[int] = Counter()
        self._times: deque[float] = deque(maxlen=BURST + 1)
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)

    def granted(self) -> bool:
        """Whether one more listing keeps to the rate and its burst."""
        with self._lock:
            here = time.monotonic()
            recent = [each for each in self._times if each > here - (len(self._times) - BURST + 1) / RATE]
            if len(self._times) == self._times.maxlen and len(recent) > BURST:
                return False
            self._times.append(here)
            return True


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Fleet

    def do_GET(self) -> None:
        """Answer a list of machines, or the release."""
        parts = urlsplit(self.path)
        if parts.path.endswith("/releases/current"):
            self._send(200, json.dumps(RELEASE).encode(), {})
        elif not self.server.granted():
            self._send(429, b"resource_exhausted: rate limit exceeded", {})
        else:
            start = int(parse_qs(parts.query).get("cursor", ["0"])[0])
            following = start + self.server.page
            self._send(
                200, self.server.bodies[start], {"fly-next-cursor": str(following)} if following < MACHINES else {}
            )

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.server.asked[status] += 1
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(body)), "content-type": "application/json"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def machine(number: int) -> dict[str, Any]:
    """A machine in the platform's shape, as large as real ones are."""
    metadata = {"fly_platform_version": "v2", "fly_process_group": "app", "fly_release_version": "42"}
    check = {
        "type": "http",
        "interval": "15s",
        "timeout": "5s",
        "grace_period": "10s",
        "method": "GET",
        "path": "/health",
    }
    event = {"id": "01K5R90A7C4D2E1F0G9H8J7K6M", "type": "start", "status": "started", "source": "flyd", "timestamp": 1}
    names = [f"servicecheck-{each:02}-http-3000" for each in range(CHECKS)]
    return {
        "id": f"{number:014x}",
        "state": "started",
        "region": "ord",
        "instance_id": "01K5R8ZJ4VQ0Y6T3M2N1P9XABC",
        "host_status": "ok",
        "image_ref": {"repository": "app", "tag": "c", "digest": "sha256:" + "0" * 64},
        "config": {"metadata": metadata, "services": [{"internal_port": 3000, "checks": [check] * CHECKS}]},
        "checks": [{"name": each, "status": "passing", "output": "x" * 200, "updated_at": "2026"} for each in names],
        "events": [event] * EVENTS,
    }


@contextmanager
def fleet(page: int) -> Iterator[tuple[Fleet, Context]]:
    """A platform whose pages hold `page` machines, and what a probe needs to ask it."""
    server = Fleet(page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    urls = FlySection(machines_url=url, api_url=url)
    target = new_target(name="fleet", title="a fleet", app="fleet", url="http://127.0.0.1:9", platform=urls)
    unused: dict[str, Any] = {each.name: None for each in fields(Context)}
    given = {"target": target, "credentials": Credentials(given={"FLY_API_TOKEN": "marked-test-data"})}
    try:
        yield server, Context(**{**unused, **given, "deadline": Deadline(300)})
    finally:
        server.shutdown()
        server.server_close()


def observed(context: Context, session: httpx.Client) -> tuple[Machine, ...]:
    """One whole look, as the probe does it."""
    platform = FlyPlatform(context, session)
    platform.release()
    return platform.fleet().machines


def measured(context: Context, look: Callable[[httpx.Client], object], times: int) -> tuple[float, float]:
    """Seconds, and the peak of memory in MiB, of so many looks."""
    with client(context.target) as session:
        tracemalloc.start()
        began = time.perf_counter()
        for _ in range(times):
            look(session)
        seconds, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return seconds, peak / 2**20


def main() -> None:
    """Read the fleet in large and small pages, once and again and again, and without a limiter."""
    print(f"{MACHINES} machines × {CHECKS} checks{'':<14}{'requests':>9}{'refused':>9}{'seconds':>9}{'peak MiB':>10}")
    for page, times in ((250, 1), (50, 1), (250, LOOKS), (50, LOOKS)):
        with fleet(page) as (server, context):

            def look(session: httpx.Client, context: Context = context) -> None:
                seen = observed(context, session)
                well = [each for each in seen if each.checks_well and each.checks_configured == CHECKS]
                if len(well) != MACHINES:
                    raise SystemExit(f"only {len(well)} machines were read")

            seconds, peak = measured(context, look, times)
            told(f"{times} × pages of {page}", server, seconds, peak)
    with fleet(250) as (server, context):
        url = f"{context.target.section(FlySection).machines_url}/v1/apps/fleet/machines"
        seconds, peak = measured(context, lambda session: session.get(url), LOOKS)
        told(f"{LOOKS} × without a limiter", server, seconds, peak)


def told(name: str, server: Fleet, seconds: float, peak: float) -> None:
    """One line of the table."""
    print(f"{name:<36}{sum(server.asked.values()):>9}{server.asked[429]:>9}{seconds:>9.2f}{peak:>10.1f}")


if __name__ == "__main__":
    main()
