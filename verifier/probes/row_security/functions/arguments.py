"""Arguments for the functions that clients may call: values of other people, and SQL where a function executes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product

from verifier.probes.row_security.copy.tables import CopiedTables, Place
from verifier.probes.row_security.copy.values import Column, literals, number_of, quoted_name, quoted_value, snake
from verifier.probes.row_security.personas import BORIS, LONER, STRANGER
from verifier.probes.row_security.relations import Function

_NUMBERS = {"smallint", "integer", "bigint", "numeric", "real", "double precision"}
_TEXTS = {"text", "character varying", "name", "character", "anyelement", "anynonarray", "citext"}
_MOMENTS = {"date", "timestamp with time zone", "timestamp without time zone"}
_MOST_COMBINATIONS = 150
_MOST_MIXED = 40
_FEWEST = 2
_MOST_TABLES = 2
_MOST_CONSTANTS = 6
_MOST_OWN = 12
_OF_KEYS = {"id", "uuid"}
_ESCAPES = (
    "true or true", "' or true --", "') or true --", "x' or '1'='1", "%' or true --", "%' or true) --", "' or true) --",
)  # fmt: skip
_FILLERS = ("1", "true")
"""What does no harm where another argument is the one that is executed: in ORDER BY, and in a condition."""
Arguments = tuple[str, ...]
"""One SQL expression for each argument."""
Known = Callable[[Place, Column], str | None]


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


def for_oneself(copied: CopiedTables, function: Function, known: Known) -> Iterator[Arguments]:
    """Choices for the caller's own sake: itself wherever a person may stand, and what conditions ask for elsewhere.

    Args:
        copied: the columns of the copy.
        function: what is called.
        known: the value of a column in a row of the caller.
    """
    choices = []
    for number, kind in enumerate(map(_known, function.arguments)):
        name = function.names[number] if number < len(function.names) else ""
        base = kind.removesuffix("[]")
        if base in {"json", "jsonb"}:
            keys = copied.turn(0).keys
            entries = {each: _of_column(copied, function, "", each, known) or STRANGER for each in keys}
            found = [json.dumps(entries)]
        elif base == "uuid":
            named = _of_column(copied, function, base, name, known)
            found = [named] if named else [BORIS, STRANGER]
        else:
            named = _of_column(copied, function, base, name, known)
            found = [named] if named else _marks(copied, function, base, known)
            # An address or a name may stand for the caller, too; what is asked for comes last, and so stays.
            found = [*([STRANGER] if base in _TEXTS else []), *found]
        usual = [_one(copied, kind, STRANGER, number_of(BORIS), "true", "tomorrow")]
        choices.append([f"{quoted_value(_listed(kind, each))}::{kind}" for each in found] or usual)
    yield from [*islice(product(*choices), _MOST_COMBINATIONS)][-_MOST_OWN:] if choices else ()


def _listed(kind: str, text: str) -> str:
    plain_list = kind.endswith("[]") and not text.startswith("{")
    return '{"' + text.replace('"', '\\"') + '"}' if plain_list else text


def _of_column(copied: CopiedTables, function: Function, base: str, name: str, known: Known) -> str | None:
    """The value of the column that an argument is called after: `new_role` after `role`, `crew` after `crew_id`."""
    words = {*snake(name).split("_")}
    found: list[tuple[int, str]] = []
    for where in copied.named_in([function.source]):
        for column in copied.columns[where]:
            parts = {*snake(column.name).split("_")}
            core = parts - _OF_KEYS or parts
            if core <= words and _takes(base, column) and (value := known(where, column)) is not None:
                found.append((len(core), value))
    return max(found, key=lambda each: each[0])[1] if found else None


def _marks(copied: CopiedTables, function: Function, base: str, known: Known) -> list[str]:
    """What conditions compare columns of this type with, in the tables that a function names."""
    asked = copied.turn(0).literals
    values = (
        known(where, each)
        for where in copied.named_in([function.source])
        for each in copied.columns[where]
        if (each.name in asked or each.labels) and _takes(base, each)
    )
    return [*dict.fromkeys(each for each in values if each is not None)][:_MOST_CONSTANTS]


def _takes(base: str, column: Column) -> bool:
    """Whether a column takes an argument of this type; of any, if it is empty."""
    own = column.type_.partition("(")[0].removesuffix("[]")
    return not base or base == own or any({base, own} <= some for some in (_TEXTS, _NUMBERS)) or (
        base in _TEXTS and bool(column.labels)
    )  # fmt: skip


def naming(copied: CopiedTables, function: Function) -> Iterator[Arguments]:
    """Choices in which one argument is somebody who has no row yet: a call with the second owner may change nothing."""
    kinds = function.arguments
    for number in (place for place, kind in enumerate(kinds) if kind == "uuid"):
        given = [_one(copied, kind, BORIS, number_of(BORIS), "true", "tomorrow") for kind in kinds]
        given[number] = f"{quoted_value(LONER)}::uuid"
        yield tuple(given)


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
