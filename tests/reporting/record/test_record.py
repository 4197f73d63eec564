"""The record: the same bytes for the same facts, its schema, its statement, and what `verify` says once altered.

Longer than other files: all tests share the reports that a record is altered in.
"""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sigstore.dsse import Statement

from tests.support.pages.reports import faulty, giant, healthy
from tests.support.runs.records import item, left, of_files, record, released
from tests.support.runs.toy import CHECKOUT, KEPT, Ended, MakeSuite, Suite, check, checks, contract
from verifier.commands import main
from verifier.commands.schema import schema
from verifier.core.verdict.baseline import AcceptedRecord
from verifier.core.verdict.results import Outcome
from verifier.reporting import write_texts
from verifier.reporting.model import Report
from verifier.reporting.record.canonical import canonical, digest
from verifier.reporting.record.statement import close_report

SCHEMA = CHECKOUT / "docs" / "schema" / "verdict.schema.json"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
REPORTS = {
    "healthy": healthy,
    "faulty": faulty,
    "giant": lambda: giant(50, 200),
    "of files": lambda: of_files(item("built"), minute=1),
}


def shuffled(content: Any) -> Any:  # noqa: ANN401 - JSON
    """The same facts with every mapping the other way round."""
    if isinstance(content, dict):
        return {key: shuffled(content[key]) for key in reversed(content)}
    return [shuffled(each) for each in content] if isinstance(content, list) else content


@given(JSON)
def test_the_same_facts_are_the_same_bytes_whatever_the_order_and_however_often_read(content: object) -> None:
    text = canonical(content)
    assert canonical(shuffled(content)) == text
    assert canonical(json.loads(text)) == text
    assert json.loads(text) == content
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (math.inf, '"Infinity"'),
        (math.nan, '"NaN"'),
        ("é", '"é"'),
    ],
)
def test_a_value_is_written_in_one_way(value: object, text: str) -> None:
    assert canonical({"it": value}) == f'{{\n  "it": {text}\n}}\n'


@pytest.mark.parametrize("name", REPORTS)
def test_a_record_that_is_read_and_written_again_has_the_same_bytes(tmp_path: Path, name: str) -> None:
    write_texts(tmp_path, REPORTS[name]())
    content = (tmp_path / "verdict.json").read_bytes()
    write_texts(tmp_path, Report.model_validate_json(content))
    assert (tmp_path / "verdict.json").read_bytes() == content


def test_the_published_schema_is_the_one_that_the_record_is_written_from() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema(), "python -m verifier schema > docs/schema/verdict.schema.json"


def objections(content: object) -> list[str]:
    checker = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    return [each.message for each in checker.iter_errors(content)]


@pytest.mark.parametrize("name", REPORTS)
def test_a_record_has_the_published_shape(tmp_path: Path, name: str) -> None:
    write_texts(tmp_path, REPORTS[name]())
    assert objections(json.loads((tmp_path / "verdict.json").read_text(encoding="utf-8"))) == []


def without_verdict(content: dict[str, Any]) -> None:
    del content["verdict"]


def unknown_outcome(content: dict[str, Any]) -> None:
    content["items"][0]["outcome"] = "fine"


def without_checks(content: dict[str, Any]) -> None:
    del content["items"][0]["checks"]


@pytest.mark.parametrize("broken", [without_verdict, unknown_outcome, without_checks])
def test_what_has_another_shape_is_told_by_the_schema(broken: Callable[[dict[str, Any]], None]) -> None:
    content = healthy().as_json()
    broken(content)
    assert objections(content) != []


MIXED = [item("fine"), item("hidden", Outcome.UNVERIFIED), item("bad", Outcome.FAILED), item("excused", Outcome.WAIVED)]


def statement(folder: Path) -> dict[str, Any]:
    content = (folder / "attestation.json").read_bytes()
    Statement(content)  # as Sigstore reads it before it signs it
    found: dict[str, Any] = json.loads(content)
    return found


def test_the_statement_names_every_file_and_claims_only_what_was_seen_to_hold(tmp_path: Path) -> None:
    folder = left(
        tmp_path / "report", released(*MIXED, minute=1), {"allure-results/a.webp": "picture", "evidence/e.json": "{}"}
    )
    told = statement(folder)
    files = {each["name"]: each["digest"]["sha256"] for each in told["subject"]}
    assert files == {
        each.relative_to(folder).as_posix(): digest(each)
        for each in folder.rglob("*")
        if each.is_file() and each.name != "attestation.json"
    }
    assert len(files) == 4
    assert told["predicateType"] == "https://in-toto.io/attestation/svr/v0.1"
    assert told["predicate"]["properties"] == ["DEFINITION_OF_DONE_ITEM_fine"]
    assert told["predicate"]["timeCreated"] == "2026-01-31T12:01:00Z"
    assert told["predicate"]["verifier"]["id"].startswith("urn:")


def test_the_whole_is_claimed_of_done_alone(tmp_path: Path) -> None:
    done = statement(left(tmp_path / "done", record(item("fine"))))["predicate"]["properties"]
    narrowed = statement(left(tmp_path / "narrowed", record(item("fine"), narrowed=True)))["predicate"]["properties"]
    assert (done, narrowed) == (
        ["DEFINITION_OF_DONE", "DEFINITION_OF_DONE_ITEM_fine"],
        ["DEFINITION_OF_DONE_ITEM_fine"],
    )


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A closed report of several files."""
    files = {"allure-results/a.webp": "picture", "evidence/tiles.json": "{}", "definition-of-done.html": "<html>"}
    return left(tmp_path / "reports" / "one", released(*MIXED), files)


def verify(*words: str | Path) -> int:
    return main(["verify", *map(str, words)])


def test_a_report_that_nobody_touched_is_ok(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(report) == 0
    told = capsys.readouterr().out
    assert "(NOT DONE): OK, 5 files as they were when it was closed" in told
    assert "not signed" in told


def flip(path: Path) -> None:
    """Change one bit."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def another_verdict(folder: Path) -> None:
    path = folder / "verdict.json"
    path.write_text(path.read_text(encoding="utf-8").replace("too loud", "too low"), encoding="utf-8")


def rehashed(folder: Path) -> None:
    """Alter the record, and make the statement fit its new hash."""
    before = digest(folder / "verdict.json")
    content = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    content["items"][1]["outcome"] = content["items"][1]["checks"][0]["outcome"] = "passed"
    (folder / "verdict.json").write_text(canonical(content), encoding="utf-8")
    closed = folder / "attestation.json"
    closed.write_text(closed.read_text("utf-8").replace(before, digest(folder / "verdict.json")), encoding="utf-8")


def reordered(folder: Path) -> None:
    """The same facts in other bytes, with a statement that fits them."""
    content = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    (folder / "verdict.json").write_text(json.dumps(content), encoding="utf-8")
    close_report(folder, Report.model_validate(content))


def linked(folder: Path) -> None:
    path = folder / "evidence" / "tiles.json"
    shutil.move(path, folder.parent / "elsewhere.json")
    path.symlink_to(folder.parent / "elsewhere.json")


ALTERATIONS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a picture": (lambda folder: flip(folder / "allure-results/a.webp"), "allure-results/a.webp", "altered"),
    "the page": (lambda folder: flip(folder / "definition-of-done.html"), "definition-of-done.html", "altered"),
    "evidence": (lambda folder: flip(folder / "evidence/tiles.json"), "evidence/tiles.json", "altered"),
    "the verdict": (another_verdict, "verdict.json", "altered"),
    "a byte of the verdict": (lambda folder: flip(folder / "verdict.json"), "verdict.json", "altered"),
    "a file that is gone": (lambda folder: (folder / "evidence/tiles.json").unlink(), "evidence/tiles.json", "missing"),
    "a file more": (lambda folder: (folder / "evidence/more.json").write_text("{}"), "evidence/more.json", "added"),
    "a link": (linked, "evidence/tiles.json", "altered"),
    "the verdict and its hash": (rehashed, "attestation.json", "claims something else"),
    "the order of keys": (reordered, "verdict.json", "not in its canonical form"),
}


@pytest.mark.parametrize("name", ALTERATIONS)
def test_what_was_altered_is_named(report: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    alter, file, problem = ALTERATIONS[name]
    alter(report)
    assert verify(report, "--json") == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert [(each["subject"], each["problem"].startswith(problem)) for each in found["objections"]] == [(file, True)]
    assert verify(report) == 1
    told = capsys.readouterr().out
    assert ("ALTERED" in told, file in told) == (True, True)


def test_a_name_that_a_terminal_would_obey_is_shown_and_not_obeyed(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (report / "x\x1b[2J\nreport: OK").write_text("", encoding="utf-8")
    assert verify(report) == 1
    told = capsys.readouterr().out
    assert ("\x1b" in told, [line for line in told.splitlines() if line.startswith("report: OK")]) == (False, [])


def cut(folder: Path) -> None:
    (folder / "attestation.json").write_text("{", encoding="utf-8")


def incomplete(folder: Path) -> None:
    (folder / "attestation.json").unlink()
    (folder / "verdict.json").write_text('{"verdict": "incomplete"}', encoding="utf-8")


@pytest.mark.parametrize("damage", [cut, incomplete, lambda folder: (folder / "attestation.json").unlink()])
def test_what_cannot_be_told_is_neither_ok_nor_altered(
    report: Path, damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    damage(report)
    assert verify(report) == 6
    assert "CANNOT BE TOLD" in capsys.readouterr().out


def test_a_signature_that_must_be_there_and_is_not_is_an_objection(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(report, "--signed-by", "https://example.com/workflow") == 1
    assert "must be signed by https://example.com/workflow" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    assert verify(tmp_path / "nowhere") == 4


def after(folder: Path, run: str) -> AcceptedRecord:
    return AcceptedRecord(release="40", accepted="then", run=run, sha256=digest(folder / "verdict.json"))


def test_the_chain_is_followed_as_far_as_its_records_are_there(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = left(report.parent / "two", record(item("fine"), minute=2, previous=after(report, "run-0")))
    third = left(report.parent / "three", record(item("fine"), minute=3, previous=after(second, "run-2")))
    assert verify(third) == 0
    assert capsys.readouterr().out.count("OK") == 3
    flip(report / "evidence" / "tiles.json")
    assert verify(third) == 1
    shutil.rmtree(report)
    assert verify(third) == 0
    assert "stands on what is not here, and was not looked at: run run-0" in capsys.readouterr().out


def test_a_record_that_was_replaced_by_another_closed_one_breaks_the_chain(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = left(report.parent / "two", record(item("fine"), minute=2, previous=after(report, "run-0")))
    shutil.rmtree(report)
    left(report, released(item("fine")))
    assert (verify(report), verify(second)) == (0, 1)
    assert "one/verdict.json: sha256" in capsys.readouterr().out


@pytest.fixture(scope="module")
def suite(make_suite: MakeSuite) -> Suite:
    broken = check("slow", "assert measured(7) == 0")
    return make_suite({"checks/test_toy.py": checks(KEPT, broken)}, contract=contract("kept", "slow"))


@pytest.fixture(scope="module")
def run(suite: Suite) -> Ended:
    return suite.run()


def test_a_run_leaves_a_closed_report_of_the_published_shape(run: Ended, capsys: pytest.CaptureFixture[str]) -> None:
    assert objections(run.verdict) == []
    assert statement(run.folder)["predicate"]["properties"] == ["DEFINITION_OF_DONE_ITEM_kept"]
    assert verify(run.folder) == 0, capsys.readouterr().out


def test_a_run_with_workers_writes_the_same_facts_as_the_same_bytes(suite: Suite, run: Ended) -> None:
    """But for what differs between any two runs: ids, times and durations."""
    other = suite.run("-n", "2")
    assert timeless(other.verdict) == timeless(run.verdict)


def timeless(content: Any) -> Any:  # noqa: ANN401 - JSON
    """The record as text without what differs between any two runs."""

    def walk(value: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(value, dict):
            return {
                key: walk(each)
                for key, each in value.items()
                if key not in {"seconds", "id", "finished", "looked", "created_at"}
                or (key == "id" and "promise" in value)
            }
        return [walk(each) for each in value] if isinstance(value, list) else value

    return canonical(walk(content))


def test_accepted_runs_form_a_chain(make_suite: MakeSuite, capsys: pytest.CaptureFixture[str]) -> None:
    accepted = make_suite({"checks/test_toy.py": checks(KEPT)})
    first, second = accepted.run(), accepted.run()
    assert first.verdict["previous"] is None
    assert second.verdict["previous"]["sha256"] == digest(first.folder / "verdict.json")
    assert second.verdict["previous"]["run"] == first.verdict["run"]["id"]
    assert verify(os.path.relpath(second.folder)) == 0
    assert f"stands on {first.folder}" in capsys.readouterr().out
