"""Arguments for the functions that clients may call: values of other people, and SQL where a function executes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product

from verifier.probes.row_security.copy.tables import CopiedTables
from verifier.probes.row_security.copy.values import literals, number_of, quoted_name, quoted_value
from verifier.probes.row_security.personas import BORIS, STRANGER
from verifier.probes.row_security.relations import Function

_NUMBERS = {"smallint", "integer", "bigint", "numeric", "real", "double precision"}
_TEXTS = {"text", "character varying", "name", "character", "anyelement", "anynonarray", "citext"}
_MOMENTS = {"date", "timestamp with time zone", "timestamp without time zone"}
_MOST_COMBINATIONS = 150
_MOST_MIXED = 40
_FEWEST = 2
_MOST_TABLES = 2
_MOST_CONSTANTS = 6
_ESCAPES = (
    "true or true", "' or true --", "') or true --", "x' or '1'='1", "%' or true --", "%' or true) --", "' or true) --",
)  # fmt: skip
_FILLERS = ("1", "true")
"""What does no harm where another argument is the one that is executed: in ORDER BY, and in a condition."""
Arguments = tuple[str, ...]
"""One SQL expression for each argument."""


def plain(copied: CopiedTables, function: Function) -> Iterator[Arguments]:
    """Choices of ordinary values: the other user's, wide bounds, small ones, and none at all."""
    kinds = function.arguments
    yield tuple(_one(copied, kind, BORIS, number_of(BORIS), "true", "tomorrow") for kind in kinds)
    if not kinds:
        return
    yield _each(kinds, lambda kind, first: _one(
        copied, kind, "", "1000" if first else "0", "true", "-infinity" if first else "infinity"
    ))  # fmt: skip
    yield tuple(_one(copied, kind, number_of(BORIS), "1", "false", "yesterday") for kind in kinds)
    for word in literals(function.source)[:_MOST_CONSTANTS]:
        number = word if word.lstrip("-").isdecimal() else number_of(BORIS)
        yield tuple(_one(copied, kind, word, number, "true", "tomorrow") for kind in kinds)
    if not function.strict:
        yield tuple(f"null::{_known(kind)}" for kind in kinds)


def mixed(copied: CopiedTables, function: Function) -> Iterator[Arguments]:
    """Choices in which arguments of one kind differ: from the other's account to the caller's, an amount of one."""
    kinds = [_known(kind) for kind in function.arguments]
    choices = [
        (number_of(BORIS), number_of(STRANGER), "1")
        if kind in _NUMBERS
        else (BORIS, STRANGER)
        if kind == "uuid"
        else ()
        for kind in kinds
    ]
    if sum(map(bool, choices)) < _FEWEST:
        return
    for chosen in islice(product(*(each or (None,) for each in choices)), _MOST_MIXED):
        if len(set(chosen)) > 1 and {BORIS, number_of(BORIS)} & set(chosen):
            yield tuple(
                _one(copied, kind, BORIS, number_of(BORIS), "true", "tomorrow")
                if value is None
                else f"{quoted_value(value)}::{kind}"
                for kind, value in zip(kinds, chosen, strict=True)
            )


def executed(copied: CopiedTables, function: Function) -> Iterator[Arguments]:
    """SQL, names and fragments in every place that takes text, for functions that execute what they are given."""
    places = [number for number, kind in enumerate(function.arguments) if _known(kind) in _TEXTS]
    if not places:
        return
    usual = [_one(copied, kind, BORIS, number_of(BORIS), "true", "tomorrow") for kind in function.arguments]
    tables = [each for each in copied.made if each[0] in copied.schemas]
    named = [each for each in tables if each[1] in function.source]
    for table in (named or tables)[:_MOST_TABLES]:
        words = [*_statements(quoted_name(*table)), table[1], quoted_name(*table), "true", *_ESCAPES, "*", BORIS]
        for chosen in islice(_combinations(words, len(places)), _MOST_COMBINATIONS):
            given = list(usual)
            for place, word in zip(places, chosen, strict=True):
                given[place] = f"{quoted_value(word)}::{_known(function.arguments[place])}"
            yield tuple(given)


def _combinations(words: Sequence[str], places: int) -> Iterator[tuple[str, ...]]:
    """Each word in one place and nothing of meaning in the others; the same in all; and any pair of two."""
    for place, word, filler in product(range(places), words, _FILLERS if places > 1 else _FILLERS[:1]):
        yield tuple(word if number == place else filler for number in range(places))
    if places > 1:
        yield from ((word,) * places for word in words)
        yield from product(words, repeat=places)


def _statements(table: str) -> tuple[str, ...]:
    return (
        f"select * from {table}",
        f"select to_jsonb(t) from {table} t",
        f"select jsonb_agg(to_jsonb(t)) from {table} t",
        f"select count(*) from {table}",
        f"delete from {table}",
        f"truncate {table}",
    )


def _each(kinds: Sequence[str], choose: Callable[[str, bool], str]) -> Arguments:
    """A choice that differs for the first argument of its kind, such as a limit before an offset."""
    met: set[bool] = set()
    found = []
    for kind in kinds:
        group = kind in _MOMENTS
        found.append(choose(kind, group not in met))
        if group or kind in _NUMBERS:
            met.add(group)
    return tuple(found)


def _known(kind: str) -> str:
    return {"anyelement": "text", "anynonarray": "text", "anyarray": "text[]", "character varying": "text"}.get(
        kind, kind
    )


def _one(copied: CopiedTables, kind: str, word: str, number: str, truth: str, moment: str) -> str:  # noqa: PLR0913, PLR0917
    kind = _known(kind)
    base = kind.removesuffix("[]")
    text: str | None = None
    if base == "uuid":
        text = BORIS
    elif base in _TEXTS:
        text = word
    elif base in _NUMBERS:
        text = number
    elif base == "boolean":
        text = truth
    elif base in _MOMENTS:
        text = moment
    elif base in {"json", "jsonb"}:
        text = json.dumps(dict.fromkeys(copied.turn(0).keys, word or BORIS))
    elif not kind.endswith("[]") and kind in copied.labels:
        text = copied.labels[kind]
    if text is not None and kind.endswith("[]"):
        text = '{"' + text.replace('"', '\\"') + '"}'
    return f"{quoted_value(text)}::{kind}"
