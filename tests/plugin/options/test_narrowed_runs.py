"""A run that its caller narrowed makes no claim, however it was narrowed."""

from __future__ import annotations

import pytest

from tests.support.runs.toy import KEPT, MakeSuite, Suite, check, checks, contract

FILES = {
    "checks/test_toy.py": checks(KEPT, check("second", "measured(1)", proves="kept")),
    "checks/test_other.py": checks(check("other", "measured(1)")),
    "smoke/test_smoke.py": checks(check("third", "measured(1)", proves="kept")),
}
WAYS = {
    "a file": ["checks/test_toy.py"],
    "a folder": ["checks"],
    "a check": ["checks/test_toy.py::test_kept"],
    "words": ["-k", "kept"],
    "words that fit all": ["-k", "test"],
    "the last failed": ["--lf"],
    "the first failure": ["-x"],
    "a number of failures": ["--maxfail=3"],
    "one at a time": ["--stepwise"],
    "a check left out": ["--deselect", "checks/test_toy.py::test_second"],
    "a file left out": ["--ignore", "checks/test_other.py"],
    "files left out": ["--ignore-glob", "*other*"],
    "no bodies": ["--setup-only"],
    "a plan alone": ["--setup-plan"],
    "other paths by a setting": ["-o", "testpaths=checks"],
    "other files by a setting": ["-o", "python_files=test_toy.py"],
    "other names by a setting": ["-o", "python_functions=test_kept"],
    "more options by a setting": ["-o", "addopts=-k kept"],
    "a new first": ["--new-first", "-k", "kept"],
}


@pytest.fixture(scope="module")
def suite(make_suite: MakeSuite) -> Suite:
    made = make_suite(FILES, contract=contract("kept", "other"))
    made.run()  # so that there is something that --lf can remember
    return made


def test_the_whole_suite_is_done(suite: Suite) -> None:
    assert suite.run().ending == ("DONE", 0)


@pytest.mark.parametrize("way", WAYS)
def test_a_narrowed_run_is_partial_and_never_zero(suite: Suite, way: str) -> None:
    run = suite.run(*WAYS[way])
    assert run.ending == ("PARTIAL", 6)
    assert run.verdict["run"]["narrowed"]


@pytest.mark.parametrize("way", ["a file", "words", "a check left out", "a file left out"])
def test_options_from_the_environment_narrow_as_well(make_suite: MakeSuite, way: str) -> None:
    suite = make_suite(FILES, contract=contract("kept", "other"))
    suite.environment["PYTEST_ADDOPTS"] = " ".join(WAYS[way])
    assert suite.run().ending == ("PARTIAL", 6)


@pytest.mark.parametrize("mark", ["postdeploy and not slow", "postdeploy and slow", "postdeploy or slow"])
def test_an_expression_with_other_names_than_stages_narrows(make_suite: MakeSuite, mark: str) -> None:
    suite = make_suite(FILES, contract=contract("kept", "other"))
    ini = (suite.root / "pytest.ini").read_text(encoding="utf-8")
    (suite.root / "pytest.ini").write_text(f"{ini}markers =\n    slow: takes long\n", encoding="utf-8")
    assert suite.run(mark=mark).ending == ("PARTIAL", 6)


@pytest.mark.parametrize("mark", ["postdeploy or migration", "not migration", "(postdeploy)"])
def test_an_expression_of_stages_alone_does_not_narrow(suite: Suite, mark: str) -> None:
    assert suite.run(mark=mark).ending == ("DONE", 0)


@pytest.mark.parametrize("words", [["."], ["checks", "smoke"], ["-v"], ["-p", "no:randomly"], ["--ff"], ["-n", "0"]])
def test_words_that_leave_nothing_out_do_not_narrow(suite: Suite, words: list[str]) -> None:
    assert suite.run(*words).ending == ("DONE", 0)


def test_a_narrowed_run_that_sees_a_failure_ends_with_one(make_suite: MakeSuite) -> None:
    broken = checks(KEPT, check("other", "assert measured(1) == 2"))
    run = make_suite({"checks/test_toy.py": broken}, contract=contract("kept", "other")).run("-k", "other")
    assert (run.ending, run.outcomes) == (("PARTIAL", 1), {"kept": "not run", "other": "failed"})


def test_only_the_last_failed_check_runs_and_the_rest_is_not_run(make_suite: MakeSuite) -> None:
    broken = checks(KEPT, check("other", "assert measured(1) == 2"))
    suite = make_suite({"checks/test_toy.py": broken}, contract=contract("kept", "other"))
    suite.run()
    run = suite.run("--lf")
    assert (run.ending, run.outcomes) == (("PARTIAL", 1), {"kept": "not run", "other": "failed"})


def test_a_run_from_another_folder_judges_the_whole_suite(make_suite: MakeSuite) -> None:
    suite = make_suite(FILES, contract=contract("kept", "other"))
    assert suite.run("--rootdir", str(suite.root), "-c", str(suite.root / "pytest.ini")).ending == ("DONE", 0)
