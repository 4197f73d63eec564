"""Reads counters from before this run: the platform's metrics, or else the app's own."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
from pydantic import AwareDatetime, Field

from verifier.core.deadline import now
from verifier.core.evidence import CouldNotLook, Evidence
from verifier.core.machine import EDGE
from verifier.core.probe import Context
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import WHOLE, get, refusal
from verifier.probes.http.responses import Responses
from verifier.probes.platform.state import by_hand, opened, places, released
from verifier.probes.stats.histogram import cumulative
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
    release, window = released(context), started - WINDOW
    since = max(release.created_at, window) if release else window
    passed: dict[str, str] = {}
    responses, pages = None, {}
    try:
        responses = _counted(context, since, started)
    except CouldNotLook as trouble:
        passed[PROMETHEUS] = trouble.what
        pages = read_pages(context, passed)
    return CountersState(
        asked="How were requests answered before this run asked for anything?",
        where=f"Prometheus, for {context.target.app} since {since:%H:%M:%S} UTC",
        at=started,
        again=by_hand(context).metrics,
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


def _counted(context: Context, since: datetime, until: datetime) -> Responses:
    """What users saw at the edge, and what each machine answered."""
    with opened(context) as platform:
        told = platform.counted(since, until)
    by_machine = {machine: dict(statuses) for machine, statuses in told.by_machine.items()}
    return Responses(statuses=dict(told.statuses), by_machine=by_machine, durations=cumulative(told.buckets))
