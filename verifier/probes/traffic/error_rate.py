"""Chooses the best source for the error rate, and adds requests of our own where traffic is thin."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

from pydantic import AwareDatetime

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, require
from verifier.core.probe import Context
from verifier.core.threads import in_threads
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import Reply, curl, get
from verifier.probes.http.responses import Responses, from_machines, less, of_replies, together, unattended
from verifier.probes.logs.probe import LaterLogState
from verifier.probes.platform.state import places
from verifier.probes.stats.histogram import cumulative
from verifier.probes.stats.proportion import Position, Sample, Share
from verifier.probes.traffic.counters import METRICS, PROMETHEUS, CountersState, read_pages
from verifier.probes.traffic.exposition import Gained, gained, read
from verifier.probes.traffic.probe import AT_ONCE, TrafficState, marked
from verifier.probes.traffic.section import Metrics, Traffic

ACCESS = "the access lines of the log"
_SLOW = 0.05
"""What a p95 leaves over."""


class TopUpState(Evidence):
    """The suite's own requests: those of every run, and further ones where others' traffic was too thin.

    Attributes:
        sent: how many further ones were sent.
        why: why as many.
        responses: all of the suite's own.
        failed: the first of those that were answered with a server error, or not at all.
    """

    sent: int
    why: str
    responses: Responses
    failed: tuple[Reply, ...]


class RateState(Evidence):
    """How the requests of others are answered.

    Attributes:
        source: the best that there is; empty if there is none.
        passed_over: better sources → why they were not used.
        responses: what it tells, without the suite's own requests where it can tell them.
        times_judged: whether its times are those of pages and calls, and not of event streams also.
        notes: what limits its word.
        cause: why there is no source, if so.
    """

    source: str
    passed_over: dict[str, str]
    since: AwareDatetime
    until: AwareDatetime
    responses: Responses = Responses()
    times_judged: bool = True
    notes: tuple[str, ...] = ()
    cause: Cause | None = None

    def errors(self, own: Responses, sample: int) -> Sample:
        """Server errors among the responses.

        Raises:
            CouldNotLook: there is no source.
        """
        if self.cause:
            raise CouldNotLook(self.cause, self.silence, remedy=self.again)
        return Sample(self.responses.share, own.share, self.responses.machines, sample=sample)

    def slow(self, seconds: float) -> Share | None:
        """Responses that took longer than `seconds`, at least; nothing where that cannot be told."""
        told = self.responses.durations.total and self.times_judged
        return self.responses.durations.slower_than(seconds)[0] if told else None

    @property
    def silence(self) -> str:
        """Why there is no source."""
        return "nothing tells how requests are answered: " + self.passed

    @property
    def passed(self) -> str:
        """Which better sources were not used, and why."""
        return "; ".join(f"{source}: {why}" for source, why in self.passed_over.items())

    @property
    def told(self) -> str:
        """The source, as the report names it."""
        instead = f" (not by {', nor by '.join(self.passed_over)})" if self.passed_over else ""
        return f"by {self.source}{instead}, {self.since:%H:%M:%S} to {self.until:%H:%M:%S} UTC"


def observe_top_up(context: Context) -> TopUpState:
    """Send what is missing for an answer about the error rate, up to what the target allows."""
    started = now()
    others = context.get("counters", CountersState).responses
    try:
        own = list(context.get("traffic", TrafficState).replies)
    except CouldNotLook:
        own = []
    number, why = _needed(context, others.share if others else Share(hits=0, total=0), own)
    replies = own + _send(context, number)
    if number and any(each.down for each in replies):
        rest, more = _needed(context, Share(hits=0, total=0), replies)
        rest = min(rest, _allowed(context) - number)
        replies += _send(context, rest)
        number, why = number + rest, f"{why}; then {more}" if rest else why
    traffic = context.target.get(Traffic)
    paths = traffic.paths if traffic else ("/",)
    return TopUpState(
        asked=f"How are {len(replies)} requests of our own answered?",
        where=f"{context.url} {', '.join(paths)}",
        at=started,
        again=curl(context.target, context.url + paths[0]),
        sent=number,
        why=why,
        responses=of_replies(replies),
        failed=tuple(each for each in replies if each.down)[:10],
    )


def _allowed(context: Context) -> int:
    traffic = context.target.get(Traffic)
    return traffic.top_up if traffic else 0


def _needed(context: Context, others: Share, own: list[Reply]) -> tuple[int, str]:
    """How many requests of our own to send, and why."""
    limit = context.limit("error-rate")
    if limit is None or limit.share is None:
        return 0, "the contract gives the error rate no limit"
    if others.side(limit.share, limit.sample or 1) != Position.TOO_FEW:
        return 0, "others' traffic tells enough"
    missing = of_replies(own).share.missing(limit.share, limit.sample or 1)
    number = min(_allowed(context), missing or 0)
    seen = f"{len(own)} of our own and {others.total} of others"
    return number, f"{seen} are too few; [traffic] allows {_allowed(context)} more"


def _send(context: Context, number: int) -> list[Reply]:
    traffic = context.target.get(Traffic)
    if number <= 0 or traffic is None:
        return []
    turns = [(machine, path) for path in traffic.paths for machine in places(context)]
    asked = islice(cycle(turns), number)
    with context.shared(), visitor(context) as session:
        return in_threads(lambda each: get(session, marked(context, each[1]), machine=each[0]), asked, AT_ONCE)


def observe_rates(context: Context) -> RateState:
    """Prometheus' word if it has one; else, when the others have looked, the app's metrics or the log's lines."""
    counters = context.get("counters", CountersState)
    if counters.responses:
        notes = ("the times may be those of event streams, too",) if context.target.has("events") else ()
        seen = {"responses": counters.responses, "times_judged": not notes, "until": counters.at, "notes": notes}
        return _state(counters, PROMETHEUS, {}, **seen)
    context.wait_for_earlier()
    passed, cause = dict(counters.passed_over), None
    sources: dict[str, Callable[[], dict[str, Any]]] = {
        METRICS: lambda: _by_metrics(context, counters, passed),
        ACCESS: lambda: _by_log(context),
    }
    for source, told in sources.items():
        try:
            return _state(counters, source, passed, **told())
        except CouldNotLook as trouble:
            passed[source], cause = trouble.what, trouble.cause
    return _state(counters, "", passed, until=now(), cause=cause)


def _state(counters: CountersState, source: str, passed: dict[str, str], **told: Any) -> RateState:  # noqa: ANN401 - fields
    return RateState(
        asked="How are the requests of others answered?",
        where=source or "nowhere",
        at=counters.at,
        again=counters.again,
        source=source,
        passed_over={each: why for each, why in passed.items() if each != source},
        **{"since": counters.since, **told},
    )


def _by_metrics(context: Context, counters: CountersState, passed: dict[str, str]) -> dict[str, Any]:
    """What the counters of every machine gained since the first reading, less what we asked for ourselves."""
    if not counters.pages:
        raise CouldNotLook(Cause.NO_DATA, passed.get(METRICS, "they were not read a first time"))
    pages = read_pages(context, passed)
    gone = counters.pages.keys() - pages.keys()
    if gone:
        told = passed.get(METRICS) or f"machine {', '.join(sorted(gone))} is gone"
        raise CouldNotLook(Cause.NO_DATA, f"they could not be read a second time: {told}")
    without = unattended(context.target)
    grown = {
        machine: gained(read(text), read(pages[machine]), context.target.section(Metrics), without)
        for machine, text in counters.pages.items()
    }
    own = together(each.responses for each in _own(context))
    restarts = [f"machine {machine} began to count anew" for machine, each in grown.items() if each.restarted]
    notes = ("what other checks of this run asked for is among them", *restarts)
    by_machine = less({machine: each.statuses for machine, each in grown.items()}, own)
    times = cumulative(_summed_buckets(grown))
    return {
        "responses": from_machines(by_machine, times),
        "since": counters.at,
        "until": now(),
        "notes": notes,
    }


def _own(context: Context) -> list[TopUpState | TrafficState]:
    """What this run sent, and where it was sent by the probes that count: the top-up holds the traffic."""
    topped = context.peek("top_up", TopUpState)
    traffic = context.peek("traffic", TrafficState)
    return [topped] if topped else [traffic] if traffic else []


def _summed_buckets(grown: dict[str, Gained]) -> dict[float, float]:
    found: dict[float, float] = {}
    for each in grown.values():
        for bound, count in each.buckets.items():
            found[bound] = found.get(bound, 0.0) + count
    return found


def _by_log(context: Context) -> dict[str, Any]:
    """What the access lines since the release tell of others' requests."""
    logs = context.get("later_logs", LaterLogState)
    require(logs.control_found())
    if not logs.requests:
        raise CouldNotLook(Cause.NO_DATA, "no line of the log tells of a request")
    notes = () if logs.complete else (f"not every line was read: {logs.why_not}",)
    return {"responses": logs.access, "since": logs.since, "until": logs.last, "notes": notes}
