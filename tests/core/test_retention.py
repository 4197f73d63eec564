"""What earlier runs left is removed in time: never a run that goes on, never what no run made, never the proof."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.runs.toy import KEPT, TARGET, MakeSuite, checks
from verifier.core.execution.retention import hold, remove_old_runs


def a_run(reports: Path, number: int, *, target: str = "staging", verdict: str = "NOT DONE") -> Path:
    """A folder as a run leaves it."""
    folder = reports / f"20261101T0000{number:02}Z-{target}"
    folder.mkdir(parents=True)
    record = {"target": target, "verdict": verdict, "run": {"id": str(number)}}
    (folder / "verdict.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


def left(reports: Path) -> list[str]:
    return sorted(each.name for each in reports.iterdir())


def test_the_newest_runs_of_the_target_stay(tmp_path: Path) -> None:
    mine = [a_run(tmp_path, number) for number in range(5)]
    others = [a_run(tmp_path, number, target="production") for number in range(5)]

    removed = remove_old_runs(tmp_path, "staging", 2)

    assert (removed, left(tmp_path)) == (3, sorted(each.name for each in [*mine[3:], *others]))


def test_the_newest_run_that_accepted_a_release_stays_however_old_it_is(tmp_path: Path) -> None:
    a_run(tmp_path, 0, verdict="DONE")
    proof = a_run(tmp_path, 1, verdict="DONE")
    newer = [a_run(tmp_path, number) for number in range(2, 6)]

    removed = remove_old_runs(tmp_path, "staging", 2)

    assert (removed, left(tmp_path)) == (3, [proof.name, *(each.name for each in newer[2:])])


def test_a_run_that_goes_on_is_not_touched_and_a_killed_one_is_removed(tmp_path: Path) -> None:
    going, killed = (a_run(tmp_path, number, verdict="incomplete") for number in (0, 1))
    newest = a_run(tmp_path, 2)
    hold(going)

    removed = remove_old_runs(tmp_path, "staging", 1)

    assert (removed, left(tmp_path), killed.exists()) == (1, [going.name, newest.name], False)


@pytest.mark.parametrize("target", ["staging", "staging-2"])
def test_what_no_run_of_the_target_made_is_not_touched(tmp_path: Path, target: str) -> None:
    reports, elsewhere = tmp_path / "reports", a_run(tmp_path / "elsewhere", 0)
    a_run(reports, 1, target="staging-2" if target == "staging" else "staging")
    for name in ("history", "20261101T000000Z-staging", "20261101T000001Z-staging-2-notes"):
        (reports / name).mkdir(exist_ok=True)
    (reports / "20261101T000003Z-staging").symlink_to(elsewhere)
    (reports / "README.md").write_text("what runs leave behind", encoding="utf-8")
    before = left(reports)

    assert (remove_old_runs(reports, target, 1), left(reports)) == (0, before)
    assert elsewhere.is_dir()


def test_the_header_tells_what_was_removed(make_suite: MakeSuite) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT)}, target=f"keep_reports = 2\n{TARGET}")
    for number in range(3):
        a_run(suite.root / "reports", number, target="toy", verdict="UNVERIFIED")

    first, second = suite.run(), suite.run()

    assert "reports: 2 of earlier runs removed (keep_reports = 2)" in first.output
    assert "reports: 1 of earlier runs removed" in second.output
    assert set(left(suite.root / "reports")) - {"latest", "history"} == {first.folder.name, second.folder.name}
