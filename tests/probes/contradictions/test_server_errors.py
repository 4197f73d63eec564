"""What any probe saw of a server error makes `no-server-errors` red, whether or not the log could be read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.runs.toy import MakeSuite, check, checks, contract
from verifier.core.config.target import new_target
from verifier.core.evidence import Evidence
from verifier.core.evidence.store import EvidenceStore
from verifier.core.subject import Probe
from verifier.core.verdict.results import Outcome
from verifier.probes.browser.console import Complaint
from verifier.probes.browser.tiles.evidence import PageLoad
from verifier.probes.browser.visits import Visit
from verifier.probes.contradictions.server_errors import answers, no_server_error_seen
from verifier.probes.http.client import Reply
from verifier.probes.sse.wire.response_head import Head

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
URL = "https://app.example"
AGENT = "https://agent.example"
TARGET = new_target(title="an app", app="app", url=URL, agent={"app": "agent", "url": AGENT})


class Held(Evidence):
    """Evidence that holds records somewhere."""

    things: dict[str, tuple[Reply | Visit | PageLoad | Head, ...]] = {}


def reply(path: str = "/health", status: int | None = 200, url: str = URL) -> Reply:
    return Reply(method="GET", url=url + path, at=NOW, status=status, milliseconds=1)


def visit(status: int, *complaints: tuple[str, str]) -> Visit:
    heard = tuple(Complaint(kind="response", text=text, source=url, first_party=True) for url, text in complaints)
    return Visit(route="/approvals", status=status, final_url=f"{URL}/approvals", complaints=heard)


def load(**unwell: str) -> PageLoad:
    asked = {f"{URL}/api/{name}": said for name, said in unwell.items()}
    return PageLoad(url=URL, final_url=URL, status=200, at=NOW, first_byte_ms=1, tiles={}, unwell=asked)


def observe_held() -> Held:
    raise NotImplementedError


def judged(folder: Path, *things: Any, name: str = "held") -> tuple[Outcome, str]:  # noqa: ANN401 - any record
    """Outcome and message, with these records in the evidence `name`."""
    held = Held(asked="?", where="here", at=NOW, again="curl it", things={"all": things})
    (folder / f"{name}.json").write_text(held.model_dump_json(), encoding="utf-8")
    probe = Probe(name, observe_held, last=name == "failover")
    result = no_server_error_seen(answers(EvidenceStore(folder), [probe], TARGET), 0)
    return result.outcome, result.message


@pytest.mark.parametrize(
    ("things", "told"),
    [
        ([reply(status=503)], "GET /health: HTTP 503 (evidence: held)"),
        ([reply(), visit(500, (f"{URL}/approvals", "HTTP 500"))], "GET /approvals: HTTP 500 (evidence: held)"),
        ([visit(200, (f"{URL}/api/queue?x=1", "HTTP 502"))], "GET /api/queue: HTTP 502 (evidence: held)"),
        ([load(tiles="HTTP 504", other="failed")], "GET /api/tiles: HTTP 504 (evidence: held)"),
        ([Head(status=500)], "the event stream: HTTP 500 (evidence: held)"),
        ([reply(), reply(status=500, url=AGENT)], "GET /health: HTTP 500 (evidence: held)"),
        ([reply("/app?probe=ab12", 500)] * 3, "GET /app: HTTP 500 (evidence: held)"),
    ],
)
def test_a_server_error_counts_whoever_saw_it(tmp_path: Path, things: list[Any], told: str) -> None:
    outcome, message = judged(tmp_path, *things)
    assert (outcome, message.splitlines()[0]) == (Outcome.FAILED, "request answered with a server error")
    assert all(part in message for part in told.split(": ", 1))


@pytest.mark.parametrize(
    "things",
    [
        [reply(), visit(200), load(), Head(status=200)],
        [reply(status=404), reply(status=None)],
        [reply(), reply("/v1/apps", 503, "https://api.machines.dev")],
    ],
)
def test_other_answers_and_the_answers_of_others_do_not(tmp_path: Path, things: list[Any]) -> None:
    assert judged(tmp_path, *things) == (Outcome.PASSED, "")


def test_where_nothing_answered_nothing_is_proved(tmp_path: Path) -> None:
    assert judged(tmp_path, reply(status=None)) == (Outcome.UNVERIFIED, "no probe was answered by the target")


def test_what_a_machine_answers_that_the_run_itself_stopped_does_not_count(tmp_path: Path) -> None:
    assert judged(tmp_path, reply(status=503), name="failover")[0] == Outcome.UNVERIFIED


SEES = """
from verifier.probes.http.client import Reply


class Answers(Evidence):
    reply: Reply


def observe_answers(context) -> Answers:
    seen = Reply(method="GET", url=context.url + "/status", at=now(), status=503, milliseconds=1)
    return Answers(asked="?", where="here", at=now(), again="curl", reply=seen)


plain_probes = toy_probes


def toy_probes():
    from verifier.core.subject import Probe

    return (*plain_probes(), Probe("machines", observe_answers))
"""


@pytest.mark.parametrize("words", [(), ("-n", "1")])
def test_it_is_red_although_the_log_cannot_be_read(make_suite: MakeSuite, words: tuple[str, ...]) -> None:
    looks = check("other", "measured(1)", wants="machines, measured", proves="kept")
    blind = check("blind", "measured(1)", wants="logs, measured", proves="no-server-errors")
    items = contract("kept", "no-server-errors")

    run = make_suite({"checks/test_toy.py": checks(looks, blind)}, contract=items, conftest=SEES).run(*words)

    outcomes = [each["outcome"] for each in run.item("no-server-errors")["checks"]]
    assert (run.ending, outcomes) == (("NOT DONE", 1), ["failed", "unverified"])
    assert "GET /status (" in run.item("no-server-errors")["reason"]
