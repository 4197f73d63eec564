"""How long responses took, as a histogram: what it can say of a limit, and of a quantile."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping

from verifier.core.evidence import Record
from verifier.probes.stats.proportion import CONFIDENCE, Share, Z

_STEP = 1.1
"""How much wider each bucket of our own is than the one before: a time is known to a tenth."""
_BOUNDS = (*(round(0.001 * _STEP**power, 6) for power in range(125)), math.inf)
"""From a millisecond to two minutes."""


class Durations(Record):
    """Upper bound in seconds → how many responses took at most that long; rising, the last bound is infinite."""

    within: tuple[tuple[float, int], ...] = ()

    @property
    def total(self) -> int:
        """How many responses there were."""
        return self.within[-1][1] if self.within else 0

    def slower_than(self, seconds: float) -> tuple[Share, Share]:
        """The share that took longer, at least and at most; the same where a bucket ends at `seconds`."""
        fast_at_least = max((count for bound, count in self.within if bound <= seconds), default=0)
        fast_at_most = min((count for bound, count in self.within if bound >= seconds), default=self.total)
        least, most = self.total - fast_at_most, self.total - fast_at_least
        return Share(hits=least, total=self.total), Share(hits=most, total=self.total)

    def quantile(self, share: float) -> tuple[float, float]:
        """Between which times the quantile lies, with 95 % confidence: by the ranks that a binomial count may have.

        Its upper end is infinite where the sample is too small to bound it.
        """
        middle, half = self.total * share, Z * math.sqrt(self.total * share * (1 - share))
        low, high = max(1, math.floor(middle - half)), math.ceil(middle + half) + 1
        unbounded = high > self.total or share**self.total > (1 - CONFIDENCE) / 2
        return self._bucket(low)[0], math.inf if unbounded else self._bucket(high)[1]

    def described(self, share: float) -> str:
        """The quantile in words."""
        low, high = self.quantile(share)
        upper = "no upper bound with so few" if math.isinf(high) else f"{high:.3g} s"
        return f"p{share * 100:.0f} of {self.total} responses between {low:.3g} s and {upper}"

    def _bucket(self, rank: int) -> tuple[float, float]:
        """The bounds of the bucket that holds the response of this rank, from 1."""
        lower = 0.0
        for bound, count in self.within:
            if count >= rank:
                return lower, bound
            lower = bound
        return lower, math.inf


def cumulative(buckets: Mapping[float, float]) -> Durations:
    """Durations from bounds with counts as Prometheus tells them; counts that fall are lifted to the ones before."""
    counts, highest = [], 0
    for bound, count in sorted(buckets.items()):
        highest = max(highest, round(count))
        counts.append((bound, highest))
    return Durations(within=tuple(counts))


def tallied(counts: Mapping[int, int]) -> Durations:
    """Durations from a tally of bucket numbers (`bucket_of`)."""
    rising, total = [], 0
    for number, bound in enumerate(_BOUNDS):
        total += counts.get(number, 0)
        if counts.get(number) or math.isinf(bound) or counts.get(number + 1):
            rising.append((bound, total))
    return Durations(within=tuple(rising)) if total else Durations()


def bucket_of(seconds: float) -> int:
    """The number of the bucket that a time falls into."""
    return bisect_left(_BOUNDS, seconds)


def measured_times(seconds: Iterable[float]) -> Durations:
    """Durations from times that were measured one by one."""
    return tallied(Counter(bucket_of(each) for each in seconds))
