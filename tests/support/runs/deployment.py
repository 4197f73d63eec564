"""A sandbox that stays up, with short periods, judged by the real command with the product's contract and checks."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.support.faults.fault_runs import CONDITIONS, RUNS
from tests.support.runs.toy import CHECKOUT, Ended, Suite
from verifier.core.config.contract import read_contract
from verifier.probes.browser.path import find_browser

LIMITS = {
    "sse-heartbeat": "seconds = 1.0\ntolerance = 1.0",
    "tiles-under-3s": "seconds = 2.0\nloads = 1",
    "response-time": "seconds = 1.0",
    "sse-delivers": "seconds = 2.0",
    "sse-reconnect": "seconds = 1.0",
    "sse-disconnect": "seconds = 2.0",
    "sse-failover": "seconds = 3.0",
    "uptime": "seconds = 2.0",
    "metrics-collecting": "seconds = 1.0",
    "ga-api-health": "seconds = 4.0\ntolerance = 0.0",
}
"""The real limits, scaled with the periods of the sandbox; faults that are figures are scaled alike."""


class Deployment:
    """A sandbox that stays up from fault to fault, and the suite that judges it."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "sandbox", "up", "--heartbeat", "1", "--ga-period", "1"]
        self._process = subprocess.Popen(
            command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        output = self._process.stdout
        line = output.readline().decode() if output else ""
        self.told: dict[str, Any] = json.loads(line)
        self.suite, self.suite_target = _suite(folder, line)
        self._fault_deployed = False

    def switch(self, *faults: str, redeploy: bool = True) -> None:
        """Activate exactly these faults, with a new deploy or in place; 'fault=figure' overrides a figure.

        A deployment with an earlier fault is always deployed again, because only that heals it.
        """
        redeploy = redeploy or self._fault_deployed
        control = self.told["control"]
        scaled = {name: f"{name}={run.scaled}" for name, run in RUNS.items() if run.scaled}
        words = [scaled.get(fault, fault) for fault in faults]
        headers = {"authorization": f"Bearer {control['token']}"}
        wanted = {"names": words, "redeploy": redeploy}
        answer = httpx.put(f"{control['url']}/faults", json=wanted, headers=headers, timeout=60)
        assert answer.is_success, f"{faults}: {answer.json()['error']}"
        self._fault_deployed = redeploy and bool(faults)

    def judged(
        self,
        *faults: str,
        words: tuple[str, ...] = (),
        mark: str = "postdeploy",
        without: tuple[str, ...] = (),
        phases: tuple[int, ...] = (),
    ) -> Ended:
        """Run the command on the deployment with these faults.

        Args:
            faults: as for `switch`.
            words: further arguments of the command.
            mark: the stages.
            without: the items that are not applicable; without accessibility only the first page is looked at in full.
            phases: those whose flows are judged; default: the target's.
        """
        self.switch(*faults)
        first_only = without and set(CONDITIONS) <= set(without)
        self.retarget(without=without, change=partial(_changed, phases, "thorough = 0\n" if first_only else ""))
        return self.suite.run(*words, mark=mark, target="warm")

    def retarget(self, *, without: tuple[str, ...], change: Callable[[str], str] = str) -> None:
        """Write the target file, with `without` as not applicable, and `change` applied to its text."""
        kept = tomllib.loads(self.suite_target)["not_applicable"]
        left_out = [f'{item} = "this fault is far from it"\n' for item in without if item not in kept]
        text, found = re.subn(
            r"(?m)^\[not_applicable\]\n", lambda head: head[0] + "".join(left_out), change(self.suite_target)
        )
        assert found == 1
        self.suite.write({"targets/warm.toml": text})

    def contents(self) -> dict[str, list[str]]:
        """Table → its rows as text, sorted; without the log of events, which keeps what came and went."""
        with psycopg.connect(self.told["credentials"]["DATABASE_URL"]) as connection:
            named = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
            tables = sorted(str(name) for (name,) in named if name != "approval_events")
            query = sql.SQL("select each::text from {} as each order by 1")
            return {
                table: [str(row[0]) for row in connection.execute(query.format(sql.Identifier("public", table)))]
                for table in tables
            }

    def stop(self) -> None:
        """Stop the sandbox by closing its input, as the exit of its parent does."""
        end(self._process)


def end(sandbox: subprocess.Popen[bytes]) -> None:
    """Stop a sandbox by closing its input, as the exit of its parent does."""
    if sandbox.stdin:
        sandbox.stdin.close()
    sandbox.wait(30)
    if sandbox.stdout:
        sandbox.stdout.close()


def _changed(phases: tuple[int, ...], of_dashboard: str, target: str) -> str:
    """The target with these phases alone, if there are any, and with more lines in its section of the dashboard."""
    judged, found = re.subn(
        r"(?m)^deployed = .*$", f"deployed = {list(phases)}" if phases else lambda it: it[0], target
    )
    assert found == 1
    judged, found = re.subn(r"(?m)^\[dashboard\]\n", lambda head: head[0] + of_dashboard, judged)
    assert found == 1
    return judged


def all_but(*items: str) -> tuple[str, ...]:
    """Every item of the contract but these."""
    return tuple(each.id for each in read_contract(CHECKOUT).item if each.id not in {*items, "release-unchanged"})


def product_suite(folder: Path) -> Suite:
    """The product's contract and checks; any item may be declared not applicable."""
    suite = Suite(folder)
    for name in ("conftest.py", "pytest.ini", "definition_of_done.toml"):
        shutil.copy(CHECKOUT / name, folder)
    for name in ("checks", "smoke"):
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    contract = (folder / "definition_of_done.toml").read_text(encoding="utf-8")
    # Here a fault is judged by the items near it alone.
    contract = re.sub(r"(?m)^(waivable = false|applies = .*)\n", "", contract)
    (folder / "definition_of_done.toml").write_text(contract, encoding="utf-8")
    return suite


def _suite(folder: Path, line: str) -> tuple[Suite, str]:
    """The product's suite, and a target whose start command announces the running sandbox."""
    suite = product_suite(folder)
    suite.environment["HOTDASH_BROWSER"] = find_browser(None, os.environ)
    (folder / "line.json").write_text(line, encoding="utf-8")
    tell = "import sys; print(open('line.json').read(), flush=True); sys.stdin.read()"
    target = (CHECKOUT / "targets" / "sandbox.toml").read_text(encoding="utf-8")
    target, found = re.subn(r"(?m)^start = .*$", f'start = ["python", "-c", "{tell}"]', target)
    target, also = re.subn(r"(?m)^longest_transaction = .*$", "longest_transaction = 2", target)
    target = target.replace("every = 65", "every = 4").replace("seconds = 20.0", "seconds = 2.0")
    target = re.sub(r'(?m)^app_dir = "(.*)"$', lambda told: f'app_dir = "{(CHECKOUT / told[1]).as_posix()}"', target)
    assert (found, also) == (1, 1)
    scaled = [f'[limit.{item}]\n{figures}\nreason = "scaled for the tests"\n' for item, figures in LIMITS.items()]
    return suite, "\n".join([target, *scaled])


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The sandbox of this process."""
    made = Deployment(tmp_path_factory.mktemp("a deployment"))
    yield made
    made.stop()
