"""Reads PromQL by its parser: what an expression selects, and the same expression on other series.

Semantics: Prometheus documentation, "Querying basics".
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import promql_parser as promql

from verifier.core.evidence import Cause, CouldNotLook

_OPERATORS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
"""The parser's names of operators, which it cannot hash."""
_COUNTS = {"rate", "irate", "increase", "resets"}
"""Functions that take a counter."""
_QUANTILE = "histogram_quantile"
_SAMPLES = 10
"""Samples within the time that a selector looks back."""

Node = Any
"""A node of the parser, which has no type of its own for most of them."""


class Matcher(NamedTuple):
    """One condition on a label; a label that is not there is empty."""

    label: str
    operator: str
    value: str

    @property
    def positive(self) -> bool:
        """Whether it says what the label is, and not what it is not."""
        return self.operator in {"=", "=~"}

    def accepts(self, value: str) -> bool:
        """Whether a label of this value fits.

        Raises:
            CouldNotLook: precondition; its pattern is RE2's, and Python does not know it.
        """
        if self.operator in {"=", "!="}:
            return (value == self.value) == self.positive
        try:
            return (re.fullmatch(self.value, value) is not None) == self.positive
        except re.error as trouble:
            raise CouldNotLook(Cause.PRECONDITION, f"the pattern {self.value!r} cannot be read: {trouble}") from None

    def __str__(self) -> str:
        return f"{self.label}{self.operator}{quoted(self.value)}"


@dataclass(frozen=True)
class Selector:
    """What an expression selects in one place.

    Attributes:
        matchers: the name of the metric is one of them, as `__name__`.
        counter: whether a function that takes a counter is applied to it.
        seconds: the time that it looks back; 0 for the newest sample alone.
        delay: seconds by which it looks at an earlier time.
        quantile: whether it is what a quantile is taken of.
    """

    matchers: tuple[Matcher, ...]
    counter: bool = False
    seconds: float = 0.0
    delay: float = 0.0
    quantile: bool = False

    @property
    def metric(self) -> str:
        """The name, if it selects by one."""
        return next((each.value for each in self.matchers if (each.label, each.operator) == ("__name__", "=")), "")

    def on(self, labels: set[str]) -> list[Matcher]:
        """The matchers on these labels."""
        return [each for each in self.matchers if each.label in labels]

    def accepts(self, labels: dict[str, str]) -> bool:
        """Whether it selects the series of these labels, whatever the name of that."""
        return all(each.accepts(labels.get(each.label, "")) for each in self.matchers if each.label != "__name__")

    def without(self, labels: set[str]) -> str:
        """It as PromQL, without its conditions on these labels."""
        return "{" + ",".join(str(each) for each in self.matchers if each.label not in labels) + "}"

    def __str__(self) -> str:
        rest = ",".join(str(each) for each in self.matchers if not self.metric or each.label != "__name__")
        return f"{self.metric}{{{rest}}}" if rest or not self.metric else self.metric


class Expression:
    """An expression that can be read.

    Args:
        text: PromQL.

    Raises:
        CouldNotLook: precondition; it cannot.
    """

    def __init__(self, text: str) -> None:
        try:
            self._tree: Node = promql.parse(text)
        except ValueError as trouble:
            what = f"the expression {text[:120]!r} cannot be read as PromQL: {trouble}"
            raise CouldNotLook(Cause.PRECONDITION, what, remedy="promtool check rules FILE") from None
        self._selected = _selected(self._tree)

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """What it selects, each place once."""
        return tuple(self._selected.values())

    @property
    def labels(self) -> set[str]:
        """Every label that it names, and every text in it, which may be one."""
        found = {each.label for selector in self.selectors for each in selector.matchers}
        for node in _nodes(self._tree):
            found |= set(_grouping(node))
            if isinstance(node, promql.StringLiteral):
                found.add(node.val)
        return found - {"__name__"}

    @property
    def counts(self) -> bool:
        """Whether it counts series, so that how many there are matters."""
        return any(isinstance(each, promql.AggregateExpr) and "count" in str(each.op) for each in _nodes(self._tree))

    @property
    def seconds(self) -> float:
        """The longest time that it looks back."""
        subqueries = [each.range for each in _nodes(self._tree) if isinstance(each, promql.SubqueryExpr)]
        inner = sum(each.total_seconds() for each in subqueries if each)
        return max((each.seconds for each in self.selectors), default=0.0) + inner

    def on(self, replaced: Callable[[Selector], str]) -> str:
        """The same expression on other series, as PromQL; `replaced` gives for each selector a vector in its place."""

        def visit(node: Node) -> Node | None:
            if isinstance(node, promql.MatrixSelector | promql.VectorSelector):
                selector = self._selected[str(node)]
                return promql.parse(_instead(selector, replaced(selector)))
            return None

        return str(promql.transform(self._tree, visit).prettify())


def seconds_of(told: object) -> float:
    """A duration as rules write it, in seconds; 0 for none.

    Raises:
        CouldNotLook: precondition; it is none.
    """
    text = str(told or "0")
    if re.fullmatch(r"0+[a-z]*", text):
        return 0.0
    # Only what looks like one: the parser panics at a negative number.
    if re.fullmatch(r"(\d+[a-z]+)+", text):
        with contextlib.suppress(ValueError):
            return promql.parse_duration(text).total_seconds()
    raise CouldNotLook(Cause.PRECONDITION, f"{told!r} is no duration such as 5m")


def quoted(text: str) -> str:
    """A string of PromQL."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _nodes(tree: Node) -> list[Node]:
    found: list[Node] = []
    promql.walk(tree, found.append)
    return found


def _grouping(node: Node) -> Iterator[str]:
    """The labels by which a node groups or matches."""
    modifier = getattr(node, "modifier", None)
    if isinstance(node, promql.AggregateExpr) and modifier:
        yield from modifier.labels
    if isinstance(node, promql.BinaryExpr) and modifier:
        yield from modifier.matching.labels if modifier.matching else ()
        yield from modifier.group_labels or ()


def _instead(selector: Selector, vector: str) -> str:
    """A vector in the place of a selector, over the same time."""
    delayed = f" offset {selector.delay:.0f}s" if selector.delay else ""
    if selector.seconds:
        return f"({vector})[{selector.seconds:.0f}s:{max(1, round(selector.seconds / _SAMPLES))}s]{delayed}"
    # A vector has no offset; a subquery has, and its newest point is the vector.
    return f"last_over_time(({vector})[60s:15s]{delayed})" if delayed else f"({vector})"


def _selected(tree: Node) -> dict[str, Selector]:
    """The places where it selects, as the parser writes them → what; a matrix is one place."""
    above: list[Node] = []
    found: dict[str, Selector] = {}

    def enter(node: Node) -> None:
        called = {each.func.name for each in above if isinstance(each, promql.Call)}
        if isinstance(node, promql.MatrixSelector):
            found[str(node)] = _selector(node.vector_selector, called, node.range)
        elif isinstance(node, promql.VectorSelector) and not (above and isinstance(above[-1], promql.MatrixSelector)):
            found[str(node)] = _selector(node, called)
        above.append(node)

    promql.walk(tree, enter, lambda _node: above.pop() and None)
    return found


def _selector(node: Node, called: set[str], over: timedelta = timedelta()) -> Selector:
    if node.at or node.matchers.or_matchers:
        what = f"the selector {node} has '@' or 'or', on which no sample can be laid"
        raise CouldNotLook(Cause.PRECONDITION, what)
    matchers = [
        Matcher(each.name, _OPERATORS[str(each.op).rpartition(".")[2]], each.value) for each in node.matchers.matchers
    ]
    named = [Matcher("__name__", "=", node.name)] if node.name else []
    return Selector(
        (*named, *matchers),
        counter=bool(called & _COUNTS),
        seconds=over.total_seconds(),
        delay=(node.offset or timedelta()).total_seconds(),
        quantile=_QUANTILE in called,
    )
