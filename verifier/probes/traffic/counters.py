"""Reads what was counted before this run asked for anything: by the platform's Prometheus, and by the app itself.

Fly.io's metrics: `fly_edge_http_responses_count`, `fly_edge_http_response_time_seconds` (as users see it) and
`fly_app_http_responses_count` (by machine); `status` is the exact code, or perhaps its class (Fly docs, metrics).
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import httpx
from pydantic import AwareDatetime, Field

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence
from verifier.core.probe import Context
from verifier.probes.browser.http_session import visitor
from verifier.probes.fly.client import Fly, fly
from verifier.probes.fly.prometheus import Figure, figures
from verifier.probes.fly.section import Platform
from verifier.probes.http.client import EDGE, WHOLE, get, refusal
from verifier.probes.http.responses import Responses
from verifier.probes.platform.state import PlatformState, places
from verifier.probes.stats.histogram import Durations, cumulative
from verifier.probes.traffic.section import Metrics

WINDOW = timedelta(hours=1)
"""How far back is looked, if the release is older."""
PROMETHEUS = "the platform's Prometheus"
METRICS = "the app's own metrics"
_MANY = 50
"""Machines whose own metrics are read; more would be a load, and Prometheus is the better source then."""


class CountersState(Evidence):
    """What was counted before this run.

    Attributes:
        since: the release, or an hour ago.
        responses: what Prometheus tells; nothing if it tells nothing.
        passed_over: source → why it tells nothing.
        pages: machine → its own metrics at this moment, as text; not kept as evidence.
    """

    since: AwareDatetime
    responses: Responses | None
    passed_over: dict[str, str]
    pages: dict[str, str] = Field(default={}, exclude=True, repr=False)


def observe_counters(context: Context) -> CountersState:
    """Ask Prometheus for the time since the release; where it has nothing, read the app's metrics a first time.

    Raises:
        CouldNotLook: the platform does not tell when the release was made.
    """
    started = now()
    since = max(_released(context), started - WINDOW)
    passed: dict[str, str] = {}
    responses, pages = None, {}
    try:
        responses = _counted(context, since, started)
    except CouldNotLook as trouble:
        passed[PROMETHEUS] = trouble.what
        pages = read_pages(context, passed)
    app, seconds = context.target.app, math.ceil((started - since).total_seconds())
    return CountersState(
        asked="How were requests answered before this run asked for anything?",
        where=f"Prometheus, for {app} since {since:%H:%M:%S} UTC",
        at=started,
        again=f"fly dashboard metrics -a {app}  # {_increase('fly_edge_http_responses_count', app, seconds)}",
        since=since,
        responses=responses,
        passed_over=passed,
        pages=pages,
    )


def read_pages(context: Context, passed: dict[str, str]) -> dict[str, str]:
    """Machine → the text of its metrics; or, in `passed`, why there is none of some."""
    try:
        machines = [each for each in places(context) if each != EDGE]
        if 0 < len(machines) <= _MANY:
            with visitor(context) as session:
                return {machine: _page(context, session, machine) for machine in machines}
        passed[METRICS] = f"{len(machines)} machines are told of, so none is asked by itself"
    except CouldNotLook as trouble:
        passed[METRICS] = trouble.what
    return {}


def _page(context: Context, session: httpx.Client, machine: str) -> str:
    reply = get(session, context.url + context.target.section(Metrics).path, machine=machine, keep=WHOLE)
    if reply.status != httpx.codes.OK:
        raise refusal(reply, f"the metrics of machine {machine}")
    return reply.body


def _released(context: Context) -> datetime:
    if context.target.section(Platform).machines == "none":
        return now() - WINDOW
    return context.get("platform", PlatformState).release.created_at


def _counted(context: Context, since: datetime, until: datetime) -> Responses:
    """What users saw at the edge, and what each machine answered."""
    if context.target.section(Platform).machines == "none":
        raise CouldNotLook(Cause.PRECONDITION, "no platform, and so none that keeps metrics")
    app, seconds = context.target.app, math.ceil((until - since).total_seconds())
    machines = f"sum by (instance, status) ({_increase('fly_app_http_responses_count', app, seconds)})"
    times = f"sum by (le) ({_increase('fly_edge_http_response_time_seconds_bucket', app, seconds)})"
    with fly(context) as platform:
        users = figures(
            platform, f"sum by (status) ({_increase('fly_edge_http_responses_count', app, seconds)})", until
        )
        if not sum(each.value for each in users):
            raise CouldNotLook(Cause.NO_DATA, f"Prometheus counted no response of {app} since {since:%H:%M:%S} UTC")
        return Responses(
            statuses=_by_status(users),
            by_machine=_by_machine(_if_any(platform, machines, until)),
            durations=_durations(_if_any(platform, times, until)),
        )


def _increase(metric: str, app: str, seconds: int) -> str:
    return f'increase({metric}{{app="{app}"}}[{max(seconds, 1)}s])'


def _if_any(platform: Fly, promql: str, at: datetime) -> list[Figure]:
    """A further figure, which may be missing without harm to the first."""
    try:
        return figures(platform, promql, at)
    except CouldNotLook:
        return []


def _by_status(figures: list[Figure]) -> dict[str, int]:
    return {each.labels.get("status", "unknown"): round(each.value) for each in figures}


def _by_machine(figures: list[Figure]) -> dict[str, dict[str, int]]:
    found: dict[str, list[Figure]] = {}
    for each in figures:
        found.setdefault(each.labels.get("instance", "unknown"), []).append(each)
    return {machine: _by_status(each) for machine, each in found.items()}


def _durations(figures: list[Figure]) -> Durations:
    bounds = {}
    for each in figures:
        bound = each.labels.get("le", "")
        try:
            bounds[math.inf if bound == "+Inf" else float(bound)] = each.value
        except ValueError:
            continue
    return cumulative(bounds) if math.inf in bounds else Durations()
