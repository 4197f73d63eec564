"""Runners in trouble: folders, files, memory and processes that are not as they should be, and signals."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.hostile.situation import DONE, UNVERIFIED, USAGE, Command, Ending, Situation
from tests.support.hostile.targets.answers import HEALTH, WELL
from tests.support.servers.scripted import Line, Script, scripted

ITEMS = ("health-endpoint",)
MINUTE = 60.0
PATIENCE = 30.0
MOUNT = 'mount -t tmpfs -o size=1m tmpfs {0} && dd if=/dev/zero of={0}/full bs=4096 2>/dev/null; exec "$@"'
"""Fill a folder of 1 MB to its last byte, and go on with the words that follow."""
_HANGUP = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.{}); os.execvp(sys.argv[1], sys.argv[1:])"
HEEDED, IGNORED = ((sys.executable, "-c", _HANGUP.format(name)) for name in ("SIG_DFL", "SIG_IGN"))
"""What a shell, or nohup, does with SIGHUP: said for each run, since whoever runs the table may be under nohup."""


@contextmanager
def on(
    folder: Path,
    script: Script = WELL,
    environment: Mapping[str, str] | None = None,
    prepare: Callable[[Path], object] = lambda _: None,
    **more: Any,  # noqa: ANN401 - the fields of a command
) -> Iterator[Command]:
    """The command on a runner that is prepared so, and an app that does this."""
    prepare(folder)
    with scripted({"*": script}) as server:
        yield Command(HEALTH.format(url=server.url), ITEMS, environment=environment or {}, **more)


def shell(line: str) -> tuple[str, ...]:
    """The words that run a line of shell before the command, which is `"$@"` there."""
    return ("sh", "-c", line, "sh")


def in_namespace(line: str) -> tuple[str, ...]:
    """The same, with mounts that nobody else sees."""
    return ("unshare", "-m", *shell(line))


def without_namespaces() -> str:
    """Why folders of this machine cannot be replaced for one process; empty if they can."""
    tried = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "mounts need root"


def slow(line: Line) -> None:
    """An answer that never comes."""
    line.silent()


def waiting(process: subprocess.Popen[str], folder: Path) -> None:
    """Wait until the run looks at the app: its report says that it is incomplete."""
    until = time.monotonic() + PATIENCE
    while not (folder / "reports" / "latest" / "verdict.json").is_file() and process.poll() is None:
        if time.monotonic() > until:
            raise TimeoutError("the run never began")
        time.sleep(0.05)


def signalled(*signals: signal.Signals) -> Callable[[subprocess.Popen[str], Path], None]:
    """Send these once the run looks."""

    def send(process: subprocess.Popen[str], folder: Path) -> None:
        waiting(process, folder)
        time.sleep(1.0)  # it is in the middle of its question by then
        for each in signals:
            process.send_signal(each)

    return send


def ended_by(name: str, says: str, *endings: Ending, signals: tuple[signal.Signals, ...]) -> Situation:
    """The run is sent these signals; what a killed one leaves in its scratch folder, the next one removes."""
    left = "definition-of-done-" if signal.SIGKILL in signals else ""
    prepare = partial(on, script=slow, anew=True, prefix=HEEDED, while_it_runs=signalled(*signals), left=left)
    return Situation(name, prepare, endings, says, MINUTE, slow=True)


def old_reports(folder: Path) -> None:
    """300 runs of the last year."""
    for each in range(300):
        at = datetime.now(UTC) - timedelta(days=1 + each)
        place = folder / "reports" / f"{at:%Y%m%dT%H%M%SZ}-toy"
        place.mkdir(parents=True)
        (place / "verdict.json").write_text('{"verdict": "NOT DONE", "target": "toy", "run": {}}', encoding="utf-8")


def a_file_named_reports(folder: Path) -> None:
    """`reports` is a file."""
    (folder / "reports").write_text("not a folder", encoding="utf-8")


def a_broken_link(folder: Path) -> None:
    """`reports/latest` leads nowhere."""
    (folder / "reports").mkdir()
    (folder / "reports" / "latest").symlink_to("gone")


def later(seconds: float) -> Script:
    """An answer after so many seconds."""

    def script(line: Line) -> None:
        line.over.wait(seconds)
        WELL(line)

    return script


def only(*names: str) -> str:
    """A folder with these programs alone, for PATH."""
    return ":".join(dict.fromkeys(str(Path(found).parent) for name in names if (found := shutil.which(name))))


def row(
    name: str,
    says: str,
    *endings: Ending,
    heavy: bool = True,
    needs: Callable[[], str] = str,
    **more: Any,  # noqa: ANN401
) -> Situation:
    """The command on such a runner."""
    return Situation(name, partial(on, **more), endings, says, MINUTE, slow=heavy, needs=needs)


LIMIT = 'ulimit -{} && exec "$@"'
READ_ONLY = 'mount --bind . . && mount -o remount,ro,bind . && mount -t tmpfs tmpfs tmp && exec "$@"'
ROOT = partial(row, needs=without_namespaces, anew=True)
SITUATIONS = (
    row(
        "No network: another network namespace",
        "unreachable",
        UNVERIFIED,
        needs=without_namespaces,
        anew=True,
        prefix=("unshare", "-n", "sh", "-c", 'exec "$@"', "sh"),
    ),
    row("No HOME", "^DONE", DONE, environment={"HOME": ""}, heavy=False),
    row("HOME does not exist", "^DONE", DONE, environment={"HOME": "/nonexistent"}, heavy=False),
    row(
        "A locale of which nobody knows the characters",
        "^DONE",
        DONE,
        environment={"LANG": "C", "LC_ALL": "C"},
        heavy=False,
    ),
    row("A terminal of 20 columns", "DONE", DONE, environment={"COLUMNS": "20"}, heavy=False),
    row(
        "No program at all in PATH: no git, no Node, no browser",
        "^DONE",
        DONE,
        environment={"PATH": "/nonexistent", "HOTDASH_BROWSER": "/nonexistent"},
        heavy=False,
    ),
    row(
        "The browser that is named is not there",
        "^DONE",
        DONE,
        environment={"HOTDASH_BROWSER": "/nonexistent/chrome"},
        heavy=False,
    ),
    row("300 old runs", "of earlier runs removed", DONE, prepare=old_reports, heavy=False),
    row("reports/latest leads nowhere", "^DONE", DONE, prepare=a_broken_link, heavy=False),
    row("reports is a file", "reports", USAGE, UNVERIFIED, ("", 6), prepare=a_file_named_reports, heavy=False),
    row("256 file descriptors", "^DONE", DONE, anew=True, prefix=shell(LIMIT.format("n 256"))),
    row(
        "2 GB of address space (RLIMIT_AS)",
        "^DONE",
        DONE,
        anew=True,
        prefix=shell(LIMIT.format("v 2097152")),
    ),
    row("A file may have 1 MB at most", "", DONE, UNVERIFIED, ("", 6), anew=True, prefix=shell(LIMIT.format("f 2048"))),
    row("One core", "^DONE", DONE, anew=True, prefix=("taskset", "-c", "0")),
    ROOT(
        "A read-only checkout, reports included",
        "read-only|Read-only",
        USAGE,
        UNVERIFIED,
        ("", 6),
        prefix=in_namespace(READ_ONLY),
    ),
    ROOT("A full temporary folder (tmpfs of 1 MB)", "", DONE, UNVERIFIED, prefix=in_namespace(MOUNT.format("tmp"))),
    ROOT(
        "A full reports folder (tmpfs of 1 MB)",
        "[Nn]o space",
        USAGE,
        UNVERIFIED,
        ("", 6),
        prefix=in_namespace("mkdir -p reports; " + MOUNT.format("reports")),
    ),
    ended_by("SIGINT", "ended early: Ctrl-C", UNVERIFIED, signals=(signal.SIGINT,)),
    ended_by(
        "SIGINT twice",
        "",
        UNVERIFIED,
        ("incomplete", 6),
        ("incomplete", 2),
        ("incomplete", -2),
        ("UNVERIFIED", 2),
        signals=(signal.SIGINT, signal.SIGINT),
    ),
    ended_by("SIGTERM", "ended early: SIGTERM", UNVERIFIED, signals=(signal.SIGTERM,)),
    ended_by("SIGHUP: the terminal is closed", "ended early: SIGHUP", UNVERIFIED, signals=(signal.SIGHUP,)),
    row(
        "SIGHUP under nohup: the run goes on",
        "^DONE",
        DONE,
        script=later(3.0),
        anew=True,
        prefix=IGNORED,
        while_it_runs=signalled(signal.SIGHUP),
    ),
    ended_by("SIGKILL", "", ("incomplete", -9), signals=(signal.SIGKILL,)),
)
