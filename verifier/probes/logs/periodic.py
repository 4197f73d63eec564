"""Watches the log for periodic jobs: the longest gap between successes, and the failures in between."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import AwareDatetime

from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.core.evidence.readings import Readings
from verifier.core.platform import APP, LogLine
from verifier.core.redaction import REDACTOR
from verifier.probes.logs.section import Periodic

_TROUBLES = 5
"""Failures that are quoted of each machine."""
_TEXT = 200


class Rhythm(Record):
    """The successes and failures of a periodic job on one machine.

    Attributes:
        since: when the app first said anything: while it starts, it cannot ask anybody.
        until: up to when the log is known; the time since the last success counts up to here.
        whole: whether the log holds the time from `since` on; if not, the time before the first success is unknown.
        successes: how many success lines.
        failures: how many failure lines.
        gap: the longest time without a success, in seconds.
        gap_from: when that began.
        failures_in_gap: how many failures were told of in that time.
        quoted: the first failures.
    """

    since: AwareDatetime
    until: AwareDatetime
    whole: bool = True
    successes: int = 0
    failures: int = 0
    gap: float
    gap_from: AwareDatetime
    failures_in_gap: int = 0
    quoted: tuple[str, ...] = ()

    def __str__(self) -> str:
        failures = f", {self.failures_in_gap} failures in it" if self.failures else ", no failure in it"
        return (
            f"{self.successes} successes, {self.failures} failures, longest gap {self.gap:.1f} s "
            f"from {self.gap_from:%H:%M:%S} UTC{failures}"
        )


class Job(Record):
    """A periodic job that the target declares.

    Attributes:
        every: within how many seconds it must succeed anew, if the target says so itself.
        machines: machine → its rhythm.
    """

    name: str
    every: float | None = None
    machines: dict[str, Rhythm]

    def gaps(self) -> Readings:
        """Machine → the longest time without a success, in seconds."""
        gaps = {machine: rhythm.gap for machine, rhythm in self.machines.items()}
        return Readings(gaps, what=f"time without a success of {self.name}")

    def failures(self) -> list[str]:
        """The failures that are quoted, of all machines."""
        return [quote for rhythm in self.machines.values() for quote in rhythm.quoted]

    def told(self) -> str:
        """How often it succeeded and failed, and where it paused longest."""
        return "; ".join(f"{machine}: {rhythm}" for machine, rhythm in self.machines.items())

    def succeeded(self, ceiling: float) -> CouldNotLook | None:
        """Whether the window was long enough to see a success, and whole.

        Returns:
            Why not, if not: no-data, if a machine told of none yet; truncated, if the log's beginning is lost.
        """
        silent = [machine for machine, rhythm in self.machines.items() if rhythm.successes == 0]
        if silent:
            window = max((self.machines[each].until - self.machines[each].since).total_seconds() for each in silent)
            what = f"no success line of '{self.name}' on machine {', '.join(silent)} yet, and the window is only"
            return CouldNotLook(
                Cause.NO_DATA, f"{what} {window:.0f} s long", remedy=f"run again {ceiling:g} s after the release"
            )
        cut = [machine for machine, rhythm in self.machines.items() if not rhythm.whole]
        if cut:
            what = f"the log does not reach back to the start of machine {', '.join(cut)}"
            return CouldNotLook(Cause.TRUNCATED, what, remedy="judge a release soon after it was deployed")
        return None


@dataclass
class _Seen:
    successes: int = 0
    failures: int = 0
    last: datetime | None = None
    first: datetime | None = None
    since_last: int = 0
    before_first: int = 0
    gap: float = 0.0
    gap_from: datetime | None = None
    failures_in_gap: int = 0
    quoted: list[str] = field(default_factory=list)


class JobWatch:
    """Sees each line that is read, and keeps of each machine what a `Rhythm` needs; memory does not grow."""

    def __init__(self, job: Periodic) -> None:
        self.job = job
        self._success = re.compile(job.success)
        self._trouble = re.compile(job.trouble) if job.trouble else None
        self._seen: dict[str, _Seen] = {}
        self._spoke: dict[str, datetime] = {}

    def __call__(self, entry: LogLine) -> None:
        """Look at one line."""
        if entry.provider == APP and entry.machine not in self._spoke:
            self._spoke[entry.machine] = entry.at
        if self._success.search(entry.message):
            self._succeeded(self._seen.setdefault(entry.machine, _Seen()), entry.at)
        elif self._trouble and self._trouble.search(entry.message):
            seen = self._seen.setdefault(entry.machine, _Seen())
            seen.failures, seen.since_last = seen.failures + 1, seen.since_last + 1
            if len(seen.quoted) < _TROUBLES:
                told = REDACTOR.text(entry.message)[:_TEXT]
                seen.quoted.append(f"{entry.machine}, {entry.at:%H:%M:%S} UTC: {told}")

    def silent(self, machine: str) -> bool:
        """Whether the machine has told of no success so far."""
        return machine not in self._seen or self._seen[machine].successes == 0

    def since(self, machine: str, window: datetime) -> datetime:
        """When the machine's app first said anything; the beginning of the window, if it did not."""
        return self._spoke.get(machine, window)

    def rhythm(self, machine: str, window: datetime, until: datetime, *, whole: bool) -> Rhythm:
        """What was seen of one machine, with the times before the first and after the last success."""
        since = self.since(machine, window)
        seen = self._seen.get(machine, _Seen())
        ends = [(seen.gap, seen.gap_from or since, seen.failures_in_gap)]
        if seen.first is None or whole:
            ends.append(
                ((seen.first or until).timestamp() - since.timestamp(), since, seen.before_first or seen.failures)
            )
        if seen.last is not None:
            ends.append((until.timestamp() - seen.last.timestamp(), seen.last, seen.since_last))
        gap, gap_from, failures = max(ends, key=lambda each: each[0])
        return Rhythm(
            since=since,
            until=max(until, seen.last or until),
            whole=whole,
            successes=seen.successes,
            failures=seen.failures,
            gap=max(0.0, gap),
            gap_from=gap_from,
            failures_in_gap=failures,
            quoted=tuple(seen.quoted),
        )

    def _succeeded(self, seen: _Seen, at: datetime) -> None:
        if seen.last is None:
            seen.first, seen.before_first = at, seen.since_last
        elif (at - seen.last).total_seconds() > seen.gap:
            seen.gap, seen.gap_from = (at - seen.last).total_seconds(), seen.last
            seen.failures_in_gap = seen.since_last
        seen.successes, seen.last, seen.since_last = seen.successes + 1, max(seen.last or at, at), 0
