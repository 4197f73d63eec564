"""What a watch saw, as evidence."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.evidence.finding import Finding
from verifier.core.evidence.readings import Readings
from verifier.probes.logs.periodic import Job
from verifier.probes.logs.suspicion import Suspicious, known_of, unanswered
from verifier.probes.stats.proportion import Share


class WatchedSignal(Record):
    """One signal over the whole watch.

    Attributes:
        item: of which it speaks.
        seen: in how many intervals something was seen.
        bad: in how many of them something was wrong.
        unseen: in how many nothing was seen: nobody watched, or we could not look.
        curve: its figure over the time, from at most 60 places.
        findings: what was wrong, each with its times.
        causes: why we could not look → in how many intervals.
        gaps: when nothing was seen, in words.
    """

    item: str
    unit: str
    seen: int
    bad: int
    unseen: int
    curve: tuple[float | None, ...]
    findings: tuple[Finding, ...] = ()
    causes: dict[str, int] = {}
    gaps: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The share of intervals with something wrong, of those in which something was seen."""
        return self.bad / self.seen if self.seen else 0.0


class WatchedErrors(Record):
    """Server errors while the deployment was watched.

    Attributes:
        counted: what the platform counted, of everybody.
        own: of the watch's own requests.
        windows: when the worst minutes were → errors in them, where that is enough to tell.
    """

    counted: Share = Share(hits=0, total=0)
    own: Share = Share(hits=0, total=0)
    windows: dict[str, Share] = {}

    @property
    def figure(self) -> float | None:
        """The worst share; escalation is decided by it."""
        groups = [self.counted, self.own, *self.windows.values()]
        return max((each.value for each in groups if each.total), default=None)

    def __str__(self) -> str:
        return f"counted: {self.counted}; own: {self.own}"

    def groups(self) -> dict[str, Share]:
        """Who was answered so → the share."""
        return {"operators": self.counted, "the suite": self.own, **self.windows}


class WatchState(Evidence):
    """A deployment over some time.

    Attributes:
        asked_for: how many seconds were to be watched.
        every: seconds of one interval.
        intervals: how many there are.
        began: when the first one began, whoever watched then.
        until: when the watch ended.
        ended: why it ended before its time; empty if it did not.
        cause: what that means for what was not seen, if so.
        resumed: whether another process began it.
        allowed: the share of its intervals in which a signal may go unseen.
        signals: name → what it showed.
        slowest: machine → seconds within which 95 % of its answers came, and the number of answers.
        errors: server errors.
        job: how Google Analytics succeeded.
        log_end: why the end of the log is not known, if so; `log_cause` is the cause, `log_again` asks by hand.
        suspicious: lines of the log that speak of failure and fit no rule.
        accepted_templates: kinds of such lines that accepted releases of this target wrote.
        target_file: where a person says what such lines are.
        escalated: who was to be told while it lasted, and why.
        pictures: file name → a picture for the report.
    """

    asked_for: float
    every: float
    intervals: int
    began: AwareDatetime
    until: AwareDatetime
    ended: str = ""
    cause: Cause | None = None
    resumed: bool = False
    allowed: float
    signals: dict[str, WatchedSignal]
    slowest: dict[str, tuple[float, int]] = {}
    errors: WatchedErrors
    job: Job | None = None
    log_end: str = ""
    log_cause: Cause | None = None
    log_again: str = ""
    suspicious: tuple[Suspicious, ...] = ()
    accepted_templates: frozenset[str] = frozenset()
    target_file: str = ""
    escalated: tuple[str, ...] = ()
    pictures: dict[str, bytes] = Field(default={}, exclude=True, repr=False)

    def signal(self, name: str) -> WatchedSignal:
        """The signal of this name.

        Raises:
            CouldNotLook: precondition, if the target has nothing to look at.
        """
        if name not in self.signals:
            what = f"the target file says nothing of '{name}', so it was not watched"
            raise CouldNotLook(Cause.PRECONDITION, what, remedy="see docs/watch.md for what each signal needs")
        return self.signals[name]

    @property
    def watched(self) -> float:
        """Seconds from its beginning to its end."""
        return min(self.asked_for, (self.until - self.began).total_seconds())

    def told(self, name: str) -> str:
        """How a signal was watched, in a phrase."""
        signal = self.signal(name)
        gaps = f", {signal.unseen} unseen" if signal.unseen else ""
        return f"{signal.seen - signal.bad} of {signal.seen} looks good{gaps}, in {self.watched / 60:.1f} min"

    def table(self, name: str) -> dict[str, str]:
        """What stands behind it."""
        signal = self.signal(name)
        told = {
            "watched": f"{self.began:%Y-%m-%d %H:%M:%S} to {self.until:%H:%M:%S} UTC, every {self.every:g} s",
            "intervals": f"{self.intervals}, of which {signal.seen} were seen",
        }
        told |= {f"gap {number}": each for number, each in enumerate(signal.gaps[:20], 1)}
        return told | ({"resumed": "begun by another process"} if self.resumed else {})

    def watched_whole(self, name: str) -> CouldNotLook | None:
        """Whether the signal was seen for the whole time.

        Returns:
            Why not, if not: the watch ended before its time, or there are too many gaps.
        """
        if self.ended and self.cause:
            return CouldNotLook(
                self.cause, f"the watch ended after {self.watched:.0f} of {self.asked_for:.0f} s: {self.ended}"
            )
        signal = self.signal(name)
        if signal.unseen > self.allowed * self.intervals or not signal.seen:
            why = "; ".join(f"{cause}: {count} times" for cause, count in signal.causes.items()) or "nobody watched"
            what = f"{name} was not seen in {signal.unseen} of {self.intervals} intervals ({why})"
            cause = max(signal.causes, key=lambda each: signal.causes[each], default=str(Cause.NO_DATA))
            return CouldNotLook(Cause(cause), what, remedy="watch again: --watch TIME")
        return None

    def log_known(self) -> CouldNotLook | None:
        """Whether the log was read up to the end of the watch, and whole."""
        return CouldNotLook(self.log_cause, self.log_end, remedy=self.log_again) if self.log_cause else None

    def log_answered(self) -> CouldNotLook | None:
        """Whether a person or an accepted release has said what every suspicious line of the log is."""
        return unanswered(self.suspicious, self.accepted_templates, self.target_file)

    def log_familiar(self) -> list[str]:
        """Suspicious lines that an accepted release wrote, too, for warnings."""
        return known_of(self.suspicious, self.accepted_templates)

    def p95(self, fewest: int = 1) -> Readings:
        """Machine → seconds within which 95 % of its answers came, where there are so many."""
        enough = {each: seconds for each, (seconds, answers) in self.slowest.items() if answers >= fewest}
        return Readings(enough, what="p95 of the responses")

    def answered(self, fewest: int) -> CouldNotLook | None:
        """Whether every machine answered so many times; why that says too little, if not."""
        few = {each: answers for each, (_, answers) in self.slowest.items() if answers < fewest}
        if self.slowest and not few:
            return None
        told = ", ".join(f"{machine}: {answers}" for machine, answers in few.items()) or "no machine answered"
        what = f"fewer than {fewest} answers show no p95: {told}"
        return CouldNotLook(Cause.NO_DATA, what, remedy="watch for longer: --watch TIME")
