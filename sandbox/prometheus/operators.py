"""PromQL's operators: of numbers, and of vectors that are matched by their labels.

Semantics: Prometheus documentation, "Operators".
"""

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import promql_parser as promql

from sandbox.prometheus.samples import Labels

Vector = dict[Labels, float]
Value = float | Vector
Node = Any
"""A node of the parser, which has no type of its own for most of them."""
NAME = "__name__"
ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: left / right if right else math.nan if not left else math.copysign(math.inf, left),
    "%": lambda left, right: math.fmod(left, right) if right else math.nan,
    "^": operator.pow,
}
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


class Unsupported(Exception):  # noqa: N818 - it says what the query is
    """A part of PromQL that is not evaluated here."""


def scalar(value: Value) -> float:
    """A number, and no vector."""
    if isinstance(value, dict):
        raise Unsupported("expected a scalar")
    return value


def each_of(value: Value, change: Callable[[float], float]) -> Value:
    """A number or vector, each value changed."""
    if not isinstance(value, dict):
        return change(value)
    return {only(labels, (NAME,), without=True): change(each) for labels, each in value.items()}


def only(labels: Labels, names: Iterable[str], *, without: bool) -> Labels:
    """The labels with these names, or those with others; the name of a metric never survives."""
    chosen = set(names)
    return tuple(each for each in labels if each[0] != NAME and (each[0] in chosen) != without)


def _key(node: Node, labels: Labels) -> Labels:
    """By which two sides of an operator are matched."""
    matching = node.modifier.matching if node.modifier else None
    if matching is None:
        return only(labels, (), without=True)
    return only(labels, matching.labels, without=matching.type == promql.LabelModifierType.Exclude)


def sets(name: str, node: Node, left: Vector, right: Vector) -> Vector:
    """`and`, `or`, `unless`."""
    others = {_key(node, labels) for labels in right}
    if name == "or":
        own = {_key(node, labels) for labels in left}
        return left | {labels: value for labels, value in right.items() if _key(node, labels) not in own}
    return {labels: value for labels, value in left.items() if (_key(node, labels) in others) == (name == "and")}


def pairs_of(name: str, node: Node, left: Vector, right: Vector) -> Vector:
    """One to one; whoever has no partner is left out."""
    if node.modifier and node.modifier.card not in (None, promql.VectorMatchCardinality.OneToOne):
        raise Unsupported("not evaluated here: group_left, group_right")
    others = {_key(node, labels): value for labels, value in right.items()}
    if len(others) < len(right) or len({_key(node, labels) for labels in left}) < len(left):
        raise Unsupported("many-to-many matching not allowed: matching labels must be unique on one side")
    found = {
        labels: (value, others[key], value) for labels, value in left.items() if (key := _key(node, labels)) in others
    }
    return kept(name, node, found)


def kept(name: str, node: Node, pairs: Mapping[Labels, tuple[float, float, float]]) -> Vector:
    """The result for each pair: a comparison keeps the third of those that hold, or tells 0 and 1."""
    if name in ARITHMETIC:
        told = {labels: ARITHMETIC[name](left, right) for labels, (left, right, _) in pairs.items()}
        return {_key(node, labels): value for labels, value in told.items()}
    holds = COMPARISONS[name]
    if node.modifier and node.modifier.return_bool:
        return {_key(node, labels): float(holds(left, right)) for labels, (left, right, _) in pairs.items()}
    return {labels: value for labels, (left, right, value) in pairs.items() if holds(left, right)}
