"""Adds up the samples of each signal; memory is bounded by the number of intervals, and is taken at the beginning."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from verifier.core.evidence.finding import Finding
from verifier.core.execution.watch_journal import SignalSample, WatchHeader
from verifier.probes.stats.proportion import Share
from verifier.probes.watch.signals import COUNTED, OWN, TIMES, Signal

WINDOW = 300.0
"""Seconds over which an error rate is told while it is watched: one burst must not be thinned out by a quiet hour."""
KEPT = 50
"""Different findings that are kept of each signal."""


class Look(IntEnum):
    """What became of one interval of a signal."""

    MISSED = 0
    GOOD = 1
    BAD = 2
    BLIND = 3


@dataclass
class Repeated:
    """A finding, how often it came, and when."""

    finding: Finding
    first: datetime
    last: datetime
    count: int = 1

    def told(self) -> Finding:
        """The finding with its times."""
        times = f"{self.first:%H:%M:%S} UTC"
        if self.count > 1:
            times = f"in {self.count} intervals from {self.first:%H:%M:%S} to {self.last:%H:%M:%S} UTC"
        return self.finding.model_copy(update={"detail": f"{times}: {self.finding.detail}".removesuffix(": ")})


class SignalTrack:
    """All that is known of one signal.

    Args:
        signal: which.
        header: of the watch.
    """

    def __init__(self, signal: Signal, header: WatchHeader) -> None:
        self.signal = signal
        self.looks = bytearray(header.intervals)
        self.figures = array("d", [math.nan] * header.intervals)
        self.found: dict[tuple[str, str, str], Repeated] = {}
        self.causes: Counter[str] = Counter()
        self.times: dict[str, array[float]] = {}
        self.own = Share(hits=0, total=0)
        self.said = ""
        self._hits, self._totals = (array("q", [-1] * header.intervals) for _ in range(2))
        self._steps = max(1, round(WINDOW / header.every))

    def add(self, sample: SignalSample) -> None:
        """Take a sample down, unless its interval has one."""
        if not 0 <= sample.interval < len(self.looks) or self.looks[sample.interval]:
            return
        look = Look.BLIND if sample.cause else Look.BAD if sample.findings else Look.GOOD
        self.looks[sample.interval], self.said = look, sample.said
        self.causes.update([sample.cause] if sample.cause else [])
        if sample.figure is not None:
            self.figures[sample.interval] = sample.figure
        self.find(sample)
        self._read(sample)

    def find(self, sample: SignalSample) -> None:
        """Take down what was found, and nothing else."""
        for each in sample.findings:
            self._find(each, sample.at)

    def _find(self, finding: Finding, at: datetime) -> None:
        key = (finding.problem, finding.subject, finding.machine)
        known = self.found.get(key)
        if known:
            known.count, known.last = known.count + 1, max(known.last, at)
        elif len(self.found) < KEPT:
            self.found[key] = Repeated(finding, at, at)

    def _read(self, sample: SignalSample) -> None:
        for name, values in sample.readings.items():
            if name.startswith(TIMES):
                self.times.setdefault(name.removeprefix(TIMES), array("d")).extend(values)
            elif name == OWN:
                self.own = Share(hits=self.own.hits + int(values[0]), total=self.own.total + int(values[1]))
            elif name == COUNTED:
                self._hits[sample.interval], self._totals[sample.interval] = map(int, values)

    def forget_since(self, at: datetime) -> None:
        """Drop findings that were first made at this moment or later: they were made on something else."""
        self.found = {key: each for key, each in self.found.items() if each.first < at}

    @property
    def counted(self) -> Share:
        """Errors and all responses since the watch began, as they were counted last."""
        last = self._before(len(self._totals))
        return self._share(last)

    def window(self, interval: int) -> Share:
        """The same in the minutes that end with this interval; nothing, where that was not counted."""
        if self._totals[interval] < 0:
            return Share(hits=0, total=0)
        return _grown(self._share(self._before(interval - self._steps + 1)), self._share(interval))

    def _before(self, interval: int) -> int | None:
        """The last interval before this one in which responses were counted."""
        return next((each for each in reversed(range(max(0, interval))) if self._totals[each] >= 0), None)

    def _share(self, interval: int | None) -> Share:
        if interval is None:
            return Share(hits=0, total=0)
        return Share(hits=self._hits[interval], total=self._totals[interval])

    def curve(self, places: int, until: int) -> list[float | None]:
        """The figure over the first intervals, the largest of each of so many parts; nothing where none was seen."""
        parts = min(places, until)
        found: list[float | None] = []
        for part in range(parts):
            known = self.figures[part * until // parts : (part + 1) * until // parts]
            found.append(max((each for each in known if not math.isnan(each)), default=None))
        return found

    def number(self, look: Look, until: int) -> int:
        """In how many of the first intervals this happened."""
        return self.looks[:until].count(look)

    def gaps(self, until: int) -> list[tuple[int, int]]:
        """Rows of intervals in which nothing was seen: the first and the last of each."""
        found: list[tuple[int, int]] = []
        for place in (each for each in range(until) if self.looks[each] in {Look.MISSED, Look.BLIND}):
            if found and found[-1][1] == place - 1:
                found[-1] = (found[-1][0], place)
            else:
                found.append((place, place))
        return found


def _grown(start: Share, end: Share) -> Share:
    total = max(0, end.total - start.total)
    return Share(hits=min(total, max(0, end.hits - start.hits)), total=total)
