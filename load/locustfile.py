"""Loads event streams from many processes or machines: the suite's own probe under Locust. See docs/load.md.

Each user of Locust is a crowd of `--streams` connections, held by a process of its own: Locust patches the sockets,
threads and selectors of the process that it runs in, and asyncio there would not be asyncio any more.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gevent
from locust import User, events, task
from locust.env import Environment
from locust.exception import RescheduleTask
from locust.runners import WorkerRunner

ROOT = Path(__file__).resolve().parents[1]
KIND = "SSE"
CONNECT, DELIVER, CROWD = "connect and stay", "deliver", "crowd"
MARGIN = 120.0
"""Seconds beyond ramp and hold after which a crowd that has not reported counts as lost."""


@events.init_command_line_parser.add_listener
def _options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("event streams")
    group.add_argument("--streams-target", default="staging", help="target of the suite: a name, or a path to a file")
    group.add_argument("--streams", type=int, default=50, help="connections of each user (-u)")
    group.add_argument("--hold", type=float, default=30.0, help="seconds to hold them")
    group.add_argument("--ramp", type=float, default=10.0, help="seconds to open them")
    group.add_argument("--most-lost", type=float, default=0.05, help="share that may fail or be lost")
    group.add_argument("--most-late", type=float, default=5.0, help="seconds, p95, from a change to its event")
    group.add_argument("--result", default="reports/load.json", help="where the result is written, for --load-result")


class Crowd(User):
    """One crowd of clients; it comes once, and then stands still until all have reported."""

    @task
    def hold(self) -> None:
        """Hold the streams with the suite's probe, and report what became of each."""
        told = _held(self.environment)
        fire = self.environment.events.request.fire
        if isinstance(told, str):
            fire(request_type=KIND, name=CROWD, response_time=0, response_length=0, exception=RuntimeError(told))
        else:
            _report(fire, told)
            fire(request_type=KIND, name=CROWD, response_time=told["held"] * 1000, response_length=0, exception=None)
        gevent.sleep(3600)
        raise RescheduleTask


def _held(environment: Environment) -> dict[str, Any] | str:
    """What the probe saw, or why it saw nothing."""
    given = environment.parsed_options
    command = [sys.executable, "-m", "load.hold", given.streams_target]
    command += ["--count", str(given.streams), "--hold", str(given.hold), "--ramp", str(given.ramp)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            output, said = process.communicate(timeout=given.hold + given.ramp + MARGIN)
        except subprocess.TimeoutExpired:
            process.kill()
            return "the probe did not come back"
    return dict(json.loads(output)) if process.returncode == 0 else " ".join(said.split())[-300:]


def _report(fire: Any, told: dict[str, Any]) -> None:  # noqa: ANN401 - Locust's event
    tried, lost = sum(told["tried"].values()), sum(told["failed"].values()) + sum(told["dropped"].values())
    why = "; ".join(f"{count} × {reason}" for reason, count in told["reasons"].items()) or "lost"
    each = {"request_type": KIND, "response_length": 0}
    for seconds in _stretched(told["samples"]["connecting"], tried - lost):
        fire(**each, name=CONNECT, response_time=seconds * 1000, exception=None)
    for _ in range(lost):
        fire(**each, name=CONNECT, response_time=0, exception=RuntimeError(why))
    for seconds in _stretched(told["samples"]["delays"], told["arrived"]):
        fire(**each, name=DELIVER, response_time=seconds * 1000, exception=None)
    for _ in range(told["awaited"] - told["arrived"]):
        fire(**each, name=DELIVER, response_time=0, exception=RuntimeError("an event did not arrive"))


def _stretched(samples: list[float], count: int) -> list[float]:
    """As many readings as there were, from the samples that the probe kept of them."""
    return [samples[place * len(samples) // count] for place in range(count)] if samples else []


@events.init.add_listener
def _watch(environment: Environment, **_: object) -> None:
    """End the load when every crowd has reported, or its time is over."""
    if isinstance(environment.runner, WorkerRunner):
        return

    def wait() -> None:
        given = environment.parsed_options
        with gevent.Timeout(given.hold + given.ramp + 2 * MARGIN, exception=False):
            while environment.stats.get(CROWD, KIND).num_requests < given.num_users:
                gevent.sleep(0.5)
        environment.runner.quit()

    if environment.parsed_options.headless:
        gevent.spawn(wait)


@events.quitting.add_listener
def _judge(environment: Environment, **_: object) -> None:
    """Write the result, and end with 0 if the thresholds were kept, 1 if not, 6 if there is nothing to judge."""
    environment.process_exit_code = 0
    if isinstance(environment.runner, WorkerRunner):
        return
    given = environment.parsed_options
    crowds, connects, delivered = (environment.stats.get(name, KIND) for name in (CROWD, CONNECT, DELIVER))
    missing = (given.num_users or 0) - crowds.num_requests + crowds.num_failures
    broken = []
    if connects.fail_ratio > given.most_lost:
        broken.append(f"{connects.fail_ratio:.1%} of the streams lost; at most {given.most_lost:.1%} may be")
    if delivered.num_failures:
        broken.append(f"{delivered.num_failures} events did not arrive")
    late = {name: delivered.get_response_time_percentile(at) / 1000 for name, at in (("p50", 0.5), ("p95", 0.95))}
    late["max"] = delivered.max_response_time / 1000
    if late["p95"] > given.most_late:
        broken.append(f"p95 {late['p95']:.2f} s from a change to its event; at most {given.most_late:g} s may be")
    if missing:
        broken.append(f"{missing} of {given.num_users} crowds could not look")
    _write(given, connects.num_requests, connects.num_failures, late if delivered.num_requests else {}, broken)
    environment.process_exit_code = 6 if missing else 1 if broken else 0
    sys.stdout.write("; ".join(broken or [f"{connects.num_requests} streams held, every threshold kept"]) + "\n")


def _write(given: Any, streams: int, lost: int, delays: dict[str, float], broken: list[str]) -> None:  # noqa: ANN401 - options
    """The file that `pytest -m monitoring --load-result` takes into its report."""
    path = Path(given.streams_target) if given.streams_target.endswith(".toml") else None
    path = path or ROOT / "targets" / f"{given.streams_target}.toml"
    content = {
        "target": tomllib.loads(path.read_text(encoding="utf-8"))["url"].rstrip("/"),
        "at": datetime.now(UTC).isoformat(),
        "streams": streams,
        "lost": lost,
        "delays": delays,
        "broken": broken,
    }
    result = Path(given.result)
    result.parent.mkdir(parents=True, exist_ok=True)
    result.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
