"""Two sources that contradict each other stand at the top of every report, and change no outcome."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.runs.deployment import Deployment, all_but
from tests.support.runs.toy import Ended
from verifier.core.evidence import Evidence
from verifier.core.evidence.store import EvidenceStore
from verifier.probes.contradictions.heard import find
from verifier.probes.http.client import Reply
from verifier.probes.platform.state import Machine, MachineState, Release
from verifier.probes.postgres.connection import ConnectionState
from verifier.probes.services.agent import AgentState
from verifier.probes.traffic.health import HealthState
from verifier.probes.traffic.probe import TrafficState

SIDES = ("machines-started", "health-endpoint", "database-connection", "response-time", "error-rate")
"""Items whose evidence contradicts each other in the runs of the command."""
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SEEN: dict[str, Any] = {"asked": "?", "where": "here", "at": NOW, "again": "curl it"}
RELEASE = Release(id="r", version=1, status="complete", created_at=NOW)
WELL, BAD = {"status": "ok"}, {"status": "degraded"}


def reply(status: int | None = 200, **more: object) -> Reply:
    silence = {} if status else {"cause": "unreachable", "trouble": "refused"}
    return Reply(method="GET", url="https://app/", at=NOW, status=status, milliseconds=1, **{**silence, **more})


def machine(name: str = "m1", **more: object) -> Machine:
    checks = {"state": "started", "checks": {"c": "passing"}, "checks_configured": 1}
    return Machine(id=name, **{**checks, **more})


def machines(*found: Machine) -> MachineState:
    return MachineState(**SEEN, machines=found or (machine(),), release=RELEASE)


def health(**places: tuple[Reply, dict[str, str]]) -> HealthState:
    found = places or {"edge": (reply(), WELL), "m1": (reply(), WELL)}
    return HealthState(
        **SEEN,
        expected_places=tuple(f"{place} /health" for place in found),
        replies={f"{place} /health": each for place, (each, _) in found.items()},
        claimed={f"{place} /health": claim for place, (_, claim) in found.items()},
        wanted={f"{place} /health": WELL for place in found},
    )


def connection(trouble: str = "", answer: Reply | None = None, *, connected: bool = True) -> ConnectionState:
    said, wanted = {"connected": connected}, {"connected": True}
    facts = {"seconds": 0.01, "version": "18", "load": None, "longest_transaction": 60.0}
    facts |= {"reply": answer or reply(), "claimed": said, "wanted": wanted}
    return ConnectionState(**SEEN, trouble=trouble, **facts)


def traffic(down: int) -> TrafficState:
    """Ten requests of our own, the first of which were answered 500."""
    replies = tuple(reply(500 if number < down else 200, machine="m1") for number in range(10))
    return TrafficState(**SEEN, expected={"m1": 10}, replies=replies)


def agent(status: int | None = 200) -> AgentState:
    return AgentState(**SEEN, reply=reply(status), claimed=WELL if status else {}, wanted=WELL)


def agent_machines(state: str = "started") -> MachineState:
    return machines(machine(state=state))


STOPPED = machine(state="stopped", checks={})
CRITICAL = machine(checks={"c": "critical"})
CASES: dict[str, tuple[dict[str, Evidence], list[str]]] = {
    "all well": ({"machines": machines(), "health": health(), "connection": connection(), "traffic": traffic(0)}, []),
    "nothing seen": ({}, []),
    "the edge serves nobody": (
        {"machines": machines(), "health": health(edge=(reply(None), {}), m1=(reply(), WELL))},
        ["platform-well-users-not-served"],
    ),
    "most requests fail": (
        {"machines": machines(), "health": health(), "traffic": traffic(6)},
        ["platform-well-users-not-served"],
    ),
    "some requests fail": ({"machines": machines(), "health": health(), "traffic": traffic(5)}, []),
    "both say dead": (
        {"machines": machines(CRITICAL), "health": health(edge=(reply(503), {}), m1=(reply(503), {}))},
        [],
    ),
    "a check is critical, and the machine serves": (
        {"machines": machines(CRITICAL), "health": health()},
        ["platform-dead-users-served"],
    ),
    "all are stopped, and the edge serves": (
        {"machines": machines(STOPPED), "health": health(edge=(reply(), WELL))},
        ["platform-dead-users-served"],
    ),
    "one of two is stopped": (
        {"machines": machines(machine("m2", state="stopped"), machine()), "health": health()},
        [],
    ),
    "health lies": ({"health": health(), "connection": connection("refused", reply(503))}, ["health-lies"]),
    "the app lies of its database": (
        {"health": health(edge=(reply(), BAD)), "connection": connection("refused")},
        ["health-lies"],
    ),
    "health tells the truth": (
        {"health": health(edge=(reply(503), BAD)), "connection": connection("refused", reply(503), connected=False)},
        [],
    ),
    "the app cannot reach a database that is there": (
        {"connection": connection("", reply(503), connected=False)},
        ["database-answers-app-says-gone"],
    ),
    "the app says nothing": ({"connection": connection("", reply(None))}, []),
    "the agent is well and silent": (
        {"agent_machines": agent_machines(), "agent": agent(None)},
        ["agent-well-not-serving"],
    ),
    "the agent is dead and serves": (
        {"agent_machines": agent_machines("stopped"), "agent": agent()},
        ["agent-dead-serving"],
    ),
    "the agent is dead": ({"agent_machines": agent_machines("stopped"), "agent": agent(503)}, []),
}


@pytest.mark.parametrize("case", CASES)
def test_a_contradiction_is_found_and_nothing_else(tmp_path: Path, case: str) -> None:
    evidence, expected = CASES[case]
    for name, record in evidence.items():
        (tmp_path / f"{name}.json").write_text(record.model_dump_json(), encoding="utf-8")

    assert [each.id for each in find(EvidenceStore(tmp_path))] == expected
    assert all(each.next and all(side.said for side in each.sides) for each in find(EvidenceStore(tmp_path)))


def test_what_to_type_asks_what_was_not_answered(tmp_path: Path) -> None:
    for name, record in {"machines": machines(), "health": health(), "traffic": traffic(9)}.items():
        again = {"again": f"curl what {name} asked"}
        (tmp_path / f"{name}.json").write_text(record.model_copy(update=again).model_dump_json(), encoding="utf-8")

    assert find(EvidenceStore(tmp_path))[0].next.startswith("curl what traffic asked")


def test_what_workers_saw_is_found_and_what_is_unreadable_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "gw0").mkdir()
    (tmp_path / "machines.json").write_text("{", encoding="utf-8")
    (tmp_path / "gw0" / "machines.json").write_text(machines(CRITICAL).model_dump_json(), encoding="utf-8")
    (tmp_path / "gw0" / "health.json").write_text(health().model_dump_json(), encoding="utf-8")

    assert [each.id for each in find(EvidenceStore(tmp_path))] == ["platform-dead-users-served"]


def first_lines(ended: Ended) -> dict[str, str]:
    """What each report says before it comes to the first item."""
    terminal = ended.output.partition("Definition of Done · ")[2].partition("machines-started")[0]
    document = (ended.folder / "definition-of-done.md").read_text(encoding="utf-8").partition("- Target:")[0]
    results = [json.loads(each.read_text()) for each in (ended.folder / "allure-results").glob("*-result.json")]
    suites: Callable[[dict[str, Any]], str] = lambda each: each["labels"][0]["value"]  # noqa: E731
    first = min(results, key=suites)
    return {"terminal": terminal, "document": document, "allure": f"{first['name']} {first['description']}"}


@pytest.mark.parametrize(
    ("fault", "ids", "words"),
    [
        (
            "platform-says-dead",
            ["platform-dead-users-served"],
            ["machines are not well, and they serve users", "stopped", "answers 200", "fly status", "curl "],
        ),
        (
            "database-lies",
            ["platform-well-users-not-served", "health-lies"],
            ["all is well, and users are not served", "its database is gone", "'status': 'ok'", "psql "],
        ),
    ],
)
def test_a_finding_stands_above_everything(
    deployment: Deployment, fault: str, ids: list[str], words: list[str]
) -> None:
    ended = deployment.judged(fault, without=all_but(*SIDES))

    assert [each["id"] for each in ended.verdict["contradictions"]] == ids, ended.output
    assert ended.verdict["verdict"] == "NOT DONE"
    told = first_lines(ended)
    missing = {where: [word for word in words if word not in text] for where, text in told.items() if where != "allure"}
    assert missing == {"terminal": [], "document": []}
    assert any(each["title"] in told["allure"] for each in ended.verdict["contradictions"])


def test_a_wrong_path_of_the_stream_is_told_with_the_one_that_the_pages_open(deployment: Deployment) -> None:
    near = {"sse-heartbeat", "smoke-passed"}
    deployment.switch()
    deployment.retarget(
        without=tuple(each for each in all_but() if each not in near),
        change=lambda text: text.replace('path = "/api/realtime/approvals"', 'path = "/api/realtime/orders"'),
    )

    ended = deployment.suite.run(target="warm")

    assert (ended.told("sse-heartbeat")[0], ended.told("smoke-passed")[0]) == ("failed", "passed"), ended.output
    assert [each["id"] for each in ended.verdict["contradictions"]] == ["stream-elsewhere"]
    assert "open /api/realtime/approvals" in ended.output
