"""Are the metrics of every machine collected: by the platform's Prometheus, and by the app's own if there is one?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from pydantic import AwareDatetime

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.probe import Context
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import get, refusal
from verifier.probes.platform.state import PlatformState, by_hand, opened
from verifier.probes.traffic.probe import marked
from verifier.probes.traffic.prometheus import Prometheus, prometheus
from verifier.probes.traffic.section import Health, Metrics, Traffic

_REQUESTS = 3
"""Requests of our own to each machine, whose responses must be counted."""


class ScrapeTarget(Record):
    """One thing that a Prometheus scrapes.

    Attributes:
        name: job and instance.
        health: `up`, or what else it says.
        error: why the last scrape failed.
    """

    name: str
    health: str
    error: str = ""


class Counter(Record):
    """Responses counted before and after requests of our own: of a machine, or of what a Prometheus calls so."""

    before: float
    after: float | None


class CollectionState(Evidence):
    """What is collected of the machines.

    Attributes:
        expected: every started machine.
        collected: machine that the platform's Prometheus tells of as being up → when its newest sample was taken.
        age: seconds since the release when it was asked for the last time.
        seen_at: when that was.
        scraped: what the app's own Prometheus scrapes; nothing, if the target names none.
        scraped_again: a line to type that asks it.
        newest: series of the app's own Prometheus → when its newest sample was taken.
        sent: requests of our own to each machine.
        counters: machine, or instance in the app's own Prometheus → its counter of responses.
        waited: seconds that the counters were given to grow.
    """

    expected: tuple[str, ...]
    collected: dict[str, AwareDatetime]
    age: float
    seen_at: AwareDatetime
    scraped: tuple[ScrapeTarget, ...] | None = None
    scraped_again: str = ""
    newest: dict[str, AwareDatetime] = {}
    sent: int
    counters: dict[str, Counter]
    waited: float

    def missing(self) -> dict[str, str]:
        """The started machines of which nothing is collected, in words."""
        return {each: f"{self.age:.0f} s on" for each in self.expected if each not in self.collected}

    def old(self, most: float) -> dict[str, str]:
        """What has no sample of the last `most` seconds, in words."""
        told = [(name, at, "the platform's Prometheus") for name, at in self.collected.items()]
        told += [(name, at, "the app's own") for name, at in self.newest.items()]
        ages = [(name, (self.seen_at - at).total_seconds(), who) for name, at, who in told]
        return {name: f"the newest in {who} is {age:.0f} s old" for name, age, who in ages if age > most}

    def down(self) -> dict[str, str]:
        """The scrape targets that are not up, in words."""
        found = [each for each in self.scraped or () if each.health != "up"]
        return {each.name: f"{each.health}: {each.error}".rstrip(": ") for each in found}

    def unscraped(self) -> dict[str, str]:
        """That the app's own Prometheus has fewer scrape targets than there are machines, in words."""
        if self.scraped is None or len(self.scraped) >= len(self.expected):
            return {}
        return {"the app's Prometheus": f"{len(self.scraped)} scrape targets, {len(self.expected)} machines started"}

    def still(self) -> dict[str, str]:
        """The counters that did not grow by what was asked of the machine, in words."""
        return {
            name: f"{each.before:g} before {self.sent} requests, {'none' if each.after is None else f'{each.after:g}'}"
            f" {self.waited:.0f} s later"
            for name, each in self.counters.items()
            if each.after is None or each.after <= each.before
        }


def observe_collection(context: Context) -> CollectionState:
    """Ask which machines are collected; send a few requests, and wait for the counters to grow.

    A young release is given the time that the definition allows; so are the counters.

    Raises:
        CouldNotLook: no-data, if nothing tells of a machine at all; or with the cause that the answer stands for.
    """
    platform, started = context.get("platform", PlatformState), now()
    limit = context.limit("metrics-collecting")
    allowed = (limit and limit.seconds) or 180.0
    left = allowed - (started - platform.release.created_at).total_seconds()
    collected = _collected(context, platform.started, max(0.0, left), pause=min(5.0, allowed / 4))
    return CollectionState(
        asked="Are the metrics of every machine collected, now, and do they grow?",
        where=f"the platform's Prometheus, of {context.target.app}",
        at=started,
        again=by_hand(context).metrics,
        expected=platform.started,
        collected=collected,
        seen_at=now(),
        age=(now() - platform.release.created_at).total_seconds(),
        **_counted(context, platform.started, allowed),
    )


def _collected(context: Context, machines: tuple[str, ...], left: float, *, pause: float) -> dict[str, datetime]:
    """Machine that the platform's Prometheus tells of → when its newest sample was taken."""
    with opened(context) as told:
        found = context.deadline.shorter(left).eventually(
            told.collected, lambda seen: set(seen) >= set(machines), pause=pause
        )
    if not found:
        what = f"Prometheus tells of no machine of {context.target.app}"
        raise CouldNotLook(Cause.NO_DATA, what, remedy=f"{by_hand(context).metrics}: if machines are there, run again")
    return dict(found)


def _counted(context: Context, machines: tuple[str, ...], allowed: float) -> dict[str, object]:
    """What the counters did while a few requests were sent, and what an own Prometheus says of its scraping."""
    if context.target.section(Metrics).prometheus is None:
        since = now()
        return _grown(context, machines, allowed, lambda: _of_platform(context, since))
    with prometheus(context) as own:
        grown = _grown(context, machines, allowed, lambda: _of_instances(context, own, "{}"))
        sampled = _of_instances(context, own, "timestamp({})")
        moments = {each: datetime.fromtimestamp(value, UTC) for each, value in sampled.items()}
        scraped = _scraped(context, own)
        return grown | {"scraped": scraped, "scraped_again": own.again.format("targets"), "newest": moments}


def _grown(
    context: Context, machines: tuple[str, ...], allowed: float, read: Callable[[], Mapping[str, float]]
) -> dict[str, object]:
    """The counters before and after requests of our own; of the machines, where there was none before."""
    before, begun = read(), now()
    _ask_each(context, machines)
    wanted = sorted(before) or machines
    after = context.deadline.shorter(allowed).eventually(
        read, lambda seen: all(seen.get(each, 0) > before.get(each, 0) for each in wanted), pause=min(5.0, allowed / 4)
    )
    counters = {each: Counter(before=before.get(each, 0.0), after=after.get(each)) for each in wanted}
    return {"sent": _REQUESTS, "counters": counters, "waited": (now() - begun).total_seconds()}


def _ask_each(context: Context, machines: tuple[str, ...]) -> None:
    """A few requests to each machine.

    Raises:
        CouldNotLook: no answer came at all, so that there is nothing to count.
    """
    traffic = context.target.get(Traffic)
    path = traffic.paths[0] if traffic else context.target.section(Health).endpoint[0].path
    with visitor(context) as session:
        replies = [get(session, marked(context, path), machine=machine) for machine in machines * _REQUESTS]
    if not any(each.answered for each in replies):
        raise refusal(replies[0], "what is to be counted")


def _of_platform(context: Context, since: datetime) -> dict[str, float]:
    """Machine → responses that the platform counted since then."""
    try:
        with opened(context) as platform:
            told = platform.counted(since, now()).by_machine
    except CouldNotLook as trouble:
        if trouble.cause != Cause.NO_DATA:
            raise
        return {}
    return {machine: float(sum(statuses.values())) for machine, statuses in told.items()}


def _of_instances(context: Context, own: Prometheus, form: str) -> dict[str, float]:
    """Instance → what the app's counter of responses, in this form, comes to."""
    names, jobs = f'__name__=~"{context.target.section(Metrics).requests}(_total)?"', _jobs(context)
    selector = f"{{{names}{jobs}}}"
    joined = "max" if "(" in form else "sum"
    found = own.values(f"{joined} by (instance) ({form.format(selector)})")
    return {labels.get("instance", "unnamed"): value for labels, value in found}


def _jobs(context: Context) -> str:
    jobs = context.target.section(Metrics).jobs
    return f',job=~"{"|".join(jobs)}"' if jobs else ""


def _scraped(context: Context, own: Prometheus) -> tuple[ScrapeTarget, ...]:
    """The scrape targets of the app's jobs; of all jobs, where the target file names none."""
    jobs, found = context.target.section(Metrics).jobs, []
    for each in own.listed("targets", "activeTargets"):
        labels = each.get("labels") or {}
        if not jobs or labels.get("job") in jobs:
            name = f"{labels.get('job')} {labels.get('instance')}"
            error = str(each.get("lastError") or "")
            found.append(ScrapeTarget(name=name, health=str(each.get("health")), error=error))
    return tuple(found)
