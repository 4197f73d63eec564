"""Healthy runs in a row on sandboxes with short periods: none red, none unverified by luck, nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import psutil

from tests.support.faults.fault_runs import CONDITIONS
from tests.support.runs.deployment import CHECKOUT, LIMITS, Deployment

_WHOLE = 4
"""Every so manieth run judges everything; the others one phase's flows, and the pages by their content alone."""
_PHASES = 11
_LIMIT = "seconds = 1.0\ntolerance = 2.0"
"""Of heartbeats: a tenth of what they have in front of customers."""
_TIME = ("--deadline=600",)
"""Several whole runs at once on few cores; the target's own deadline is for one."""


@dataclass(frozen=True)
class Healthy:
    """One run of the command on a healthy deployment.

    Attributes:
        whole: whether everything was judged.
        load: what else the machine did.
        ending: verdict and exit status.
        seconds: how long it took.
        told: the items that were neither verified nor declared not applicable.
    """

    whole: bool
    load: str
    ending: tuple[str, int]
    seconds: float
    told: str


def endure(runs: int, lanes: int, write: Callable[[str], None]) -> None:
    """Run so often on so many sandboxes at once; after each run, what was seen is written, in Markdown.

    With one sandbox every other run has a machine whose cores are all kept busy by something else.
    """
    seen: list[Healthy] = []
    held: list[str] = []
    writing = threading.Lock()

    def follow(number: int) -> None:
        share = runs // lanes + (number < runs % lanes)
        with tempfile.TemporaryDirectory(prefix="lane", ignore_cleanup_errors=True) as folder:
            command = [sys.executable, "-m", "tests.support.hostile", "--lane", str(number), str(share), str(lanes)]
            with subprocess.Popen(
                command, cwd=CHECKOUT, env=os.environ | {"TMPDIR": folder}, stdout=subprocess.PIPE, text=True
            ) as lane:
                for line in lane.stdout or ():
                    told = json.loads(line)
                    with writing:
                        if "held" in told:
                            held.append(told["held"])
                        else:
                            seen.append(Healthy(**told | {"ending": tuple(told["ending"])}))
                            each = seen[-1]
                            sys.stdout.write(
                                f"endurance {len(seen)}/{runs} ({each.load}, {'all' if each.whole else 'part'}): "
                                f"{each.ending}, {each.seconds:.1f} s {each.told}\n"
                            )
                            sys.stdout.flush()
                        write(_page(seen, held, runs))

    following = [threading.Thread(target=follow, args=(number,)) for number in range(lanes)]
    for each in following:
        each.start()
    for each in following:
        each.join()


def lane(number: int, runs: int, lanes: int) -> None:
    """One sandbox, judged so often; a line of JSON for each run, and one for what is held before and after."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        sandbox = Deployment(Path(folder))
        # The sandbox shares the cores with all that judges it, so its own heartbeats are late as well.
        sandbox.suite_target = sandbox.suite_target.replace(LIMITS["sse-heartbeat"], _LIMIT)
        try:
            sandbox.judged(without=CONDITIONS, phases=(1,))  # what lives as long as this process is there from now on
            before = _held(sandbox)
            for run in range(runs):
                burning = lanes == 1 and run % 2 == 1
                load = "busy" if burning else "idle" if lanes == 1 else "another run at once"
                whole = (run + 2 * number) % _WHOLE < 1 + (lanes == 1)
                began = monotonic()
                with _busy() if burning else _idle():
                    ended = (
                        sandbox.judged(words=_TIME)
                        if whole
                        else sandbox.judged(words=_TIME, without=CONDITIONS, phases=(1 + (run + 5 * number) % _PHASES,))
                    )
                told = "; ".join(
                    f"{item} {outcome}: {_why(ended.item(item))}"
                    for item, outcome in ended.outcomes.items()
                    if outcome not in {"passed", "not applicable"}
                )
                _say(asdict(Healthy(whole, load, ended.ending, monotonic() - began, told)))
            _say({"held": f"{before} before, {_held(sandbox)} after"})
        finally:
            sandbox.stop()


def _why(item: dict[str, Any]) -> str:
    """What the worst check of an item said: its report goes with the sandbox."""
    worst = item["checks"][0] if item["checks"] else item
    told = [" ".join(filter(None, (each["subject"], each["problem"], each["detail"]))) for each in worst["findings"]]
    return ", ".join(told) or str(worst["message"])


def _say(record: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def _page(seen: list[Healthy], held: list[str], runs: int) -> str:
    counted = Counter((each.whole, each.load, *each.ending) for each in seen)
    rows = "".join(
        f"| {'everything' if whole else 'one phase, no walk through the pages'} | {load} | {verdict} | {status} "
        f"| {count} | {max(each.seconds for each in seen if (each.whole, each.load) == (whole, load)):.0f} |\n"
        for (whole, load, verdict, status), count in sorted(counted.items())
    )
    told = "".join(
        f"\n- run {number} ({each.load}, {each.seconds:.0f} s): {each.told or each.ending}"
        for number, each in enumerate(seen, 1)
        if each.told or each.ending != ("DONE", 0)
    )
    left = f"Processes, open files and temporary entries, for each sandbox: {'; '.join(held) or 'not compared yet'}."
    return (
        f"{len(seen)} of {runs} healthy runs in a row.\n\n"
        f"| judged | machine | verdict | exit | runs | slowest, s |\n|---|---|---|---|---|---|\n{rows}\n{left}\n{told}"
    ).strip()


def _held(sandbox: Deployment) -> tuple[int, int, int]:
    """Processes below this one but the sandbox, its open files, and entries of runs in the temporary folder."""
    own = psutil.Process()
    apart = {each.pid for each in psutil.Process(sandbox._process.pid).children(recursive=True)}
    below = [each for each in own.children(recursive=True) if each.pid not in apart]
    scratch = [
        each
        for each in Path(tempfile.gettempdir()).iterdir()
        if each.name.startswith(("definition-of-done-", "hotdash-"))
    ]
    return len(below), own.num_fds(), len(scratch)


@contextmanager
def _idle() -> Iterator[None]:
    yield


@contextmanager
def _busy() -> Iterator[None]:
    """As many processes that compute as there are cores."""
    turning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for each in turning:
            each.kill()
            each.wait()
