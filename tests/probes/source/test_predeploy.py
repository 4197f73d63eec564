"""The stage before a deploy as a whole, by the real command: what is tied to the commit, and what the report says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.runs.application import PREDEPLOY, WELL, Application
from tests.support.runs.toy import CHECKOUT, Ended

OTHERS = "no-migrations-in-deploy-files"
"""The item of this stage that is judged elsewhere."""
PERIOD = 'period = [{ name = "a sale that is over", first = 2024-11-29, last = 2024-12-02 }]'
CLOSED = PREDEPLOY.replace(PERIOD, 'period = [{ name = "a sale without end", first = 2024-11-29 }]')
WHY = "the checkout does not answer"


@pytest.fixture
def app(tmp_path: Path) -> Application:
    made = Application(tmp_path)
    made.write(WELL)
    return made


def kept(ended: Ended) -> dict[str, str]:
    """The outcomes but for the item that is judged elsewhere."""
    return {item: outcome for item, outcome in ended.outcomes.items() if item != OTHERS}


def test_a_sound_app_is_seen_to_be_so_at_its_commit(app: Application) -> None:
    commit = app.approve()

    ended = app.judged(mark="predeploy")

    assert set(kept(ended).values()) == {"passed"}, ended.output
    assert ended.verdict["run"]["source"] == {"commit": commit, "dirty": False}
    assert ended.verdict["run"]["emergency"] is None
    assert (ended.folder / "logs" / "build.log").read_text(encoding="utf-8") == "built\n"
    assert "uncommitted" not in ended.output


def test_uncommitted_changes_are_judged_and_said_beside_the_verdict(app: Application) -> None:
    commit = app.approve()
    app.write({"sum.js": WELL["sum.js"] + "// not committed\n"})

    ended = app.judged(mark="predeploy")

    assert ended.verdict["run"]["source"] == {"commit": commit, "dirty": True}
    told = f"judged with uncommitted changes (sum.js), so this does not count for commit {commit[:12]}"
    assert ended.item("build-passes")["warnings"] == [told]
    assert " ".join(ended.output.split()).count(told) == 1
    for name in ("definition-of-done.md", "definition-of-done.html"):
        shown = (ended.folder / name).read_text(encoding="utf-8")
        assert f"commit {commit[:12]}, with uncommitted changes" in shown


def test_an_emergency_overrides_the_window_and_stands_in_the_report(app: Application) -> None:
    app.approve()

    ended = app.judged(f"--emergency={WHY}", mark="predeploy", target=CLOSED)

    assert ended.outcomes["deployment-window"] == "passed"
    assert ended.verdict["run"]["emergency"] == WHY
    # A day that everybody sells on is a period of its own.
    (warning,) = ended.item("deployment-window")["warnings"]
    assert re.fullmatch(rf"emergency: {WHY} \([12] high-traffic periods overridden\)", warning)
    for name in ("definition-of-done.md", "definition-of-done.html"):
        assert WHY in (ended.folder / name).read_text(encoding="utf-8")
    assert f"emergency: {WHY}" in ended.output


@pytest.mark.parametrize(
    ("words", "mark", "why"),
    [
        (["--emergency=because"], "predeploy", "--emergency: a reason needs at least two words that say why"),
        (["--emergency=it is down"], "migration", "--emergency: no judged stage asks for a reason"),
    ],
)
def test_an_emergency_without_a_reason_or_a_use_is_refused(
    app: Application, words: list[str], mark: str, why: str
) -> None:
    ended = app.judged(*words, mark=mark)

    assert (ended.status, why in ended.output) == (4, True), ended.output


def test_without_a_target_the_files_are_judged_and_permission_is_not_applicable(app: Application) -> None:
    app.write(
        {"package.json": '{"type": "module", "scripts": {"build": "true", "test": "node --test", "scan": "true"}}'}
    )
    app.approve()

    ended = app.suite.run("--app-dir", str(app.root), mark="predeploy", target=None)

    gone = {"deployment-window", "phase-approved"}
    assert {item for item, outcome in kept(ended).items() if outcome == "not applicable"} == gone, ended.output
    assert {outcome for item, outcome in kept(ended).items() if item not in gone} == {"passed"}, ended.output


def test_files_that_are_no_checkout_are_tied_to_no_commit(app: Application) -> None:
    ended = app.judged(mark="predeploy")

    assert ended.told("build-passes") == ended.told("phase-approved") == ("unverified", "precondition")
    assert ended.verdict["run"]["source"] is None
    assert "not a git repository" in " ".join(ended.output.split())


def test_the_sample_app_is_the_one_of_the_target_and_is_sound(app: Application) -> None:
    target = (CHECKOUT / "targets" / "sandbox.toml").read_text(encoding="utf-8")
    sample = CHECKOUT / "sandbox" / "app_sample"
    app.write({each.relative_to(sample).as_posix(): each.read_bytes() for each in sample.rglob("*") if each.is_file()})
    app.commit()

    ended = app.judged(mark="predeploy", target=target.replace('files = ["migrations/*.sql"]', ""))

    assert ended.outcomes["phase-approved"] == "not applicable"
    kinds = ("build-passes", "tests-pass", "no-secrets-in-code", "app-configuration-sound", "deployment-window")
    assert {ended.outcomes[each] for each in kinds} == {"passed"}, ended.output
    assert not (app.suite.root / "started").exists()
