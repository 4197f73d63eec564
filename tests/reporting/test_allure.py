"""Allure's report as people use it: steps, links, categories, the workflow, the trend, exchanges and the trace."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.pages.report_page import opened_report
from tests.support.pages.reports import broken, held, report
from tests.support.pages.tile_browser import context, target
from tests.support.runs.toy import KEPT, Ended, MakeSuite, Suite, check, checks, contract
from verifier.core.config.expected_release import ExpectedRelease
from verifier.core.config.target import new_target
from verifier.core.evidence import Cause, Evidence
from verifier.core.evidence.exchange import Exchange, failed_exchanges
from verifier.core.evidence.finding import Finding
from verifier.core.execution.run import Run
from verifier.core.redaction import REDACTOR
from verifier.probes.browser.session import opened_browser
from verifier.reporting.allure_report.executor import executor
from verifier.reporting.allure_report.links import links, web_address
from verifier.reporting.allure_report.steps import add_steps
from verifier.reporting.allure_report.trend import Trend

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
GITHUB = {
    "GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "toys/app",
    "GITHUB_RUN_ID": "77", "GITHUB_RUN_NUMBER": "5", "GITHUB_RUN_ATTEMPT": "2", "GITHUB_WORKFLOW": "Deploy",
}  # fmt: skip
EVIDENCE = """
from datetime import UTC, datetime
from verifier.core.evidence.exchange import Exchange

class Asked(Toy):
    replies: tuple[Exchange, ...] = ()

def observe_replies(context) -> Asked:
    at = now()
    replies = (
        Exchange(method="GET", url="http://toy/fine", at=at, status=200, milliseconds=2),
        Exchange(method="GET", url="http://toy/broken?a=1", at=at, status=503, milliseconds=3, body="out of paint",
                 headers={"content-type": "text/plain", "set-cookie": "sid=abcdef"}),
    )
    return Asked(asked="How is it?", where="the toy box", at=at, again="curl http://toy/broken", replies=replies)

def asking_probes(probes=toy_probes):
    from verifier.core.subject import Probe
    return tuple(Probe("health", observe_replies) if each.name == "health" else each for each in probes())

toy_probes = asking_probes
"""
TRACED = """
import io, zipfile
import allure

@pytest.fixture
def traced():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("trace.trace", "{}")
    allure.attach(made.getvalue(), name="trace.zip", attachment_type="application/vnd.allure.playwright-trace",
                  extension="zip")
"""
WRONG = "measured({'wall': 'blue'}); raise BrokenPromise(Finding(subject='wall', problem='blue paint', machine='m1'))"
PARTS = [
    KEPT, check("wrong", WRONG, wants="health, traced, measured"),
    check("blind", "measured(1)", wants="logs, measured"), check("tripped", "raise KeyError('what now')"),
]  # fmt: skip


@pytest.fixture(scope="module")
def suite(make_suite: MakeSuite) -> Suite:
    files = {"checks/test_toy.py": checks(TRACED, *PARTS)}
    suite = make_suite(files, contract=contract("kept", "wrong", "blind", "tripped"), conftest=EVIDENCE)
    suite.environment |= GITHUB
    return suite


@pytest.fixture(scope="module")
def run(suite: Suite) -> Ended:
    """The second run of a suite; the first has left its outcomes, and a narrowed one between them has not."""
    suite.run("--html", "write")
    suite.run("--html", "write", "--item", "kept")
    ended = suite.run("--html", "write")
    assert (ended.folder / "index.html").is_file(), ended.output
    return ended


@pytest.fixture(scope="module")
def results(run: Ended) -> dict[str, dict[str, Any]]:
    found = [json.loads(each.read_text(encoding="utf-8")) for each in run.folder.glob("allure-results/*-result.json")]
    return {each["fullName"].rpartition("::test_")[2]: each for each in found}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser(context(target("http://127.0.0.1:9"), seconds=600)) as found:
        yield found


@pytest.fixture
def shown(run: Ended, browser: Browser) -> Iterator[Page]:
    """The page of the second run, which asks nobody for anything."""
    with opened_report(browser, run.folder / "index.html") as (page, asked):
        yield page
        assert (asked.elsewhere, asked.refused, asked.errors) == ([], [], [])


def of_wrong(shown: Page) -> None:
    shown.get_by_test_id("tree-leaf").filter(has_text="It is wrong.").click()


STEPS = {
    "kept": [("measured: as it should be", "passed"), ("compared with the promise", "passed")],
    "wrong": [
        ("look at: health", "passed"),
        ("measured: wall blue", "passed"),
        ("compared with the promise", "failed"),
    ],
    "blind": [("could not look (unreachable): the box is shut", "broken")],
    "tripped": [("the suite itself failed: call failed in the suite itself: KeyError: 'what now'", "broken")],
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_a_result_tells_what_was_done_step_by_step(results: dict[str, dict[str, Any]], name: str) -> None:
    assert [(each["name"], each["status"]) for each in results[name]["steps"]] == STEPS[name]


def test_a_step_holds_its_record_its_table_and_its_findings(results: dict[str, dict[str, Any]]) -> None:
    looked, measured, compared = results["wrong"]["steps"]
    assert [each["name"] for each in looked["attachments"]] == ["evidence: health"]
    assert looked["parameters"][-1] == {"name": "again", "value": "curl http://toy/broken"}
    assert measured["parameters"] == [{"name": "wall", "value": "blue"}]
    assert [(each["name"], each["steps"][0]["name"]) for each in compared["steps"]] == [("blue paint", "wall (m1)")]


def test_a_failed_request_is_attached_and_no_other(run: Ended, results: dict[str, dict[str, Any]]) -> None:
    kind = "application/vnd.allure.http+json"
    (found,) = [each for each in results["wrong"]["attachments"] if each["type"] == kind]
    told = json.loads((run.folder / "allure-results" / found["source"]).read_text(encoding="utf-8"))
    assert found["name"] == "GET /broken: 503"
    assert (told["schemaVersion"], told["request"]["url"], told["response"]["status"]) == (
        1, "http://toy/broken?a=1", 503,
    )  # fmt: skip
    assert told["response"]["body"]["value"] == "out of paint"
    assert {"name": "set-cookie", "value": "__ALLURE_REDACTED__"} in told["response"]["headers"]


def test_the_page_shows_the_exchange_and_offers_the_trace_to_its_viewer(shown: Page) -> None:
    of_wrong(shown)
    shown.get_by_text("GET /broken: 503").click()
    expect(shown.get_by_text("http://toy/broken?a=1").first).to_be_visible()
    shown.get_by_text("trace.zip").first.click()
    expect(shown.get_by_text("Playwright Trace").first).to_be_visible()


CATEGORIES = ["Broken promise", "Could not look: unreachable", "Fault of the suite"]


def test_the_page_sorts_what_did_not_pass_into_categories(shown: Page) -> None:
    shown.get_by_test_id("nav-tab-categories").click()
    for name in CATEGORIES:
        expect(shown.get_by_text(name, exact=True).first).to_be_visible()
    assert shown.get_by_text("Product errors").count() == shown.get_by_text("Test errors").count() == 0


def test_categories_are_there_for_other_readers_of_the_results(run: Ended) -> None:
    told = json.loads((run.folder / "allure-results" / "categories.json").read_text(encoding="utf-8"))
    names = [each["name"] for each in told]
    assert set(CATEGORIES) < set(names)
    assert {f"Could not look: {each}" for each in Cause if each != Cause.INTERNAL} < set(names)


def test_the_page_shows_the_earlier_run_of_the_target(shown: Page) -> None:
    of_wrong(shown)
    shown.get_by_test_id("test-result-tab-history").click()
    expect(shown.get_by_test_id("test-result-history-item")).to_have_count(1)


def test_whole_runs_alone_are_kept_for_the_trend(run: Ended) -> None:
    lines = (run.root / "reports/history/toy.allure.jsonl").read_text(encoding="utf-8").splitlines()
    assert [len(json.loads(each)["testResults"]) for each in lines] == [4, 4]


def test_the_workflow_is_named_as_the_executor(run: Ended) -> None:
    told = json.loads((run.folder / "allure-results" / "executor.json").read_text(encoding="utf-8"))
    assert (told["name"], told["type"], told["buildOrder"], told["buildName"]) == (
        "GitHub Actions", "github", 5, "Deploy #5",
    )  # fmt: skip
    assert told["buildUrl"] == "https://github.com/toys/app/actions/runs/77/attempts/2"


@pytest.mark.parametrize("missing", ["GITHUB_ACTIONS", "GITHUB_RUN_ID", "GITHUB_REPOSITORY", "GITHUB_SERVER_URL"])
def test_outside_of_a_workflow_there_is_no_executor(missing: str) -> None:
    assert executor({name: value for name, value in GITHUB.items() if name != missing}, "toy") is None


@pytest.mark.parametrize(
    ("remote", "told"),
    [
        ("https://github.com/toys/suite.git", "https://github.com/toys/suite"),
        ("https://me:token@github.com/toys/suite", "https://github.com/toys/suite"),
        ("git@github.com:toys/suite.git", "https://github.com/toys/suite"),
        ("ssh://git@git.example/toys/suite", "https://git.example/toys/suite"),
        ("/home/toys/suite", ""),
        ("file:///home/toys/suite", ""),
        ("", ""),
    ],
)
def test_a_remote_has_an_address_for_people(remote: str, told: str) -> None:
    assert web_address(remote) == told


def leads(tmp_path: Path, sha: str | None = None, **platform: str) -> list[dict[str, str]]:
    """The links of a broken item of the app `toy-staging`."""
    (tmp_path / "definition_of_done.toml").write_text(contract("kept", "wrong"), encoding="utf-8")
    deployed = new_target(title="a toy", app="toy-staging", url="https://toy-staging.fly.dev", platform=platform)
    run = SimpleNamespace(root=tmp_path, suite=tmp_path, target=deployed, shipped=ExpectedRelease(sha=sha))
    item = broken("wrong", [Finding(subject="wall", problem="blue paint", machine="4d8")])
    return links(cast("Run", run), report(item), GITHUB).of(item, item.checks[0])


def test_a_result_leads_to_release_machine_and_commit(tmp_path: Path) -> None:
    assert leads(tmp_path, "abcdef0123456789") == [
        {"type": "release", "name": "release 41", "url": "https://fly.io/apps/toy-staging"},
        {"type": "commit", "name": "abcdef012345", "url": "https://github.com/toys/app/commit/abcdef0123456789"},
        {"type": "machine", "name": "4d8", "url": "https://fly.io/apps/toy-staging/machines/4d8"},
    ]


@pytest.mark.parametrize("platform", [{"machines_url": "http://127.0.0.1:9"}, {"machines": "none"}])
def test_what_nobody_can_open_is_no_link(tmp_path: Path, platform: dict[str, str]) -> None:
    assert leads(tmp_path, **platform) == []


def test_an_item_leads_to_its_line_of_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.reporting.allure_report.links._home", lambda _: "https://git.example/toys/suite")
    found = next(each for each in leads(tmp_path) if each["type"] == "tms")
    assert found["url"] == "https://git.example/toys/suite/blob/abcdef0/definition_of_done.toml#L9"


def test_a_passed_check_says_what_it_was_compared_with() -> None:
    item, result = held("fine"), {"attachments": []}
    add_steps(result, item, item.checks[0])
    assert cast("Any", result)["steps"][-1]["name"] == "compared with the limit: seconds 3.0, statistic worst"


class Asked(Evidence):
    replies: dict[str, tuple[Exchange, ...]]


def test_failed_exchanges_are_found_wherever_they_stand() -> None:
    def reply(**more: Any) -> Exchange:  # noqa: ANN401
        return Exchange(method="GET", url="http://toy/", at=AT, milliseconds=1, **more)

    silent = reply(cause=Cause.TIMEOUT, trouble="no answer")
    replies = {"a": (reply(status=200), reply(status=404)), "b": (reply(status=302), silent)}
    seen = Asked(asked="?", where="here", at=AT, again="curl", replies=replies)
    found = list(failed_exchanges(seen))
    assert [each.title for each in found] == ["GET /: 404", "GET /: timeout"]
    assert json.loads(found[1].as_attachment())["error"] == {"name": "timeout", "message": "no answer"}


LINE = '{"uuid": "1", "timestamp": 1, "testResults": {}}'


def test_a_trend_that_cannot_be_read_does_not_take_the_page_with_it(tmp_path: Path) -> None:
    trend = Trend(tmp_path / "toy@host.example.json")
    trend.path.write_text(f"{LINE}\nnot JSON\n[]\n{{}}\n{LINE}\n", encoding="utf-8")
    trend.lend(tmp_path / "copy")
    assert trend.path.name == "toy@host.example.allure.jsonl"
    assert (tmp_path / "copy").read_text(encoding="utf-8") == f"{LINE}\n{LINE}\n"


def test_a_trend_that_would_hold_a_secret_is_not_kept(tmp_path: Path) -> None:
    REDACTOR.learn("plAnted-s3cret-of-a-trend")
    (tmp_path / "copy").write_text('"plAnted-s3cret" + "-of-a-trend"', encoding="utf-8")
    trend = Trend(tmp_path / "history" / "toy.json")
    trend.keep(tmp_path / "copy")
    assert not trend.path.exists()


def test_a_trace_keeps_the_type_that_its_viewer_opens(run: Ended, results: dict[str, dict[str, Any]]) -> None:
    (found,) = [each for each in results["wrong"]["attachments"] if each["name"] == "trace.zip"]
    assert found["type"] == "application/vnd.allure.playwright-trace"
    content = (run.folder / "allure-results" / found["source"]).read_bytes()
    assert zipfile.is_zipfile(io.BytesIO(content))
