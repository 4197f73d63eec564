"""Runs the real command in a situation, and measures it: verdict, seconds, memory, and what it leaves behind."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.support.hostile.canaries import CANARIES, leaks
from tests.support.hostile.situation import Command, Seen, Situation
from tests.support.runs import forked
from tests.support.runs.deployment import product_suite
from tests.support.runs.toy import Suite

MARK = "HOTDASH_HOSTILE_RUN"
"""A variable that every process of a run inherits: so those that it leaves are found."""
PATIENCE = 90.0
"""Seconds after its deadline after which a run is killed: it is late long before."""
EVERY = 0.2
"""Seconds between two looks at the memory. Each process has its own high-water mark, so none is missed that lives; a
look takes 10 ms of processor time."""
BROWSER = re.compile(r"chrom|headless_shell|\bgoogle\b", re.IGNORECASE)


class Watch:
    """The processes of one run, from its start to its end."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self.megabytes = 0.0
        self.seconds = 0.0

    @contextmanager
    def over(self, pid: int) -> Iterator[None]:
        """Watch the run whose first process this is."""
        ended, started = threading.Event(), time.monotonic()
        looking = threading.Thread(target=self._look, args=(pid, ended), daemon=True)
        looking.start()
        try:
            yield
        finally:
            self.seconds = time.monotonic() - started
            ended.set()
            looking.join()

    def left(self) -> tuple[str, ...]:
        """The command lines of processes that are still there, a moment after the run; they are ended."""
        until = time.monotonic() + 3.0  # what is told to stop takes a moment to do so
        while (found := self._marked()) and time.monotonic() < until:
            time.sleep(EVERY)
        told = []
        for each in found:
            with suppress(psutil.Error):
                told.append(" ".join(each.cmdline())[:120])
                each.kill()
        return tuple(told)

    def _look(self, pid: int, ended: threading.Event) -> None:
        most: dict[int, float] = {}
        while not ended.wait(EVERY):
            alive: dict[int, float] = {}
            for each in _tree(pid):
                with suppress(psutil.Error):
                    if not BROWSER.search(" ".join([each.name(), *each.cmdline()[:1]])):
                        alive[each.pid] = max(most.get(each.pid, 0.0), _memory(each.pid, whole=each.pid == pid))
            most = alive
            self.megabytes = max(self.megabytes, sum(alive.values()))

    def _marked(self) -> list[psutil.Process]:
        found = []
        for each in psutil.process_iter():
            with suppress(psutil.Error):
                if each.environ().get(MARK) == self._mark and each.status() != psutil.STATUS_ZOMBIE:
                    found.append(each)
        return found


def _tree(pid: int) -> list[psutil.Process]:
    with suppress(psutil.Error):
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    return []


def _memory(pid: int, *, whole: bool) -> float:
    """The most that a process ever had in memory, in MB.

    Of the pages that it shares with others now, it is charged its part, as the kernel reckons it (proc(5), Pss); all of
    them if `whole`: the first process may be a fork of the tests, with which it shares what it would have alone.
    """
    with suppress(OSError):
        most = _kilobytes(pid, "status", "VmHWM")
        if not whole:
            most -= _kilobytes(pid, "smaps_rollup", "Rss") - _kilobytes(pid, "smaps_rollup", "Pss")
        return most / 1024
    return 0.0


def _kilobytes(pid: int, file: str, name: str) -> int:
    found = re.search(rf"^{name}:\s*(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8"), re.MULTILINE)
    return int(found[1]) if found else 0


def run(situation: Situation, folder: Path, *, page: bool = True) -> Seen:
    """Bring the situation about in a new folder, run the command, and say what it was like.

    Without `page` a run that is forked leaves the report in HTML out, which takes two thirds of its processor time.
    """
    suite = product_suite(folder)
    with situation.prepare(folder) as command:
        mark = uuid.uuid4().hex
        outputs = {"GITHUB_OUTPUT": str(folder / "github-output"), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
        suite.environment = {**CANARIES, **outputs, **command.environment, MARK: mark}
        suite.write({"targets/toy.toml": command.target_file(situation.deadline), **command.files})
        watch = Watch(mark)
        if command.anew:
            status, output = _anew(suite, command, situation.deadline, watch)
        else:
            words = [*([] if page else ["--html", "omit"]), *_words(command)]
            status, output = forked.run(
                words, suite.root, suite._environment(), situation.deadline + PATIENCE, watch.over
            )
        ending = _verdict(folder), status  # now: what comes afterwards may be another run
        processes, more = watch.left(), tuple(command.afterwards())
    files = [each.relative_to(folder).as_posix() for each in (folder / "tmp").rglob("*") if each.is_file()]
    kept = [each for each in files if not (command.left and re.search(command.left, each))]
    secrets = (*CANARIES.values(), *command.canaries)
    return Seen(
        ending, watch.seconds, watch.megabytes, output, processes, tuple(kept), leaks(folder, output, secrets), more
    )


def _words(command: Command) -> list[str]:
    return ["-m", command.mark, "--target", "toy", "--junitxml", "junit.xml", *command.words]


def _anew(suite: Suite, command: Command, deadline: float, watch: Watch) -> tuple[int, str]:
    with suite.running(*command.words, mark=command.mark, prefix=command.prefix) as process:
        with watch.over(process.pid):
            if command.while_it_runs:
                command.while_it_runs(process, suite.root)
            try:
                output, _ = process.communicate(timeout=deadline + PATIENCE)
            except subprocess.TimeoutExpired:
                raise TimeoutError(f"no end after {deadline + PATIENCE:g} s") from None
        return process.returncode, output


def _verdict(folder: Path) -> str:
    """That of `verdict.json`; nothing if there is none. Where the command was not understood, none is expected."""
    path = folder / "reports" / "latest" / "verdict.json"
    if not path.is_file():
        return ""
    record: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return str(record["verdict"])
