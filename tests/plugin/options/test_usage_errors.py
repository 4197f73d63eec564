"""What nobody can have meant ends with exit status 4 and says what would be right."""

from __future__ import annotations

import pytest

from tests.support.runs.toy import KEPT, TARGET, MakeSuite, Suite, checks, contract

FILES = {"checks/test_toy.py": checks(KEPT)}


@pytest.fixture(scope="module")
def suite(make_suite: MakeSuite) -> Suite:
    return make_suite(FILES)


def test_an_unknown_target_is_named_with_the_known_ones(suite: Suite) -> None:
    run = suite.run_anew(target="toi")
    assert run.status == 4
    assert "--target toi: no such target; did you mean 'toy'? Known: toy" in run.output


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ("postdeploy and", "cannot be read"),
        ("(postdeploy", "cannot be read"),
        ("postdeploi", "unknown: postdeploi; the stages are predeploy, migration, deploy"),
        ("postdeploy or typo", "unknown: typo"),
        ("production", "no item of the contract has such a stage"),
        ("postdeploy and production", "no item of the contract has such a stage"),
    ],
)
def test_a_marker_expression_that_says_nothing_is_refused(suite: Suite, mark: str, told: str) -> None:
    run = suite.run(mark=mark)
    assert run.status == 4
    assert told in run.output


def test_a_fault_for_a_deployment_that_is_not_started_here_is_refused(suite: Suite) -> None:
    run = suite.run("--fault", "anything")
    assert run.status == 4
    assert "--fault: the target toy is not started here" in run.output


STARTED = """
title = "a toy that is started here"
app = "toy"
start = ["touch", "started"]
faults = ["echo", '[{"name": "tile-slow"}, {"name": "log-error"}]']

[phases]
deployed = [1, 3]
"""


@pytest.fixture(scope="module")
def started(make_suite: MakeSuite) -> Suite:
    return make_suite(FILES, contract=contract("kept", "bare", far='stage = ["deploy"]'), target=STARTED)


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--fault", "tile-slov"], "--fault tile-slov: no such fault; did you mean 'tile-slow'?"),
        (["--fault", "tile-slov=4"], "--fault tile-slov: no such fault; did you mean 'tile-slow'?"),
        (["--fault", "x"], "--fault x: no such fault; they are listed by: echo "),
        (["--phase", "4"], "--phase 4: the target toy has the phases 1, 3"),
        (["--phase", "one"], "--phase one: the target toy has the phases 1, 3"),
        (["--item", "kapt"], "--item kapt: the contract has no such item; did you mean 'kept'?"),
        (["--item", "xyz"], "--item xyz: the contract has no such item; known: kept, bare, far"),
        (["--item", "far"], "--item far: not judged with -m 'postdeploy'; its stage: deploy"),
        (["--item", "bare"], "--item bare: this version has no check for it"),
        (["--base-url", "http://127.0.0.1:7"], "--base-url: the target toy is started here and tells its own address"),
    ],
)
def test_a_typo_is_refused_in_one_line_before_anything_starts(
    started: Suite, words: list[str], told: str, workers: list[str]
) -> None:
    run = started.run(*words, *workers)

    assert run.status == 4
    assert run.output.strip().startswith(f"ERROR: {told}")
    assert len(run.output.strip().splitlines()) == 1
    assert not (started.root / "started").exists()
    assert not (started.root / "reports").exists()


def test_a_phase_of_a_target_without_phases_is_refused(suite: Suite) -> None:
    run = suite.run("--phase", "1")
    assert (run.status, run.output.strip()) == (4, "ERROR: --phase 1: the target toy has no phases")


@pytest.mark.parametrize(
    "words",
    [["--base-url", "http://127.0.0.1:7"], ["--expect-release", "3"], ["--phase", "1"], ["--emergency", "it is down"]],
)
def test_what_speaks_of_a_deployment_is_refused_where_files_are_judged(suite: Suite, words: list[str]) -> None:
    suite.write({"definition_of_done.toml": contract("kept", files='stage = ["predeploy"]')})
    run = suite.run(*words, target=None, mark="predeploy")
    assert run.status == 4
    assert f"ERROR: {words[0]}: this run judges files and no deployment; add --target NAME" in run.output


@pytest.mark.parametrize("words", [["--no-such-option"], ["--html", "maybe"], ["--deadline", "soon"]])
def test_a_word_that_the_command_does_not_know_is_refused(suite: Suite, words: list[str]) -> None:
    assert suite.run_anew(*words).status == 4


def test_a_path_that_is_not_there_is_refused(suite: Suite) -> None:
    assert suite.run("checks/test_nothing.py").status == 4


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("definition_of_done.toml", "[[item]\n", "definition_of_done.toml: not TOML"),
        ("definition_of_done.toml", "", "definition_of_done.toml: item: missing"),
        ("targets/toy.toml", "title = 3\n", "targets/toy.toml: app: missing"),
    ],
)
def test_a_mistake_in_a_file_is_a_usage_error(make_suite: MakeSuite, file: str, text: str, told: str) -> None:
    suite = make_suite(FILES)
    suite.write({file: text})
    run = suite.run()
    assert run.status == 4
    assert told in run.output
    assert "Traceback" not in run.output


def test_a_bad_contract_is_refused_once_also_with_workers(make_suite: MakeSuite) -> None:
    run = make_suite(FILES, contract=contract(kept="severety = 1")).run_anew("-n", "2")
    assert run.status == 4
    assert run.output.count("unknown key; did you mean 'severity'?") == 1


def test_a_target_without_an_address_is_refused(make_suite: MakeSuite) -> None:
    run = make_suite(FILES, target='title = "a toy"\napp = "toy"\n').run()
    assert run.status == 4
    assert "targets/toy.toml: url: missing" in run.output


def test_a_refused_run_leaves_no_report_that_could_be_mistaken(make_suite: MakeSuite) -> None:
    suite = make_suite(FILES)
    suite.run(mark="postdeploi")
    assert not list(suite.root.glob("reports/*/verdict.json"))


@pytest.mark.parametrize("seconds", ["-1", "0", "nan"])
def test_a_deadline_of_the_caller_that_is_no_time_is_refused(suite: Suite, seconds: str) -> None:
    assert suite.run("--deadline", seconds).status == 4


@pytest.mark.parametrize("words", [["--collect-only", "-q"], ["--help"], ["--markers"], ["--fixtures"], ["--version"]])
def test_who_only_asks_needs_no_target_and_no_secret(make_suite: MakeSuite, words: list[str]) -> None:
    suite = make_suite(FILES)
    run = suite.run(*words, mark=None, target=None)
    assert run.status == 0
    assert not (suite.root / "reports").exists()


def test_collecting_alone_shows_the_checks_of_a_stage(make_suite: MakeSuite) -> None:
    run = make_suite(FILES).run("--collect-only", "-q", target=None)
    assert (run.status, "checks/test_toy.py::test_kept" in run.output) == (0, True)


def test_collecting_alone_keeps_the_status_of_pytest(make_suite: MakeSuite) -> None:
    suite = make_suite({"checks/test_toy.py": "import nothing_of_that_name\n"})
    assert suite.run_anew("--collect-only", target=None).status == 1
    assert make_suite({}).run_anew("--collect-only", target=None).status == 5


def test_the_stages_are_listed_as_markers(suite: Suite) -> None:
    assert "@pytest.mark.postdeploy: judged at the stage 'postdeploy'" in suite.run("--markers", mark=None).output


def test_a_path_to_a_target_file_is_a_target(make_suite: MakeSuite) -> None:
    suite = make_suite(FILES)
    suite.write({"elsewhere/mine.toml": TARGET})
    run = suite.run(target="elsewhere/mine.toml")
    assert (run.ending, run.verdict["target"]) == (("DONE", 0), "mine")


def test_a_path_to_no_target_file_is_refused(suite: Suite) -> None:
    run = suite.run(target="elsewhere/none.toml")
    assert run.status == 4
    assert "none.toml: no such file" in run.output
