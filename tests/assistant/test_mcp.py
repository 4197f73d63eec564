"""The tools as a client of the protocol gets them: the server is a process of its own, the deployment a real one."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp_types import TextContent, Tool

from tests.support.runs.deployment import Deployment, all_but
from tests.support.runs.toy import PATIENCE, MakeSuite, Suite, check, checks, contract
from verifier.core.deadline import Deadline

JUDGE = "definition-of-done"
Call = tuple[str, dict[str, Any]]


@dataclass
class Answer:
    """What a client got for one call."""

    text: str
    refused: bool
    told: list[str]

    @property
    def content(self) -> dict[str, Any]:
        """The answer of a tool that answers in JSON."""
        content: dict[str, Any] = json.loads(self.text)
        return content


def asked(
    suite: Suite, *calls: Call | Path, target: str = "toy", mode: str = "auto"
) -> tuple[dict[str, Tool], list[Answer]]:
    """The tools of a server for this suite, and its answers to these calls, one after the other.

    Args:
        suite: where the server is started.
        calls: tool and arguments of each; or a file that must be there before the next one.
        target: that it looks at.
        mode: "legacy" for the handshake that clients had before 2026.
    """
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "verifier", "mcp", "--target", target], cwd=suite.root,
        env=suite._environment(),
    )  # fmt: skip

    async def ask() -> tuple[dict[str, Tool], list[Answer]]:
        answers = []
        async with Client(server, read_timeout_seconds=120, mode=mode) as client:
            tools = {each.name: each for each in (await client.list_tools()).tools}
            for call in calls:
                if isinstance(call, Path):
                    patience = Deadline(PATIENCE)
                    while not call.exists():
                        assert not patience.over, f"no {call.name}"
                        await patience.nap(0.1)
                    continue
                (name, words), told = call, list[str]()

                async def hear(_: float, __: float | None, line: str | None, told: list[str] = told) -> None:
                    told.append(line or "")

                found = await client.call_tool(name, words, progress_callback=hear)
                text = "\n".join(each.text for each in found.content if isinstance(each, TextContent))
                answers.append(Answer(text, bool(found.is_error), told))
        return tools, answers

    return anyio.run(ask)


def test_in_three_calls_an_assistant_knows_whether_it_is_healthy_what_is_broken_and_what_to_type(
    deployment: Deployment,
) -> None:
    deployment.switch("column-missing", "machine-cordoned")
    deployment.retarget(without=all_but("tables-exist", "machines-started"))

    tools, (started, item, status, logs, unknown) = asked(
        deployment.suite,
        (JUDGE, {"action": "start", "wait_seconds": 100}),
        (JUDGE, {"action": "item", "item": "tables-exist"}),
        ("fly-status", {}),
        ("fly-logs", {"minutes": 60, "contains": "LISTENING on"}),
        ("fly-machine-status", {"machine": "nobody"}),
        target="warm",
    )

    assert set(tools) == {"fly-status", "fly-machine-status", "fly-logs", JUDGE}
    assert "✘ tables-exist (critical): Every table that the release needs exists" in started.text
    assert "column is missing: sales_pulse_actions.notes" in started.text
    assert "again: fly status --json" in started.text
    assert "NOT DONE: 1 of" in started.text
    assert [line for line in started.told if line.startswith("✘ ")], started.told
    assert 'again: psql "$DATABASE_URL"' in item.text
    wrong = {each["wrong"] for each in status.content["machines"]}
    assert wrong == {"", "it is cordoned: it gets no traffic"}
    assert logs.content["lines"]
    assert all("listening on" in each.casefold() for each in logs.content["lines"])
    assert unknown.refused
    assert all(each["id"] in unknown.text for each in status.content["machines"])


def test_what_cannot_be_looked_at_is_an_error_with_its_cause(deployment: Deployment) -> None:
    deployment.switch("platform-unauthorized")
    deployment.retarget(without=())

    _, answers = asked(deployment.suite, ("fly-status", {}), ("fly-logs", {}), target="warm")

    assert all(each.refused and "could not look (unauthorized)" in each.text for each in answers), answers


@pytest.mark.parametrize(("writes", "changes"), [("forbidden", False), ("allowed", True)])
def test_the_tools_say_that_they_only_read_but_for_a_run_where_the_target_allows_writes(
    make_suite: MakeSuite, writes: str, *, changes: bool
) -> None:
    target = f'title = "a toy"\napp = "toy"\nurl = "http://127.0.0.1:9"\nwrites = "{writes}"\n'
    suite = make_suite({"checks/test_toy.py": checks(check("kept", "measured('well')"))}, target=target)

    tools, (refused, none) = asked(suite, (JUDGE, {"action": "item", "item": "../x"}), (JUDGE, {}))

    told = {name: each.annotations for name, each in tools.items()}
    assert {name for name, each in told.items() if each and each.read_only_hint} == {*told} - {JUDGE}
    assert (own := told[JUDGE])
    assert (own.read_only_hint, own.destructive_hint) == (False, changes)
    assert refused.refused
    assert none.refused
    assert "no run of toy has left a verdict" in none.text


def test_a_run_is_followed_and_stopped(make_suite: MakeSuite) -> None:
    waits = f"import pathlib, threading\npathlib.Path('begun').touch()\nthreading.Event().wait({PATIENCE})"
    wait = check("slow", waits)
    suite = make_suite({"checks/test_toy.py": checks(wait)}, contract=contract("slow"))

    _, (started, again, stopped, evidence) = asked(
        suite,
        (JUDGE, {"action": "start", "wait_seconds": 0}),
        suite.root / "begun",
        (JUDGE, {"action": "start", "wait_seconds": 0}),
        (JUDGE, {"action": "stop"}),
        (JUDGE, {"action": "evidence", "record": "no-such"}),
        mode="legacy",
    )

    assert "still running" in started.text
    assert again.refused
    assert "a run is under way" in again.text
    assert "UNVERIFIED: 0 of 1 items verified" in stopped.text
    assert evidence.refused
    assert "no record 'no-such'" in evidence.text
