"""A release is made of its runs: what counts, what does not, and what is refused by name.

Longer than other files: all tests share the runs that a release is laid out of.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.support.runs.records import COMMIT, IMAGE, item, left, of_files, released
from tests.support.runs.toy import CHECKOUT, Ended, MakeSuite, check, checks, contract
from verifier.commands import main
from verifier.core.config.contract import Stage
from verifier.core.config.expected_release import ExpectedRelease
from verifier.core.verdict.baseline import AcceptedRecord
from verifier.core.verdict.results import Outcome
from verifier.reporting.model import JudgedItem, Report
from verifier.reporting.record.reading import read_record
from verifier.reporting.record.run import Source

SOURCE = Source(commit=COMMIT)
OTHER = "fedcba9876543210fedcba9876543210fedcba98"
CONTRACT = contract(
    built='stage = ["predeploy"]\njudges = "files"',
    additive='stage = ["migration"]\njudges = "files"',
    present='stage = ["migration", "postdeploy"]',
    started='stage = ["deploy"]',
    fast='stage = ["postdeploy", "monitoring"]\nlimit = { seconds = 3.0 }',
    quiet='stage = ["monitoring"]',
    named='stage = ["production"]',
)
BEFORE = [item("built", stage=Stage.PREDEPLOY), item("additive", stage=Stage.MIGRATION)]
Lay = Callable[..., list[str]]
"""Leaves records on disk, and hands over where."""
Release = Callable[..., tuple[int, Report]]
"""Judges the release of these records."""


@pytest.fixture
def lay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lay:
    """Leaves each record in a folder of its own, below the folder in which the command is called."""
    (tmp_path / "definition_of_done.toml").write_text(CONTRACT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return lambda *runs: [str(left(Path(f"reports/{number}-{each.run.id}"), each)) for number, each in enumerate(runs)]


@pytest.fixture
def release(lay: Lay) -> Release:
    """Runs the command on records."""

    def judged(*runs: Report) -> tuple[int, Report]:
        return main(["release", *lay(*runs), "--out", "made"]), read_record(Path("made")).report

    return judged


def whole(**more: JudgedItem) -> list[Report]:
    """The runs of a release in which every item is verified; `more` replaces items of the deployment."""
    live = {
        "present": item("present"), "started": item("started", stage=Stage.DEPLOY), "fast": item("fast"),
        "quiet": item("quiet", stage=Stage.MONITORING), **more,
    }  # fmt: skip
    return [
        of_files(*BEFORE, minute=1),
        released(live["started"], minute=2),
        released(live["present"], live["fast"], minute=3),
        released(live["quiet"], minute=4),
    ]


def outcomes(report: Report) -> dict[str, str]:
    return {each.id: str(each.outcome) for each in report.items}


def test_a_release_whose_items_were_all_seen_to_hold_is_done(release: Release) -> None:
    status, report = release(*whole())
    assert (status, report.verdict, report.coverage) == (0, "DONE", "6 of 6 items verified")
    assert {each.id: each.run for each in report.items} == {
        "built": "run-1", "additive": "run-1", "started": "run-2", "present": "run-3", "fast": "run-3", "quiet": "run-4"
    }  # fmt: skip
    assert [(each.id, each.items) for each in report.runs] == [("run-1", 2), ("run-2", 1), ("run-3", 2), ("run-4", 1)]
    assert (report.target, report.release and report.release["version"]) == ("staging", 41)


def test_the_release_leaves_page_checklist_and_a_closed_record(
    release: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    release(*whole()[:-1])
    page = Path("made/definition-of-done.html").read_text(encoding="utf-8")
    for words in ("<h1>UNVERIFIED</h1>", "Pre-Deployment", "Monitoring", "not judged", 'id="runs"', COMMIT[:12]):
        assert words in page
    text = Path("made/definition-of-done.md").read_text(encoding="utf-8")
    assert ("- [ ] ⬜ **not judged** the toy is quiet (`quiet`)" in text, "## Runs" in text) == (True, True)
    capsys.readouterr()
    assert main(["verify", "made", "--among", "reports"]) == 0
    told = capsys.readouterr().out
    assert ("4 files as they were" in told, told.count("stands on")) == (True, 3)
    form = Path("made/deployment-report.md").read_text(encoding="utf-8")
    assert form.splitlines()[3].startswith("**Status**: ❌ ISSUES"), form


@pytest.mark.parametrize("missing", range(4))
def test_what_no_run_judged_is_not_judged_and_the_release_is_not_done(
    release: Release, missing: int, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = whole()
    gone = {each.id for each in runs.pop(missing).items}
    status, report = release(*runs)
    assert (status, report.verdict) == (6, "UNVERIFIED")
    assert {name for name, told in outcomes(report).items() if told == "not judged"} == gone
    stage = next(each.stage for each in report.items if each.id in gone)
    assert f"pytest -m {stage} " in " ".join(capsys.readouterr().out.split())


PREDEPLOYS = {
    "none": [],
    "dirty": [of_files(*BEFORE, minute=1, dirty=True)],
    "narrowed": [of_files(*BEFORE, minute=1, narrowed=True)],
    "without a commit": [of_files(*BEFORE, minute=1, commit=None)],
    "with a problem": [of_files(*BEFORE, minute=1, problems=("a worker died",))],
    "only parts": [of_files(BEFORE[0], minute=0, narrowed=True), of_files(BEFORE[1], minute=1)],
}


@pytest.mark.parametrize("name", PREDEPLOYS)
def test_without_a_predeploy_that_ended_done_for_its_commit_a_release_is_never_done(
    release: Release, name: str
) -> None:
    status, report = release(*PREDEPLOYS[name], *whole()[1:])
    assert (status, report.verdict) == (6, "UNVERIFIED")
    assert f"no run of -m predeploy ended DONE for commit {COMMIT}" in " ".join(report.run.problems)
    dirty = name in {"none", "dirty"}
    assert outcomes(report)["built"] == ("not judged" if dirty else "passed")


P, F, U, W, N, A = (
    Outcome.PASSED, Outcome.FAILED, Outcome.UNVERIFIED, Outcome.WAIVED, Outcome.NOT_RUN, Outcome.NOT_APPLICABLE,
)  # fmt: skip
LOOKS = [
    ([P], P, "DONE", 0),
    ([F], F, "NOT DONE", 0),
    ([P, F], F, "NOT DONE", 0),
    ([F, P], P, "DONE", 1),
    ([F, F, P], P, "DONE", 2),
    ([F, P, F], F, "NOT DONE", 0),
    ([F, U], F, "NOT DONE", 0),
    ([F, P, U], U, "UNVERIFIED", 1),
    ([P, U], U, "UNVERIFIED", 0),
    ([U, P], P, "DONE", 0),
    ([P, N], P, "DONE", 0),
    ([F, N], F, "NOT DONE", 0),
    ([N], Outcome.NOT_JUDGED, "UNVERIFIED", 0),
    ([F, A], F, "NOT DONE", 0),
    ([A], A, "DONE", 0),
    ([F, W], W, "DONE", 1),
    ([W, F], F, "NOT DONE", 0),
]


@pytest.mark.parametrize(("seen", "counts", "verdict", "red"), LOOKS)
def test_the_last_look_counts_but_red_stays_until_it_is_seen_otherwise(
    release: Release, seen: list[Outcome], counts: Outcome, verdict: str, red: int
) -> None:
    rest = [each for each in whole() if each.items[0].id != "started"]
    looks = [released(item("started", each, Stage.DEPLOY), minute=10 + n) for n, each in enumerate(seen)]
    _, report = release(*rest, *looks)
    found = next(each for each in report.items if each.id == "started")
    assert (found.outcome, report.verdict) == (counts, verdict)
    assert [each.startswith("seen red before, in ") for each in found.warnings] == [True] * red


def test_the_order_in_which_runs_are_given_changes_no_byte(release: Release, tmp_path: Path) -> None:
    release(*whole())
    paths = [str(each) for each in (tmp_path / "reports").iterdir()]
    made = set()
    for order in (paths, paths[::-1], paths[2:] + paths[:2]):
        assert main(["release", *order, order[0], "--out", "made"]) == 0
        made.add(Path("made/verdict.json").read_bytes())
    assert len(made) == 1


def test_a_release_stands_on_the_accepted_record_of_the_release_before_it(release: Release) -> None:
    before, own = (AcceptedRecord(release=each, accepted="then", run=f"of-{each}", sha256="0") for each in ("40", "41"))
    runs = [
        each.model_copy(update={"previous": told}) for each, told in zip(whole(), (own, before, own, own), strict=True)
    ]
    _, report = release(*runs)
    assert report.previous == before
    assert "release 40, accepted then" in Path("made/definition-of-done.html").read_text(encoding="utf-8")


def test_what_a_run_of_files_declares_for_want_of_a_deployment_does_not_count(release: Release) -> None:
    files = of_files(*BEFORE, item("present", A, Stage.MIGRATION), minute=1)
    runs = [each for each in whole()[1:] if each.items[0].id != "present"]
    _, report = release(files, *runs)
    assert outcomes(report)["present"] == "not judged"


def test_the_stage_production_is_wanted_where_a_run_judged_it_or_the_target_is_called_so(release: Release) -> None:
    judged = released(item("named", stage=Stage.PRODUCTION), minute=5)
    assert release(*whole(), judged)[0] == 0


def test_a_production_that_nobody_judged_as_such_is_open(release: Release) -> None:
    runs = [each.model_copy(update={"target": "production"}) for each in whole()[1:]]
    _, report = release(whole()[0], *runs)
    assert outcomes(report)["named"] == "not judged"


def test_a_release_whose_image_tells_no_commit_is_not_done(release: Release) -> None:
    silent = [each.model_copy(update={"release": {**(each.release or {}), "commit": None}}) for each in whole()[1:]]
    status, report = release(whole()[0], *silent)
    assert (status, len(report.run.problems)) == (6, 1)
    assert "--expect-sha" in report.run.problems[0]


@pytest.mark.parametrize(("confirmed", "status"), [(P, 0), (U, 6), (F, 1)])
def test_a_commit_that_the_caller_told_ties_the_release_if_a_run_confirmed_it(
    release: Release, confirmed: Outcome, status: int
) -> None:
    silent = [each.model_copy(update={"release": {**(each.release or {}), "commit": None}}) for each in whole()[1:]]
    judged = released(item("release-unchanged", confirmed), commit=None, minute=8)
    run = judged.run.model_copy(update={"shipped": ExpectedRelease(sha=COMMIT)})
    found, report = release(whole()[0], *silent, judged.model_copy(update={"run": run}))
    assert (found, len(report.run.problems)) == (status, 0 if confirmed == P else 1)


def test_a_run_of_files_and_deployment_together_counts_for_both_unless_its_files_are_dirty(release: Release) -> None:
    live = whole()[2]
    both = live.model_copy(
        update={"items": (*BEFORE, *live.items), "run": live.run.model_copy(update={"source": SOURCE})}
    )
    assert release(whole()[1], both, whole()[3])[0] == 0


def test_dirty_files_take_nothing_from_what_was_seen_of_the_deployment(release: Release) -> None:
    live, dirty = whole()[2], SOURCE.model_copy(update={"dirty": True})
    both = live.model_copy(
        update={"items": (*BEFORE, *live.items), "run": live.run.model_copy(update={"source": dirty})}
    )
    status, report = release(whole()[1], both, whole()[3])
    assert (status, outcomes(report)["built"], outcomes(report)["fast"]) == (6, "not judged", "passed")
    assert "uncommitted changes" in report.runs[1].note


def test_a_run_whose_files_and_image_are_of_two_commits_is_refused(
    lay: Lay, capsys: pytest.CaptureFixture[str]
) -> None:
    live = whole()[2]
    other = live.model_copy(update={"run": live.run.model_copy(update={"source": Source(commit=OTHER)})})
    assert f"2-run-3: judged commit {OTHER}, and not {COMMIT}" in refused(lay, capsys, whole()[0], whole()[1], other)


def test_a_problem_of_a_run_counts_as_long_as_its_looks_do(release: Release) -> None:
    died = released(item("started", stage=Stage.DEPLOY), minute=9, problems=("a worker died",))
    assert release(*whole(), died)[1].run.problems == ("4-run-9: a worker died",)


def test_a_later_run_without_the_problem_supersedes_it(release: Release) -> None:
    died = released(item("started", stage=Stage.DEPLOY), minute=2, problems=("a worker died",), run="early")
    assert release(died, *whole())[0] == 0


STRANGERS = {
    "judged commit": released(item("quiet", stage=Stage.MONITORING), commit=OTHER, minute=0),
    "judged image": released(item("quiet"), image=f"registry.example/toy:v2@sha256:{'cd' * 32}", minute=0),
    "judged shop": released(item("quiet"), app="shop", minute=0),
    "judged toy (elsewhere)": released(item("quiet"), target="elsewhere", minute=0),
    "judged commit fed": of_files(*BEFORE, commit=OTHER, minute=0),
}


def refused(lay: Lay, capsys: pytest.CaptureFixture[str], *runs: Report, words: Sequence[str] = ()) -> str:
    """What the command says when it refuses, and that it wrote nothing."""
    assert main(["release", *lay(*runs), "--out", "made", *words]) == 4
    assert not Path("made").exists()
    return capsys.readouterr().err


@pytest.mark.parametrize("words", STRANGERS)
def test_a_run_of_something_else_is_refused_by_its_name(
    lay: Lay, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"4-run-0: {words}" in refused(lay, capsys, *whole(), STRANGERS[words])


def test_every_run_is_refused_that_is_not_of_the_commit_that_the_caller_names(
    lay: Lay, capsys: pytest.CaptureFixture[str]
) -> None:
    told = refused(lay, capsys, *whole(), words=["--commit", OTHER])
    assert [f"{number}-run-{number + 1}: judged commit {COMMIT}, and not {OTHER}" in told for number in range(4)] == [
        True
    ] * 4


def test_a_commit_may_be_told_by_its_first_digits(lay: Lay) -> None:
    runs = [
        whole()[0],
        *(each.model_copy(update={"release": {**(each.release or {}), "commit": COMMIT[:7]}}) for each in whole()[1:]),
    ]
    assert main(["release", *lay(*runs), "--out", "made", "--commit", COMMIT[:9], "--image", IMAGE]) == 0
    assert read_record(Path("made")).report.run.source == Source(commit=COMMIT)


def test_a_record_that_was_altered_is_refused(lay: Lay, capsys: pytest.CaptureFixture[str]) -> None:
    paths = lay(*whole())
    path = Path(paths[1]) / "verdict.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"seconds": 2.5', '"seconds": 2.4'), encoding="utf-8")
    assert main(["release", *paths, "--out", "made"]) == 4
    assert "reports/1-run-2: it was altered after its run had ended" in capsys.readouterr().err


def test_the_record_of_a_release_is_no_run(release: Release, capsys: pytest.CaptureFixture[str]) -> None:
    release(*whole())
    assert main(["release", "made"]) == 4
    assert "give the runs that it was made of" in capsys.readouterr().err


def test_a_run_that_died_is_told_and_counts_for_nothing(lay: Lay) -> None:
    paths = lay(*whole())
    Path("reports/dead").mkdir()
    Path("reports/dead/verdict.json").write_text('{"verdict": "incomplete"}', encoding="utf-8")
    assert main(["release", *paths, "reports/dead", "--out", "made"]) == 0
    assert (
        str(read_record(Path("made")).report.runs[0])
        == "dead (incomplete), 0 items count; it did not end, so it counts for nothing"
    )


def test_without_a_run_that_ended_there_is_no_release(lay: Lay, capsys: pytest.CaptureFixture[str]) -> None:
    lay()
    Path("dead.json").write_text('{"verdict": "incomplete"}', encoding="utf-8")
    assert main(["release", "dead.json"]) == 4
    assert main(["release", "nowhere"]) == 4
    assert "none of these runs has ended" in (told := capsys.readouterr().err)
    assert "nowhere: there is no verdict.json" in told


ORIGIN = f"""
from verifier.core.subject import Reference, Subject

SUBJECT = Subject(facts=Reference("origin", "facts"))


def facts(run):
    return {{"source": {{"commit": "{COMMIT}", "dirty": False}}}} if run.files_only else {{}}
"""
LABELLED = f"""
def observe_toy_platform(context) -> PlatformState:
    machine = Machine(id="m1", state="started", revision="{COMMIT[:7]}")
    release = Release(id="r1", version=7, status="succeeded", created_at=now(), image="toy:7")
    return PlatformState(
        asked="Who runs?", where="the toy box", at=now(), again="ls", machines=(machine,), release=release
    )
"""


@pytest.fixture(scope="module")
def runs(make_suite: MakeSuite) -> list[Ended]:
    """A run before a deploy and one after it, of the real command."""
    settings = (CHECKOUT / "pytest.ini").read_text(encoding="utf-8") + "subjects = origin\n"
    files = {
        "checks/test_toy.py": checks(check("built", "measured(1)"), check("fast", "measured(2)")),
        "origin/__init__.py": ORIGIN,
        "pytest.ini": settings,
    }
    stages = contract(built='stage = ["predeploy"]\njudges = "files"', fast='stage = ["postdeploy"]')
    suite = make_suite(files, contract=stages, conftest=LABELLED)
    return [suite.run(mark="predeploy", target=None), suite.run(mark="postdeploy")]


def test_the_commands_of_a_person_judge_a_release_from_its_runs(runs: list[Ended]) -> None:
    assert [each.ending for each in runs] == [("DONE", 0)] * 2, [each.output for each in runs]
    root = runs[0].root
    words = ["release", *(str(each.folder) for each in runs)]
    done = subprocess.run(
        [sys.executable, "-m", "verifier", *words], cwd=root, capture_output=True, text=True, check=False,
        env={"PATH": "", "PYTHONPATH": str(CHECKOUT), "COLUMNS": "200"},
    )  # fmt: skip
    assert (done.returncode, "DONE: 2 of 2 items verified · exit status 0" in done.stdout) == (0, True), done.stderr
    record = json.loads((root / f"reports/release-toy-{COMMIT[:12]}/verdict.json").read_text(encoding="utf-8"))
    assert {each["id"]: each["run"] for each in record["items"]} == {
        "built": runs[0].verdict["run"]["id"], "fast": runs[1].verdict["run"]["id"],
    }  # fmt: skip
