"""What a row of the table of hostile situations is, and what every row promises beside its own words."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.runs.deployment import all_but

Ending = tuple[str, int]
"""A verdict and the exit status that belongs to it."""
DONE, NOT_DONE, UNVERIFIED = ("DONE", 0), ("NOT DONE", 1), ("UNVERIFIED", 6)
USAGE = ("", 4)
"""No verdict: the command was not understood, and a message says why."""
LATEST = 10.0
"""Seconds after its deadline in which a run must have ended."""
LARGEST = 512
"""MB for everything that a run starts and that is not a browser."""


@dataclass
class Command:
    """What is judged, and how the real command is called.

    Attributes:
        target: the text of the target file, without `title`, `app`, `deadline` and `[not_applicable]`.
        items: those that are judged; all others are not applicable.
        words: further arguments.
        mark: the stages.
        environment: additions to the minimal one.
        files: further files of the suite's folder.
        anew: a process of its own, instead of a fork of one that has imported everything.
        prefix: what is put before the command of a process of its own.
        while_it_runs: what is done to the process of such a command; it is called once that runs.
        canaries: secrets that must stand nowhere afterwards; those of every run are added.
        left: temporary files that may stay, as a pattern.
        afterwards: says what else is not as promised, once the run has ended.
    """

    target: str
    items: tuple[str, ...]
    words: tuple[str, ...] = ()
    mark: str = "postdeploy"
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    anew: bool = False
    prefix: tuple[str, ...] = ()
    while_it_runs: Callable[[subprocess.Popen[str], Path], None] | None = None
    canaries: tuple[str, ...] = ()
    left: str = ""
    afterwards: Callable[[], list[str]] = list

    def target_file(self, deadline: float) -> str:
        """The whole text of the target file."""
        head = f'title = "A hostile app"\napp = "hostile"\ndeadline = {deadline}\n'
        known = *all_but(*self.items), *({"release-unchanged"} - {*self.items})
        left_out = "".join(f'{item} = "this situation is far from it"\n' for item in known)
        return f"{head}{self.target}\n[not_applicable]\n{left_out}"


@dataclass(frozen=True)
class Situation:
    """One row.

    Attributes:
        name: what is wrong, as a person says it.
        prepare: brings it about in a folder, for as long as its context lasts.
        endings: the verdicts and exit statuses that are right.
        says: what a person must read on the terminal, as a pattern; empty if there may be nothing to read.
        deadline: of the run, in seconds.
        slow: it costs more than three seconds, or needs what not every machine has; `make hostile` alone runs it.
        needs: why it cannot be brought about on this machine; empty if it can.
        page: the tests, too, let it write the report in HTML, as `make hostile` does in every situation.
    """

    name: str
    prepare: Callable[[Path], AbstractContextManager[Command]]
    endings: tuple[Ending, ...]
    says: str
    deadline: float = 15.0
    slow: bool = False
    needs: Callable[[], str] = lambda: ""
    page: bool = False


@dataclass(frozen=True)
class Seen:
    """What a run of the command was like.

    Attributes:
        ending: its verdict (`incomplete` or nothing where there is none) and its exit status.
        seconds: from start to end.
        megabytes: the most that its processes had in memory at once, browsers left out.
        output: what stood on the terminal.
        processes: the command lines of what it left running.
        files: what it left in the temporary folder.
        leaks: the places where a secret stands.
        more: what else is not as promised.
    """

    ending: Ending
    seconds: float
    megabytes: float
    output: str
    processes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    leaks: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    def line(self, says: str) -> str:
        """What a person reads of it: the first line that the pattern fits; nothing where there is no pattern."""
        if not says:
            return ""
        found = re.search(says, self.output, re.MULTILINE)
        if not found:
            return ""
        start = self.output.rfind("\n", 0, found.start()) + 1
        return self.output[start:].split("\n", 1)[0].strip()


def objections(situation: Situation, seen: Seen, latest: float = LATEST) -> list[str]:
    """Everything that is not as promised; `latest` is by how many seconds a run may exceed its deadline."""
    told = []
    if seen.ending not in situation.endings:
        told.append(f"it ended {seen.ending}, not {' or '.join(map(str, situation.endings))}")
    if situation.says and not seen.line(situation.says):
        told.append(f"nobody reads {situation.says!r}")
    if "Traceback (most recent call last)" in seen.output:
        told.append("a person reads a traceback")
    if seen.seconds > situation.deadline + latest:
        told.append(f"it took {seen.seconds:.1f} s, with a deadline of {situation.deadline:g} s")
    if seen.megabytes > LARGEST:
        told.append(f"it had {seen.megabytes:.0f} MB in memory, without the browser")
    told += [f"it left a process: {each}" for each in seen.processes]
    told += [f"it left a temporary file: {each}" for each in seen.files]
    told += [f"a secret stands in {each}" for each in seen.leaks]
    return [*told, *seen.more]
