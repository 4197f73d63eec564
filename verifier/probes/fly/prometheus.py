"""Instant queries to Fly.io's Prometheus.

It is a VictoriaMetrics, whose `increase` counts a series from its first sample on (Fly docs, metrics).
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.platform import Counted
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


def counted(api: Fly, since: datetime, until: datetime) -> Counted:
    """What users got at the edge, and what each machine answered.

    Fly's metrics: `fly_edge_http_responses_count`, `fly_edge_http_response_time_seconds` (as users see it) and
    `fly_app_http_responses_count` (by machine); `status` is the exact code, or perhaps its class (Fly docs, metrics).

    Raises:
        CouldNotLook: no-data, if nothing was counted.
    """
    app, seconds = api.app_name, max(math.ceil((until - since).total_seconds()), 1)

    def increase(metric: str, by: str) -> str:
        return f'sum by ({by}) (increase({metric}{{app="{app}"}}[{seconds}s]))'

    users = figures(api, increase("fly_edge_http_responses_count", "status"), until)
    if not sum(each.value for each in users):
        raise CouldNotLook(Cause.NO_DATA, f"Prometheus counted no response of {app} since {since:%H:%M:%S} UTC")
    machines = _if_any(api, increase("fly_app_http_responses_count", "instance, status"), until)
    return Counted(
        _by_status(users),
        _by_machine(machines),
        _buckets(_if_any(api, increase("fly_edge_http_response_time_seconds_bucket", "le"), until)),
    )


def collected(api: Fly, at: datetime) -> dict[str, datetime]:
    """The machines that are told of as being up → when the newest sample was taken; none, if none is told of."""
    series = f'fly_instance_up{{app="{api.app_name}"}}'
    try:
        up, sampled = (figures(api, promql, at) for promql in (series, f"timestamp({series})"))
    except CouldNotLook as trouble:
        if trouble.cause != Cause.NO_DATA:
            raise
        return {}
    running = {each.labels.get("instance", "") for each in up if each.value >= 1} - {""}
    moments = {each.labels.get("instance", ""): datetime.fromtimestamp(each.value, UTC) for each in sampled}
    return {machine: moments[machine] for machine in sorted(running & moments.keys())}


def _if_any(api: Fly, promql: str, at: datetime) -> list[Figure]:
    """A further figure, which may be missing without harm to the first."""
    try:
        return figures(api, promql, at)
    except CouldNotLook:
        return []


def _by_status(figures: list[Figure]) -> dict[str, int]:
    return {each.labels.get("status", "unknown"): round(each.value) for each in figures}


def _by_machine(figures: list[Figure]) -> dict[str, dict[str, int]]:
    found: dict[str, list[Figure]] = {}
    for each in figures:
        found.setdefault(each.labels.get("instance", "unknown"), []).append(each)
    return {machine: _by_status(each) for machine, each in found.items()}


def _buckets(figures: list[Figure]) -> dict[float, float]:
    bounds = {}
    for each in figures:
        with suppress(ValueError):
            bounds[float(each.labels.get("le", ""))] = each.value  # "+Inf" is one, too
    return bounds if math.inf in bounds else {}
