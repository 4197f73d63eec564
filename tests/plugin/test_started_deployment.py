"""A target's start command: what it announces, how it fails, and that nothing of it is left."""

from __future__ import annotations

import subprocess

import pytest

from tests.support.runs.toy import MakeSuite, check, checks


def test_a_deployment_that_does_not_start_makes_everything_unverified(make_suite: MakeSuite) -> None:
    target = 'title = "a toy"\napp = "toy"\nstart = ["python", "-c", "import sys; sys.exit(\'no toys left\')"]\n'
    seen = check("kept", "measured(1)", wants="health, measured")
    run = make_suite({"checks/test_toy.py": checks(seen)}, target=target).run()
    assert (run.ending, run.told("kept")) == (("UNVERIFIED", 6), ("unverified", "precondition"))
    assert "the deployment did not start: no toys left" in run.output


def test_a_start_command_that_is_not_there_makes_everything_unverified(make_suite: MakeSuite) -> None:
    target = 'title = "a toy"\napp = "toy"\nstart = ["no-such-command-here"]\n'
    seen = check("kept", "measured(1)", wants="health, measured")
    run = make_suite({"checks/test_toy.py": checks(seen)}, target=target).run()
    assert (run.ending, run.told("kept")) == (("UNVERIFIED", 6), ("unverified", "precondition"))


@pytest.mark.parametrize("words", [["-n", "0"], ["-n", "1"]], ids=" ".join)
def test_what_a_start_command_tells_reaches_every_process(make_suite: MakeSuite, words: list[str]) -> None:
    target = 'title = "a toy"\napp = "toy"\nstart = ["python", "start.py"]\n'
    told = "measured(told.target.url); assert told.credentials.get('fly') == 'a-token-for-the-toy'"
    files = {"checks/test_toy.py": checks(TOLD, check("kept", told, wants="told, measured")), "start.py": START}
    assert make_suite(files, target=target).run(*words).ending == ("DONE", 0)


@pytest.mark.parametrize("words", [["-n", "0"], ["-n", "1"]], ids=" ".join)
def test_a_deployment_that_says_nonsense_is_an_obstacle_in_every_process(
    make_suite: MakeSuite, words: list[str]
) -> None:
    target = 'title = "a toy"\napp = "toy"\nstart = ["python", "-c", "print(7)"]\n'
    seen = check("kept", "measured(1)", wants="health, measured")
    run = make_suite({"checks/test_toy.py": checks(seen)}, target=target).run(*words)
    assert (run.ending, run.told("kept")) == (("UNVERIFIED", 6), ("unverified", "precondition"))


START = """
import json, os, sys
told = {"target": {"url": "http://127.0.0.1:9"}, "credentials": {"FLY_API_TOKEN": "a-token-for-the-toy"}}
print(json.dumps({**told, "control": {"pid": str(os.getpid())}}), flush=True)
sys.stdin.read()
"""


TOLD = """
import verifier.core.execution.run

@pytest.fixture
def told(request):
    return request.config.stash[verifier.core.execution.run.RUN]
"""


PID = """
import pathlib
import verifier.core.execution.run

@pytest.fixture
def pid(request):
    return request.config.stash[verifier.core.execution.run.RUN].told.control["pid"]
"""


def test_a_deployment_that_was_started_is_gone_after_the_run(make_suite: MakeSuite) -> None:
    target = 'title = "a toy"\napp = "toy"\nstart = ["python", "start.py"]\n'
    seen = check("kept", "pathlib.Path('pid').write_text(pid); measured(1)", wants="pid, measured")
    suite = make_suite({"checks/test_toy.py": checks(PID, seen), "start.py": START}, target=target)
    assert suite.run_anew().ending == ("DONE", 0)
    alive = subprocess.run(
        ["ps", "-p", (suite.root / "pid").read_text(encoding="utf-8")], capture_output=True, check=False
    )
    assert alive.returncode == 1
