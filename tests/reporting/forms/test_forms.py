"""The direction's forms: its bytes where it gives them, what the report says between them, and nothing invented."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.pages.reports import broken, found, held, out_of_scope, report, unseen
from tests.support.runs.toy import CHECKOUT
from verifier.core.config.contract import Stage, read_contract
from verifier.core.credentials import MissingCredential
from verifier.core.evidence import Attempt, Cause
from verifier.core.verdict.ledger import NO_CHECK, Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.forms import forms
from verifier.reporting.forms.words import FIRST_LINES, NEWEST_LINES, SMOKE_TEST
from verifier.reporting.model import JudgedItem, Report

DIRECTION = CHECKOUT / "tests" / "data" / "forms"
"""The forms as the direction gives them, to the byte."""
MACHINE = "d8dd9eea046d08"
RELEASE = {
    "id": "r", "version": 70, "status": "complete", "image": "registry.fly.io/hotdash-staging:deployment-01KXYZ",
    "created_at": "2026-01-31T11:00:00Z", "name": "Fly v70", "ended_well": True,
    "machines": {MACHINE: "started"}, "hosts": {MACHINE: "ok"},
}  # fmt: skip
FLY = MissingCredential(
    name="FLY_API_TOKEN", service="fly", what="a read-only token of the Fly.io organization", purpose="the app's log",
    how="fly tokens create readonly", vault="vault/occ/fly/",
    elsewhere=("environment (FLY_ACCESS_TOKEN, FLY_API_TOKEN)", "flyctl's login"),
)  # fmt: skip
NO_TOKEN = "no FLY_API_TOKEN: a read-only token; checked vault/occ/fly/, environment, flyctl's login"
DARK = unseen(NEWEST_LINES, "no log")
LOST = unseen(FIRST_LINES, NO_TOKEN, "export FLY_API_TOKEN=… (docs/targets.md)")


def told(*items: JudgedItem, verdict: Verdict = Verdict.DONE, **more: Any) -> Report:  # noqa: ANN401
    return report(*items, verdict=verdict, **{"release": RELEASE, "phases": (1, 3, 5), **more})


def healthy(**more: Any) -> Report:  # noqa: ANN401
    return told(*(held(each) for each in (*SMOKE_TEST, NEWEST_LINES, FIRST_LINES)), **more)


def tried(*answers: str, cause: Cause | None = None) -> tuple[Attempt, ...]:
    at = datetime(2026, 1, 31, 11, 59, tzinfo=UTC)
    asked = {"asked": "Which machines?", "where": "the platform"} if cause is None else {"cause": str(cause)}
    return tuple(
        Attempt(probe=f"probe-{n}", at=at, seconds=0.5, answer=each, **asked) for n, each in enumerate(answers)
    )


def given_form(name: str) -> str:
    return (DIRECTION / name).read_text(encoding="utf-8")


def fixed_words(form: str) -> list[str]:
    """What stands at the head of each line, empty lines included."""
    return re.findall(r"(?m)^(?:\*\*[\w ]+\*\*:|- [\w ]+:|)", form)


def shape(form: str) -> re.Pattern[str]:
    """The form as the direction gives it, with anything where it leaves something to fill in."""
    text = re.escape(given_form(form))
    text = text.replace(re.escape("✅ HEALTHY / ❌ ISSUES"), "(✅ HEALTHY|❌ ISSUES)")
    text = re.sub(r"\\\[[^\n]*?\\\]", lambda _: ".+", text).replace("Phase\\ N", "Phase\\ .+")
    for word, stands_for in {
        "YYYY\\-MM\\-DDTHH": r"\d{4}-\d\d-\d\dT\d\d",
        "HH:MM": r"\d\d:\d\d",
        "<path>": "[a-z]+",
    }.items():
        text = text.replace(word, stands_for)
    return re.compile(text.replace(":MM:SSZ", r":\d\d:\d\dZ"))


def test_a_healthy_deployment_is_reported_in_the_bytes_of_the_direction() -> None:
    expected = given_form("status-report.md").replace("YYYY-MM-DDTHH:MM:SSZ", "2026-01-31T12:00:00Z")
    expected = expected.replace("Phase N", "Phase 5").replace("v[version]", "v70")
    assert forms(healthy())["status-report.md"] == expected


@pytest.mark.parametrize("verdict", [each for each in Verdict if each != Verdict.INCOMPLETE])
def test_every_form_has_the_shape_of_the_direction_whatever_the_verdict(verdict: Verdict) -> None:
    items = [LOST, held("tiles-under-3s")]
    items += [broken("smoke-passed", [found(1)])] if verdict == Verdict.NOT_DONE else []
    given = told(*items, verdict=verdict, missing_credentials=(FLY,)) if verdict != Verdict.DONE else healthy()
    made = forms(given)

    assert set(made) >= {"deployment-report.md", "status-report.md"}
    for form in ("deployment-report.md", "credential-requests.md", "blocker-report.md"):
        assert form not in made or shape(form).fullmatch(made[form]), made[form]
    fixed = re.findall(
        r"(?m)^(?:\*\*[\w ]+\*\*:|- [\w ]+:|)", (DIRECTION / "status-report.md").read_text(encoding="utf-8")
    )
    assert re.findall(r"(?m)^(?:\*\*[\w ]+\*\*:|- [\w ]+:|)", made["status-report.md"]) == fixed


def line(text: str, name: str) -> str:
    return next(
        each.partition(": ")[2] for each in text.splitlines() if each.startswith((f"**{name}**:", f"- {name}:"))
    )


@pytest.mark.parametrize("verdict", [each for each in Verdict if each != Verdict.INCOMPLETE])
def test_healthy_stands_for_done_alone(verdict: Verdict) -> None:
    made = forms(healthy(verdict=verdict))
    done = verdict == Verdict.DONE
    assert line(made["deployment-report.md"], "Status") == ("✅ HEALTHY" if done else "❌ ISSUES")
    assert (line(made["deployment-report.md"], "Errors") == "None") is done
    assert (line(made["status-report.md"], "Blockers") == "None") is done
    assert (line(made["status-report.md"], "Progress") == "Deployed + verified healthy") is done


def test_the_deployment_report_tells_deployment_machines_and_evidence() -> None:
    text = forms(healthy())["deployment-report.md"]
    assert text.startswith("## Phase 5 Deployment\n\n**Version**: Fly v70 (deployment-01KXYZ)\n")
    assert line(text, "Health") == f"Machine {MACHINE} state=started, host_status=ok"
    assert line(text, "Smoke Test").startswith("Pass: smoke-passed worst 0.4 s on 20 machines; tiles-under-3s")
    assert line(text, "Smoke Test").endswith("(evidence: toys)")


def test_what_is_broken_stands_in_the_forms() -> None:
    made = forms(told(broken("tiles-under-3s", [found(1)]), held("smoke-passed"), verdict=Verdict.NOT_DONE))
    assert line(made["deployment-report.md"], "Errors") == "tiles-under-3s: problem 1 of the toy"
    assert line(made["deployment-report.md"], "Smoke Test") == "Fail: tiles-under-3s: problem 1 of the toy"
    assert line(made["status-report.md"], "Smoke test") == "❌ FAIL (tiles-under-3s: problem 1 of the toy)"
    assert line(made["status-report.md"], "Next") == "tiles-under-3s: fly logs -a toy"


def test_what_a_report_does_not_know_is_said_so() -> None:
    made = forms(told(held("health-endpoint"), release=None, phases=()))
    deployment, status = made["deployment-report.md"], made["status-report.md"]
    assert deployment.startswith("## Phase (not named) Deployment\n\n**Version**: not observed\n")
    assert (line(deployment, "Health"), line(status, "Deployment"), line(status, "Logs")) == (
        "not observed", "not observed", "not judged",
    )  # fmt: skip
    assert line(deployment, "Smoke Test") == "Not judged: no item of it was judged in this run"


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([held(NEWEST_LINES), held(FIRST_LINES)], "No errors in last 100 lines"),
        ([held(FIRST_LINES)], "No errors in first 100 lines"),
        ([held(FIRST_LINES), DARK], "No errors in first 100 lines (not verified: logs-watched)"),
        ([held(NEWEST_LINES), broken(FIRST_LINES, [found(1)])], "Errors: logs-clean: problem 1 of the toy"),
        ([LOST], "not verified: logs-clean missing-credential"),
        ([], "not judged"),
    ],
)  # fmt: skip
def test_the_log_is_only_praised_for_the_lines_that_were_judged(items: list[JudgedItem], said: str) -> None:
    assert line(forms(told(held("health-endpoint"), *items))["status-report.md"], "Logs") == said


def test_the_smoke_test_claims_only_what_was_seen() -> None:
    absent = out_of_scope("phase-features", Outcome.NOT_APPLICABLE, "no phases here")
    some = told(held("smoke-passed"), held("tiles-under-3s"), absent)
    none = told(held("smoke-passed"), unseen("tiles-under-3s", "no browser"), verdict=Verdict.UNVERIFIED)
    assert line(forms(some)["status-report.md"], "Smoke test") == "✅ PASS (tiles loading)"
    assert (
        line(forms(none)["status-report.md"], "Smoke test")
        == "❓ NOT VERIFIED (tiles-under-3s unverified (missing-credential))"
    )


@pytest.mark.parametrize(
    ("release", "said"),
    [
        ({}, "Fly v70 deployed successfully"),
        ({"ended_well": None, "status": "running"}, "Fly v70 not seen to be deployed successfully (status=running)"),
        ({"ended_well": False, "status": "failed"}, "Fly v70 not seen to be deployed successfully (status=failed)"),
    ],
)
def test_a_release_is_called_successful_only_if_the_platform_says_so(release: dict[str, Any], said: str) -> None:
    made = forms(told(held("health-endpoint"), release=RELEASE | release))
    assert line(made["status-report.md"], "Deployment") == said


def test_what_is_waived_is_counted_beside_healthy() -> None:
    excused = out_of_scope("accessibility", Outcome.WAIVED, "until the move")
    made = forms(told(*healthy().items, excused))
    assert line(made["deployment-report.md"], "Errors") == "None (waived: accessibility)"


def test_files_alone_are_no_deployment() -> None:
    assert (
        forms(told(held("build-passes", stage=Stage.PREDEPLOY), out_of_scope("a", Outcome.NOT_APPLICABLE, "no target")))
        == {}
    )


def test_an_item_without_a_check_is_an_issue_of_its_own() -> None:
    item = out_of_scope("alerts-cover-endpoints", Outcome.NOT_RUN, NO_CHECK)
    made = forms(told(held("health-endpoint"), item, verdict=Verdict.UNVERIFIED))
    said = "not verified: alerts-cover-endpoints: this version has no check for it"
    assert line(made["deployment-report.md"], "Errors") == said


def test_a_credential_request_names_the_secret_and_every_place() -> None:
    text = forms(told(LOST, verdict=Verdict.UNVERIFIED, missing_credentials=(FLY,)))["credential-requests.md"]
    assert text == (
        "## 12:00 - Credential Request\n"
        "**Need**: FLY_API_TOKEN, a read-only token of the Fly.io organization (not in environment (FLY_ACCESS_TOKEN, "
        "FLY_API_TOKEN), flyctl's login; to get one: fly tokens create readonly)\n"
        "**For**: the app's log\n"
        "**Checked**: vault/occ/fly/ (not found)\n"
        "**Status**: Moving to next task, awaiting CEO\n"
    )


def test_a_blocker_report_of_a_missing_secret_tells_where_it_was_looked_for() -> None:
    text = forms(told(LOST, verdict=Verdict.UNVERIFIED, missing_credentials=(FLY,)))["blocker-report.md"]
    assert text.startswith("## 12:00 - Blocker Report\n**Blocked On**: no FLY_API_TOKEN: a read-only token")
    assert line(text, "What I Tried") == (
        "(1) looked in vault/occ/fly/: FLY_API_TOKEN not found (2) looked in environment (FLY_ACCESS_TOKEN, "
        "FLY_API_TOKEN): FLY_API_TOKEN not found (3) looked in flyctl's login: FLY_API_TOKEN not found"
    )
    assert line(text, "Vault Checked") == "yes, vault/occ/fly/ (not found)"
    assert line(text, "Docs Pulled") == "docs/targets.md"
    assert (
        line(text, "Asking CEO")
        == "please put FLY_API_TOKEN into vault/occ/fly/ (to get one: fly tokens create readonly)"
    )
    assert line(text, "Moving To") == "pytest -m monitoring --target toy"


def test_a_blocker_report_tells_what_was_asked_with_which_answer_and_no_more() -> None:
    attempts = (*tried("HTTP 401 from the log", cause=Cause.UNAUTHORIZED), *tried("", ""))
    item = unseen(FIRST_LINES, "HTTP 401 from the log", "a new token", Cause.UNAUTHORIZED)
    text = forms(told(item, verdict=Verdict.UNVERIFIED, attempts=attempts, vault={"vault/occ/fly/": True}))[
        "blocker-report.md"
    ]
    assert line(text, "What I Tried") == (
        "(1) 11:59:00 asked for probe-0: unauthorized, HTTP 401 from the log "
        "(2) 11:59:00 asked 'Which machines?' of the platform: answered in 0.5 s "
        "(3) 11:59:00 asked 'Which machines?' of the platform: answered in 0.5 s"
    )
    assert line(text, "Vault Checked") == "yes, vault/occ/fly/ (found)"


def test_nothing_is_invented_where_nothing_was_tried() -> None:
    item = unseen("a", "the deployment did not start", cause=Cause.PRECONDITION)
    text = forms(told(item, verdict=Verdict.UNVERIFIED, attempts=()))["blocker-report.md"]
    assert line(text, "What I Tried") == "nothing could be asked"
    assert line(text, "Vault Checked") == "no, no secret was looked for there"


def test_a_report_that_was_read_back_says_where_to_look() -> None:
    item = unseen("a", "no answer", cause=Cause.UNREACHABLE)
    made = told(item, verdict=Verdict.UNVERIFIED, attempts=tried("no answer", cause=Cause.UNREACHABLE))
    read = Report.model_validate(made.as_json())
    assert line(forms(read)["blocker-report.md"], "What I Tried") == "see evidence/attempts.jsonl of the run"
    assert forms(read)["deployment-report.md"] == forms(made)["deployment-report.md"]


def test_who_is_blocked_moves_to_what_is_broken() -> None:
    items = (LOST, broken("smoke-passed", [found(1)]))
    text = forms(told(*items, verdict=Verdict.NOT_DONE, missing_credentials=(FLY,)))["blocker-report.md"]
    assert line(text, "Moving To") == "smoke-passed: fly status --json -a toy"


def test_the_items_that_forms_speak_of_are_in_the_contract() -> None:
    assert {*SMOKE_TEST, FIRST_LINES, NEWEST_LINES} - set(read_contract(CHECKOUT).ids) == set()
