"""The app's own commands: which are run, how, and what their ends mean."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.runs.repository import Repository
from verifier.core.deadline import Deadline, monotonic
from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.source.checkout import observe_checkout
from verifier.probes.source.command_run import AppCommands
from verifier.probes.source.commands import observe_app_commands
from verifier.probes.source.plan import Kind, Planned, planned
from verifier.probes.source.process import CommandLine, environment, run_line
from verifier.probes.source.section import AppFolder, AppSource

NODE_TEST = 'import test from "node:test";\ntest("one", () => {});\n'
ALL = {"build": "true", "test": "node --test", "scan": "true"}


@pytest.fixture
def app(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.write({"package.json": "{}", "one.test.mjs": NODE_TEST, ".gitignore": "out/\n"})
    return made


def plans(app: Repository, *folders: AppFolder) -> list[Planned]:
    return planned(app.root, AppSource(app=folders))


def seen(app: Repository, *folders: dict[str, Any]) -> AppCommands:
    app.commit()
    return observe_app_commands(app.context(source={"app": folders}))


def package(**scripts: str) -> str:
    listed = ", ".join(f'"{name.replace("_", ":")}": "{text}"' for name, text in scripts.items())
    return f'{{"scripts": {{{listed}}}}}'


def test_without_a_word_the_scripts_of_every_package_are_run_builds_first(app: Repository) -> None:
    app.write({
        "package.json": package(build="b", test_ci="t", test="watch", scan="s"),
        "apps/agent/package.json": package(build="b", test="t", scan="s"),
        "apps/notes/README": "no package",
    })  # fmt: skip

    assert [(each.name, each.command) for each in plans(app)] == [
        ("build", "npm run build"),
        ("build in apps/agent", "npm run build"),
        ("test", "npm run test:ci"),
        ("test in apps/agent", "npm run test"),
        ("scan", "npm run scan"),
    ]


@pytest.mark.parametrize(
    ("lock", "command"),
    [
        ({"pnpm-lock.yaml": ""}, "pnpm run build"),
        ({"yarn.lock": ""}, "yarn run build"),
        ({"yarn.lock": "", "apps/agent/package-lock.json": ""}, "npm run build"),
        ({"yarn.lock": "", "package.json": '{"packageManager": "pnpm@10.1.0"}'}, "pnpm run build"),
        ({}, "npm run build"),
    ],
)
def test_scripts_are_run_by_the_package_manager_of_the_package(
    app: Repository, lock: dict[str, str], command: str
) -> None:
    app.write({"apps/agent/package.json": package(build="b"), **lock})

    assert next(each.command for each in plans(app, AppFolder(path="apps/agent"))) == command


def test_a_command_that_is_not_there_is_named_and_one_that_is_left_out_has_a_reason(app: Repository) -> None:
    folder = AppFolder.model_validate({"build": {"none": "it runs from its source"}})

    build, test, scan = plans(app, folder)

    assert (build.left_out, build.missing) == ("it runs from its source", "")
    assert test.missing == "package.json has no script test:ci or test"
    assert scan.missing == "package.json has no script scan"


@pytest.mark.parametrize(
    ("files", "install"),
    [
        ({"package.json": '{"devDependencies": {"vite": "7"}}'}, "npm ci"),
        ({"package.json": '{"dependencies": {"a": "1"}}', "yarn.lock": ""}, "yarn install --frozen-lockfile"),
        ({"package.json": '{"dependencies": {"a": "1"}}', "node_modules/a/package.json": "{}"}, ""),
        ({"package.json": "{}"}, ""),
    ],
)
def test_what_must_be_installed_first_is_known(app: Repository, files: dict[str, str], install: str) -> None:
    app.write(files)

    assert plans(app, AppFolder(build="vite build"))[0].install == install


@pytest.mark.parametrize(
    ("folder", "files", "why"),
    [("apps/none", {}, "the checkout has no folder apps/none"), (".", {"package.json": "{"}, "cannot be read")],
)
def test_what_cannot_be_planned_is_no_answer(app: Repository, folder: str, files: dict[str, str], why: str) -> None:
    app.write(files)

    with pytest.raises(CouldNotLook, match=why):
        plans(app, AppFolder(path=folder))


def test_all_that_passes_is_told_and_logged(app: Repository, tmp_path: Path) -> None:
    found = seen(app, ALL | {"build": "echo built"})

    told = [found.told(kind) for kind in ("build", "test", "scan")]
    assert told == ["build passed", "test passed: 1 passed", "scan passed"]
    assert re.fullmatch(r"passed; [\d.]+ s; left/logs/build\.log", found.table("build")["build"])
    assert [found.findings(kind) for kind in ("build", "test", "scan")] == [[], [], []]
    assert found.gap("build") is found.gap("test") is None
    assert (tmp_path / "left/logs/build.log").read_text(encoding="utf-8") == "built\n"
    assert [each.log for each in found.runs] == ["left/logs/build.log", "left/logs/test.log", "left/logs/scan.log"]


def test_a_failure_says_where_and_what_to_type(app: Repository) -> None:
    app.write({"apps/agent/README": ""})

    found = seen(
        app, ALL, {"path": "apps/agent", "build": "echo one; echo two; exit 3", "test": {"none": "there is none"}}
    )

    (finding,) = found.findings("build")
    assert (finding.subject, finding.problem) == ("build in apps/agent", "build command fails")
    assert finding.detail.startswith("exit status 3 after ")
    assert finding.detail.endswith("one | two")
    assert finding.remedy == "cd apps/agent && echo one; echo two; exit 3"


def test_each_test_that_fails_is_a_finding(app: Repository) -> None:
    app.write({"one.test.mjs": 'import test from "node:test";\ntest("two", () => { throw new Error("no"); });\n'})

    assert [(each.subject, each.problem) for each in seen(app, ALL).findings("test")] == [("two", "test fails")]


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("node --test || true", "test fails"),
        ("node --test other/", "test command fails"),
        ("node --test nothing.mjs", "no test ran"),
        ("exit 1", "test command fails"),
    ],
)
def test_a_test_command_that_proves_nothing_is_red(app: Repository, command: str, problem: str) -> None:
    app.write({
        "one.test.mjs": 'import test from "node:test";\ntest("two", () => { throw new Error("no"); });\n',
        "nothing.mjs": "export {};\n",
    })  # fmt: skip

    assert [each.problem for each in seen(app, ALL | {"test": command}).findings("test")] == [problem]


@pytest.mark.parametrize(
    ("folder", "kind", "cause", "why"),
    [
        ({"test": "echo fine"}, "test", Cause.PRECONDITION, "did any test run?"),
        ({"test": "node --test", "runner": "vitest"}, "test", Cause.PRECONDITION, "nothing that vitest would"),
        ({"test": "true", "results": "out/junit.xml"}, "test", Cause.NO_DATA, "the tests wrote no junit.xml"),
        ({"test": "true", "results": "old.xml"}, "test", Cause.STALE_DATA, "old.xml is of an earlier run"),
        ({"test": "echo '<a/>' > old.xml", "results": "old.xml"}, "test", Cause.PRECONDITION, "its root is <a>"),
        ({"build": "sleep 60", "seconds": 0.3}, "build", Cause.TIMEOUT, "it did not end within"),
        ({"build": {"none": "it runs from its source"}}, "build", Cause.NO_DATA, "no folder has a build command"),
    ],
)
def test_what_proves_nothing_and_fails_nowhere_is_a_gap(
    app: Repository,
    folder: dict[str, Any],
    kind: Kind,
    cause: Cause,
    why: str,
) -> None:
    app.write({"old.xml": "<testsuites/>"})

    found = seen(app, ALL | folder)
    gap = found.gap(kind)

    assert gap is not None
    assert (gap.cause, why in gap.what, bool(gap.remedy)) == (cause, True, True), gap.what
    assert found.findings(kind) == []


def test_results_in_junit_count_instead_of_the_summary(app: Repository) -> None:
    cases = '<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>'

    found = seen(app, ALL | {"test": f"mkdir -p out; echo '{cases}' > out/junit.xml", "results": "out/junit.xml"})

    assert found.told("test") == "test exit status 0: 1 passed, 1 failed"
    assert [each.subject for each in found.findings("test")] == ["b"]


def test_tracked_files_that_a_command_changes_are_told(app: Repository) -> None:
    found = seen(app, ALL | {"build": "echo '{ }' > package.json; mkdir -p out; touch out/x"})

    assert found.changed == ("package.json",)
    assert found.warnings == ["the app's commands changed tracked files: package.json"]


def test_a_commit_that_is_made_meanwhile_makes_the_answer_void(app: Repository) -> None:
    commit = "git -c user.name=T -c user.email=t@example.com commit -q --allow-empty -m more"

    with pytest.raises(CouldNotLook, match="stale-data: another commit was checked out"):
        seen(app, ALL | {"build": commit})


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_a_command_leaves_running_is_ended(tmp_path: Path) -> None:
    line = CommandLine(f"sleep 600 & echo $! > '{tmp_path}/pid'; echo begun", tmp_path, tmp_path / "log")
    began = monotonic()

    ended = run_line(line, Deadline(60), lambda _: None)

    assert (ended.status, ended.lines) == (0, ("begun",))
    assert monotonic() - began < 60
    left = int((tmp_path / "pid").read_text(encoding="utf-8"))
    assert not Deadline(30).eventually(lambda: runs(left), lambda it: not it, pause=0.05)


def test_a_run_that_is_stopped_ends_its_command(tmp_path: Path) -> None:
    deadline = Deadline(60)

    with pytest.raises(CouldNotLook, match="interrupted"):
        run_line(CommandLine("echo begun; sleep 600", tmp_path, tmp_path / "log"), deadline, lambda _: deadline.stop())


def test_a_secret_that_a_command_prints_is_not_kept(tmp_path: Path) -> None:
    run_line(CommandLine("echo Bearer abcdefgh12345678", tmp_path, tmp_path / "log"), Deadline(60), lambda _: None)

    assert (tmp_path / "log").read_text(encoding="utf-8") == "Bearer [redacted]\n"


def test_commands_do_not_get_the_credentials_of_the_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATABASE_URL": "postgres://live",
        "FLY_API_TOKEN": "x",
        "FORCE_COLOR": "1",
        "KEPT": "y",
    }.items():
        monkeypatch.setenv(name, value)

    given = environment({"MORE": "z"})

    assert not given.keys() & {"DATABASE_URL", "FLY_API_TOKEN", "FORCE_COLOR"}
    assert (given["KEPT"], given["MORE"], given["CI"]) == ("y", "z", "true")


def test_npm_of_our_packages_serves_where_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "sh").symlink_to("/bin/sh")

    ended = run_line(CommandLine("npm --version", tmp_path, tmp_path / "log"), Deadline(60), lambda _: None)

    assert ended.status == 0, ended.lines


def test_a_folder_that_is_no_checkout_is_no_answer(app: Repository) -> None:
    with pytest.raises(CouldNotLook, match="not a git repository") as trouble:
        observe_app_commands(app.context())

    assert "give --app-dir a git checkout" in trouble.value.remedy


def test_a_checkout_that_is_not_given_is_no_answer(app: Repository) -> None:
    context = app.context()

    with pytest.raises(CouldNotLook, match="the application's checkout is not given"):
        observe_checkout(replace(context, options=replace(context.options, app_dir=None)))
