"""`python -m verifier waive`: an entry that the next run accepts, or no entry and a sentence why."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.support.runs.toy import KEPT, Ended, MakeSuite, check, checks, contract, waiver
from verifier.commands import main

FAILED = (
    "measured(1); raise BrokenPromise(*findings('blue paint', ['wall', 'the \"door\"']), *findings('no key', ['lock']))"
)
WORDS = ["--reason", "the painter is ill", "--owner", "ann", "--ticket", "TOY-1"]
CONTRACT = contract("broken", "kept", "blind", firm="waivable = false")
PARTS = [
    check("broken", FAILED), KEPT, check("blind", "measured(1)", wants="logs, measured"), check("firm", FAILED),
]  # fmt: skip


@pytest.fixture(scope="module")
def failed(make_suite: MakeSuite) -> Ended:
    return make_suite({"checks/test_toy.py": checks(*PARTS)}, contract=CONTRACT).run()


@pytest.fixture
def home(failed: Ended, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a suite that has failed, without waivers, as the current one."""
    (failed.root / "waivers.toml").unlink(missing_ok=True)
    monkeypatch.chdir(failed.root)
    return failed.root


def entries(home: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads((home / "waivers.toml").read_text(encoding="utf-8"))["waiver"]
    return found


def test_what_it_writes_is_waived_in_the_next_run(make_suite: MakeSuite, monkeypatch: pytest.MonkeyPatch) -> None:
    suite = make_suite({"checks/test_toy.py": checks(*PARTS)}, contract=CONTRACT)
    suite.run("--item", "broken")
    monkeypatch.chdir(suite.root / "checks")
    assert main(["waive", "broken", *WORDS]) == 0
    assert suite.run("--item", "broken").told("broken") == ("waived", None)


def test_an_entry_names_each_problem_with_its_subjects(home: Path) -> None:
    main(["waive", "broken", *WORDS])
    told = [(each["target"], each["item"], each["problem"], each["subjects"]) for each in entries(home)]
    assert told == [("toy", "broken", "blue paint", ["wall", 'the "door"']), ("toy", "broken", "no key", ["lock"])]


@pytest.mark.parametrize("words", [["--subject", "lock"], ["--problem", "no key"]])
def test_it_can_be_told_to_cover_less(home: Path, words: list[str]) -> None:
    main(["waive", "broken", *WORDS, *words, "--days", "30"])
    (only,) = entries(home)
    assert (only["problem"], only["subjects"]) == ("no key", ["lock"])


def test_what_stands_in_the_file_stays_as_it_is(home: Path) -> None:
    before = f"# ours\n{waiver('kept')}# the end, without a line break"
    (home / "waivers.toml").write_text(before, encoding="utf-8")
    main(["waive", "broken", *WORDS])
    assert (home / "waivers.toml").read_text(encoding="utf-8").startswith(f"{before}\n")
    assert [each["item"] for each in entries(home)] == ["kept", "broken", "broken"]


REFUSED = {
    "passed": (["kept"], "kept did not fail in that run, it is passed: there is nothing to waive"),
    "unseen": (["blind"], "blind is unverified (unreachable): what could not be seen is no failure"),
    "firm": (["firm"], "firm is not waivable"),
    "unknown": (["brokn"], "that run judged no item 'brokn'; did you mean 'broken'?"),
    "subject": (["broken", "--subject", "roof"], "--subject roof: broken did not fail with it; known: lock, the"),
    "problem": (["broken", "--problem", "rust"], "--problem rust: broken did not fail with it; known: blue paint"),
    "neither": (["broken", "--problem", "no key", "--subject", "wall"], "broken has no finding of that problem"),
    "days": (["broken", "--days", "31"], "30 days later"),
    "past": (["broken", "--days", "-1"], "must be from"),
    "reason": (["broken", "--reason", "because"], "a reason needs at least two words"),
    "owner": (["broken", "--owner", ""], "owner: String should have at least 2 characters"),
    "run": (["broken", "--from", "nowhere"], "nowhere is not there; run `pytest -m postdeploy` first"),
    "no verdict": (["broken", "--from", "pytest.ini"], "pytest.ini cannot be read as a verdict"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_waived_is_refused_and_nothing_is_written(
    home: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words, told = REFUSED[name]
    assert main(["waive", *WORDS, *words]) == 4
    assert told in capsys.readouterr().err
    assert not (home / "waivers.toml").exists()


@pytest.mark.usefixtures("home")
def test_a_run_that_did_not_end_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "verdict.json").write_text('{"verdict": "incomplete"}', encoding="utf-8")
    assert main(["waive", "broken", *WORDS, "--from", str(tmp_path)]) == 4
    assert "that run did not end" in capsys.readouterr().err


def test_a_file_with_a_mistake_is_left_alone(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "waivers.toml").write_text(waiver("kepd"), encoding="utf-8")
    assert main(["waive", "broken", *WORDS]) == 4
    assert "waiver[1].item: the contract has no such item" in capsys.readouterr().err
    assert (home / "waivers.toml").read_text(encoding="utf-8") == waiver("kepd")


def test_outside_of_a_suite_it_says_what_to_type_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["waive", "broken", *WORDS]) == 4
    assert "run `definition-of-done judge -m postdeploy` first" in capsys.readouterr().err
