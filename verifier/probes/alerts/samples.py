"""Samples of an endpoint that fails, made of the series that exist: on them a rule is tried, without writing anything.

Each series becomes a vector of PromQL that is well until a moment and fails from then on, so that the very Prometheus
that will evaluate the rule evaluates it now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from verifier.probes.alerts.expression import Expression, Selector, quoted
from verifier.probes.traffic.prometheus import Labels

STATUSES = ("500", "503", "502", "504", "5xx", "429", "404", "400", "401", "403")
"""What a failing endpoint may answer; tried in this order where a rule accepts them."""
SLOW, SILENT, GONE, FLOODED = "answers slowly", "is silent", "is gone", "is overloaded"
_ANSWERS = "answers with "
NOTHING = "vector(0) > 1"
_PAST = 30 * 86400
"""Seconds for which the counters have counted before the failure."""
_FEW = 4
"""Series of one selector that are kept of a kind, apart from the buckets of a histogram."""
_SLOW_SECONDS = 60
_FLOOD = 1000
_BAD = re.compile(r"error|fail|exception|drop|reject|timeout|refus|lost", re.IGNORECASE)
_COUNTER = re.compile(r".*_(total|count|sum|bucket|created)")


def answers(status: str) -> str:
    """How a failure is called in which everything is answered with this status."""
    return f"{_ANSWERS}{status}"


def failures(expression: Expression, statuses: set[str]) -> list[str]:
    """The ways to fail that are tried: each status that the rule asks for, and the others.

    Args:
        expression: of the rule.
        statuses: the labels that may hold the status.
    """
    asked = [each for selector in expression.selectors for each in selector.on(statuses)]
    taken = [status for status in STATUSES if any(each.accepts(status) for each in asked)]
    return [*map(answers, taken or STATUSES[:1]), SLOW, SILENT, GONE, FLOODED]


@dataclass(frozen=True)
class Recording:
    """The samples for one endpoint and one rule.

    Attributes:
        endpoint: what the label of the endpoint says.
        labels: the labels that may name an endpoint, in order.
        statuses: the labels that may hold the status.
        kept: the labels that matter to the expression; series that differ in others alone are one.
        since: when the failure began, in Unix seconds.
        per_second: requests a second.
    """

    endpoint: str
    labels: tuple[str, ...]
    statuses: frozenset[str]
    kept: frozenset[str]
    since: int
    per_second: float

    def vector(self, selector: Selector, series: Iterable[Labels], failure: str) -> str:
        """What stands for a selector while the endpoint fails in this way.

        Args:
            selector: a place of the expression.
            series: those that exist there, whatever their status.
            failure: how the endpoint fails.
        """
        seen: dict[tuple[tuple[str, str], ...], str] = {}
        for labels in self._chosen(series, failure):
            if selector.accepts(labels):
                named = {name: value for name, value in labels.items() if name != "__name__"}
                seen.setdefault(_key(named), _labelled(self._value(labels, selector, failure), named))
        return " or ".join(seen.values()) or NOTHING

    def mine(self, labels: Labels) -> bool:
        """Whether a series is of the endpoint: it says so, or it names none."""
        named = next((labels[each] for each in self.labels if each in labels), None)
        return named is None or named == self.endpoint

    def _chosen(self, series: Iterable[Labels], failure: str) -> Iterator[Labels]:
        """A few of the series, and those that appear with the failure: of a status that was never answered before."""
        kept = self.kept | {"__name__"}
        told = [{name: value for name, value in each.items() if name in kept} for each in series]
        for each in (*_few(filter(self.mine, told)), *_few(each for each in told if not self.mine(each))):
            yield each
            status = next((name for name in self.statuses if name in each), None)
            if status and self.mine(each) and failure.startswith(_ANSWERS):
                yield each | {status: failure.removeprefix(_ANSWERS)}

    def _value(self, labels: Labels, selector: Selector, failure: str) -> str:
        counter = selector.counter or bool(_COUNTER.fullmatch(labels.get("__name__", "")))
        if not self.mine(labels):
            return self._grown if counter else "vector(1)"
        if failure == GONE:
            return f"({self._grown if counter else 'vector(1)'} and on() vector(time()) < {self.since})"
        return self._counted(labels, failure) if counter else self._gauge(failure)

    def _gauge(self, failure: str) -> str:
        then = {SILENT: 0.0, FLOODED: 1e9}.get(failure, 1.0)
        began = f"bool {self.since}"
        return f"((vector(time()) < {began}) + (vector(time()) >= {began}) * {then:.0f})"

    def _counted(self, labels: Labels, failure: str) -> str:
        """A counter: it grows, stands still, or grows only now."""
        name, bucket = labels.get("__name__", ""), labels.get("le")
        status = next((labels[each] for each in self.statuses if each in labels), None)
        if failure == SILENT:
            return self._still
        if failure == SLOW:
            return self._slow(name, bucket)
        if failure == FLOODED:
            return f"({self._grown} + {self._begun} * {_FLOOD})"
        if status is None:
            return self._begun if _BAD.search(name) else self._grown
        return self._begun if answers(status) == failure else self._still

    def _slow(self, name: str, bucket: str | None) -> str:
        if bucket not in {None, "+Inf"}:
            return self._still
        return f"({self._grown} + {self._begun} * {_SLOW_SECONDS})" if name.endswith("_sum") else self._grown

    @property
    def _grown(self) -> str:
        return f"((vector(time()) - {self.since - _PAST}) * {self.per_second:g})"

    @property
    def _still(self) -> str:
        return f"((clamp_max(vector(time()), {self.since}) - {self.since - _PAST}) * {self.per_second:g})"

    @property
    def _begun(self) -> str:
        return f"((clamp_min(vector(time()), {self.since}) - {self.since}) * {self.per_second:g})"


def _few(series: Iterable[Labels]) -> list[Labels]:
    """The first few; of a histogram all buckets."""
    kinds: dict[tuple[tuple[str, str], ...], list[Labels]] = {}
    for each in series:
        kinds.setdefault(_key(each | {"le": ""}), []).append(each)
    return [each for kind in list(kinds.values())[:_FEW] for each in kind]


def _key(labels: Labels) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def _labelled(vector: str, labels: Labels) -> str:
    for name, value in labels.items():
        vector = f'label_replace({vector}, "{name}", {quoted(value.replace("$", "$$"))}, "", "")'
    return vector
