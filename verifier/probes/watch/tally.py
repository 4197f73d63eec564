"""Keeps the tally of a watch: what all signals came to so far, and what is certain already."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import signature
from verifier.core.evidence.readings import percentile
from verifier.core.execution.watch_journal import SignalSample, WatchHeader
from verifier.core.probe import Context, Notice
from verifier.core.suite import judging
from verifier.probes.logs.accepted import accepted_templates
from verifier.probes.platform.state import by_hand
from verifier.probes.stats.proportion import Position
from verifier.probes.watch.evidence import WatchedErrors, WatchedSignal, WatchState
from verifier.probes.watch.log_follower import LogFollower
from verifier.probes.watch.picture import courses
from verifier.probes.watch.section import Watching
from verifier.probes.watch.signals import Signal
from verifier.probes.watch.tracks import Look, SignalTrack

_CURVE = 60
"""Places of a curve that is kept as evidence."""


@dataclass(frozen=True)
class Escalated:
    """Something that the contract wants somebody told of.

    Attributes:
        at: when it was found.
        why: the condition that holds, in words.
    """

    notice: Notice
    to: str
    at: datetime
    why: str

    def __str__(self) -> str:
        return f"{self.notice.item} → {self.to}: {self.at:%H:%M:%S} UTC: {self.why}"


_P95 = 95.0


class WatchTally:
    """What is known of every signal.

    Args:
        context: limits, and whom the contract wants told.
        header: of the watch.
        signals: those that are watched.
        samples: what an earlier process saw.
        resumed: whether there was one.
    """

    def __init__(
        self,
        context: Context,
        header: WatchHeader,
        signals: Iterable[Signal],
        samples: Iterable[SignalSample],
        *,
        resumed: bool,
    ) -> None:
        self.header = header
        self.tracks = {each.name: SignalTrack(each, header) for each in signals}
        self.done: set[int] = set()
        self.escalated: dict[tuple[str, str, str], Escalated] = {}
        self.told_people: tuple[str, ...] = ()
        self._told: set[tuple[str, str, str]] = set()
        self.platform_silent = ""
        self._context, self._resumed = context, resumed
        for each in samples:
            self.add(each.interval, [each])

    def wants(self, names: Iterable[str]) -> bool:
        """Whether one of these signals is watched."""
        return any(each in self.tracks for each in names)

    def add(self, interval: int, samples: Iterable[SignalSample]) -> None:
        """Take the samples of an interval down."""
        self.done.add(interval)
        for each in samples:
            if each.signal in self.tracks:
                self.tracks[each.signal].add(each)
        self._escalate(interval)

    def finish(self, samples: Iterable[SignalSample]) -> None:
        """Take down what was found after the last interval."""
        for each in samples:
            self.tracks[each.signal].find(each)

    def forget_since(self, at: datetime) -> None:
        """Drop what was found at this moment or later: another deploy had begun."""
        for each in self.tracks.values():
            each.forget_since(at)
        self.escalated = {key: each for key, each in self.escalated.items() if each.at < at or key in self._told}

    def to_tell(self, until: datetime) -> tuple[Notice, ...]:
        """What was found until then and was not asked for here before."""
        fresh = {key: each for key, each in self.escalated.items() if key not in self._told and each.at <= until}
        self._told |= fresh.keys()
        return tuple(each.notice for each in fresh.values())

    @property
    def passed(self) -> int:
        """How many intervals are over, or have been seen."""
        return min(self.header.intervals, max(self.header.interval(now()), max(self.done, default=-1) + 1))

    def told(self) -> str:
        """How far the watch is, in a phrase."""
        found = sum(len(each.found) for each in self.tracks.values())
        unseen = max((self._unseen(each) for each in self.tracks.values()), default=0)
        gaps = f", up to {unseen} unseen" if unseen else ""
        silent = ", the platform does not answer" * bool(self.platform_silent)
        findings = "one finding" if found == 1 else f"{found or 'no'} findings"
        return f"{self.passed} of {self.header.intervals} intervals{gaps}, {findings}{silent}"

    def certain(self) -> str:
        """What is broken for certain, whatever comes; empty if nothing is."""
        for track in (each for each in self.tracks.values() if each.signal.final):
            for found in (each.finding for each in track.found.values()):
                if not self._context.waived(track.signal.item, found):
                    return f"{track.signal.item}: {found.problem}, {found.subject}"
        return ""

    def p95(self) -> dict[str, tuple[float, int]]:
        """Machine → seconds within which 95 % of its answers came, and how many those were."""
        found: dict[str, list[float]] = {}
        for each in self.tracks.values():
            for machine, times in each.times.items():
                found.setdefault(machine, []).extend(times)
        return {machine: (percentile(times, _P95), len(times)) for machine, times in found.items()}

    def errors(self) -> WatchedErrors:
        """Server errors: in all, of our own requests, and in the minutes in which there were more than allowed."""
        found = WatchedErrors()
        own = self.tracks.get("own requests")
        if own:
            found = found.model_copy(update={"own": own.own})
        track, limit = self.tracks.get("error rate"), self._context.limit("error-rate")
        if track is None or limit is None or limit.share is None:
            return found
        shares = {each: track.window(each) for each in range(self.header.intervals)}
        worst = {
            f"everybody until {self.header.begins(interval + 1):%H:%M:%S} UTC": share
            for interval, share in shares.items()
            if share.side(limit.share, limit.sample or 1) == Position.ABOVE
        }
        return found.model_copy(update={"counted": track.counted, "windows": worst})

    def _escalate(self, interval: int) -> None:
        """Note whom the contract wants told of what is so by now; once for each finding, and for each figure."""
        for track in self.tracks.values():
            item = track.signal.item
            for each in self._context.escalations(item):
                if each.on and track.signal.final:
                    for found in (repeated.finding for repeated in track.found.values()):
                        if not self._context.waived(item, found):
                            self._note(Notice(item, finding=found), str(each.to), found.problem, signature(item, found))
                elif each.above is not None and (figure := self._figure(track, interval)) > each.above:
                    self._note(Notice(item, figure=figure), str(each.to), f"{figure:.3g} is above {each.above:g}")

    def _note(self, notice: Notice, to: str, why: str, sign: str = "") -> None:
        self.escalated.setdefault((notice.item, to, sign), Escalated(notice, to, now(), why))

    def _figure(self, track: SignalTrack, interval: int) -> float:
        """What the thresholds of an item are about, as it is now; NaN if there is none."""
        if track.signal.name == "response time":
            return max((seconds for seconds, _ in self.p95().values()), default=math.nan)
        if track.signal.name == "error rate" and 0 <= interval < self.header.intervals:
            limit, share = self._context.limit(track.signal.item), track.window(interval)
            return share.value if limit and share.total >= (limit.sample or 1) else math.nan
        return math.nan

    def _unseen(self, track: SignalTrack) -> int:
        return track.number(Look.MISSED, self.passed) + track.number(Look.BLIND, self.passed)

    def state(
        self, until: datetime, ended: str, cause: Cause | None, *, log_end: CouldNotLook | None, log: LogFollower | None
    ) -> WatchState:
        """All of it as evidence."""
        header, context = self.header, self._context
        signals = {name: self._signal(track) for name, track in self.tracks.items()}
        return WatchState(
            asked=f"How is the deployment for {header.seconds:g} s?",
            where=f"{header.url}, every {header.every:g} s",
            at=header.began,
            again=judging(f"-m monitoring --target={context.target.name} --watch={header.seconds:g}s"),
            asked_for=header.seconds,
            every=header.every,
            intervals=header.intervals,
            began=header.began,
            until=until,
            ended=ended,
            cause=cause,
            resumed=self._resumed,
            allowed=context.target.section(Watching).gaps,
            signals=signals,
            slowest=self.p95(),
            errors=self.errors(),
            job=log.job() if log else None,
            suspicious=log.suspicious() if log else (),
            accepted_templates=accepted_templates(context) if log else frozenset(),
            target_file=context.target.file,
            log_end=log_end.what if log_end else "",
            log_cause=log_end.cause if log_end else None,
            log_again=by_hand(context).logs,
            escalated=(*map(str, self.escalated.values()), *self.told_people),
            pictures={"watch.svg": courses(self.tracks.values(), header).encode()},
        )

    def _signal(self, track: SignalTrack) -> WatchedSignal:
        passed = self.passed
        bad = track.number(Look.BAD, passed)
        return WatchedSignal(
            item=track.signal.item,
            unit=track.signal.unit,
            seen=bad + track.number(Look.GOOD, passed),
            bad=bad,
            unseen=self._unseen(track),
            curve=tuple(track.curve(_CURVE, passed)),
            findings=tuple(each.told() for each in track.found.values()),
            causes=dict(track.causes),
            gaps=tuple(self._in_words(first, last) for first, last in track.gaps(passed)),
        )

    def _in_words(self, first: int, last: int) -> str:
        begin, end = self.header.begins(first), self.header.begins(last + 1)
        return f"{begin:%H:%M:%S} to {end:%H:%M:%S} UTC, {last - first + 1} intervals"
