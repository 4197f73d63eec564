"""`python -m verifier show`: what a run found, one item of it, and what an item promises."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.runs.records import item, left, record
from tests.support.runs.toy import CHECKOUT, MakeSuite, check, checks, contract
from verifier.commands import main
from verifier.core.verdict.results import Outcome

FAULTS = """\
import json
print(json.dumps([
    {"name": "hidden", "summary": "it is hidden", "unverified": {"loud": "no-data"}},
    {"name": "shouting", "summary": "it shouts", "red": ["loud"]},
    {"name": "other", "summary": "something else", "red": ["kept"]},
]))
"""
SANDBOX = 'title = "a toy"\napp = "toy"\nurl = "http://127.0.0.1:9"\nfaults = ["python", "faults.py"]\n'
LIMIT = '[limit.loud]\nseconds = 5.0\nreason = "the toy is old"\n'


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A report with one item of each kind."""
    outcomes = {"loud": Outcome.FAILED, "hidden": Outcome.UNVERIFIED, "kept": Outcome.PASSED, "old": Outcome.WAIVED}
    found = record(*(item(name, outcome) for name, outcome in outcomes.items()))
    return left(tmp_path / "report", found, {"evidence/gw0/toys.json": "{}\n"})


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Runs the command: its exit status, and what it prints with every line break taken out."""

    def show(*words: object) -> tuple[int, str]:
        status = main(["show", *map(str, words)])
        captured = capsys.readouterr()
        return status, " ".join((captured.out + captured.err).split())

    return show


def test_the_whole_tells_what_is_broken_what_was_not_seen_and_what_to_type(
    broken: Path, shown: Callable[..., tuple[int, str]]
) -> None:
    status, told = shown("--from", broken)

    assert status == 1
    assert "✘ loud (major): The toy is loud too loud: the loud toy: seen once → turn it down" in told
    assert "again: pytest -m postdeploy --target staging --item loud" in told
    assert "the toy is hidden [unreachable], which leaves one item open: hidden" in told
    assert "NOT DONE: 1 of 4 items verified; 1 failed, 1 unverified, 1 waived · exit status 1" in told
    assert f"report: {broken}".replace(" ", "") in told.replace(" ", "")  # a long path is cut by the terminal


@pytest.mark.parametrize(("name", "status"), [("loud", 1), ("hidden", 6), ("kept", 0), ("old", 0)])
def test_an_item_is_told_with_its_check_and_its_evidence(
    broken: Path, shown: Callable[..., tuple[int, str]], name: str, status: int
) -> None:
    ended, told = shown(name, "--from", broken)

    assert ended == status
    assert f"It is {name}. checks/test_toy.py::test_{name}" in told
    assert "evidence/gw0/toys.json" in told
    assert f"show --why {name}" in told


def test_programs_get_the_same(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", "--json", "--from", str(broken)])
    whole = json.loads(capsys.readouterr().out)
    main(["show", "hidden", "--json", "--from", str(broken)])
    one = json.loads(capsys.readouterr().out)

    assert [(each["item"], each["problems"][0]["problem"]) for each in whole["failed"]] == [("loud", "too loud")]
    assert [(each["cause"], each["items"]) for each in whole["unseen"]] == [("unreachable", ["hidden"])]
    assert (whole["verdict"], whole["exit_status"], list(whole["waived"])) == ("NOT DONE", 1, ["old"])
    assert (one["item"]["outcome"], one["evidence"]) == ("unverified", ["evidence/gw0/toys.json"])


def test_a_run_that_did_not_end_shows_nothing_as_done(tmp_path: Path, shown: Callable[..., tuple[int, str]]) -> None:
    (tmp_path / "verdict.json").write_text('{"verdict": "incomplete"}', encoding="utf-8")

    status, told = shown("--from", tmp_path)

    assert status == 6
    assert "the run did not end" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("lout", "--from", "{report}"), "did you mean 'loud'?"),
        (("--from", "{report}/nowhere"), "run `pytest -m postdeploy`, or name a run with --from"),
        (("--target", "staging", "--from", "{report}"), "--target goes with --why"),
        (("loud", "--why", "loud"), "--why ITEM stands alone"),
    ],
)
def test_a_mistake_says_what_to_write(
    broken: Path, shown: Callable[..., tuple[int, str]], words: tuple[str, ...], told: str
) -> None:
    status, said = shown(*(each.format(report=broken) for each in words))

    assert status == 4
    assert told in said


def test_why_tells_the_rule_as_it_holds_on_the_target_of_the_run(
    make_suite: MakeSuite, monkeypatch: pytest.MonkeyPatch, shown: Callable[..., tuple[int, str]]
) -> None:
    suite = make_suite(
        {"checks/test_toy.py": checks(check("loud", "measured('no')")), "faults.py": FAULTS},
        contract=contract(loud="limit = { seconds = 3.0 }", kept=""),
    )
    suite.write({"targets/sandbox.toml": SANDBOX, "targets/toy.toml": SANDBOX + LIMIT, "docs/toys.md": "`loud` it is"})
    left(suite.root / "reports" / "latest", record(item("loud"), target="toy"))
    monkeypatch.chdir(suite.root)

    status, told = shown("--why", "loud")

    assert status == 0
    assert "source: definition_of_done.toml:2" in told
    assert (
        "limit on toy: seconds 5.0 the contract says seconds 3.0; changed by targets/toy.toml: the toy is old" in told
    )
    assert "proved by It is loud. checks/test_toy.py:" in told
    assert "explained in docs/toys.md" in told
    assert "--fault shouting: red: it shouts --fault hidden: unverified (no-data): it is hidden" in told
    assert "--fault other" not in told
    assert shown("--why", "loudd") == (
        4,
        "python -m verifier show: the contract has no item 'loudd'; did you mean 'loud'?",
    )


def test_why_finds_the_closing_checks_of_an_item_and_the_faults_of_the_sandbox(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(CHECKOUT)

    assert main(["show", "--why", "no-server-errors", "--target", "sandbox", "--json"]) == 0
    rule = json.loads(capsys.readouterr().out)

    assert {each["place"].partition("/")[0] for each in rule["checks"]} == {"checks", "verifier"}
    assert not [each for each in rule["checks"] if "says nothing of itself" in each["states"]]
    assert {each["makes"] for each in rule["faults"]} > {"red"}
