"""Evaluates PromQL on samples: the part of it that alert rules are written in; anything else is refused.

Semantics: Prometheus documentation, "Querying"; `tests/sandbox/test_promql.py` compares it with Prometheus itself.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import promql_parser as promql

from sandbox.prometheus.operators import (
    ARITHMETIC,
    COMPARISONS,
    NAME,
    Node,
    Unsupported,
    Value,
    Vector,
    each_of,
    kept,
    only,
    pairs_of,
    scalar,
    sets,
)
from sandbox.prometheus.over_time import OVER_TIME, Window
from sandbox.prometheus.samples import Labels, Point

_LOOK_BACK = 300.0
"""Seconds after which a series without a new sample is no more."""
_STEP = 60.0
"""Seconds between the points of a subquery that does not say it."""
_AGGREGATIONS: dict[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "avg": lambda values: sum(values) / len(values),
    "min": min,
    "max": max,
    "count": len,
}


def matching(selector: Node, labels: Labels) -> bool:
    """Whether a selector selects the series of these labels."""
    told = dict(labels)
    if selector.name and told.get(NAME) != selector.name:
        return False
    return all(_fits(each, told.get(each.name, "")) for each in selector.matchers.matchers)


def _fits(matcher: Node, value: str) -> bool:
    if matcher.op in (promql.MatchOp.Equal, promql.MatchOp.NotEqual):
        return bool((matcher.value == value) == (matcher.op == promql.MatchOp.Equal))
    return bool((re.fullmatch(matcher.value, value) is not None) == (matcher.op == promql.MatchOp.Re))


class Engine:
    """Evaluates expressions on these series."""

    def __init__(self, series: Mapping[Labels, Sequence[Point]]) -> None:
        self._series = series
        self._kinds: dict[type[Node], Callable[[Node, float], Value]] = {
            promql.NumberLiteral: lambda node, _at: float(node.val),
            promql.ParenExpr: lambda node, at: self.value(node.expr, at),
            promql.UnaryExpr: lambda node, at: each_of(self.value(node.expr, at), operator.neg),
            promql.VectorSelector: lambda node, at: {
                each: value for each, (_, value) in self._newest(node, at).items()
            },
            promql.AggregateExpr: self._aggregated,
            promql.BinaryExpr: self._joined,
            promql.Call: self._called,
        }

    def value(self, node: Node, at: float) -> Value:
        """The value of an expression at a moment.

        Raises:
            Unsupported: it has a part that is not evaluated here.
        """
        evaluate = self._kinds.get(type(node))
        if evaluate is None:
            raise Unsupported(f"not evaluated here: {type(node).__name__}")
        return evaluate(node, at)

    def _vector(self, node: Node, at: float) -> Vector:
        found = self.value(node, at)
        if not isinstance(found, dict):
            raise Unsupported(f"expected an instant vector: {node}")
        return found

    def _newest(self, node: Node, at: float) -> dict[Labels, Point]:
        at -= node.offset.total_seconds() if node.offset else 0.0
        found = {}
        for labels, points in self._series.items():
            if matching(node, labels):
                newest = next((each for each in reversed(points) if each[0] <= at), None)
                if newest is not None and at - newest[0] < _LOOK_BACK:
                    found[labels] = newest
        return found

    def _windows(self, node: Node, at: float) -> dict[Labels, Window]:
        """The points of a matrix, or of a subquery, by series."""
        lasts = node.range.total_seconds()
        offset = node.vector_selector.offset if isinstance(node, promql.MatrixSelector) else node.offset
        end = at - (offset.total_seconds() if offset else 0.0)
        found: dict[Labels, list[Point]] = {}
        if isinstance(node, promql.MatrixSelector):
            for labels, points in self._series.items():
                if matching(node.vector_selector, labels):
                    found[labels] = [each for each in points if end - lasts <= each[0] <= end]
        else:
            step = node.step.total_seconds() if node.step else _STEP
            # The points of a subquery lie on whole multiples of its step.
            first = math.ceil((end - lasts) / step)
            for number in range(first, math.floor(end / step) + 1):
                told = self.value(node.expr, number * step)
                for labels, value in (told if isinstance(told, dict) else {(): told}).items():
                    found.setdefault(labels, []).append((number * step, value))
        return {labels: Window(points, end - lasts, end) for labels, points in found.items() if points}

    def _aggregated(self, node: Node, at: float) -> Vector:
        if str(node.op) not in _AGGREGATIONS:
            raise Unsupported(f"not evaluated here: {node.op}")
        modifier = node.modifier
        without = bool(modifier) and modifier.type == promql.AggModifierType.Without
        groups: dict[Labels, list[float]] = {}
        for labels, value in self._vector(node.expr, at).items():
            key = only(labels, modifier.labels if modifier else (), without=without)
            groups.setdefault(key, []).append(value)
        return {labels: float(_AGGREGATIONS[str(node.op)](values)) for labels, values in groups.items()}

    # ---- operators

    def _joined(self, node: Node, at: float) -> Value:
        left, right, name = self.value(node.lhs, at), self.value(node.rhs, at), str(node.op)
        if isinstance(left, dict) and isinstance(right, dict):
            return (
                sets(name, node, left, right) if name in {"and", "or", "unless"} else pairs_of(name, node, left, right)
            )
        if isinstance(left, dict):
            number = scalar(right)
            return kept(name, node, {each: (value, number, value) for each, value in left.items()})
        if isinstance(right, dict):
            number = scalar(left)
            return kept(name, node, {each: (number, value, value) for each, value in right.items()})
        return float(COMPARISONS[name](left, right)) if name in COMPARISONS else ARITHMETIC[name](left, right)

    # ---- functions

    def _called(self, node: Node, at: float) -> Value:
        name, arguments = node.func.name, list(node.args)
        if name in OVER_TIME:
            windows = self._windows(arguments[-1], at)
            told = {only(labels, (NAME,), without=True): OVER_TIME[name](each) for labels, each in windows.items()}
            return {labels: value for labels, value in told.items() if value is not None}
        if name == "timestamp" and isinstance(arguments[0], promql.VectorSelector):
            newest = self._newest(arguments[0], at)
            return {only(labels, (NAME,), without=True): moment for labels, (moment, _) in newest.items()}
        called: Callable[[Any, float], Value] | None = getattr(self, f"_call_{name}", None)
        if called is None:
            raise Unsupported(f"not evaluated here: {name}()")
        return called(arguments, at)

    def _call_time(self, _arguments: Sequence[Node], at: float) -> float:
        return at

    def _call_vector(self, arguments: Sequence[Node], at: float) -> Vector:
        return {(): scalar(self.value(arguments[0], at))}

    def _call_clamp_max(self, arguments: Sequence[Node], at: float) -> Value:
        most = scalar(self.value(arguments[1], at))
        return each_of(self._vector(arguments[0], at), lambda value: min(value, most))

    def _call_clamp_min(self, arguments: Sequence[Node], at: float) -> Value:
        least = scalar(self.value(arguments[1], at))
        return each_of(self._vector(arguments[0], at), lambda value: max(value, least))

    def _call_absent(self, arguments: Sequence[Node], at: float) -> Vector:
        if self._vector(arguments[0], at):
            return {}
        equal = [each for each in getattr(getattr(arguments[0], "matchers", None), "matchers", ())
                 if each.op == promql.MatchOp.Equal]  # fmt: skip
        return {tuple(sorted((each.name, each.value) for each in equal)): 1.0}

    def _call_label_replace(self, arguments: Sequence[Node], at: float) -> Vector:
        label, replacement, source, pattern = (each.val for each in arguments[1:])
        template, found = re.sub(r"\$(\d+)", r"\\g<\1>", replacement.replace("\\", "\\\\")).replace("$$", "$"), {}
        for labels, value in self._vector(arguments[0], at).items():
            told = dict(labels)
            match = re.fullmatch(pattern, told.get(source, ""))
            if match:
                told[label] = match.expand(template)
            found[tuple(sorted((name, each) for name, each in told.items() if each))] = value
        return found

    def _call_histogram_quantile(self, arguments: Sequence[Node], at: float) -> Vector:
        share = scalar(self.value(arguments[0], at))
        histograms: dict[Labels, list[Point]] = {}
        for labels, value in self._vector(arguments[1], at).items():
            bound = dict(labels).get("le")
            if bound is not None:
                key = only(labels, ("le", NAME), without=True)
                histograms.setdefault(key, []).append((float(bound), value))
        return {labels: _quantile(share, sorted(buckets)) for labels, buckets in histograms.items()}


def _quantile(share: float, buckets: list[Point]) -> float:
    """By linear interpolation within a bucket; above the last bound that is finite, that bound."""
    if len(buckets) < 2 or not math.isinf(buckets[-1][0]) or not buckets[-1][1]:  # noqa: PLR2004 - one is no histogram
        return math.nan
    rank = share * buckets[-1][1]
    index = next(place for place, (_, count) in enumerate(buckets) if count >= rank)
    if index == len(buckets) - 1:
        return buckets[-2][0]
    below, before = (buckets[index - 1]) if index else (min(0.0, buckets[0][0]), 0.0)
    bound, count = buckets[index]
    return below + (bound - below) * (rank - before) / (count - before) if count > before else bound
