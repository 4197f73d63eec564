"""Whether a figure became clearly worse since the last accepted release; the noise of the machine counts."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier.core.evidence import Record

FEWEST = 2
"""Samples on either side, below which nothing is said."""
CERTAINTY = 0.01
"""The chance of any warning on figures that did not change; it is shared out among all of them (Bonferroni)."""
WORTH = 0.2
"""The share by which a figure must have grown to be worth a warning, however certain it is."""
LEAST = 0.1
"""Seconds by which it must have grown."""
FRAMES = 2 / 60
"""Seconds; no time that is read off frames is more exact, whatever a few samples say."""
UNEVEN = 0.1
"""The least spread that is believed, as a share: runs differ more than the loads of one run do."""


class Known(Record):
    """A finding by what stays the same of it, over runs and releases."""

    item: str
    problem: str
    subject: str
    signature: str


class AcceptedRecord(Record):
    """The record of an accepted run, by what proves that it is the same one.

    Attributes:
        release: its version, or nothing if no platform tells.
        accepted: when it was accepted.
        run: its id.
        sha256: of its `verdict.json`.
    """

    release: str | None
    accepted: str
    run: str
    sha256: str

    def __str__(self) -> str:
        return f"release {self.release or 'unknown'}, accepted {self.accepted}"


class AcceptedRelease(AcceptedRecord):
    """What is kept of one accepted release for the trends of its target.

    Attributes:
        figures: item → the worst figure of its checks and the largest that keeps the promise, in the unit of its limit.
        medians: what was measured → the median of its samples, in seconds.
    """

    figures: dict[str, tuple[float, float]] = {}
    medians: dict[str, float] = {}

    @property
    def record(self) -> AcceptedRecord:
        """The record alone."""
        return AcceptedRecord(**self.model_dump(include=set(AcceptedRecord.model_fields)))


class Baseline(Record):
    """What is kept of the last accepted release of a target: its figures, and what was found and waived.

    Attributes:
        release: its version, or nothing if no platform tells.
        accepted: when it was accepted last.
        seconds: what was measured → the samples of the last release that measured it, without this machine's own
            part, the newest last.
        findings: what the last run that judged their items found.
        releases: the accepted releases, the newest last.
        templates: kinds of log lines that speak of failure and that accepted releases wrote, redacted; the newest last.
    """

    target: str
    release: str | None
    accepted: str
    seconds: dict[str, tuple[float, ...]]
    findings: tuple[Known, ...] = ()
    releases: tuple[AcceptedRelease, ...] = ()
    templates: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"release {self.release or 'unknown'}, accepted {self.accepted}"


@dataclass(frozen=True)
class Slower:
    """A figure that became clearly worse: medians in seconds, before and now."""

    name: str
    before: float
    now: float

    def __str__(self) -> str:
        return f"{self.name} {self.before:.2f} → {self.now:.2f} s"


def clearly_slower(before: Mapping[str, Sequence[float]], now: Mapping[str, Sequence[float]]) -> list[Slower]:
    """What both name, and is clearly slower now, by Welch's test for unequal spreads (one-sided).

    Args:
        before: name → seconds, of the accepted release.
        now: the same, of this run.
    """
    both = [name for name in now if name in before and min(len(now[name]), len(before[name])) >= FEWEST]
    found = [Slower(name, statistics.median(before[name]), statistics.median(now[name])) for name in both]
    return [
        each
        for each in found
        if each.now - each.before > max(LEAST, WORTH * each.before)
        and _chance(before[each.name], now[each.name]) < CERTAINTY / len(both)
    ]


def _chance(before: Sequence[float], now: Sequence[float]) -> float:
    """The chance of such a difference if nothing changed; on logarithms, because noise grows with what it disturbs."""
    from scipy.stats import ttest_ind_from_stats  # noqa: PLC0415 - it takes seconds to load, and is seldom needed

    first, second = ([math.log(max(each, FRAMES)) for each in samples] for samples in (now, before))
    told = ttest_ind_from_stats(
        statistics.fmean(first), _spread(first), len(first),
        statistics.fmean(second), _spread(second), len(second),
        equal_var=False, alternative="greater",
    )  # fmt: skip
    return float(told.pvalue)


def _spread(logarithms: Sequence[float]) -> float:
    return max(statistics.stdev(logarithms), UNEVEN, FRAMES / math.exp(statistics.fmean(logarithms)))


@dataclass(frozen=True)
class Accepted:
    """What the last accepted release of a target took, if any was accepted."""

    baseline: Baseline | None

    def slower(self, now: Mapping[str, Sequence[float]]) -> list[Slower]:
        """What is clearly slower now; nothing, if there is nothing to compare with."""
        return clearly_slower(self.baseline.seconds, now) if self.baseline else []

    def compared(self, now: Mapping[str, Sequence[float]]) -> str:
        """What was compared, in words."""
        if self.baseline is None:
            return "no accepted release to compare with yet"
        common = [each for each in now if each in self.baseline.seconds]
        few = any(len(self.baseline.seconds[each]) < FEWEST or len(now[each]) < FEWEST for each in common)
        loads = ", too few loads to tell" if few or not common else ""
        return f"compared with {self.baseline}{loads}"


def read_baseline(path: Path) -> Baseline | None:
    """What is kept at `path`; nothing, if there is nothing or nothing that can be understood."""
    try:
        return Baseline.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def changes(before: Baseline | None, found: Sequence[Known], seen: frozenset[str]) -> dict[str, tuple[Known, ...]]:
    """Which findings are new, known and gone, beside the last accepted release; without one, all are new.

    Args:
        before: what is kept of it.
        found: those of this run.
        seen: the items that this run saw; of others it cannot say that something is gone.
    """
    earlier = {each.signature: each for each in (before.findings if before else ())}
    current = {each.signature: each for each in found}
    return {
        "new": tuple(each for key, each in current.items() if key not in earlier),
        "known": tuple(each for key, each in current.items() if key in earlier),
        "gone": tuple(each for key, each in earlier.items() if key not in current and each.item in seen),
    }
