"""What was seen of the alerts, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.evidence.finding import Finding
from verifier.probes.alerts.rules import AlertRule


class WatchingRule(Record):
    """One rule that watches one endpoint.

    Attributes:
        empty: what it selects and does not exist.
        fires: the failure of the endpoint on which it fires; empty if there is none.
        unproved: why that could not be tried.
        receivers: whom its alert reaches.
        silent: why none of them tells anybody.
    """

    endpoint: str
    rule: AlertRule
    empty: tuple[str, ...]
    fires: str
    unproved: str
    receivers: tuple[str, ...]
    silent: str

    @property
    def sound(self) -> bool:
        """Whether somebody is told when the endpoint fails."""
        return bool(self.fires) and not (self.silent or self.rule.error or self.rule.paused)

    def trouble(self) -> Iterator[tuple[str, str, str]]:
        """What is wrong with it: problem, what was seen, what to do."""
        if self.rule.error:
            yield "alert rule cannot be evaluated", self.rule.error, "correct its expression"
        elif self.rule.paused:
            yield "alert rule is paused", f"for {self.endpoint}", "resume it"
        elif not self.fires and not self.unproved:
            yield self._never()
        if self.silent:
            yield "alert reaches nobody", self.silent, "give its route a receiver that sends somewhere"

    def _never(self) -> tuple[str, str, str]:
        if self.empty:
            what = f"no series of {self.endpoint} is selected by {', '.join(self.empty)}"
            remedy = "correct its selectors; count from zero what the app has not answered yet"
            return "alert rule selects no series", what, remedy
        what = f"no failure of {self.endpoint} makes it fire: {self.rule.expression}"
        return "alert rule can never fire", what, "correct its threshold; docs/alerts.md says what is tried"


class AlertState(Evidence):
    """The alerts of the endpoints.

    Attributes:
        endpoints: the paths that must be watched.
        rules: how many alert rules there are in all.
        watches: every rule that watches an endpoint, or says so.
        unread: rule → why it is not known what it watches.
        managers: how many Alertmanagers the Prometheus sends to; nothing where nobody tells.
    """

    endpoints: tuple[str, ...]
    rules: int
    watches: tuple[WatchingRule, ...]
    unread: dict[str, str]
    managers: int | None = None

    def told(self) -> dict[str, str]:
        """Endpoint → the rules that tell somebody when it fails, and of which failure."""
        sound = {each: [watch for watch in self._of(each) if watch.sound] for each in self.endpoints}
        return {
            path: "; ".join(f"{each.rule.name} when it {each.fires} → {', '.join(each.receivers)}" for each in watches)
            or "nobody is told"
            for path, watches in sound.items()
        }

    def watched(self) -> int:
        """How many endpoints have a rule that tells somebody."""
        return sum(any(watch.sound for watch in self._of(each)) for each in self.endpoints)

    def findings(self) -> list[Finding]:
        """What is wrong: an endpoint without a rule, a rule that tells nobody, a Prometheus that sends nowhere."""
        found: dict[tuple[str, str], Finding] = {}
        for watch in self.watches:
            for problem, detail, remedy in watch.trouble():
                name = watch.rule.name
                made = Finding(subject=name, problem=problem, detail=detail, remedy=remedy, place=watch.rule.place)
                found.setdefault((problem, name), made)
        return [*self._unwatched(), *found.values(), *self._nowhere()]

    def proved(self) -> CouldNotLook | None:
        """Whether every endpoint has a rule that was seen to fire.

        Returns:
            Why not, if not: precondition, for rules that could not be read or tried.
        """
        open_ = [each for each in self.endpoints if not any(watch.sound for watch in self._of(each))]
        if not open_:
            return None
        what = f"no rule that could be read and tried watches {', '.join(open_)}: {'; '.join(self.doubts())}"
        return CouldNotLook(Cause.PRECONDITION, what, remedy="promtool test rules FILE, with samples of a failure")

    def doubts(self) -> list[str]:
        """The rules of which it is not known what they watch, or whether they fire, each with the reason."""
        why = {watch.rule.name: watch.unproved for watch in self.watches if watch.unproved}
        return [f"{name}: {told}" for name, told in (self.unread | why).items()]

    def _of(self, endpoint: str) -> list[WatchingRule]:
        return [each for each in self.watches if each.endpoint == endpoint]

    def _unwatched(self) -> Iterator[Finding]:
        """Endpoints that no rule watches; a rule that cannot be read may be theirs, and then nothing is claimed."""
        for each in self.endpoints:
            if not self._of(each) and not self.unread:
                yield Finding(
                    subject=each,
                    problem="no alert rule watches the endpoint",
                    detail=f"of {self.rules} alert rules",
                    remedy=f"add a rule whose expression selects the series of {each}",
                )

    def _nowhere(self) -> Iterator[Finding]:
        if self.managers == 0:
            yield Finding(
                subject="Prometheus",
                problem="alerts are sent to no Alertmanager",
                detail="its list of active Alertmanagers is empty",
                remedy="set alerting.alertmanagers in prometheus.yml",
            )
