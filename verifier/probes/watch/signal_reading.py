"""What signals show in one interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from verifier.core.evidence import CouldNotLook
from verifier.core.evidence.finding import Finding

SERVER_ERROR = "request answered with a server error"


class SignalReading(NamedTuple):
    """What one signal showed in one interval.

    Attributes:
        said: in few words.
        figure: as a number, for its curve.
        findings: what was wrong.
        readings: figures that are added up over the watch.
    """

    said: str
    figure: float | None = None
    findings: tuple[Finding, ...] = ()
    readings: Mapping[str, tuple[float, ...]] = {}


Found = Mapping[str, SignalReading | CouldNotLook]
"""Signal → what it showed, or why it showed nothing."""
