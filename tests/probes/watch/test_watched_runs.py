"""The real command watches a deployment: faults come while it does, and it is killed and resumed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.runs.deployment import Deployment, all_but
from tests.support.runs.toy import PATIENCE, Ended
from tests.support.servers.receiver import receiver
from verifier.core.deadline import Deadline
from verifier.core.execution.watch_journal import JOURNAL

WATCHED = ("database-connection", "chatwoot-health", "logs-watched", "no-server-errors", "error-rate")
SETTINGS = "every = 0.5\ngaps = 0.9"
"""Many gaps are allowed: on a busy machine a round takes longer than an interval."""
CHANNELS = """
[escalation]
deliver = true
channels = { manager = ["TEAM_URL"], immediate = ["TEAM_URL"], investigate = ["TEAM_URL"] }
"""
QUIET = tuple(each for each in WATCHED if each != "error-rate")
"""Without the item for which a run sends hundreds of requests as it begins: those, too, would meet a blip."""


def settle(
    deployment: Deployment, settings: str = SETTINGS, *, items: tuple[str, ...] = WATCHED, more: str = ""
) -> None:
    """A healthy deployment, of which little else is judged than what is watched; `more` are sections of the target."""
    deployment.switch()
    deployment.retarget(without=all_but(*items), change=lambda text: re.sub(r"(?m)^every = 5$", settings, text) + more)


@contextmanager
def watching(deployment: Deployment, *words: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """The running command, and its journal once it has seen some intervals."""
    before = set(journals(deployment))
    with deployment.suite.running(*words, mark="monitoring", target="warm") as process:
        yield process, seen(deployment, before, process)


def journals(deployment: Deployment) -> list[Path]:
    return sorted((deployment.suite.root / "reports").glob(f"2*/{JOURNAL}"))


def seen(deployment: Deployment, before: set[Path], process: subprocess.Popen[str]) -> Path:
    """The journal of this run, when it holds more than it began with."""

    def found() -> Path | None:
        fresh = [each for each in journals(deployment) if each not in before and len(intervals(each)) > begun(each) + 2]
        return fresh[0] if fresh else None

    def begun(path: Path) -> int:
        return known.setdefault(path, len(intervals(path)))

    known: dict[Path, int] = {}
    path = Deadline(PATIENCE).eventually(found, lambda each: each is not None or process.poll() is not None, pause=0.05)
    assert path is not None, process.communicate()[0]
    return path


def records(journal: Path) -> list[dict[str, Any]]:
    """The whole lines of a journal."""
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(each) for each in lines if each.endswith("\n")]


def intervals(journal: Path) -> list[int]:
    return [each["interval"] for each in records(journal) if each["kind"] == "sample" and each["signal"] == "database"]


def evidence(ended: Ended) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((ended.folder / "evidence" / "watch.json").read_text(encoding="utf-8"))
    return record


def judged(ended: Ended) -> dict[str, str]:
    return {each: ended.outcomes[each] for each in WATCHED}


def test_the_first_errors_of_a_burst_end_the_watch_red(deployment: Deployment) -> None:
    settle(deployment)
    with watching(deployment, "--watch", "40s") as (process, _):
        deployment.switch("error-burst=0.2", redeploy=False)
        ended = deployment.suite.ended(process)

    assert ended.ending == ("NOT DONE", 1), ended.output
    told = judged(ended)
    assert told.pop("error-rate") in {
        "failed",
        "unverified",
    }  # the burst may be half way when the first error is certain
    assert told == dict.fromkeys(told, "unverified") | {"no-server-errors": "failed"}
    watch = evidence(ended)
    assert watch["ended"].startswith("certain already: no-server-errors")
    assert watch["signals"]["logged requests"]["findings"][0]["subject"] == "GET /api/visits"


def test_people_are_told_while_the_watch_goes_on_and_not_again_at_its_end(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as there:
        monkeypatch.setitem(deployment.suite.environment, "TEAM_URL", there.url)
        settle(deployment, more=CHANNELS)
        with watching(deployment, "--watch", "12s", "--watch-all") as (process, _):
            deployment.switch("error-burst=0.2", redeploy=False)
            ended = deployment.suite.ended(process)

    escalated = evidence(ended)["escalated"]
    assert any(each.startswith("'manager' (TEAM_URL) was told of error-rate at ") for each in escalated), escalated
    assert len([each for each in there.titles if "error-rate" in each]) == 1, there.titles
    about = [each for each in ended.verdict["escalations"] if each["items"] == ["error-rate"]]
    assert [(each["level"], each["status"]) for each in about] == [("manager", "told earlier")]


BROKEN = (
    "dashboard-flaps", "health-degraded", "chatwoot-down", "database-read-only", "ga-failing",
    "log-error-while-watched", "heartbeat-missing",
)  # fmt: skip
BREAKS = (*WATCHED, "uptime", "ga-api-health", "sse-connections")


@pytest.mark.parametrize(
    ("faults", "items", "words"),
    [
        pytest.param(BROKEN, BREAKS, ("--watch", "16s"), id="broken"),
        # By themselves: a round waits for slow responses, and a p95 needs twenty of them.
        pytest.param(("slow-responses=1.1",), ("response-time",), ("--watch", "40s"), id="slow"),
    ],
)
def test_every_check_of_a_watch_is_turned_red_by_what_it_watches(
    deployment: Deployment, faults: tuple[str, ...], items: tuple[str, ...], words: tuple[str, ...]
) -> None:
    settle(deployment, items=items)
    deployment.switch(*faults)
    ended = deployment.suite.run(*words, "--watch-all", mark="monitoring", target="warm")

    seen = {
        each["check"]: each["outcome"]
        for item in ended.verdict["items"]
        for each in item["checks"]
        if each["check"].startswith("checks/watch/") and item["id"] in items
    }
    assert len(seen) >= len(items)
    assert {check: outcome for check, outcome in seen.items() if outcome != "failed"} == {}, ended.output


def test_a_blip_of_the_network_is_a_gap_and_no_failure(deployment: Deployment) -> None:
    settle(deployment, items=QUIET)
    with watching(deployment, "--watch", "12s") as (process, _):
        deployment.switch("network-blip=0.2", redeploy=False)
        ended = deployment.suite.ended(process)

    assert ended.ending == ("DONE", 0), ended.output
    signals = evidence(ended)["signals"]
    assert signals["chatwoot"]["causes"].get("unreachable", 0) > 0
    assert {name: each["bad"] for name, each in signals.items()} == dict.fromkeys(signals, 0)


def test_a_second_deploy_ends_the_watch_with_that_reason(deployment: Deployment) -> None:
    deployment.switch("log-error")  # the previous release wrote errors, and they are none of this one
    settle(deployment, items=("chatwoot-health", "database-connection", "logs-watched"))
    with watching(deployment, "--watch", "40s") as (process, _):
        deployment.switch("second-deploy=0.2", redeploy=False)
        ended = deployment.suite.ended(process)

    assert ended.ending == ("UNVERIFIED", 6), ended.output
    assert {ended.told(each) for each in ("chatwoot-health", "release-unchanged")} == {("unverified", "stale-data")}
    assert "another deploy: release" in evidence(ended)["ended"]


def test_a_watch_that_is_killed_twice_is_resumed_and_no_interval_counts_twice(deployment: Deployment) -> None:
    settle(deployment, items=QUIET)
    words: tuple[str, ...] = ("--watch", "20s")
    for _ in range(2):
        with watching(deployment, *words) as (process, journal):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        words = ("--resume",)
        before = records(journal)
    ended = deployment.suite.run("--resume", mark="monitoring", target="warm")

    assert ended.ending == ("DONE", 0), ended.output
    whole = records(ended.folder / JOURNAL)
    assert whole[: len(before)] == before
    looked = Counter((each["interval"], each["signal"]) for each in whole if each["kind"] == "sample")
    assert set(looked.values()) == {1}
    watch = evidence(ended)
    database = watch["signals"]["database"]
    assert database["seen"] + database["unseen"] == watch["intervals"]
    assert watch["resumed"] is True
    assert watch["log_cause"] is None


def test_what_has_ended_is_not_resumed(deployment: Deployment) -> None:
    ended = deployment.suite.run("--resume", mark="monitoring", target="warm")

    assert ended.status == 4
    assert "no watch of warm is unfinished" in ended.output
