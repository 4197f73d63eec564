"""A platform that no file of the verifier knows: two processes, kept by a supervisor, judged by the real command."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module

import httpx
import pytest

from tests.support.pages.browsers import usual_browser
from tests.support.runs.toy import CHECKOUT, KEPT, TARGET, Ended, MakeSuite, Suite, checks
from verifier.core.platform import Platform

HERE = CHECKOUT / "tests" / "supervisor"


@pytest.fixture(scope="module")
def supervised(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ended]:
    """Judges the supervised app: the checks as they are, the platform as a package beside them."""
    suite = Suite(tmp_path_factory.mktemp("supervised"), {"HOTDASH_BROWSER": usual_browser()})
    for name in ("conftest.py", "definition_of_done.toml"):
        shutil.copy(CHECKOUT / name, suite.root)
    shutil.copy(CHECKOUT / "tests" / "second_app" / "app.py", suite.root)
    for folder in (CHECKOUT / "checks", CHECKOUT / "smoke", HERE):
        shutil.copytree(folder, suite.root / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    settings = (CHECKOUT / "pytest.ini").read_text(encoding="utf-8")
    suite.write({"pytest.ini": f"{settings}subjects = supervisor\n"})

    def judge(*words: str, mark: str) -> Ended:
        return suite.run("--target=supervisor/target.toml", *words, mark=mark, target=None)

    return judge


def test_its_machines_its_release_and_its_log_are_known(supervised: Callable[..., Ended]) -> None:
    run = supervised(mark="postdeploy")

    assert run.ending == ("DONE", 0), run.output
    assert run.verdict["release"]["machines"] == {"p1": "started", "p2": "started"}
    judged = {name for name, outcome in run.outcomes.items() if outcome == "passed"}
    assert judged >= {"machines-started", "logs-clean", "no-server-errors", "release-unchanged", "response-time"}
    assert set(run.verdict["matrix"]["machines"]) >= {"p1", "p2"}


@pytest.mark.parametrize(
    ("fault", "red"), [("machine-killed", "machines-started"), ("old-image", "one-image-everywhere")]
)
def test_what_is_wrong_on_one_process_is_red(supervised: Callable[..., Ended], fault: str, red: str) -> None:
    run = supervised("--fault", fault, mark="deploy")

    assert run.ending == ("NOT DONE", 1), run.output
    assert run.outcomes[red] == "failed"
    assert "p2" in str(run.item(red))


def test_what_it_does_not_tell_is_unverified_with_a_remedy(supervised: Callable[..., Ended]) -> None:
    run = supervised("--item", "metrics-collecting", mark="monitoring")

    assert run.told("metrics-collecting") == ("unverified", "precondition")
    assert "the platform collects no metrics" in run.output
    assert "declare the item not applicable, with a reason" in run.output


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """The platform itself, asked by its own class."""
    monkeypatch.syspath_prepend(HERE.parent)
    command = [sys.executable, str(HERE / "serve.py"), str(CHECKOUT / "tests" / "second_app" / "app.py")]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process,
        httpx.Client() as session,
    ):
        told = json.loads(process.stdout.readline())  # type: ignore[union-attr]
        kind = import_module("supervisor.platform").Supervisor
        yield kind(session, told["target"]["platform"]["control"])


def test_a_machine_is_stopped_and_started(supervisor: Platform) -> None:
    supervisor.stop("p2")
    stopped = supervisor.machine("p2")
    supervisor.start("p2")

    again = supervisor.machine("p2")

    assert (stopped.state, stopped.last_exit) == ("stopped", "requested")
    assert (again.state, again.instance == stopped.instance) == ("started", False)


def test_a_platform_that_nobody_declares_is_a_usage_error(make_suite: MakeSuite) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT)}, target=f'{TARGET}[platform]\nkind = "nomad"\n')

    run = suite.run()

    told = "targets/toy.toml: platform.kind: no platform is called 'nomad'. Known: fly, none"
    assert (run.status, told in run.output) == (4, True), run.output
