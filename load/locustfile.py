"""Loads event streams from many processes or machines: the suite's own probe under Locust. See docs/load.md.

Each Locust user is a crowd of `--streams` connections, held by a process of its own: Locust patches sockets, threads
and selectors of its own process, and asyncio does not work there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gevent
from locust import User, events, task
from locust.env import Environment
from locust.exception import RescheduleTask
from locust.runners import WorkerRunner

ROOT = Path(__file__).resolve().parents[1]
# Locust does not look for packages in the folder where it was started.
sys.path.insert(0, str(ROOT))

from verifier.core.config.contract import Limit, read_contract  # noqa: E402
from verifier.core.config.files import Mistakes  # noqa: E402
from verifier.core.config.target import Target, read_target  # noqa: E402
from verifier.core.config.target_files import find_target  # noqa: E402
from verifier.probes.load.load import ITEM  # noqa: E402
from verifier.probes.load.load_result import LoadResult  # noqa: E402

KIND = "SSE"
CONNECT, DELIVER, BEAT, CROWD = "connect and stay", "deliver", "longest pause", "crowd"
MARGIN = 120.0
"""Seconds beyond ramp and hold after which a crowd that has not reported counts as lost."""
_SAID = 300
"""Characters of what a probe that failed said last."""


@events.init_command_line_parser.add_listener
def _options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("event streams")
    group.add_argument("--streams-target", default="staging", help="target of the suite: a name, or a path to a file")
    group.add_argument("--streams", type=int, default=50, help="connections of each user (-u)")
    group.add_argument("--hold", type=float, default=30.0, help="seconds to hold them")
    group.add_argument("--ramp", type=float, default=10.0, help="seconds to open them")
    group.add_argument("--most-lost", type=float, help="share that may fail or be lost (default: the definition's)")
    group.add_argument("--most-late", type=float, help="seconds, p95, from a change to its event (default: likewise)")
    group.add_argument("--result", default="reports/load.json", help="where the result is written, for --load-result")


class CrowdUser(User):
    """One crowd of clients; it comes once, and then stands still until all have reported."""

    @task
    def hold(self) -> None:
        """Hold the streams with the suite's probe, and report what became of each."""
        told = _held(self.environment)
        fire = self.environment.events.request.fire
        each = {"request_type": KIND, "name": CROWD, "response_length": 0}
        if isinstance(told, str):
            fire(**each, response_time=0, exception=told)
        else:
            _report(fire, told)
            fire(**each, response_time=told["held"] * 1000, exception=told["limit_met"] or None)
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
    if process.returncode == 0:
        return dict(json.loads(output))
    return " ".join(said.split())[-_SAID:] or f"the probe ended with {process.returncode}"


def _report(fire: Any, told: dict[str, Any]) -> None:  # noqa: ANN401 - Locust's event
    tried, lost = sum(told["tried"].values()), sum(told["failed"].values()) + sum(told["dropped"].values())
    why = "; ".join(f"{count} × {reason}" for reason, count in told["reasons"].items()) or "lost"
    each = {"request_type": KIND, "response_length": 0}
    for seconds in _stretched(told["samples"]["connecting"], tried - lost):
        fire(**each, name=CONNECT, response_time=seconds * 1000, exception=None)
    for _ in range(lost):
        fire(**each, name=CONNECT, response_time=0, exception=why)
    for seconds in _stretched(told["samples"]["delays"], told["arrived"]):
        fire(**each, name=DELIVER, response_time=seconds * 1000, exception=None)
    for _ in range(told["awaited"] - told["arrived"]):
        fire(**each, name=DELIVER, response_time=0, exception="an event did not arrive")
    most = told["pause_limit"]
    for machine, seconds in told["pauses"].items() if told["mode"] == "heartbeats" else ():
        silent = f"{machine}: no heartbeat for longer than {most:g} s" if seconds > most else None
        fire(**each, name=BEAT, response_time=seconds * 1000, exception=silent)


def _stretched(samples: list[float], count: int) -> list[float]:
    """As many readings as there were, from the samples that the probe kept of them."""
    return [samples[place * len(samples) // count] for place in range(count)] if samples else []


@events.init.add_listener
def _watch(environment: Environment, **_: object) -> None:
    """End the load when every crowd has reported, or its time is over."""
    given = environment.parsed_options
    if isinstance(environment.runner, WorkerRunner) or given is None:
        return
    if mistake := _mistake(given):
        sys.stderr.write(f"{mistake}\n")
        raise SystemExit(4)

    def wait() -> None:
        with gevent.Timeout(given.hold + given.ramp + 2 * MARGIN, exception=False):
            while environment.stats.get(CROWD, KIND).num_requests < given.num_users:
                gevent.sleep(0.5)
        environment.runner.quit()

    if given.headless:
        gevent.spawn(wait)


@events.quitting.add_listener
def _judge(environment: Environment, **_: object) -> None:
    """Write the result, and end with 0 if the thresholds were kept, 1 if not, 6 if there is nothing to judge."""
    environment.process_exit_code = 0
    if isinstance(environment.runner, WorkerRunner):
        return
    given = environment.parsed_options
    result = _result(environment, given)
    path = Path(given.result)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
    said = [*result.broken, *result.blind()]
    environment.process_exit_code = 6 if result.blind() else 1 if said else 0
    sys.stdout.write("; ".join(said or [f"{result}: every threshold kept"]) + "\n")


def _result(environment: Environment, given: Namespace) -> LoadResult:
    """What Locust added up, held against the thresholds."""
    limit = _target(given).limit_of(read_contract(ROOT)[ITEM]) or Limit()
    most_lost = given.most_lost if given.most_lost is not None else limit.share or 0.0
    most_late = given.most_late if given.most_late is not None else limit.seconds or 0.0
    connects, delivered, beats = (environment.stats.get(name, KIND) for name in (CONNECT, DELIVER, BEAT))
    at = {"p50": 0.5, "p95": 0.95, "max": 1.0} if delivered.num_requests else {}
    late = {name: delivered.get_response_time_percentile(share) / 1000 for name, share in at.items()}
    broken = []
    if connects.fail_ratio > most_lost:
        why = ", ".join(_said(environment, CONNECT))
        broken.append(f"{connects.fail_ratio:.1%} of the streams lost; at most {most_lost:.1%} may be ({why})")
    if delivered.num_failures:
        broken.append(f"{delivered.num_failures} of {delivered.num_requests} events did not arrive")
    if late and late["p95"] > most_late:
        broken.append(f"p95 {late['p95']:.2f} s from a change to its event; at most {most_late:g} s may be")
    return LoadResult(
        target=_target(given).url or "",
        began=datetime.fromtimestamp(environment.stats.start_time, UTC),
        ended=datetime.now(UTC),
        crowds=given.num_users or 0,
        streams=connects.num_requests,
        lost=connects.num_failures,
        delays=late,
        pause=beats.max_response_time / 1000 if beats.num_requests else None,
        most_lost=most_lost,
        most_late=most_late,
        broken=(*broken, *_said(environment, BEAT)),
        unseen=_unseen(environment, given),
    )


def _unseen(environment: Environment, given: Namespace) -> tuple[str, ...]:
    """Which crowds could not look, and why."""
    crowds = environment.stats.get(CROWD, KIND)
    silent = (given.num_users or 0) - crowds.num_requests
    words = [f"{silent} of {given.num_users} crowds did not report"] if silent else []
    return (*words, *(f"a crowd could not look: {each}" for each in _said(environment, CROWD)))


def _said(environment: Environment, name: str) -> list[str]:
    """Why requests of this name failed, and how often."""
    errors = [each for each in environment.stats.errors.values() if each.name == name]
    return [f"{each.occurrences} × {each.error}" for each in errors]


def _mistake(given: Namespace) -> str:
    """Why the target cannot be loaded from here; empty if it can."""
    try:
        url = _target(given).url
    except Mistakes as mistakes:
        return str(mistakes)
    return "" if url else f"{given.streams_target}: url: missing; what a start command tells cannot be loaded from here"


def _target(given: Namespace) -> Target:
    return read_target(find_target(ROOT, given.streams_target), read_contract(ROOT))
