"""The section `[watch]`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from verifier.core.config.contract import Positive
from verifier.core.config.target import Section

_FEWEST = 20
"""Intervals of a watch, at least: fewer show no course, and no p95."""


class Watching(Section):
    """How a deployment is watched.

    Attributes:
        every: seconds from one sample of a signal to the next; a short watch looks more often.
        gaps: the share of its intervals in which a signal may go unseen before it counts as not watched.
    """

    always: ClassVar[bool] = True
    every: Positive = 15.0
    gaps: Annotated[float, Field(ge=0, lt=1)] = 0.1

    def interval(self, seconds: float) -> float:
        """Seconds of one interval of a watch that lasts `seconds`."""
        return min(self.every, seconds / _FEWEST)
