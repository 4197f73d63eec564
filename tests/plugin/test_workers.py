"""With worker processes a run says the same, and a worker that dies takes no promise with it."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

from tests.support.runs.toy import KEPT, Ended, MakeSuite, Suite, check, checks, contract

BOX = check("seen", "assert measured(health.sizes) == {'a': 1.0}", wants="health, measured")
FILES = {
    "checks/test_one.py": checks(KEPT, check("broken", "seen = measured(1); assert seen == 2"), BOX),
    "checks/test_two.py": checks(
        check("blind", "measured(1)", wants="logs, measured"),
        check("tripped", "measured(1)", wants="tiles, measured"),
        check("also_seen", "measured(health.sizes)", wants="health, measured", proves="seen"),
    ),
    "smoke/test_three.py": checks(
        check(
            "many", "measured(x); assert x < 3", wants="x, measured", mark="@pytest.mark.parametrize('x', [1, 2, 3])"
        ),
        check("skipped", "pytest.skip('not today')"),
    ),
}
NAMES = ["kept", "broken", "seen", "blind", "tripped", "many", "skipped", "forgotten", "release-unchanged"]
PASSING = {
    "checks/test_one.py": checks(KEPT, BOX),
    "checks/test_two.py": checks(check("more", "measured(1)", proves="kept")),
}


@pytest.fixture(scope="module")
def suite(make_suite: MakeSuite) -> Suite:
    return make_suite(FILES, contract=contract(*NAMES))


@pytest.fixture(scope="module")
def alone(suite: Suite) -> Ended:
    return suite.run("-n", "0")


@pytest.fixture(scope="module")
def together(suite: Suite) -> Ended:
    return suite.run("-n", "2")


def timeless(record: dict[str, Any]) -> dict[str, Any]:
    """The record without times and ids, which no two runs share."""
    items = [
        item | {"checks": [{k: v for k, v in each.items() if k != "seconds"} for each in item["checks"]]}
        for item in record["items"]
    ]
    run = {key: value for key, value in record["run"].items() if key not in {"id", "finished", "seconds"}}
    release = {key: value for key, value in record["release"].items() if key != "created_at"}
    return record | {"items": items, "run": run, "release": release}


def without_moments(record: dict[str, Any]) -> str:
    text = json.dumps(timeless(record), indent=1, sort_keys=True)
    return "\n".join(line for line in text.splitlines() if "UTC" not in line)


def test_two_workers_write_the_same_verdict_as_none(alone: Ended, together: Ended) -> None:
    assert without_moments(together.verdict) == without_moments(alone.verdict)


def test_two_workers_end_with_the_same_status_as_none(alone: Ended, together: Ended) -> None:
    assert (alone.ending, together.ending) == (("NOT DONE", 1), ("NOT DONE", 1))


def test_two_workers_show_the_same_checklist_as_none(alone: Ended, together: Ended) -> None:
    lists = [run.output.split("Definition of Done · toy")[1].split("====")[0] for run in (alone, together)]
    assert [line for line in lists[0].splitlines() if "UTC" not in line] == [
        line for line in lists[1].splitlines() if "UTC" not in line
    ]


def test_workers_keep_what_they_saw(together: Ended) -> None:
    kept = {each.name for each in together.folder.rglob("evidence/**/*.json")}

    assert kept == {"health.json", "platform.json", "preflight.json"}


def test_the_header_and_the_verdict_are_printed_once_with_workers(together: Ended) -> None:
    assert [together.output.count(each) for each in ("target: toy", "NOT DONE:", "preflight:")] == [1, 1, 1]


def test_a_sound_suite_is_done_with_workers_too(make_suite: MakeSuite) -> None:
    run = make_suite(PASSING, contract=contract("kept", "seen", "release-unchanged")).run("-n", "2")
    assert run.ending == ("DONE", 0)


@pytest.mark.parametrize("words", [["-n", "2"], ["-n", "1"], ["-n", "2", "--dist", "load"]], ids=" ".join)
def test_a_worker_that_dies_makes_its_check_unverified_and_the_run_ends(
    make_suite: MakeSuite, words: list[str]
) -> None:
    dying = {"checks/test_three.py": checks("import os", check("dying", "measured(1); os._exit(0)"))}
    run = make_suite(PASSING | dying, contract=contract("kept", "seen", "dying")).run(*words)
    assert (run.ending, run.told("dying")) == (("UNVERIFIED", 6), ("unverified", "internal"))


def test_all_workers_dying_leaves_every_item_told_of(make_suite: MakeSuite) -> None:
    files = {
        f"checks/test_{each}.py": checks("import os", check(each, "os._exit(1)"), check(f"{each}_too", "measured(1)"))
        for each in ("one", "two")
    }
    run = make_suite(files, contract=contract("one", "two", "one-too", "two-too")).run("-n", "2")
    assert run.ending == ("UNVERIFIED", 6)
    assert set(run.outcomes.values()) <= {"unverified", "not run"}


@pytest.mark.parametrize("words", [["-k", "kept"], ["checks/test_one.py"], ["-x"]], ids=" ".join)
def test_a_narrowed_run_with_workers_is_partial(make_suite: MakeSuite, words: list[str]) -> None:
    run = make_suite(PASSING, contract=contract("kept", "seen")).run("-n", "2", *words)
    assert run.ending == ("PARTIAL", 6)


def test_a_file_that_cannot_be_imported_is_unverified_with_workers(make_suite: MakeSuite) -> None:
    files = PASSING | {"checks/test_stray.py": "import nothing_of_that_name\n"}
    run = make_suite(files, contract=contract("kept", "seen")).run("-n", "2")
    assert run.ending == ("UNVERIFIED", 6)
    assert "checks/test_stray.py" in str(run.verdict["run"]["problems"])


@pytest.mark.parametrize("words", [["-n", "0"], ["-n", "2"]], ids=" ".join)
def test_a_file_that_cannot_be_imported_hides_no_failure(make_suite: MakeSuite, words: list[str]) -> None:
    broken = {"checks/test_three.py": checks(check("broken", "assert measured(1) == 2"))}
    files = broken | {"checks/test_stray.py": "import nothing_of_that_name\n"}
    assert make_suite(files, contract=contract("broken")).run(*words).ending == ("NOT DONE", 1)


def test_a_bad_expression_is_refused_before_workers_start(make_suite: MakeSuite) -> None:
    run = make_suite(PASSING, contract=contract("kept", "seen")).run("-n", "2", mark="postdeploi")
    assert (run.status, run.output.count("unknown: postdeploi")) == (4, 1)


def test_a_hung_check_in_a_worker_is_ended_at_the_deadline(make_suite: MakeSuite) -> None:
    hung = {"checks/test_three.py": checks(check("hung", "measured(1)\nwhile True:\n    pass"))}
    impatient = "import verifier.plugin.watchdog\nverifier.plugin.watchdog.GRACE = 3.0\n"
    suite = make_suite(PASSING | hung, contract=contract("kept", "seen", "hung"), conftest=impatient)
    run = suite.run("-n", "2", "--deadline", "4")
    assert run.ending == ("UNVERIFIED", 6)
    assert run.outcomes["hung"] in {"unverified", "not run"}


def test_ctrl_c_ends_workers_too(make_suite: MakeSuite) -> None:
    waits = check("kept", "at_work(); threading.Event().wait()", wants="at_work")
    suite = make_suite({"checks/test_waiting.py": checks("import threading", waits)})
    with suite.at_work("-n", "1") as process:
        process.send_signal(signal.SIGINT)
        assert suite.ended(process).ending == ("UNVERIFIED", 6)


@pytest.mark.parametrize("words", [["-n", "1"], ["-n", "0"]], ids=" ".join)
def test_a_case_that_never_began_is_not_forgotten(make_suite: MakeSuite, words: list[str]) -> None:
    body = "measured(x)\nif x == 2:\n    at_work()\n    threading.Event().wait()"
    many = check("kept", body, wants="x, at_work, measured", mark="@pytest.mark.parametrize('x', [1, 2, 3])")
    suite = make_suite({"checks/test_waiting.py": checks("import threading", many)})
    with suite.at_work(*words) as process:
        process.send_signal(signal.SIGINT)
        run = suite.ended(process)
    outcomes = {each["check"].split("::")[1]: each["outcome"] for each in run.item("kept")["checks"]}
    # In one process the first case has been heard of; a worker's word may be under way when Ctrl-C comes.
    assert outcomes["test_kept[1]"] == "passed" or words == ["-n", "1"]
    assert set(outcomes) == {"test_kept[1]", "test_kept[2]", "test_kept[3]"}
    assert outcomes["test_kept[2]"] in {"unverified", "not run"}
    assert outcomes["test_kept[3]"] == "not run"
    assert run.ending == ("UNVERIFIED", 6)


def test_a_worker_ends_in_order_where_a_fixture_does_not(make_suite: MakeSuite) -> None:
    conftest = """
        import os
        def pytest_sessionfinish():
            if "PYTEST_XDIST_WORKER" in os.environ:
                raise OSError("it was gone")
        def pytest_unconfigure():
            if "PYTEST_XDIST_WORKER" in os.environ:
                open("unconfigured", "w").close()
        """
    suite = make_suite({"checks/test_toy.py": checks(KEPT)}, conftest=conftest)
    run = suite.run("-n", "1")
    problems = ["teardown of the checks failed: OSError: it was gone"]
    assert (run.ending, run.verdict["run"]["problems"]) == (("UNVERIFIED", 6), problems), run.output
    assert (suite.root / "unconfigured").exists()
