"""Stages that judge files start no deployment, unless one is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.runs.application import Application
from tests.support.runs.toy import KEPT, Ended, MakeSuite, Suite, check, checks, contract

STARTED = """
title = "a toy that is started here"
app = "toy"
start = ["python", "-c", "open('started', 'w'); import sys; print('{}', flush=True); sys.stdin.read()"]
url = "http://127.0.0.1:9"
"""
FILES = 'stage = ["predeploy"]\njudges = "files"'
BOTH = 'stage = ["migration", "postdeploy"]'
TABLE = "create table notes (id uuid primary key default gen_random_uuid(), text text not null);\n"


@pytest.fixture
def suite(make_suite: MakeSuite) -> Suite:
    made = make_suite(
        {"checks/test_toy.py": checks(KEPT, check("files", "measured(1)"), check("both", "measured(1)"))},
        contract=contract("kept", files=FILES, both=BOTH, read='stage = ["migration"]\njudges = "files"'),
    )
    made.write({"targets/sandbox.toml": STARTED, "checks/test_read.py": checks(check("read", "measured(1)"))})
    return made


def begun(suite: Suite) -> bool:
    """Whether the embedded deployment was started."""
    return (suite.root / "started").exists()


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_before_the_deploy_files_are_judged_and_nothing_is_started(suite: Suite, workers: list[str]) -> None:
    run = suite.run(*workers, mark="predeploy", target=None)

    assert (run.ending, run.outcomes) == (("DONE", 0), {"files": "passed"})
    assert (run.verdict["target"], begun(suite)) == ("files", False)
    assert "preflight" not in run.output


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_a_target_whose_deployment_nothing_looks_at_is_read_and_not_started(suite: Suite, workers: list[str]) -> None:
    run = suite.run("--target", "sandbox", *workers, mark="predeploy", target=None)

    assert (run.ending, run.outcomes) == (("DONE", 0), {"files": "passed"})
    assert (run.verdict["target"], begun(suite)) == ("sandbox", False)
    assert not (suite.root / "reports" / "history").exists()  # no release was accepted


def test_what_the_target_says_is_judged_without_its_deployment(suite: Suite) -> None:
    suite.write({
        "definition_of_done.toml": contract("kept", said='stage = ["predeploy"]\njudges = "target"'),
        "checks/test_toy.py": checks(KEPT, check("said", "measured(1)")),
        "checks/test_read.py": "",
    })  # fmt: skip

    with_target = suite.run("--target", "sandbox", mark="predeploy", target=None)
    without = suite.run(mark="predeploy", target=None)

    assert (with_target.outcomes, begun(suite)) == ({"said": "passed"}, False)
    assert without.outcomes == {"said": "not applicable"}


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_what_needs_a_deployment_is_not_applicable_without_a_target(suite: Suite, workers: list[str]) -> None:
    run = suite.run(*workers, mark="migration", target=None)

    assert run.outcomes == {"both": "not applicable", "read": "passed"}
    assert run.item("both")["reason"] == "no target was given"
    assert not begun(suite)


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("migration", ["--target", "sandbox"]),
        ("migration or postdeploy", []),
        (None, []),
        ("migration", ["--fault", "whatever"]),
    ],
)
def test_who_asks_for_a_deployment_gets_it(suite: Suite, mark: str | None, words: list[str]) -> None:
    run = suite.run(*words, mark=mark, target=None)

    assert begun(suite), run.output
    assert run.verdict["target"] == "sandbox"


def test_an_item_of_files_starts_nothing_either(suite: Suite) -> None:
    run = suite.run("--item", "read", mark=None, target=None)

    assert run.outcomes == {"kept": "not applicable", "files": "not run", "both": "not applicable", "read": "passed"}
    assert (run.ending, begun(suite)) == (("PARTIAL", 6), False)


def test_migrations_are_found_where_the_runners_look_for_them(tmp_path: Path) -> None:
    app = Application(tmp_path)
    app.write({
        "supabase/migrations/20250101000000_notes.sql": TABLE,
        "prisma/migrations/20250101120000_tags/migration.sql": 'create table "Tag" ("id" serial primary key);\n',
    })  # fmt: skip

    ended: Ended = app.suite.run("--app-dir", str(app.root), mark="migration", target=None)

    assert ended.ending == ("DONE", 0), ended.output
    assert ended.outcomes == {
        "migrations-additive": "passed",
        "migrations-apply": "passed",
        "tables-exist": "not applicable",
        "rls-protects": "not applicable",
        "schema-matches-migrations": "not applicable",
    }
    assert "2 of 2 files judged" in [each["measured"] for each in ended.item("migrations-apply")["checks"]]


def test_patterns_of_a_target_that_fit_nothing_are_named(tmp_path: Path) -> None:
    app = Application(tmp_path)
    app.write({"supabase/migrations/20250101000000_notes.sql": TABLE})

    ended = app.judged(target='[migrations]\nfiles = ["sql/*.sql"]\n')

    assert "[migrations] files of the target says sql/*.sql; leave --target out" in ended.output


def test_items_without_any_check_are_told_once(make_suite: MakeSuite) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT)}, contract=contract("kept", "bare", "barren"))

    run = suite.run()

    assert run.ending == ("UNVERIFIED", 6)
    assert run.outcomes == {"kept": "passed", "bare": "not run", "barren": "not run"}
    told = (run.folder / "definition-of-done.md").read_text(encoding="utf-8")
    assert "this version has no check for it: bare, barren" in run.output
    assert "this version has no check for it: the toy is bare (`bare`); the toy is barren (`barren`)" in told
    assert [text.count("no check for") for text in (run.output, told)] == [1, 1]


def test_a_check_in_a_file_that_cannot_be_read_is_not_said_to_be_missing(make_suite: MakeSuite) -> None:
    suite = make_suite(
        {"checks/test_toy.py": checks(KEPT), "checks/test_bad.py": "def ("}, contract=contract("bare", "kept")
    )

    run = suite.run()

    assert run.item("bare")["reason"] == "no check for this item was run"
