"""A share, and whether its sample shows it to be below a limit, above it, or is too small to tell."""

from __future__ import annotations

import math
from enum import StrEnum
from statistics import NormalDist

from pydantic import Field

from verifier.core.evidence import Cause, CouldNotLook, Record

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
"""The normal quantile that belongs to it, two-sided."""
_PLENTY = 1_000_000
"""More than this is never asked for: a share so near to its limit cannot be told from it."""


class Position(StrEnum):
    """On which side of a limit a share lies, as far as its sample can tell."""

    BELOW = "below"
    ABOVE = "above"
    TOO_FEW = "not enough data"


class Share(Record):
    """`hits` of `total`, with Wilson's interval (Wilson 1927): it does not collapse where there are no hits.

    Written out, because scipy.stats takes four seconds to load; the tests hold it to scipy's figures.
    """

    hits: int = Field(ge=0)
    total: int = Field(ge=0)

    @property
    def value(self) -> float:
        """The share itself; 0 of nothing is 0, and proves nothing."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """What the true share may be, with 95 % confidence."""
        if not self.total:
            return 0.0, 1.0
        share, weight = self.value, Z**2 / self.total
        middle = (share + weight / 2) / (1 + weight)
        half = Z * math.sqrt(share * (1 - share) / self.total + weight / (4 * self.total)) / (1 + weight)
        return max(0.0, middle - half) if self.hits else 0.0, min(1.0, middle + half)

    def side(self, limit: float, sample: int) -> Position:
        """Below only if the whole interval is, above only if the whole interval is, and neither on a small sample."""
        low, high = self.interval
        if self.total < sample:
            return Position.TOO_FEW
        return Position.BELOW if high < limit else Position.ABOVE if low > limit else Position.TOO_FEW

    def missing(self, limit: float, sample: int) -> int | None:
        """How many more are needed for an answer, if they turn out like these; nothing if no number would do.

        Wilson's interval is the inversion of the score test, so its number follows from that test.
        """
        distance = abs(limit - self.value)
        if not distance:
            return None
        needed = max(sample, math.floor(Z**2 * limit * (1 - limit) / distance**2) + 1)
        return max(1, needed - self.total) if needed <= _PLENTY else None

    def __str__(self) -> str:
        low, high = (_percent(each) for each in self.interval)
        return f"{self.hits} of {self.total} = {_percent(self.value)} % (95 % interval {low}–{high} %)"


class Sample:
    """One promise about a share, seen in the traffic of others and, where that is thin, in the suite's own.

    The two are never mixed: our own successful requests must not dilute the errors of others.

    Args:
        others: of whoever uses the deployment.
        own: of the suite's own requests; empty if it sent none.
        machines: of each machine, where the source tells them apart.
        sample: the smallest number that may say anything.
    """

    def __init__(self, others: Share, own: Share, machines: dict[str, Share], *, sample: int) -> None:
        self.others, self.own, self.machines, self.sample = others, own, machines, sample

    @property
    def figure(self) -> float | None:
        """The worst share that stands on a sufficient sample; escalation is decided by it."""
        groups = [self.others, self.own, *self.machines.values()]
        return max((each.value for each in groups if each.total >= self.sample), default=None)

    def above(self, limit: float) -> dict[str, Share]:
        """Who is seen to be above the limit; one bad machine is not excused by good ones."""
        groups = {"operators": self.others, "the suite": self.own}
        groups |= {f"machine {name}": each for name, each in self.machines.items()}
        return {who: each for who, each in groups.items() if each.side(limit, self.sample) == Position.ABOVE}

    def enough(self, limit: float, remedy: str) -> CouldNotLook | None:
        """Whether the share is seen to be below the limit.

        The suite's own requests may stand in for traffic that is too thin, but never against it.

        Returns:
            Why not, if not: no-data, with how many more requests would tell.
        """
        if self.others.side(limit, self.sample) == Position.BELOW:
            return None
        if self.others.value <= limit and self.own.side(limit, self.sample) == Position.BELOW:
            return None
        decisive = self.own if self.own.total and self.others.value <= limit else self.others
        missing = decisive.missing(limit, self.sample)
        more = f"about {missing} more would tell" if missing else "no number of requests would tell it from the limit"
        told = f"{self}: too few to say whether the share is below {_percent(limit)} %; {more}"
        return CouldNotLook(Cause.NO_DATA, told, remedy=remedy)

    def __str__(self) -> str:
        own = f"; the suite's own requests, apart: {self.own}" if self.own.total else ""
        return f"{self.others}{own}"


def _percent(share: float) -> str:
    return f"{share * 100:.3g}"
