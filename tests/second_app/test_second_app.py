"""An app of another shape is gated by a target file alone, by the real command."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.support.pages.browsers import usual_browser
from tests.support.runs.toy import CHECKOUT, Ended, Suite
from verifier.commands import main
from verifier.probes.browser.path import find_browser

HERE = CHECKOUT / "tests" / "second_app"
PHASES = HERE / "phases"
SEEN = {
    "health-endpoint", "smoke-passed", "no-console-errors", "tiles-under-3s", "response-time", "accessibility",
}  # fmt: skip
"""What is judged of an app that nobody has described further."""
JUDGED = {*SEEN, "phase-features"}


@contextmanager
def serving(*words: str) -> Iterator[str]:
    """The second app on a free port, in a process of its own; its address."""
    command = [sys.executable, str(HERE / "app.py"), "--port", "0", *words]
    # Leaving closes its standard input, which ends it, and waits.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as app:
        yield app.stdout.readline().strip()  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ended]:
    """Judges the second app with these faults: the checks as they are, and its target file with the address changed."""
    suite = Suite(tmp_path_factory.mktemp("second app"))
    for name in ("pytest.ini", "conftest.py", "definition_of_done.toml"):
        shutil.copy(CHECKOUT / name, suite.root)
    for name in ("checks", "smoke"):
        shutil.copytree(CHECKOUT / name, suite.root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PHASES, suite.root / PHASES.relative_to(CHECKOUT), ignore=shutil.ignore_patterns("__pycache__"))

    own, cheap = (HERE / "target.toml").read_text(encoding="utf-8"), find_browser(None, os.environ)

    def judge(*faults: str, text: str = own, browser: str = cheap) -> Ended:
        with serving(*(f"--fault={each}" for each in faults)) as url:
            suite.write({"elsewhere/target.toml": re.sub(r'^url = ".*"$', f'url = "{url}"', text, flags=re.MULTILINE)})
            suite.environment["HOTDASH_BROWSER"] = browser
            return suite.run("--target=elsewhere/target.toml", target=None)

    return judge


@pytest.fixture(scope="module")
def sound(gated: Callable[..., Ended]) -> Ended:
    """As an ordinary run does, with the browser that the command finds by itself."""
    return gated(browser=usual_browser())


def test_it_is_done(sound: Ended) -> None:
    assert sound.ending == ("DONE", 0), sound.output


def test_what_applies_to_it_passed_and_nothing_else_was_judged(sound: Ended) -> None:
    applicable = {name: outcome for name, outcome in sound.outcomes.items() if outcome != "not applicable"}
    assert applicable == dict.fromkeys(JUDGED, "passed")


def test_what_does_not_apply_says_why(sound: Ended) -> None:
    reasons = {each["id"]: each["reason"] for each in sound.verdict["items"] if each["outcome"] == "not applicable"}
    assert len(reasons) == len(sound.outcomes) - len(JUDGED)
    assert reasons["sse-heartbeat"] == "it has no event stream"


def test_its_address_stands_for_its_machines(sound: Ended) -> None:
    assert sound.item("response-time")["value"].startswith("edge ")
    assert sound.item("health-endpoint")["value"].startswith("edge /status 200")


def test_no_secret_was_asked_for(sound: Ended) -> None:
    assert "FLY_API_TOKEN" not in sound.output
    assert not (sound.folder / "credential-requests.md").exists()


@pytest.mark.parametrize(
    ("faults", "red"),
    [
        (("status-500", "stuck-card"), {"health-endpoint": "failed", "tiles-under-3s": "failed"}),
        (
            ("status-down", "board-500"),
            {
                "health-endpoint": "failed",
                "smoke-passed": "failed",
                "no-console-errors": "unverified",
                "tiles-under-3s": "unverified",
                "accessibility": "unverified",
                "phase-features": "unverified",
            },
        ),
    ],
)
def test_what_is_broken_is_red_and_nothing_else(
    gated: Callable[..., Ended], faults: tuple[str, ...], red: dict[str, str]
) -> None:
    run = gated(*faults)
    assert run.ending == ("NOT DONE", 1), run.output
    assert {name: run.outcomes[name] for name in JUDGED} == dict.fromkeys(JUDGED, "passed") | red


def test_its_own_phases_are_judged_in_the_place_of_ours(sound: Ended) -> None:
    checks = {each["check"].partition("[")[0]: each["outcome"] for each in sound.item("phase-features")["checks"]}

    assert checks == {
        "tests/second_app/phases/test_phase_1.py::test_a_dock_is_booked": "passed",
        "tests/second_app/phases/test_phase_2.py::test_the_hours_are_told": "passed",
    }
    assert "phase-features shown read-only: 1 of 2 steps" in sound.output


@pytest.mark.parametrize("fault", [None, "booking-lost"])
def test_what_a_flow_writes_is_seen_and_taken_back(tmp_path_factory: pytest.TempPathFactory, fault: str | None) -> None:
    """By a folder elsewhere that the caller names, with two workers."""
    home = tmp_path_factory.mktemp("own")  # short: a browser has a socket below it
    root = home / "suite"
    shutil.copytree(CHECKOUT / "smoke", root / "smoke", ignore=shutil.ignore_patterns("__pycache__"))
    suite = Suite(root, {"HOTDASH_BROWSER": find_browser(None, os.environ)})
    for name in ("pytest.ini", "conftest.py", "definition_of_done.toml"):
        shutil.copy(CHECKOUT / name, suite.root)
    brought = shutil.copytree(PHASES, home / "brought")
    own = (HERE / "target.toml").read_text(encoding="utf-8")
    with serving(*(["--fault", fault] if fault else [])) as url:
        changed = re.sub(r'(?m)^(url|writes|folder) = ".*"\n', "", own)
        suite.write({"targets/own.toml": f'url = "{url}"\nwrites = "allowed"\n{changed}'})
        words = (f"--phases={brought}", "--item", "phase-features", *(() if fault else ("-n", "2")))
        ended = suite.run(*words, target="own")
        left = httpx.get(f"{url}/bookings", trust_env=False).json()

    assert ended.status == (1 if fault else 6), ended.output
    item = ended.item("phase-features")
    assert (item["outcome"], item["value"]) == (("failed", "1 of 2 steps") if fault else ("passed", "2 of 2 steps"))
    assert left == {"bookings": [{"id": "1", "carrier": "Northline"}]}
    if fault:
        said = "phase 1, step 2, 'book a dock, and see it on the list after a reload': not within 5 s"
        assert said in " ".join(ended.output.split())


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The target file that `init` writes for the app, about which it is told nothing but the address."""
    path = tmp_path_factory.mktemp("init") / "warehouse.toml"
    browser = find_browser(None, os.environ)
    with serving() as url, contextlib.chdir(CHECKOUT):
        assert main(["init", f"{url}/board", "--out", str(path), "--browser-path", browser]) == 0
    return path.read_text(encoding="utf-8")


def test_the_target_that_init_writes_is_never_red_and_holds_what_was_seen(
    gated: Callable[..., Ended], written: str
) -> None:
    run = gated(text=written)
    assert run.ending == ("UNVERIFIED", 6), run.output
    assert {name: run.outcomes[name] for name in SEEN} == dict.fromkeys(SEEN, "passed")
    assert set(run.outcomes.values()) == {"passed", "unverified", "not applicable", "not run"}


def test_once_a_person_has_confirmed_what_it_lacks_it_judges_as_one_written_by_hand(
    gated: Callable[..., Ended], written: str
) -> None:
    """The lines that `init` leaves as comments say what was not seen; without their # nothing is left open."""
    text = re.sub(r"^# ([a-z-]+ = \")", r"\1", written, flags=re.MULTILINE)
    assert text != written
    run = gated("stuck-card", text=text)
    assert run.ending == ("NOT DONE", 1), run.output
    judged = {name: outcome for name, outcome in run.outcomes.items() if outcome != "not applicable"}
    assert judged == dict.fromkeys(SEEN, "passed") | {"tiles-under-3s": "failed"}


def test_the_app_ends_with_its_standard_input() -> None:
    with serving() as url:
        assert url.startswith("http://127.0.0.1:")


def test_every_fault_of_the_app_is_one_that_it_knows() -> None:
    command = [sys.executable, str(HERE / "app.py"), "--fault", "no-such-fault"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, "status-500" in done.stderr) == (2, True)
