"""Options do what their names say, however they are typed.

It is long because each option has its case here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.runs.toy import KEPT, PATIENCE, TARGET, MakeSuite, Suite, check, checks, contract, waiver

BROKEN = check("broken", "assert measured(1) == 2")
BLIND = check("blind", "raise CouldNotLook(Cause.UNREACHABLE, 'the box is shut')")
FILES = {"checks/test_toy.py": checks(KEPT, check("other", "measured(1)"))}


@pytest.fixture(scope="module")
def suite(make_suite: MakeSuite) -> Suite:
    return make_suite(FILES, contract=contract("kept", "other"))


def by_hand(suite: Suite, *words: str, folder: Path | None = None, typed: str = "") -> subprocess.CompletedProcess[str]:
    """The command in a process that is begun from nothing, as a person types it."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--html", "omit", *words],
        cwd=folder or suite.root, env=suite._environment(), timeout=PATIENCE, check=False,
        input=typed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
    )  # fmt: skip


@pytest.mark.parametrize("join", [" ", "="])
@pytest.mark.parametrize("workers", [[], ["-n", "1"]])
def test_a_target_elsewhere_is_given_with_a_space_as_with_an_equals_sign(
    suite: Suite, tmp_path: Path, join: str, workers: list[str]
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    (tmp_path / "mine.toml").write_text(TARGET, encoding="utf-8")
    words = f"--target{join}{tmp_path}/mine.toml".split(" ")

    ended = by_hand(suite, *words, "-m", "postdeploy", *workers)

    assert ended.returncode == 0, ended.stdout
    assert "DONE: 2 of 2 items verified" in ended.stdout
    assert json.loads((suite.root / "reports/latest/verdict.json").read_text(encoding="utf-8"))["target"] == "mine"


@pytest.mark.parametrize("workers", [[], ["-n", "1"]])
def test_the_path_of_a_target_begins_where_the_caller_stands(suite: Suite, workers: list[str]) -> None:
    here = suite.root / "elsewhere"
    here.mkdir(exist_ok=True)
    (here / "mine.toml").write_text(TARGET, encoding="utf-8")
    (here / "wrong.toml").write_text(TARGET.replace("deadline", "deadlin"), encoding="utf-8")
    words = ["-c", "../pytest.ini", "--rootdir", "..", "-m", "postdeploy", *workers]

    good = by_hand(suite, "--target", "mine.toml", *words, "../checks", folder=here)
    bad = by_hand(suite, "--target", "../elsewhere/wrong.toml", *words, "../checks", folder=here)

    assert "target: mine" in good.stdout, good.stdout
    assert "ERROR: ../elsewhere/wrong.toml: deadlin: unknown key" in bad.stdout


@pytest.mark.parametrize("option", ["--app-dir", "--vault", "--history", "--load-result"])
def test_a_folder_elsewhere_may_follow_a_space(suite: Suite, tmp_path: Path, option: str) -> None:
    ended = by_hand(suite, option, str(tmp_path), "--target", "toy", "-m", "postdeploy")

    assert ended.returncode == 0, ended.stdout


def test_a_run_can_be_begun_below_the_suite(suite: Suite, tmp_path: Path) -> None:
    words = ["--app-dir", str(tmp_path), "--target", "toy", "-m", "postdeploy"]

    ended = by_hand(suite, *words, folder=suite.root / "checks")

    assert "DONE: 2 of 2 items verified" in ended.stdout


def test_a_program_that_calls_pytest_is_told_what_to_add(suite: Suite, tmp_path: Path) -> None:
    program = f"import pytest; raise SystemExit(pytest.main(['--app-dir', {str(tmp_path)!r}]))"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=suite.root, env=suite._environment(), capture_output=True, text=True,
        check=False, timeout=PATIENCE,
    )  # fmt: skip

    assert ended.returncode == 4
    assert "add -c " in ended.stderr


def test_the_command_pytest_itself_is_enough(suite: Suite) -> None:
    command = [Path(sys.executable).with_name("pytest"), "-m", "postdeploy", "--target", "toy", "--html", "omit"]
    ended = subprocess.run(
        command, cwd=suite.root, env={**suite._environment(), "PYTHONPATH": ""}, capture_output=True, text=True,
        check=False, timeout=PATIENCE,
    )  # fmt: skip

    assert "DONE: 2 of 2 items verified" in ended.stdout, ended.stdout + ended.stderr


def test_another_project_that_runs_in_the_same_environment_notices_nothing(suite: Suite, tmp_path: Path) -> None:
    program = """
        def pytest_addoption(parser):
            parser.addoption("--target")  # a name of ours
    """
    (tmp_path / "conftest.py").write_text("\n".join(line[8:] for line in program.splitlines()), encoding="utf-8")
    (tmp_path / "test_theirs.py").write_text(
        "import sys\ndef test_theirs(pytestconfig):\n"
        "    assert pytestconfig.option.target == 'x'\n"
        "    assert [each for each in sys.modules if each.startswith('verifier.')] == ['verifier.plugin']\n",
        encoding="utf-8",
    )

    ended = by_hand(suite, "--target", "x", folder=tmp_path)
    refused = subprocess.run(
        [sys.executable, "-m", "pytest", "--target", "x"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert "unrecognized arguments: --html" in ended.stdout
    assert "1 passed" in refused.stdout, refused.stdout


def test_an_item_is_judged_alone(suite: Suite) -> None:
    run = suite.run("--item", "other")

    assert run.ending == ("PARTIAL", 6)
    assert run.outcomes == {"kept": "not run", "other": "passed"}
    assert run.verdict["run"]["narrowed"] == ["--item other"]


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_several_items_are_judged_together(make_suite: MakeSuite, workers: list[str]) -> None:
    files = {"checks/test_toy.py": checks(KEPT, check("other", "measured(1)"), BROKEN)}
    run = make_suite(files, contract=contract("kept", "other", "broken")).run(
        "--item", "other", "--item=broken", *workers, mark=None
    )

    assert run.ending == ("PARTIAL", 1)
    assert run.outcomes == {"kept": "not run", "other": "passed", "broken": "failed"}


def test_an_item_alone_is_listed(suite: Suite) -> None:
    run = suite.run("--item", "other", "--collect-only", "-q", target=None)

    assert ("test_other" in run.output, "test_kept" in run.output) == (True, False)


def test_the_item_that_no_check_but_the_run_itself_proves_can_be_judged(make_suite: MakeSuite) -> None:
    suite = make_suite(FILES, contract=contract("kept", "other", "release-unchanged"))

    assert suite.run("--item", "release-unchanged").outcomes["release-unchanged"] == "passed"
    assert suite.run("--item", "kept").outcomes["release-unchanged"] == "not run"


def test_words_select_by_the_id_of_an_item(make_suite: MakeSuite) -> None:
    files = {"checks/test_toy.py": checks(KEPT, check("is_fast", "measured(1)", proves="tiles-under-3s"))}
    run = make_suite(files, contract=contract("kept", "tiles-under-3s")).run("-k", "tiles-under-3s")

    assert run.outcomes == {"kept": "not run", "tiles-under-3s": "passed"}


def test_results_for_allure_are_written_where_the_caller_wants_them(make_suite: MakeSuite, tmp_path: Path) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT, BROKEN)}, contract=contract("kept", "broken"))
    old = tmp_path / "old-result.json"
    old.write_text("{}", encoding="utf-8")

    for words, kept in (([], True), (["--clean-alluredir", "-n", "2"], False)):
        run = suite.run_anew("--alluredir", str(tmp_path), *words)

        here = {path.name for path in tmp_path.iterdir()}
        assert here - {old.name} == {path.name for path in (run.folder / "allure-results").iterdir()}
        assert old.exists() == kept
    statuses = [json.loads(path.read_text(encoding="utf-8"))["status"] for path in tmp_path.glob("*-result.json")]
    assert sorted(statuses) == ["failed", "passed"]


def test_a_base_url_takes_the_place_of_the_target_s(make_suite: MakeSuite) -> None:
    seen = check("seen", "measured(pytestconfig.stash[RUN].target.url)", wants="measured, pytestconfig", proves="kept")
    suite = make_suite({"checks/test_toy.py": checks("from verifier.core.execution.run import RUN\n", seen)})

    for words in ([], ["-n", "1"]):
        run = suite.run("--base-url", "http://127.0.0.1:7", *words)
        assert run.item("kept")["value"] == "http://127.0.0.1:7"
        assert run.verdict["target_url"] == "http://127.0.0.1:7"


def test_a_base_url_that_is_none_is_refused(suite: Suite) -> None:
    run = suite.run("--base-url", "somewhere")

    assert run.status == 4
    assert "url:" in run.output


def test_a_debugger_stops_where_the_check_broke_and_the_deadline_waits(make_suite: MakeSuite) -> None:
    broken = check("broken", "assert measured(1) == 2", wants="measured, pytestconfig")
    files = {"checks/test_toy.py": checks("from verifier.core.execution.run import RUN\n", KEPT, broken, BLIND)}
    suite = make_suite(files, contract=contract("kept", "broken", "blind"))

    ended = by_hand(
        suite, "--pdb", "--target", "toy",
        typed="p 'it waits', pytestconfig.stash[RUN].deadline.paused\nc\np 'second stop'\nc\n",
    )  # fmt: skip

    assert "('it waits', True)" in ended.stdout, ended.stdout
    assert "'second stop'" in ended.stdout
    assert "NOT DONE: 1 of 3 items verified; 1 failed, 1 unverified" in ended.stdout
    assert ended.returncode == 1


def test_who_leaves_the_debugger_ends_the_run(make_suite: MakeSuite) -> None:
    suite = make_suite({"checks/test_toy.py": checks(BROKEN, KEPT)}, contract=contract("broken", "kept"))

    ended = by_hand(suite, "--pdb", "--target", "toy", typed="q\n")

    assert "NOT DONE: 0 of 2 items verified; 1 failed, 1 not run" in ended.stdout, ended.stdout
    assert "ended early: Quitting debugger" in ended.stdout


def junit(path: Path) -> tuple[ET.Element, dict[str, str | None], dict[str, dict[str, str]]]:
    """The test suite; how each case ended, none for a pass; and the properties of each."""
    suite = ET.parse(path).getroot()[0]  # noqa: S314 - our own file
    kinds = ("failure", "error", "skipped")
    cases = {case.attrib["name"]: case for case in suite.iter("testcase")}
    endings = {name: next((each.tag for each in case if each.tag in kinds), None) for name, case in cases.items()}
    properties = {
        name: {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")}
        for name, case in cases.items()
    }
    return suite, endings, properties


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_junit_says_what_the_verdict_says(make_suite: MakeSuite, tmp_path: Path, workers: list[str]) -> None:
    waived = check("waived", "assert measured(3) == 4")
    unmeasured = check("unmeasured", "assert 1 == 1")
    torn = check("torn", "measured(1)", wants="measured, tears")
    never = check("far", "measured(1)")
    suite = make_suite(
        {
            "checks/test_toy.py": checks(KEPT, BROKEN, BLIND, waived, unmeasured, torn, never),
            "waivers.toml": waiver("waived", "not as expected", "It is waived."),
        },
        contract=contract("kept", "broken", "blind", "waived", "unmeasured", "torn", "far", "bare"),
        target=TARGET
        + """
            [not_applicable]
            far = "too far away"
        """.replace("            ", ""),
        conftest="""
            @pytest.fixture
            def tears():
                yield
                raise ZeroDivisionError
        """,
    )

    run = suite.run("--junitxml", str(tmp_path / "new" / "junit.xml"), *workers)

    tests, endings, properties = junit(tmp_path / "new" / "junit.xml")
    assert endings == {
        "test_kept": None, "test_broken": "failure", "test_blind": "error", "test_waived": "skipped",
        "test_unmeasured": "error", "test_torn": "error", "far": "skipped", "bare": "error",
    }  # fmt: skip
    assert properties["test_blind"] == {"item": "blind", "outcome": "unverified", "cause": "unreachable"}
    assert properties["test_kept"] == {"item": "kept", "outcome": "passed", "measured": "as it should be"}
    assert [tests.attrib[each] for each in ("tests", "failures", "errors", "skipped")] == ["8", "1", "4", "2"]
    assert tests[0][0].attrib == {"name": "verdict", "value": run.verdict["verdict"]}
    assert "check_result" not in (tmp_path / "new" / "junit.xml").read_text(encoding="utf-8")


def test_junit_is_green_for_done_and_never_for_unverified(make_suite: MakeSuite, tmp_path: Path) -> None:
    suite = make_suite(FILES, contract=contract("kept", "other"))
    file = tmp_path / "junit.xml"

    assert suite.run("--junitxml", str(file)).ending == ("DONE", 0)
    assert junit(file)[1] == {"test_kept": None, "test_other": None}
    assert suite.run("--junitxml", str(file), "--item", "kept").ending == ("PARTIAL", 6)
    assert junit(file)[1] == {"test_kept": None}

    suite.write({"targets/toy.toml": TARGET + '[not_applicable]\nkept = "no need"\nother = "no need"\n'})
    assert suite.run("--junitxml", str(file)).ending == ("UNVERIFIED", 6)
    assert junit(file)[1]["verdict"] == "error"


def test_a_junit_file_that_cannot_be_written_is_a_problem_of_the_run(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    run = suite.run("--junitxml", str(tmp_path / "file" / "junit.xml"))

    assert run.ending == ("UNVERIFIED", 6)
    assert [each.split()[0] for each in run.verdict["run"]["problems"]] == ["--junitxml"]


def test_results_for_the_caller_hold_no_secret(make_suite: MakeSuite, tmp_path: Path) -> None:
    secret = "marked<test>&data-0123456789"
    suite = make_suite({"checks/test_toy.py": checks(check("kept", f"assert measured({secret!r}) == 1"))})
    suite.environment["TOY_TOKEN"] = secret

    suite.run_anew("--junitxml", str(tmp_path / "junit.xml"), "--alluredir", str(tmp_path))

    texts = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert "[redacted] is not 1" in texts
    assert not [part for part in ("marked<test>", "marked&lt;test", "data-0123456789") if part in texts]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("--item ot", {"other"}), ("--target t", {"toy"}), ("--fault sl", {"slow", "sleepy"})],
)
def test_words_are_completed(make_suite: MakeSuite, typed: str, offered: set[str]) -> None:
    suite = make_suite(FILES, contract=contract("kept", "other"))
    suite.write(
        {"targets/sandbox.toml": 'title = "embedded"\napp = "toy"\nstart = ["true"]\nfaults = ["cat", "faults.json"]\n'}
    )
    suite.write({"faults.json": '[{"name": "slow"}, {"name": "sleepy"}, {"name": "other"}]'})
    line = f"pytest {typed}"
    completion = {
        "_ARGCOMPLETE": "1", "_ARGCOMPLETE_STDOUT_FILENAME": str(suite.root / "offered"), "_ARGCOMPLETE_IFS": "\n",
        "COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
    }  # fmt: skip

    subprocess.run(
        [sys.executable, "-m", "pytest"], cwd=suite.root, env={**suite._environment(), **completion}, check=False,
        timeout=PATIENCE, capture_output=True,
    )  # fmt: skip

    assert set((suite.root / "offered").read_text(encoding="utf-8").split()) == offered
