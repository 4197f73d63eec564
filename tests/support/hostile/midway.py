"""What happens in the middle of a run: a worker is killed, another run begins, the clock jumps, memory is short."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import psutil

from tests.support.hostile import runners
from tests.support.hostile.situation import DONE, UNVERIFIED, Command, Ending, Situation
from tests.support.runs.memory import NoGroups, kills, limited
from tests.support.runs.toy import PATIENCE, Suite
from tests.support.servers.scripted import scripted

BOTH = ("health-endpoint", "chatwoot-health")
"""Two items whose checks stand in two files, so that each of two workers has one."""
CHATWOOT = '[chatwoot]\npath = "/chatwoot"\nclaims = { status = "ok" }\n'
PAGES = ("tiles-under-3s", "no-console-errors")
DASHBOARD = """
[dashboard]
path = "/app"
ready = ".ready"
tile = [{ id = "tile", heading = "Tile" }]
"""
FAKE_TIME = "libfaketimeMT.so.1"
PLACES = ("/usr/lib/*/faketime", "/usr/lib64/faketime", "/usr/local/lib/faketime")


def workers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The worker processes of a run."""
    found = []
    for each in psutil.Process(process.pid).children(recursive=True):
        with suppress(psutil.Error):
            if "exec(eval(sys.stdin.readline()))" in " ".join(each.cmdline()):
                found.append(each)
    return found


def asks(worker: psutil.Process) -> bool:
    """Whether it waits for an answer of the app."""
    with suppress(psutil.Error):
        return any(each.status == psutil.CONN_ESTABLISHED for each in worker.net_connections("tcp4"))
    return False


@contextmanager
def a_worker_killed(_: Path) -> Iterator[Command]:
    """Two workers wait for the app; the first that does is killed."""

    def kill(process: subprocess.Popen[str], _: Path) -> None:
        until = time.monotonic() + runners.PATIENCE
        while not (asking := [each for each in workers(process) if asks(each)]):
            if time.monotonic() > until or process.poll() is not None:
                raise TimeoutError("no worker ever looked")
            time.sleep(0.05)
        asking[0].kill()

    with scripted({"*": runners.later(4.0)}) as server:
        target = runners.HEALTH.format(url=server.url) + CHATWOOT
        yield Command(target, BOTH, words=("-n", "2"), anew=True, while_it_runs=kill)


@contextmanager
def two_at_once(_: Path) -> Iterator[Command]:
    """While the run looks, another one begins and ends in the same folder."""
    second: list[tuple[int, str]] = []
    folder: list[Path] = []

    def begin(process: subprocess.Popen[str], root: Path) -> None:
        folder.append(root)
        runners.waiting(process, root)
        suite = Suite(root, psutil.Process(process.pid).environ())
        with suite.running() as other:
            said, _ = other.communicate(timeout=PATIENCE)
            second.append((other.returncode, said))

    def afterwards() -> list[str]:
        reports = [each for each in (folder[0] / "reports").glob("*-toy*") if not each.is_symlink()]
        verdicts = {each.name: json.loads((each / "verdict.json").read_text())["verdict"] for each in reports}
        wrong = [] if list(verdicts.values()) == ["DONE"] * 2 else [f"their verdicts: {verdicts}"]
        if second[0][0] != 0 or "\nDONE" not in second[0][1]:
            wrong.append(f"the second run ended {second[0]}")
        latest = folder[0] / "reports" / "latest"
        if not latest.is_symlink() or latest.resolve().name not in verdicts:
            wrong.append(f"reports/latest leads to {latest.resolve()}")
        return wrong

    with scripted({"*": runners.later(3.0)}) as server:
        target = runners.HEALTH.format(url=server.url)
        yield Command(target, runners.ITEMS, anew=True, while_it_runs=begin, afterwards=afterwards)


@cache
def fake_time() -> str:
    """The library that tells a process another time; empty where it is not installed."""
    found = [str(each) for place in PLACES for each in Path("/").glob(f"{place[1:]}/{FAKE_TIME}")]
    return found[0] if found else ""


def without_fake_time() -> str:
    """Why no clock can jump here."""
    return "" if fake_time() else "libfaketime is not installed: apt-get install libfaketime"


@contextmanager
def clock_jumps(folder: Path, seconds: int) -> Iterator[Command]:
    """While the app answers, the time of day is another one for the run and all its processes."""
    told = folder / "clock"
    told.write_text("+0", encoding="utf-8")

    def jump(process: subprocess.Popen[str], root: Path) -> None:
        runners.waiting(process, root)
        time.sleep(1.0)
        told.write_text(f"{seconds:+d}", encoding="utf-8")

    def afterwards() -> list[str]:
        run: dict[str, Any] = json.loads((folder / "reports" / "latest" / "verdict.json").read_text())["run"]
        off = (datetime.fromisoformat(run["finished"]) - datetime.now(UTC)).total_seconds()
        wrong = [] if abs(off - seconds) < runners.MINUTE else [f"the run's clock was {off:.0f} s off at its end"]
        return wrong + ([] if 0 <= run["seconds"] < runners.MINUTE else [f"it says that it took {run['seconds']} s"])

    environment = {
        "LD_PRELOAD": fake_time(),
        "FAKETIME_TIMESTAMP_FILE": str(told),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }
    with scripted({"*": runners.later(4.0)}) as server:
        target = runners.HEALTH.format(url=server.url)
        yield Command(
            target, runners.ITEMS, environment=environment, anew=True, while_it_runs=jump, afterwards=afterwards
        )


@cache
def without_groups() -> str:
    """Why no control group can limit memory here."""
    try:
        with limited(512):
            return ""
    except NoGroups as why:
        return str(why)


@contextmanager
def little_memory(folder: Path, megabytes: int, *, bites: bool) -> Iterator[Command]:
    """A control group with so many MB for the run and all its processes; what it reads from disk counts, too."""
    with limited(megabytes) as (group, on):

        def afterwards() -> list[str]:
            killed = kills(group, on) > 0
            return [] if killed == bites else [f"the kernel has {'' if killed else 'not '}ended a process of it"]

        enter = f'echo $$ > {group}/cgroup.procs; exec "$@"'
        with runners.on(folder, anew=True, prefix=runners.shell(enter), afterwards=afterwards) as command:
            if bites:
                command.left = "definition-of-done-"
            yield command


@contextmanager
def no_browser(_: Path) -> Iterator[Command]:
    """Items about pages, where there is no browser."""
    with scripted({"*": runners.WELL}) as server:
        target = runners.HEALTH.format(url=server.url) + DASHBOARD
        yield Command(target, PAGES, environment={"HOTDASH_BROWSER": "/nonexistent/chrome"})


@contextmanager
def no_git(_: Path) -> Iterator[Command]:
    """An application's files, to be searched for secrets where there is no git; Node comes with the suite itself."""
    target = f'{runners.HEALTH.format(url="http://127.0.0.1:9")}[source]\napp_dir = "app"\n'
    files = {"app/package.json": '{"name": "app"}', "app/index.js": "console.log('hello')\n"}
    environment = {"PATH": "/nonexistent"}
    yield Command(target, ("no-secrets-in-code",), mark="predeploy", files=files, environment=environment)


def situation(
    name: str, says: str, prepare: Callable[..., Any], *endings: Ending, needs: Callable[[], str] = str
) -> Situation:
    """A row of this part; all of them start a process of their own."""
    return Situation(name, prepare, endings, says, runners.MINUTE, slow=True, needs=needs)


SITUATIONS = (
    situation("SIGKILL of a worker (-n 2)", "a worker process ended unexpectedly", a_worker_killed, UNVERIFIED),
    situation("Two runs at once in the same folder", "^DONE", two_at_once, DONE),
    *(
        situation(
            f"The clock jumps {way} by an hour (libfaketime)",
            "^DONE",
            partial(clock_jumps, seconds=seconds),
            DONE,
            needs=without_fake_time,
        )
        for way, seconds in (("forward", 3600), ("back", -3600))
    ),
    situation(
        "512 MB of memory (control group)",
        "^DONE",
        partial(little_memory, megabytes=512, bites=False),
        DONE,
        needs=without_groups,
    ),
    situation(
        "40 MB of memory (control group): the kernel ends it",
        "",
        partial(little_memory, megabytes=40, bites=True),
        ("", -9),
        ("incomplete", -9),
        needs=without_groups,
    ),
    situation("No browser for items that need one", "apt-get install chromium", no_browser, UNVERIFIED),
    situation("No git for an item that needs it", "→ install git", no_git, UNVERIFIED),
)
