"""The status is added to the file of the day, where the target names its folder: whole, and once per run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.pages.reports import held, report, unseen
from tests.support.runs.toy import KEPT, TARGET, MakeSuite, checks
from verifier.core.deadline import Deadline
from verifier.core.evidence import CouldNotLook
from verifier.core.threads import in_threads
from verifier.core.verdict.ledger import Verdict
from verifier.reporting.forms import feedback, forms
from verifier.reporting.forms.feedback import append_feedback
from verifier.reporting.locking import lock
from verifier.reporting.model import Report

DAY = Path("feedback", "devops", "2026-01-31.md")


def of_run(number: int) -> Report:
    made = report(held("smoke-passed"), unseen("logs-clean", "no answer"), verdict=Verdict.UNVERIFIED)
    return made.model_copy(update={"run": made.run.model_copy(update={"id": f"run-{number}"})})


@pytest.mark.parametrize("place", [".", "feedback/devops"])
def test_the_forms_are_added_to_the_day_of_the_run(tmp_path: Path, place: str) -> None:
    seen = of_run(1)
    assert append_feedback(tmp_path, place, seen) == tmp_path / DAY
    made = forms(seen)
    text = f"{made['status-report.md']}\n{made['blocker-report.md']}\n<!-- run run-1 -->\n"
    assert (tmp_path / DAY).read_text(encoding="utf-8") == text


def test_a_run_is_added_once(tmp_path: Path) -> None:
    assert append_feedback(tmp_path, ".", of_run(1))
    assert append_feedback(tmp_path, ".", of_run(1)) is None
    assert (tmp_path / DAY).read_text(encoding="utf-8").count("Infrastructure Status") == 1


@pytest.mark.parametrize("before", ["# 2026-01-31\n\nMorning.\n", "# 2026-01-31\n\nMorning."])
def test_what_people_wrote_stays_with_an_empty_line_after_it(tmp_path: Path, before: str) -> None:
    (tmp_path / DAY).parent.mkdir(parents=True)
    (tmp_path / DAY).write_text(before, encoding="utf-8")
    append_feedback(tmp_path, ".", of_run(1))
    assert (
        (tmp_path / DAY)
        .read_text(encoding="utf-8")
        .startswith("# 2026-01-31\n\nMorning.\n\n## 2026-01-31T12:00:00Z — ")
    )


def test_runs_at_the_same_time_do_not_mix_theirs(tmp_path: Path) -> None:
    in_threads(lambda number: append_feedback(tmp_path, ".", of_run(number)), range(20), 8)
    text = (tmp_path / DAY).read_text(encoding="utf-8")
    parts = [part.removesuffix("\n") for part in re.split(r"<!-- run run-\d+ -->\n", text)]
    assert (len(parts), {part.strip("\n") for part in parts[:-1]}) == (21, {parts[0].strip("\n")})


def test_a_file_that_another_run_holds_is_waited_for_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "SECONDS", 0.3)
    (tmp_path / DAY).parent.mkdir(parents=True)
    with (tmp_path / DAY).open("ab") as held:
        lock(held, Deadline(1))
        with pytest.raises(CouldNotLook, match="another run holds"):
            append_feedback(tmp_path, ".", of_run(1))
    assert append_feedback(tmp_path, ".", of_run(1)) == tmp_path / DAY


def test_the_command_adds_its_status_once_for_each_run(make_suite: MakeSuite) -> None:
    target = f'{TARGET}[reports]\nfeedback = "notes"\n'
    suite = make_suite({"checks/test_toy.py": checks(KEPT)}, target=target)
    runs = [suite.run(), suite.run()]

    (path,) = (suite.root / "notes" / "feedback" / "devops").glob("*.md")
    assert re.findall(r"<!-- run (\w+) -->", path.read_text(encoding="utf-8")) == [
        each.verdict["run"]["id"] for each in runs
    ]
    assert all(f"status added to {path}" in each.output for each in runs)


def test_a_file_that_cannot_be_written_does_not_change_the_verdict(make_suite: MakeSuite) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT)}, target=f'{TARGET}[reports]\nfeedback = "notes"\n')
    suite.write({"notes": "a file\n"})
    run = suite.run()
    assert run.ending == ("DONE", 0)
    assert "problem: the status could not be added to notes: " in run.output


def test_a_form_that_cannot_be_made_takes_no_verdict_with_it(make_suite: MakeSuite) -> None:
    broken = """
        @pytest.fixture(autouse=True, scope="session")
        def no_forms():
            from verifier import reporting
            reporting.forms = lambda report: 1 / 0
    """
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, conftest=broken).run()
    assert run.ending == ("UNVERIFIED", 6)
    assert run.outcomes == {"kept": "passed"}
    assert run.verdict["run"]["problems"] == ["the forms could not be written: ZeroDivisionError: division by zero"]
