"""However a run ends, it says what it did not see: deadlines, signals, hangs and crashes."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.runs.toy import KEPT, TARGET, Ended, MakeSuite, Suite, check, checks, contract

WAITS = checks(
    "import threading",
    KEPT,
    check("waiting", "measured(1); at_work(); threading.Event().wait()", wants="at_work, measured"),
)
NAMES = contract("kept", "waiting")
BODIES = {
    "hangs": "measured(1)\nwhile True:\n    pass",
    "waits": "measured(1); import threading; threading.Event().wait()",
    "swallows": """
        measured(1)
        while True:
            try:
                while True:
                    pass
            except KeyboardInterrupt:
                pass
        """,
}
IMPATIENT = """
import verifier.plugin.watchdog
verifier.plugin.watchdog.GRACE = 0.5
"""


@pytest.fixture
def suite(make_suite: MakeSuite) -> Suite:
    return make_suite({"checks/test_toy.py": WAITS}, contract=NAMES)


def stuck(make_suite: MakeSuite, body: str, conftest: str = IMPATIENT) -> Ended:
    """A run with a short deadline, one sound check, and one with this body."""
    files = {"checks/test_toy.py": checks(KEPT, check("waiting", body))}
    return make_suite(files, contract=NAMES, conftest=conftest).run_anew("--deadline", "1.5")


def test_while_a_check_waits_the_verdict_is_incomplete(suite: Suite) -> None:
    with suite.at_work():
        record = json.loads((suite.root / "reports/latest/verdict.json").read_text(encoding="utf-8"))
    assert (record["verdict"], record["exit_status"], record["items"]) == ("incomplete", None, [])


def test_after_a_kill_the_verdict_stays_incomplete(suite: Suite) -> None:
    with suite.at_work() as process:
        process.send_signal(signal.SIGKILL)
        run = suite.ended(process)
    assert run.ending == ("incomplete", -signal.SIGKILL)


@pytest.fixture(
    scope="module", params=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["Ctrl-C", "SIGTERM", "SIGHUP"]
)
def interrupted(request: pytest.FixtureRequest, make_suite: MakeSuite) -> Iterator[tuple[str, Ended]]:
    suite = make_suite({"checks/test_toy.py": WAITS}, contract=NAMES)
    with suite.at_work() as process:
        process.send_signal(request.param)
        yield {signal.SIGINT: "Ctrl-C"}.get(request.param, request.param.name), suite.ended(process)


def test_an_interrupted_run_is_unverified(interrupted: tuple[str, Ended]) -> None:
    assert interrupted[1].ending == ("UNVERIFIED", 6)


def test_an_interrupted_run_keeps_what_it_saw(interrupted: tuple[str, Ended]) -> None:
    assert interrupted[1].outcomes["kept"] == "passed"


def test_an_interrupted_run_never_passes_the_check_that_it_left(interrupted: tuple[str, Ended]) -> None:
    assert interrupted[1].outcomes["waiting"] in {"unverified", "not run"}


def test_an_interrupted_run_says_what_ended_it(interrupted: tuple[str, Ended]) -> None:
    why, run = interrupted
    assert run.verdict["run"]["interrupted"] == why
    assert f"(ended early: {why})" in run.output


def test_an_interrupted_run_leaves_its_checklist_and_no_scratch(interrupted: tuple[str, Ended]) -> None:
    run = interrupted[1]
    assert (run.folder / "definition-of-done.md").is_file()
    assert not list((run.root / "tmp").glob("definition-of-done-*"))


def test_an_interrupted_run_that_saw_a_failure_ends_with_one(make_suite: MakeSuite) -> None:
    broken = WAITS.replace("measured('as it should be')", "assert measured(1) == 2")
    suite = make_suite({"checks/test_toy.py": broken}, contract=NAMES)
    with suite.at_work() as process:
        process.send_signal(signal.SIGINT)
        assert suite.ended(process).ending == ("NOT DONE", 1)


def test_a_check_that_exits_pytest_leaves_the_rest_not_run(make_suite: MakeSuite) -> None:
    files = {"checks/test_toy.py": checks(check("leaving", "pytest.exit('enough', returncode=0)"), KEPT)}
    run = make_suite(files, contract=contract("leaving", "kept")).run()
    assert (run.ending, run.outcomes["kept"]) == (("UNVERIFIED", 6), "not run")


def test_a_check_that_kills_its_process_never_leaves_a_pass(make_suite: MakeSuite) -> None:
    files = {"checks/test_toy.py": checks("import os", KEPT, check("dying", "os._exit(0)"))}
    run = make_suite(files, contract=contract("kept", "dying")).run_anew()
    assert run.verdict["verdict"] == "incomplete"


@pytest.mark.parametrize("body", BODIES)
def test_a_check_that_hangs_is_ended_at_the_deadline(make_suite: MakeSuite, body: str) -> None:
    run = stuck(make_suite, BODIES[body])
    assert run.ending == ("UNVERIFIED", 6), run.output
    assert "(ended early: the deadline of 1.5 s passed)" in run.output
    assert run.outcomes["waiting"] in {"unverified", "not run"}


def test_a_run_that_reacts_to_its_deadline_still_writes_its_whole_report(make_suite: MakeSuite) -> None:
    run = stuck(make_suite, BODIES["waits"], conftest="")
    assert run.verdict["run"]["interrupted"] == "the deadline of 1.5 s passed"
    assert list(run.folder.glob("allure-results/*-result.json"))


DIES_LATE = {
    "a thread": """
        import threading
        def pytest_unconfigure():
            thread = threading.Thread(target=lambda: 1 / 0)
            thread.start()
            thread.join()
        """,
    "a finalizer": """
        class Late:
            def __del__(self):
                raise OSError("too late")
        def pytest_unconfigure():
            Late()
        """,
}


@pytest.mark.parametrize("what", DIES_LATE)
def test_what_dies_after_the_verdict_does_not_change_how_the_process_ends(make_suite: MakeSuite, what: str) -> None:
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, conftest=DIES_LATE[what]).run_anew()
    assert run.ending == ("DONE", 0), run.output
    assert "Traceback" not in run.output


GONE = """
    import asyncio

    @pytest.fixture(scope="session")
    def driver():
        yield
        loop = asyncio.new_event_loop()
        loop.create_future().set_exception(Exception("Connection closed while reading from the driver"))
        loop.close()
        raise ExceptionGroup("errors while tearing down", [
            RuntimeError("BrowserContext.close: Playwright connection closed"), *OTHERS
        ])
    """


@pytest.mark.parametrize("others", ["", "OSError('a file is left'), OSError('a file is left')"])
def test_what_ctrl_c_did_to_the_browser_is_no_trouble_of_the_run(make_suite: MakeSuite, others: str) -> None:
    waits = WAITS.replace("def test_waiting(at_work", "def test_waiting(driver, at_work")
    fixture = GONE.replace("*OTHERS", others)
    suite = make_suite({"checks/test_toy.py": waits}, contract=NAMES, conftest=fixture)
    with suite.at_work() as process:
        process.send_signal(signal.SIGINT)
        run = suite.ended(process)
    problems = ["teardown of the checks failed: OSError: a file is left"] if others else []
    assert run.ending == ("UNVERIFIED", 6), run.output
    assert run.verdict["run"]["problems"] == problems
    assert "driver" not in run.output


def test_an_interrupted_run_ends_in_order_where_a_fixture_does_not(make_suite: MakeSuite) -> None:
    fixture = """
        @pytest.fixture
        def browser():
            yield
            raise OSError("it was closed by Ctrl-C")
        """
    waits = WAITS.replace("def test_waiting(at_work", "def test_waiting(browser, at_work")
    suite = make_suite({"checks/test_toy.py": waits}, contract=NAMES, conftest=fixture)
    with suite.at_work() as process:
        process.send_signal(signal.SIGINT)
        run = suite.ended(process)
    assert (run.ending, run.outcomes["kept"]) == (("UNVERIFIED", 6), "passed"), run.output
    assert "teardown of the checks failed: OSError: it was closed by Ctrl-C" in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize("words", [["-n", "0"], ["-n", "1"]], ids=" ".join)
def test_a_run_that_is_interrupted_before_it_looks_says_so(make_suite: MakeSuite, words: list[str]) -> None:
    conftest = """
        import os, signal, threading
        def slow(*_):
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait()
        def pytest_configure():
            import verifier.probes.platform.header
            verifier.probes.platform.header._release = slow
        """
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, conftest=conftest).run_anew(*words)
    assert run.ending == ("UNVERIFIED", 6), run.output
    assert "(ended early: Ctrl-C while the platform was asked)" in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize("body", ["hangs", "waits"])
def test_a_last_resort_that_cannot_write_ends_the_run_all_the_same(make_suite: MakeSuite, body: str) -> None:
    run = stuck(make_suite, BODIES[body], conftest=f"{IMPATIENT}{FULL_DISK}")
    assert run.status == 6, run.output
    assert not (run.folder / "verdict.json").exists()
    assert "Traceback" not in run.output


FULL_DISK = """
import threading
import verifier.plugin.listener
publish, begun, at_the_end = verifier.plugin.listener.publish, threading.Event(), threading.Event()
def published(*given, **more):
    if threading.current_thread() is threading.main_thread():
        at_the_end.set()
        return publish(*given, **more)
    begun.set()
    at_the_end.wait(0.3)
    raise OSError("no space left on device")
verifier.plugin.listener.publish = published

@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish():
    begun.wait()
"""


def test_a_hung_probe_makes_its_checks_unverified_and_ends_with_the_deadline(make_suite: MakeSuite) -> None:
    hung = check("waiting", "measured(1)", wants="events, measured")
    run = make_suite({"checks/test_toy.py": checks(hung, KEPT)}, contract=NAMES).run_anew("--deadline", "4")
    assert (run.ending, run.outcomes["kept"]) == (("UNVERIFIED", 6), "passed")
    assert run.told("waiting")[1] in {"timeout", "interrupted"}


def test_a_hung_probe_does_not_keep_the_process_alive_after_the_signal(make_suite: MakeSuite) -> None:
    hung = check("waiting", "measured(1)", wants="at_work_first, events, measured")
    first = "@pytest.fixture\ndef at_work_first(at_work):\n    at_work()\n"
    suite = make_suite({"checks/test_toy.py": checks(first, KEPT, hung)}, contract=NAMES)
    with suite.at_work() as process:
        process.send_signal(signal.SIGINT)
        assert suite.ended(process).ending == ("UNVERIFIED", 6)


def test_a_hung_probe_that_nobody_asked_for_hinders_nobody(make_suite: MakeSuite) -> None:
    target = TARGET + '[not_applicable]\nwaiting = "no stream here"\n'
    hung = check("waiting", "measured(1)", wants="events, measured")
    run = make_suite({"checks/test_toy.py": checks(hung, KEPT)}, contract=NAMES, target=target).run()
    assert run.ending == ("DONE", 0)


AGAIN = """
    import os, signal
    def pytest_keyboard_interrupt():
        os.kill(os.getpid(), signal.SIGINT)
    """


def test_a_second_ctrl_c_changes_nothing_of_how_a_run_ends(make_suite: MakeSuite) -> None:
    suite = make_suite({"checks/test_toy.py": WAITS}, contract=NAMES, conftest=AGAIN)
    with suite.at_work() as process:
        process.send_signal(signal.SIGINT)
        run = suite.ended(process)
    assert (run.ending, run.outcomes["kept"]) == (("UNVERIFIED", 6), "passed"), run.output
    assert "(ended early: Ctrl-C)" in run.output
    assert "Traceback" not in run.output


def test_what_a_killed_run_kept_in_its_temporary_folder_is_removed_by_the_next(make_suite: MakeSuite) -> None:
    killed = """
        import os, pathlib
        measured(1)
        pathlib.Path(os.environ["TMPDIR"], "profile").touch()
        os.kill(os.getpid(), 9)
        """
    suite = make_suite({"checks/test_toy.py": checks(check("kept", killed))})
    with TemporaryDirectory(prefix="toy") as folder:  # short, because a browser's socket must fit in
        suite.environment["TMPDIR"] = folder
        assert (suite.run_anew().status, len(list(Path(folder).glob("*/profile")))) == (-signal.SIGKILL, 1)
        suite.write({"checks/test_toy.py": checks(KEPT)})
        assert (suite.run().ending, list(Path(folder).glob("*/profile"))) == (("DONE", 0), [])
