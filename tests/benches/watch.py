"""A watch of three minutes, killed ten times at random moments and resumed each time, beside one that is left alone."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.support.runs.deployment import Deployment, all_but
from verifier.core.execution.watch_journal import JOURNAL

KILLS, SECONDS, APART = 10, 180, 5
ITEMS = (
    "uptime",
    "database-connection",
    "chatwoot-health",
    "logs-watched",
    "no-server-errors",
    "response-time",
    "ga-api-health",
)
"""Without those whose own probes load the deployment or stop a machine of it."""


def main() -> None:
    """Watch twice, kill one of them again and again, and print what both came to."""
    with tempfile.TemporaryDirectory(prefix="watched ") as folder:
        deployment = Deployment(Path(folder))
        try:
            deployment.retarget(without=all_but(*ITEMS))
            with deployment.suite.running("--watch", f"{SECONDS}s", mark="monitoring", target="warm") as alone:
                before = _newest(deployment, set())
                moments = _killed(deployment, {before})
                resumed = deployment.suite.run_anew("--resume", mark="monitoring", target="warm")
                if not (resumed.folder / "evidence/watch.json").is_file():
                    raise SystemExit(resumed.output)
                killed = resumed.verdict["verdict"], json.loads((resumed.folder / "evidence/watch.json").read_text())
                lines = [json.loads(each) for each in (resumed.folder / JOURNAL).read_text().splitlines()]
                alone.communicate(timeout=SECONDS)
            left = json.loads((before.parent / "verdict.json").read_text())["verdict"]
            record = json.loads((before.parent / "evidence/watch.json").read_text())
        finally:
            deployment.stop()
    print(f"killed after {', '.join(map(str, moments))} s")
    _tell("left alone", left, record)
    _tell(f"killed {KILLS} times", *killed)
    looks = Counter((each["interval"], each["signal"]) for each in lines if each["kind"] == "sample")
    print(f"lines of an interval and signal: {len(looks)}, of them twice: {sum(n > 1 for n in looks.values())}")


def _killed(deployment: Deployment, known: set[Path]) -> list[int]:
    """Kill the command ten times, whatever it does at that moment; the first one begins the watch."""
    with deployment.suite.running("--watch", f"{SECONDS}s", mark="monitoring", target="warm") as run:
        _newest(deployment, known)
        began, moments = time.monotonic(), _moments()
        _kill(run, began + moments[0])
    for each in moments[1:]:
        with deployment.suite.running("--resume", mark="monitoring", target="warm") as run:
            _kill(run, began + each)
    return moments


def _moments() -> list[int]:
    """Seconds after the beginning of the watch, at random, some seconds apart."""
    while True:
        found = sorted(random.sample(range(3, SECONDS - 12), KILLS))
        if all(later - earlier >= APART for earlier, later in pairwise(found)):
            return found


def _kill(run: subprocess.Popen[str], at: float) -> None:
    time.sleep(max(0.0, at - time.monotonic()))
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def _newest(deployment: Deployment, known: set[Path]) -> Path:
    """The journal that was not known before, as soon as it is there."""
    while True:
        fresh = set((deployment.suite.root / "reports").glob(f"2*/{JOURNAL}")) - known
        if fresh:
            return fresh.pop()
        time.sleep(0.05)


def _tell(name: str, verdict: str, record: dict[str, Any]) -> None:
    signals = record["signals"].values()
    seen, unseen = ([each[kind] for each in signals] for kind in ("seen", "unseen"))
    counts = (
        f"{min(seen)} to {max(seen)} seen, {min(unseen)} to {max(unseen)} unseen of {record['intervals']} intervals"
    )
    log_lines = "whole" if record["log_cause"] is None else record["log_end"]
    print(f"{name:<18}{verdict:<12}{counts} (of the worst and best signal); log read to its end: {log_lines}")


if __name__ == "__main__":
    main()
