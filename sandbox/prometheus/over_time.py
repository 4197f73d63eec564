"""PromQL's functions of the points of a time, extrapolated as Prometheus does it (documentation of `rate`)."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple


class Window(NamedTuple):
    """The points of one series, oldest first, within a time."""

    points: Sequence[tuple[float, float]]
    start: float
    end: float

    @property
    def values(self) -> list[float]:
        """Of the points."""
        return [value for _, value in self.points]


def increase(window: Window) -> float | None:
    """The growth of a counter, resets made good, extrapolated to the ends of the time; nothing for a single point."""
    points = window.points
    count = len(points)
    if count < 2:  # noqa: PLR2004 - growth is between two points
        return None
    (first_at, first), (last_at, last) = points[0], points[-1]
    grown = last - first + sum(before for (_, before), (_, after) in pairwise(points) if after < before)
    sampled = last_at - first_at
    apart = sampled / (count - 1)
    before, after = first_at - window.start, window.end - last_at
    if grown > 0 and first >= 0:
        # A counter is not extrapolated to below zero.
        before = min(before, sampled * first / grown)
    reach = sampled + sum(each if each < 1.1 * apart else apart / 2 for each in (before, after))
    return grown * reach / sampled


def rate(window: Window) -> float | None:
    """The growth of a second."""
    grown = increase(window)
    return None if grown is None else grown / (window.end - window.start)


OVER_TIME: dict[str, Callable[[Window], float | None]] = {
    "increase": increase,
    "rate": rate,
    "avg_over_time": lambda window: sum(window.values) / len(window.points),
    "count_over_time": lambda window: float(len(window.points)),
    "last_over_time": lambda window: window.values[-1],
    "max_over_time": lambda window: max(window.values),
    "min_over_time": lambda window: min(window.values),
    "sum_over_time": lambda window: sum(window.values),
}
