"""Runs of the suite that are begun from here: started as a process of its own, followed, and stopped."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from verifier.assistant.answers import plain
from verifier.core.deadline import Deadline, monotonic
from verifier.core.suite import Place, pytest_words
from verifier.reporting.record.reading import NoVerdict, StoredRecord, read_record

_STOP_SECONDS = 60.0
_PAUSE = 0.5
"""Seconds between two looks at what a run says."""
_LINES = 40
"""Lines of what a run says that are handed on."""
_HEAD = "plugins: "
"""The last line of the head of pytest; what follows tells how far the run is."""


class NotPossible(Exception):  # noqa: N818 - it is no error of this program
    """What was asked for cannot be done now; says why, and what can."""


@dataclass
class JudgingRun:
    """One run, from its start until its record can be read."""

    root: Path
    command: tuple[str, ...]
    log: Path
    process: subprocess.Popen[bytes]
    begun: float = field(default_factory=monotonic)

    @property
    def ended(self) -> bool:
        """Whether its process has ended."""
        return self.process.poll() is not None

    @property
    def folder(self) -> Path | None:
        """Its report, once its head told where that is."""
        found = re.search(r"(?m)^report: (reports/\S+?)/?$", self._said())
        return self.root / found[1] if found else None

    def kept(self) -> StoredRecord:
        """The record that it left.

        Raises:
            NotPossible: it left none that can be believed; has what the run said last.
        """
        try:
            if folder := self.folder:
                return read_record(folder)
            why = "it had not begun to look"
        except NoVerdict as found:
            why = str(found)
        last = "\n".join(self.lines()[-10:])
        raise NotPossible(f"the run ended with status {self.process.returncode} and has no verdict: {why}\n{last}")

    def lines(self) -> list[str]:
        """What it said since its head: each item as it became certain, and what was last waited for."""
        lines = [plain(each) for each in self._said().splitlines() if each.strip()]
        start = next((place + 1 for place, each in enumerate(lines) if each.startswith(_HEAD)), 0)
        waiting = [each for each in lines[start:] if each.startswith("waiting, ")]
        return [each for each in lines[start:] if each not in waiting][-_LINES:] + waiting[-1:]

    def progress(self) -> str:
        """How far it is, for people."""
        told = self.lines() or ["the deployment is being asked; no item is certain yet"]
        return "\n".join([f"running for {monotonic() - self.begun:.0f} s: {' '.join(self.command)}", *told])

    async def wait(self, seconds: float, tell: Callable[[str], Awaitable[None]]) -> None:
        """Wait some seconds for its end, and tell each new line meanwhile."""
        deadline, told = Deadline(seconds), set[str]()
        while True:
            ended = self.ended  # asked first, so that nothing is said after the last look
            for line in self.lines():
                if line not in told:
                    told.add(line)
                    await tell(line)
            if ended or deadline.over:
                return
            await deadline.nap(_PAUSE)

    def stop(self) -> None:
        """Interrupt it as Ctrl-C does, and let it put right what it changed."""
        self.interrupt()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_STOP_SECONDS)

    def interrupt(self) -> None:
        """Ask it to end, and wait for nothing."""
        if not self.ended:
            self.process.send_signal(signal.SIGINT)

    def _said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


def start(place: Place, words: Sequence[str], log: Path) -> JudgingRun:
    """Begin a run of the suite with the words that a person would type after `pytest`; what it says goes to `log`."""
    with log.open("wb") as said:
        # A session of its own: a client that ends kills its server's group, and a run must get to put things right.
        process = subprocess.Popen(
            # -P: a module of the caller's folder must not stand in for one of Python's.
            [sys.executable, *(["-P"] if place.apart else []), "-m", "pytest", *pytest_words(place, words)],
            cwd=place.home, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
    return JudgingRun(place.home, ("pytest", *words), log, process)


def newest(root: Path, target: str) -> StoredRecord:
    """The newest record of a target that can be believed.

    Raises:
        NotPossible: there is none.
    """
    for path in sorted((root / "reports").glob(f"*-{target}*/verdict.json"), reverse=True):
        with suppress(NoVerdict):
            kept = read_record(path)
            if kept.report.target == target:
                return kept
    raise NotPossible(f"no run of {target} has left a verdict in reports/; begin one with action 'start'")
