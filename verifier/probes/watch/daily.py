"""The daily look: every signal once, and the last 24 hours where a source tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import Finding, findings
from verifier.core.evidence.readings import Readings, percentile
from verifier.core.platform import Counted
from verifier.core.probe import Context
from verifier.core.threads import in_threads
from verifier.probes.http.responses import Responses
from verifier.probes.logs.accepted import accepted_templates
from verifier.probes.logs.aggregate import Tally
from verifier.probes.logs.section import Logs
from verifier.probes.logs.suspicion import unanswered
from verifier.probes.platform.state import PlatformState, by_hand, opened
from verifier.probes.stats.histogram import cumulative
from verifier.probes.stats.proportion import Position
from verifier.probes.watch.log_follower import LogFollower
from verifier.probes.watch.signal_reading import Found, SignalReading
from verifier.probes.watch.signals import TIMES, samplers
from verifier.reporting.daily import DailyLook, Measure, State

DAY = timedelta(hours=24)
_ROUNDS = 5
"""Requests of each path to each machine, for a p95 of our own."""
_P95 = 95.0


@dataclass(frozen=True)
class DailyMeasure:
    """One line of the look.

    Attributes:
        ask: shows it.
        section: the key of the target file that it needs.
        item: without it, where the target declares that one not applicable.
    """

    name: str
    ask: Callable[[], SignalReading | CouldNotLook]
    unit: str = ""
    section: str = "health"
    item: str = ""


def look_at(context: Context) -> DailyLook:
    """Look once at everything, all at the same time."""
    measures = [each for each in _Day(context).measures() if _applies(context, each)]
    made = in_threads(_measured, measures, len(measures))
    try:
        release = str(context.get("platform", PlatformState).release.version)
    except CouldNotLook:
        release = ""
    target = context.target
    return DailyLook(target=target.name, title=target.title, at=now(), release=release, measures=tuple(made))


def _applies(context: Context, measure: DailyMeasure) -> bool:
    return context.target.has(measure.section) and measure.item not in context.target.not_applicable


def _measured(measure: DailyMeasure) -> Measure:
    try:
        seen = measure.ask()
    except CouldNotLook as trouble:
        seen = trouble
    if isinstance(seen, CouldNotLook):
        return Measure(name=measure.name, said=str(seen), state=State.UNKNOWN, unit=measure.unit, remedy=seen.remedy)
    state = State.BAD if seen.findings else State.GOOD
    return Measure(
        name=measure.name,
        said=seen.said,
        state=state,
        figure=seen.figure,
        unit=measure.unit,
        findings=seen.findings,
    )


class _Day:
    """What is asked in one look; what several lines need is asked once."""

    def __init__(self, context: Context) -> None:
        self._context, self._since = context, now() - DAY
        self._samplers = {name: ask for names, ask in samplers(self._since) for name in names}

    def measures(self) -> Iterator[DailyMeasure]:
        """All lines, in the order of the page."""
        yield DailyMeasure("uptime", self._uptime, "% answered", item="uptime")
        yield DailyMeasure("health of every machine", lambda: self._sampled("health"), "% well", item="health-endpoint")
        yield DailyMeasure("machines", self._machines, "started", "platform", "machines-started")
        yield DailyMeasure("error rate", self._error_rate, "%", item="error-rate")
        yield DailyMeasure("response times", self._response_times, "s (p95)", "traffic", "response-time")
        yield DailyMeasure("database", lambda: self._sampled("database"), "s", "database", "database-connection")
        yield DailyMeasure("google analytics", self._analytics, "s without success", "logs", "ga-api-health")
        yield DailyMeasure("chatwoot", lambda: self._sampled("chatwoot"), "s", "chatwoot", "chatwoot-health")
        yield DailyMeasure("last 100 log lines", self._newest_lines, "errors", "logs", "logs-clean")

    def _sampled(self, signal: str) -> SignalReading | CouldNotLook:
        found: Found = self._samplers[signal](self._context)
        return found[signal]

    @cached_property
    def _counted(self) -> Counted:
        """What the platform counted in the last 24 hours."""
        with opened(self._context) as platform:
            return platform.counted(self._since, now())

    def _share(self) -> tuple[Responses, str]:
        """The responses of the last 24 hours; those to requests of our own, where nobody counted any."""
        try:
            return Responses(statuses=dict(self._counted.statuses)), "in 24 hours, counted by the platform"
        except CouldNotLook as trouble:
            own = self._samplers["own requests"](self._context)["own requests"]
            if isinstance(own, CouldNotLook):
                raise own from None
            hits, total = (int(each) for each in own.readings["own"])
            return Responses(statuses={"500": hits, "200": total - hits}), f"of our own ({trouble.cause})"

    def _uptime(self) -> SignalReading | CouldNotLook:
        seen = self._sampled("dashboard")
        if isinstance(seen, CouldNotLook):
            return seen
        responses, whose = self._share()
        answered = 100 * (1 - responses.share.value)
        said = f"{seen.said}; {answered:.2f} % of {responses.share.total} requests answered {whose}"
        return seen._replace(said=said, figure=0.0 if seen.findings else answered)

    def _error_rate(self) -> SignalReading:
        responses, whose = self._share()
        share, limit = responses.share, self._context.limit("error-rate")
        if limit is None or limit.share is None:
            raise CouldNotLook(Cause.PRECONDITION, "the contract gives the error rate no limit")
        side = share.side(limit.share, limit.sample or 1)
        if side == Position.TOO_FEW and share.value >= limit.share:
            raise CouldNotLook(Cause.NO_DATA, f"{share} {whose}: too few to tell whether it is below {limit.share:.0%}")
        remedy = by_hand(self._context).logs
        bad = findings(f"error rate not below {limit.share:.0%}", {"responses": f"{share} {whose}"}, remedy=remedy)
        return SignalReading(f"{share} {whose}", 100 * share.value, tuple(bad) * (side == Position.ABOVE))

    def _response_times(self) -> SignalReading | CouldNotLook:
        times: dict[str, list[float]] = {}
        for _ in range(_ROUNDS):
            seen = self._samplers["response time"](self._context)["response time"]
            if isinstance(seen, CouldNotLook):
                return seen
            for name, found in seen.readings.items():
                times.setdefault(name.removeprefix(TIMES), []).extend(found)
        p95 = Readings({each: percentile(found, _P95) for each, found in times.items()}, what="p95 of the responses")
        if not p95:
            return CouldNotLook(Cause.NO_DATA, "no request of our own was answered with a page")
        bad = p95.findings(Readings(dict.fromkeys(p95, self._context.ceiling("response-time"))))
        number = sum(map(len, times.values()))
        return SignalReading(
            f"p95 {max(p95.values()):.2f} s of {number} of our own{self._others()}", max(p95.values()), tuple(bad)
        )

    def _others(self) -> str:
        """The times of everybody in the last 24 hours, where they are counted."""
        try:
            durations = cumulative(self._counted.buckets)
        except CouldNotLook:
            return ""
        return f"; in 24 hours {durations.described(_P95 / 100)}" if durations.total else ""

    def _machines(self) -> SignalReading:
        platform = self._context.get("platform", PlatformState)
        bad = [
            *findings("machine does not run", platform.down(), on_machines=True, remedy=platform.again),
            *findings("process group is short of machines", platform.short_groups(), remedy=platform.again),
        ]
        restless = {each.id: told for each in platform.machines if (told := each.unrest(self._since))}
        bad += findings("machine does not stay up", restless, on_machines=True, remedy=platform.again)
        crashes = sum(len(each.crashes(self._since)) for each in platform.machines)
        started = sum(each.state == "started" for each in platform.machines)
        said = f"{started} of {len(platform.machines)} started, {crashes} crashes in 24 hours"
        return SignalReading(said, float(started), tuple(bad))

    def _analytics(self) -> SignalReading | CouldNotLook:
        """The successes of the last minutes: twice the time in which one must come."""
        ceiling = self._context.ceiling("ga-api-health")
        platform = self._context.get("platform", PlatformState)
        began = max(
            now() - timedelta(seconds=2 * ceiling), *(each.launched or self._since for each in platform.machines)
        )
        return LogFollower(self._context, platform, began).look(self._context)["google analytics"]

    def _newest_lines(self) -> SignalReading:
        """The newest hundred lines of every machine, which is what the log hands out without a cursor."""
        platform = self._context.get("platform", PlatformState)
        settings = self._context.target.section(Logs)
        tally = Tally(settings.allow, now().date(), deny=settings.deny)
        with opened(self._context) as api:
            for line in (line for machine in platform.started for line in api.log_page("", machine).lines):
                tally.add(line)
        silent = [each for each in platform.started if each not in tally.machines]
        if silent:
            told = f"the log holds no line of machine {', '.join(silent)}"
            raise CouldNotLook(Cause.NO_DATA, told, remedy=by_hand(self._context).logs)
        found: list[Finding] = [each.finding() for each in tally.errors()]
        accepted = accepted_templates(self._context)
        question = unanswered(tally.suspicious(), accepted, self._context.target.file)
        if question is not None and not found:
            raise question
        lines = sum(tally.machines[each].lines for each in platform.started)
        parts = [f"{len(found)} errors in {lines} lines of {len(platform.started)} machines"]
        parts += ["others may tell of a failure"] if question is not None else []
        known = dict.fromkeys(f"'{each.doubt}'" for each in tally.suspicious() if each.template in accepted)
        parts += [f"as an accepted release wrote: {', '.join(known)}"] if known else []
        return SignalReading("; ".join(parts), float(len(found)), tuple(found))
