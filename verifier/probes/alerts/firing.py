"""Tries a rule on samples of a failure, by the Prometheus that the target's rules are evaluated on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.alerts.expression import Expression, Selector
from verifier.probes.alerts.rules import AlertRule
from verifier.probes.alerts.samples import Recording, failures
from verifier.probes.alerts.section import Alerts
from verifier.probes.traffic.prometheus import Labels, Prometheus, Timeline
from verifier.probes.traffic.section import Metrics

_POINTS = 20
"""Evaluations of a rule from the beginning of the failure on, at least."""
_SHORTEST = 15
"""Seconds between two, at least; Prometheus' own usual interval is 15 to 60 s."""
_REST = 300
"""Seconds that the failure lasts longer than the rule needs."""


@dataclass(frozen=True)
class Trial:
    """One rule, tried for one endpoint.

    Attributes:
        existing: the series that exist for a selector, whatever their status.
    """

    context: Context
    asked: Prometheus
    rule: AlertRule
    expression: Expression
    endpoint: str
    existing: Callable[[Selector], list[Labels]]

    def fires(self) -> tuple[str, Labels]:
        """The first failure on which the rule fires, and the labels of what it then tells; empty if there is none.

        Raises:
            CouldNotLook: the Prometheus does not evaluate it; or no sample of its kind can be made.
        """
        self._possible()
        settings, statuses = self.context.target.section(Alerts), self.context.target.section(Metrics).status
        lasts = math.ceil(self.expression.seconds + self.rule.seconds) + _REST
        until, step = int(now().timestamp()), max(_SHORTEST, lasts // _POINTS)
        recording = Recording(
            endpoint=self.endpoint,
            labels=settings.label,
            statuses=frozenset(statuses),
            kept=frozenset(self._kept({"le", *statuses, *settings.label})),
            since=until - lasts,
            per_second=settings.per_second,
        )
        for failure in failures(self.expression, set(statuses)):
            text = self.expression.on(partial(self._vector, recording, failure))
            for line in self.asked.over(text, until - lasts, until, step):
                if longest(line, step) >= self.rule.seconds:
                    return failure, line.labels
        return "", {}

    def _vector(self, recording: Recording, failure: str, selector: Selector) -> str:
        return recording.vector(selector, self.existing(selector), failure)

    def _possible(self) -> None:
        """Raise where series are of a kind of which no samples are made."""
        for each in self.expression.selectors:
            found = self.existing(each)
            if each.quantile and found and not any("le" in labels for labels in found):
                what = f"{each} is a native histogram, of which no samples are made"
                raise CouldNotLook(Cause.PRECONDITION, what, remedy=f"try '{self.rule.name}' with promtool test rules")

    def _kept(self, always: set[str]) -> Iterator[str]:
        """The labels that matter; all, where the rule counts series."""
        yield from always | self.expression.labels
        if self.expression.counts:
            yield from (name for each in self.expression.selectors for labels in self.existing(each) for name in labels)


def longest(line: Timeline, step: float) -> float:
    """The longest time, in seconds, for which a series was told of without a gap; less than nothing for never."""
    best, began, before = -1.0, None, -math.inf
    for at, _ in line.points:
        began = at if began is None or at - before > step * 1.5 else began
        best, before = max(best, at - began), at
    return best
