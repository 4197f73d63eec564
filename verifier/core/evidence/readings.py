"""Measured figures, and what is wrong with them by their limits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from verifier.core.evidence.finding import Finding


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest of `values` that so many per cent of all do not exceed (nearest rank); NaN if there is none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)] if ordered else math.nan


def _rounded(value: float, digits: int) -> str:
    """`value` with so many significant digits, and all of those before the point."""
    return f"{value:.0f}" if abs(value) >= 10**digits else f"{value:.{digits}g}"


class Readings(Mapping[str, float]):
    """Measured figures by what they were measured on, comparable with limits for the same things.

    `readings <= limits` holds only if both name the same, non-empty set of things and every reading is within its
    limit; so neither a missing machine nor an empty look can pass. A check that asserts it fails with `findings`.

    Args:
        values: thing → figure.
        unit: of the figures.
        what: what a figure is, for the words of a finding: "pause between heartbeats".
    """

    def __init__(
        self, values: Mapping[str, float] | Iterable[tuple[str, float]], *, unit: str = "s", what: str = ""
    ) -> None:
        self._values = dict(values)
        self.unit = unit
        self.what = what

    def __getitem__(self, key: str) -> float:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def percentile(self, percent: float) -> float:
        """The smallest reading that so many per cent of all do not exceed (nearest rank); NaN if there is none."""
        return percentile(self.values(), percent)

    def __le__(self, limits: Readings) -> bool:
        return not self.findings(limits)

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{key}: {self.figure(key)}" for key in self) + "}"

    def figure(self, key: str, beside: float = math.nan) -> str:
        """The reading of `key` with its unit: three digits, or as many as tell it from another figure `beside` it."""
        value = self[key]
        shown = (
            _rounded(value, digits) for digits in range(3, 17) if _rounded(beside, digits) != _rounded(value, digits)
        )
        return f"{next(shown, repr(value))} {self.unit}".rstrip()

    def findings(self, limits: Readings) -> list[Finding]:
        """One for each thing that is unseen, unexpected or over its limit; empty if the limits hold."""
        what = self.what or "figure"
        if not self and not limits:
            return [Finding(subject=what, problem="nothing was measured")]
        found = [
            Finding(subject=key, problem=f"no {what} was seen", detail=f"limit {limits.figure(key)}")
            for key in limits
            if key not in self
        ]
        found += [Finding(subject=key, problem=f"{what} of something unexpected") for key in self if key not in limits]
        return found + [
            Finding(
                subject=key,
                problem=f"{what} over the limit",
                detail=f"{self.figure(key, limits[key])} (limit {limits.figure(key, self[key])})",
            )
            for key in self
            if key in limits and not self[key] <= limits[key]  # also true for NaN
        ]
