"""What GitHub is told of a run, with GitHub's files faked.

It is long because all its cases share the faked step.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.runs.toy import CHECKOUT, KEPT, MakeSuite, check, checks, contract
from verifier.reporting.annotations import escaped, escaped_property
from verifier.reporting.github import main

FINISHED = "2026-01-31T12:00:00+00:00"
HOSTILE = "first\r\n::set-output name=verdict::DONE\n%0A::error::forged, 100 % | a: b"
SECRET = "hunter2-hunter2"


def item(name: str, outcome: str, *, severity: str = "major", **more: object) -> dict[str, Any]:
    return {"id": name, "promise": f"the toy is {name}", "severity": severity, "outcome": outcome, **more}


def record(verdict: str, status: object, *items: dict[str, Any], **run: object) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "exit_status": status,
        "target": "toy",
        "items": list(items),
        "run": {"finished": FINISHED, "narrowed": [], "interrupted": None, "problems": [], **run},
    }


DONE = record("DONE", 0, item("kept", "passed"))


@dataclass
class Step:
    """One step of a job, as GitHub sees it."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    output: str = ""

    @property
    def folder(self) -> Path:
        return self.root / "reports" / "20260131T120000Z-toy"

    @property
    def summary(self) -> str:
        return (self.root / "summary").read_text(encoding="utf-8")

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs as GitHub's runner reads them from the file."""
        lines = iter((self.root / "output").read_text(encoding="utf-8").split("\n"))
        found = {}
        for line in filter(None, lines):
            name, kind, rest = re.fullmatch(r"(\w+)(=|<<)(.*)", line).groups()  # type: ignore[union-attr]
            found[name] = rest if kind == "=" else "\n".join(iter(lambda: next(lines), rest))
        return found

    def commands(self, level: str) -> list[str]:
        return [line for line in self.output.splitlines() if line.startswith(f"::{level}")]

    def left(self, content: Mapping[str, Any] | str, checklist: str | None = "# a toy\n\n- kept\n") -> None:
        """A run left this behind."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.root / "reports" / "latest").symlink_to(self.folder.name)
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / "verdict.json").write_text(text, encoding="utf-8")
        if checklist is not None:
            (self.folder / "definition-of-done.md").write_text(checklist, encoding="utf-8")

    def run(self, *words: str, github: bool = True) -> int:
        """The command in this process, to its end; its exit status."""
        files = {"GITHUB_STEP_SUMMARY": str(self.root / "summary"), "GITHUB_OUTPUT": str(self.root / "output")}
        known = self.environment | ({"GITHUB_ACTIONS": "true", **files} if github else {})
        heard = io.StringIO()
        with contextlib.chdir(self.root), contextlib.redirect_stdout(heard):
            status = main(words, known)
        self.output = heard.getvalue()
        return status


@pytest.fixture
def step(tmp_path: Path) -> Step:
    return Step(tmp_path)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (DONE, 0),
        (record("NOT DONE", 1, item("broken", "failed"), item("kept", "passed")), 1),
        (record("UNVERIFIED", 6, item("blind", "unverified"), item("kept", "passed")), 6),
        (record("PARTIAL", 6, item("kept", "passed"), narrowed=["-k"]), 6),
        (record("PARTIAL", 1, item("broken", "failed"), narrowed=["-k"]), 1),
    ],
)
def test_the_exit_status_is_the_verdicts(step: Step, content: dict[str, Any], status: int) -> None:
    step.left(content)
    assert step.run() == status
    assert step.outputs["verdict"] == content["verdict"]
    assert step.outputs["exit_status"] == str(status)


CANNOT_BE_BELIEVED: dict[str, Mapping[str, Any] | str] = {
    "did not end": {"verdict": "incomplete", "exit_status": None, "target": "toy", "items": [], "run": {"id": "x"}},
    "did not end, and yet 0": {**DONE, "verdict": "incomplete"},
    "done with 1": {**DONE, "exit_status": 1},
    "not done with 0": record("NOT DONE", 0, item("broken", "failed")),
    "unverified with 0": record("UNVERIFIED", 0, item("blind", "unverified")),
    "unverified with false": {**record("UNVERIFIED", 6, item("blind", "unverified")), "exit_status": False},
    "partial with 0": record("PARTIAL", 0, item("kept", "passed")),
    "done with text": record("DONE", "0", item("kept", "passed")),
    "done without a status": record("DONE", None, item("kept", "passed")),
    "done with nothing": record("DONE", 0),
    "done with nothing that passed": record("DONE", 0, item("waived", "waived")),
    "done with a failure": record("DONE", 0, item("kept", "passed"), item("broken", "failed")),
    "done with a blind spot": record("DONE", 0, item("kept", "passed"), item("blind", "unverified")),
    "done with a gap": record("DONE", 0, item("kept", "passed"), item("lost", "not run")),
    "an unknown verdict": {**DONE, "verdict": "FINE"},
    "an unknown outcome": record("DONE", 0, item("kept", "fine")),
    "no time": {**DONE, "run": {}},
    "a time without a zone": record("DONE", 0, item("kept", "passed"), finished="2026-01-31T12:00:00"),
    "half a file": '{"verdict": "DONE", "exit_status": 0',
    "an empty file": "",
    "a list": "[]",
    "a word": '"DONE"',
    "too deep": "[" * 200_000,
}


@pytest.mark.parametrize("what", CANNOT_BE_BELIEVED)
def test_what_cannot_be_believed_is_unverified(step: Step, what: str) -> None:
    step.left(CANNOT_BE_BELIEVED[what])
    assert step.run() == 6
    assert (step.outputs["verdict"], step.outputs["exit_status"]) == ("incomplete", "6")
    assert len(step.commands("error")) == 1
    assert "This is not a pass" in step.summary


def test_without_a_run_it_is_unverified(step: Step) -> None:
    assert step.run() == 6
    assert "there is no verdict.json" in step.output
    assert step.outputs["verdict"] == "incomplete"


def test_a_run_that_left_no_checklist_is_unverified(step: Step) -> None:
    step.left(DONE, checklist=None)
    assert step.run() == 6
    assert "definition-of-done.md" in step.output


@pytest.mark.parametrize(("since", "status"), [("2026-01-31T12:00:00Z", 0), ("2026-01-31T12:00:01Z", 6)])
def test_a_run_that_finished_before_it_was_asked_for_is_another_run(step: Step, since: str, status: int) -> None:
    step.left(DONE)
    assert step.run("--since", since) == status


@pytest.mark.parametrize(("told", "status"), [("0", 0), ("6", 6), ("1", 6), ("4", 6), ("-9", 6)])
def test_the_process_and_its_verdict_must_say_the_same(step: Step, told: str, status: int) -> None:
    step.left(DONE)
    assert step.run(f"--status={told}") == status


def test_a_status_of_zero_does_not_mend_a_verdict(step: Step) -> None:
    step.left(record("NOT DONE", 1, item("broken", "failed")))
    assert step.run("--status=0") == 6


def test_a_named_folder_is_read_instead_of_the_latest(step: Step) -> None:
    step.left(DONE)
    assert step.run("reports/20260131T120000Z-toy") == 0
    assert step.run("reports/other") == 6


def test_the_report_is_the_runs_own_folder(step: Step) -> None:
    step.left(DONE)
    step.run()
    assert step.outputs["report"] == "reports/20260131T120000Z-toy"
    assert step.outputs["run"] == "20260131T120000Z-toy"


def test_each_outcome_has_its_level_and_passed_items_have_none(step: Step) -> None:
    outcomes = ("failed", "unverified", "not run", "waived", "not applicable", "passed")
    step.left(record("NOT DONE", 1, *(item(f"is-{each.replace(' ', '-')}", each) for each in outcomes)))
    step.run()
    assert [len(step.commands(level)) for level in ("error", "warning", "notice")] == [1, 2, 2]
    assert "[is-failed]" in step.commands("error")[0]


def test_an_annotation_says_why_and_what_to_do(step: Step) -> None:
    check_ = {"outcome": "unverified", "cause": "missing-credential", "remedy": "export FLY_API_TOKEN=…"}
    blind = item("blind", "unverified", cause="missing-credential", reason="no FLY_API_TOKEN", checks=[check_])
    step.left(record("UNVERIFIED", 6, blind))
    step.run()
    title = "unverified (missing-credential)%3A blind"
    message = "no FLY_API_TOKEN [missing-credential], which leaves one item open: blind%0Ado: export FLY_API_TOKEN=…"
    assert step.commands("warning") == [f"::warning title={title}::{message}"]


def test_an_error_says_where_it_was_seen_and_how_to_look_again(step: Step) -> None:
    check_ = {"outcome": "failed", "looked": ["where: /health", "again: curl /health"]}
    step.left(record("NOT DONE", 1, item("broken", "failed", reason="expected: 200", checks=[check_, check_])))
    step.run()
    assert step.commands("error")[0].endswith("::expected: 200%0Awhere: /health%0Aagain: curl /health")


def test_the_most_severe_comes_first(step: Step) -> None:
    minor, critical = item("small", "failed", severity="minor"), item("grave", "failed", severity="critical")
    step.left(record("NOT DONE", 1, minor, critical))
    step.run()
    assert ["[grave]" in each for each in step.commands("error")] == [True, False]


def test_more_than_github_shows_are_summed_up(step: Step) -> None:
    broken = [item(f"broken-{n}", "failed") for n in range(12)]
    blind = [item(f"blind-{n}", "unverified", reason=f"reason {n}") for n in range(12)]
    step.left(record("NOT DONE", 1, *broken, *blind))
    step.run()
    assert [len(step.commands(level)) for level in ("error", "warning")] == [10, 10]
    last = step.commands("error")[-1]
    assert "title=and 3 more" in last
    assert all(f"[broken-{n}]" in last for n in (9, 10, 11))


def test_ten_are_not_summed_up(step: Step) -> None:
    step.left(record("NOT DONE", 1, *(item(f"broken-{n}", "failed") for n in range(10))))
    step.run()
    assert "more" not in step.output


def test_troubles_of_the_run_are_warnings(step: Step) -> None:
    step.left(record("UNVERIFIED", 6, item("kept", "passed"), interrupted="Ctrl-C", problems=["a worker died"]))
    step.run()
    assert ["Ctrl-C" in step.output, "a worker died" in step.output, len(step.commands("warning"))] == [True, True, 2]


def test_hostile_texts_stay_texts(step: Step) -> None:
    broken = item("broken", "failed", reason=HOSTILE, checks=[{"outcome": "failed", "remedy": HOSTILE}])
    broken["promise"] = HOSTILE
    step.left(record("NOT DONE", 1, broken, problems=[HOSTILE]), checklist=f"# toy\n\n{HOSTILE}\n")
    step.run()
    assert [line[:9] for line in re.split(r"[\r\n]+", step.output.rstrip("\n"))] == ["::error t", "::warning"]
    title = step.commands("error")[0].split("::")[1]
    assert title.count(":") == title.count(",") == 0
    assert step.outputs["verdict"] == "NOT DONE"
    assert "::set-output name=verdict::DONE" in step.summary


def test_a_hostile_folder_name_is_no_output_of_its_own(step: Step) -> None:
    name = "latest\nverdict=DONE\nexit_status=0"
    assert step.run(f"reports/{name}") == 6
    assert step.outputs["report"] == f"reports/{name}"
    assert step.outputs["verdict"] == "incomplete"


@pytest.mark.parametrize(
    ("text", "message", "value"),
    [
        ("a%b", "a%25b", "a%25b"),
        ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"),
        ("%0A", "%250A", "%250A"),
        ("a: b, c", "a: b, c", "a%3A b%2C c"),
    ],
)
def test_texts_are_escaped_by_githubs_rules(text: str, message: str, value: str) -> None:
    assert (escaped(text), escaped_property(text)) == (message, value)


def test_a_summary_that_is_too_long_is_cut_at_a_line_and_says_so(step: Step) -> None:
    line = "- [x] ✅ ein Versprechen, das gehalten wird\n"
    step.left(DONE, checklist=line * 50_000)
    (step.root / "summary").write_text("# an earlier step\n", encoding="utf-8")
    assert step.run() == 0
    assert len(step.summary.encode()) <= 1024 * 1024
    assert step.summary.startswith(f"# an earlier step\n{line}")
    assert "Cut here" in step.summary.splitlines()[-1]
    assert set(step.summary.splitlines()[1:-2]) == {line.rstrip("\n"), ""} - {""}


def test_a_summary_that_is_full_already_is_left_alone(step: Step) -> None:
    step.left(DONE)
    (step.root / "summary").write_text("x" * 1024 * 1024, encoding="utf-8")
    assert step.run() == 0
    assert step.summary == "x" * 1024 * 1024


def test_a_secret_of_the_environment_is_told_nowhere(step: Step) -> None:
    step.environment["DATABASE_URL"] = SECRET
    step.left(record("NOT DONE", 1, item("broken", "failed", reason=f"saw {SECRET}")), checklist=f"saw {SECRET}\n")
    step.run()
    everything = step.output + step.summary + (step.root / "output").read_text(encoding="utf-8")
    assert SECRET not in everything
    assert everything.count("[redacted]") == 2


def test_outside_of_github_the_checklist_is_printed(step: Step) -> None:
    step.left(DONE, checklist="# a toy\n")
    assert step.run(github=False) == 0
    assert step.output == "# a toy\n"
    assert not (step.root / "output").exists()


def test_a_summary_that_cannot_be_written_is_no_pass(step: Step) -> None:
    step.left(DONE)
    (step.root / "summary").mkdir()
    assert step.run() == 6
    assert "GitHub's own files cannot be written" in step.output


@pytest.mark.parametrize(
    ("content", "status"), [(DONE, 0), (record("NOT DONE", 1, item("broken", "failed")), 1), ({}, 6)]
)
def test_as_a_process_of_its_own_it_ends_with_the_status(step: Step, content: dict[str, Any], status: int) -> None:
    step.left(content)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), "GITHUB_ACTIONS": "true", "LC_ALL": "POSIX"}
    command = [sys.executable, "-m", "verifier.reporting.github"]
    assert subprocess.run(command, cwd=step.root, env=environment, check=False).returncode == status


def test_bytes_that_are_no_text_are_unverified(step: Step) -> None:
    step.left(DONE)
    (step.folder / "verdict.json").write_bytes(b"\xff\xfe\x00")
    assert step.run() == 6


def test_half_a_character_does_not_stop_it(step: Step) -> None:
    step.left(json.dumps(record("NOT DONE", 1, item("broken", "failed", reason="\udcff"))), checklist="# toy\n")
    assert step.run() == 1


@pytest.mark.parametrize(("body", "told"), [("measured(1)", ("DONE", 0)), ("assert measured(1) == 2", ("NOT DONE", 1))])
def test_it_reads_what_the_real_command_leaves(
    make_suite: MakeSuite, step: Step, body: str, told: tuple[str, int]
) -> None:
    run = make_suite({"checks/test_toy.py": checks(check("kept", body))}).run()
    status = step.run(str(run.folder), f"--status={run.status}")
    assert (step.outputs["verdict"], status) == told == run.ending
    assert step.summary == (run.folder / "definition-of-done.md").read_text(encoding="utf-8")


def test_it_reads_an_unverified_run_of_the_real_command(make_suite: MakeSuite, step: Step) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT)}, contract=contract("kept", "lost"))
    assert step.run(str(suite.run().folder)) == 6
    assert "not run%3A this version has no check for it" in step.commands("warning")[0]
