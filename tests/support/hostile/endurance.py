"""Healthy runs in a row on the sandbox with short periods: none red, none unverified by luck, nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.support.runs.deployment import Deployment


def endure(runs: int) -> str:
    """Run so often, every other time on a busy machine; what was seen, in Markdown."""
    endings: Counter[tuple[str, str, int]] = Counter()
    told: list[str] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        sandbox = Deployment(Path(folder))
        try:
            sandbox.judged()  # the server that forks, and what else lives as long as this process, is there from now on
            before = _held(sandbox)
            for number in range(runs):
                load = "busy" if number % 2 else "idle"
                with _busy() if number % 2 else _idle():
                    ended = sandbox.judged()
                endings[(load, *ended.ending)] += 1
                if ended.ending != ("DONE", 0):
                    told.append(
                        f"run {number + 1} ({load}): "
                        + ", ".join(
                            f"{item} {outcome}"
                            for item, outcome in ended.outcomes.items()
                            if outcome not in {"passed", "not applicable"}
                        )
                    )
                sys.stdout.write(f"endurance {number + 1}/{runs} ({load}): {ended.ending}\n")
                sys.stdout.flush()
            after = _held(sandbox)
        finally:
            sandbox.stop()
    rows = "".join(
        f"| {load} | {verdict} | {status} | {count} |\n" for (load, verdict, status), count in sorted(endings.items())
    )
    left = f"Processes, open files and temporary entries before: {before}; after: {after}."
    return (
        f"{runs} healthy runs in a row.\n\n| machine | verdict | exit | runs |\n|---|---|---|---|\n{rows}\n{left}\n"
        + "".join(f"\n- {each}" for each in told)
    )


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
