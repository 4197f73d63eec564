"""What Prometheus answers to an instant query, as figures by labels.

Fly.io's is a VictoriaMetrics, whose `increase` counts a series from its first sample on (Fly docs, metrics).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.fly.client import Fly


@dataclass(frozen=True)
class Figure:
    """One series of an answer."""

    labels: dict[str, str]
    value: float


def figures(platform: Fly, promql: str, at: datetime) -> list[Figure]:
    """The series of the answer that are numbers, as they were at a moment.

    Raises:
        CouldNotLook: no-data, if there is none; or with the cause that the answer stands for.
    """
    series = platform.metric(promql, at=at.timestamp())
    found = [each for each in map(_figure, series) if each is not None]
    if not found:
        empty = "with no number (NaN)" if series else "with an empty vector"
        raise CouldNotLook(Cause.NO_DATA, f"Prometheus answers {empty} to {promql}")
    return found


def _figure(series: dict[str, Any]) -> Figure | None:
    try:
        value = float(series["value"][1])
        labels = {str(name): str(each) for name, each in (series.get("metric") or {}).items()}
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None
    return Figure(labels, value) if math.isfinite(value) else None
