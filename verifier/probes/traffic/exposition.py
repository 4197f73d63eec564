"""Parses an app's `/metrics` (Prometheus text format), and computes increases between two readings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.traffic.section import Metrics

Key = tuple[str, frozenset[tuple[str, str]]]
_BIRTH = "process_start_time_seconds"


@dataclass(frozen=True)
class Gained:
    """What one machine counted between two readings.

    Attributes:
        statuses: HTTP status (or class) → responses.
        buckets: upper bound in seconds → responses that took at most that long.
        restarted: whether its counters began anew in between, so that some responses were never told of.
    """

    statuses: dict[str, float]
    buckets: dict[float, float]
    restarted: bool


def read(text: str) -> dict[Key, float]:
    """Name and labels → value.

    Raises:
        CouldNotLook: precondition; the text is not in the format.
    """
    try:
        families = list(text_string_to_metric_families(text))
    except (ValueError, KeyError, IndexError) as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"the metrics are not in Prometheus' text format: {trouble}") from None
    found = {
        (sample.name, frozenset(sample.labels.items())): float(sample.value)
        for family in families
        for sample in family.samples
        if math.isfinite(sample.value)
    }
    if not found:
        raise CouldNotLook(Cause.NO_DATA, "the metrics are an empty page")
    return found


def gained(before: Mapping[Key, float], after: Mapping[Key, float], names: Metrics, without: frozenset[str]) -> Gained:
    """The difference of two readings of one machine; a counter that fell began anew at zero.

    Args:
        before: the first reading.
        after: the second.
        names: how the app calls its metrics.
        without: paths that are nobody's work, such as health checks.

    Raises:
        CouldNotLook: precondition, if no counter tells of responses by status.
    """
    restarted = _born(before) != _born(after)
    grown: dict[Key, float] = {}
    for key, value in after.items():
        old = before.get(key, 0.0)
        fell = value < old
        restarted = restarted or (fell and _counts(key[0], names))
        grown[key] = value if fell or _born(before) != _born(after) else value - old
    statuses = _statuses(grown, names, without)
    if not statuses:
        told = f"the metrics have no {names.requests} by {' or '.join(names.status)}"
        raise CouldNotLook(Cause.PRECONDITION, told, remedy="name the counter in [metrics] of the target file")
    return Gained(statuses, _buckets(grown, names, without), restarted)


def _born(reading: Mapping[Key, float]) -> float | None:
    return reading.get((_BIRTH, frozenset()))


def _counts(name: str, names: Metrics) -> bool:
    return name.startswith((names.requests, names.seconds)) and not name.endswith("_created")


def _statuses(grown: Mapping[Key, float], names: Metrics, without: frozenset[str]) -> dict[str, float]:
    """By the counter of requests, or by the histogram's own count where that alone has the status."""
    for wanted in (names.requests, f"{names.requests}_total", f"{names.seconds}_count"):
        found: dict[str, float] = {}
        for (name, labels), value in grown.items():
            told = dict(labels)
            status = next((told[each] for each in names.status if each in told), None)
            if name == wanted and status is not None and not _excluded(told, without):
                found[status] = found.get(status, 0.0) + value
        if found:
            return found
    return {}


def _buckets(grown: Mapping[Key, float], names: Metrics, without: frozenset[str]) -> dict[float, float]:
    found: dict[float, float] = {}
    for (name, labels), value in grown.items():
        told = dict(labels)
        if name == f"{names.seconds}_bucket" and "le" in told and not _excluded(told, without):
            bound = math.inf if told["le"] == "+Inf" else float(told["le"])
            found[bound] = found.get(bound, 0.0) + value
    return found


def _excluded(labels: Mapping[str, str], without: frozenset[str]) -> bool:
    return any(labels.get(each) in without for each in ("path", "route", "handler", "url"))
