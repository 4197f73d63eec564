"""Values for columns of any type, with the owner's id wherever it fits."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

from psycopg import sql

_NUMBERS = {"a": "1111", "b": "2222", "c": "3333", "d": "4444"}
_WHOLE = {"int2", "int4", "int8", "oid"}
_FRACTIONS = {"numeric", "float4", "float8", "money"}
_WORDS = {"text", "varchar", "bpchar", "name", "citext", "xml"}
_OTHERS = {
    "bytea": r"\x616263",
    "inet": "10.0.0.1",
    "cidr": "10.0.0.0/24",
    "macaddr": "08:00:2b:01:02:03",
    "macaddr8": "08:00:2b:01:02:03:04:05",
    "interval": "1 hour",
    "time": "12:00",
    "timetz": "12:00+00",
    "point": "(1,1)",
    "line": "{1,2,3}",
    "lseg": "[(0,0),(1,1)]",
    "box": "((0,0),(1,1))",
    "path": "((0,0),(1,1))",
    "polygon": "((0,0),(1,1))",
    "circle": "<(0,0),1>",
    "tsvector": "word",
    "tsquery": "word",
    "bit": "1",
    "varbit": "1",
    "pg_lsn": "0/0",
    "hstore": "",
}
_LITERAL = re.compile(r"'((?:[^']|'')*)'|(?<![\w.$])(-?\d+(?:\.\d+)?)(?![\w.])")
PERSON = re.compile(
    r"^(?:id|sub|uid|author|owner|creator)$|(?:^|_)(?:user|uid|owner|author|person|people|profile|member|creator|customer|"
    r"client|employee|student|sender|recipient|assignee|writer|auth)(?:_?(?:id|uuid|ref))?$|_by$"
)
"""Names of columns that hold somebody's id, in small letters."""
_AUTHOR = re.compile(r"(?:^|_)(?:author|creator|sender|writer)(?:_?(?:id|uuid))?$|_by(?:_id)?$")
_SECRET = re.compile(
    r"[_.](?:token|secret|passcode|passphrase|password|otp|nonce)(?:_hash|_digest)?$|[_.](?:hash|digest)$|"
    r"[_.](?:api|access|share|sharing|join|invite|invitation|link|licen[cs]e|gift_?card)_?(?:key|code|token)$|"
    r"(?:^|_)(?:invite|invitation|licen[cs]e|gift_?card)s?\.(?:key|code)$"
)
"""Names of tables and columns that hold what nobody can know who was not told."""
_SHORT = 8  # a shorter secret can be guessed
_MOMENTS = {"date", "timestamp", "timestamptz"}
_MOST_LITERALS = 6


@dataclass(frozen=True)
class Column:
    """One column (the fields of the query `COLUMNS`)."""

    schema: str
    table: str
    kind: str
    name: str
    type_: str
    base: str
    category: str
    sort: str
    element: str
    element_sort: str
    length: int
    required: bool
    generated: bool
    identity: str
    has_default: bool
    labels: tuple[str, ...]
    bound: str
    key: int
    rights: frozenset[str]
    checks: tuple[str, ...]
    unique: bool
    asked: bool
    default: str

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Column:
        """From a row of that query."""
        *head, labels, bound, key, rights, checks, unique, asked, default = row
        rest: list[Any] = [tuple(labels), bound, key, frozenset(rights), tuple(checks), unique, asked, default]
        return cls(*head, *rest)

    @property
    def listed(self) -> bool:
        """Whether it holds several values, or a value per key."""
        return self.category == "A" or self.base in {"json", "jsonb"}

    @property
    def telling(self) -> bool:
        """Whether it holds its owner's id recognisably."""
        if is_secret(self):
            return False
        long = self.base in _WORDS and (not self.length or self.length >= 8)  # noqa: PLR2004 - eight equal letters
        return self.base in {"uuid", "json", "jsonb"} or long or self.element in {"uuid", "text", "varchar"}


@dataclass(frozen=True)
class Turn:
    """One turn: which value is chosen where several are possible.

    Attributes:
        number: from 0; turns 1 and 6 use what conditions do not ask for, all others what they ask for.
        literals: column name → constants that conditions compare it with.
        keys: JSON keys that conditions look up.
        empty: columns that conditions want to be NULL; they are NULL in the favourable turns.
        filled: columns that conditions want to be anything but NULL; they are NULL in the other turns.
        absent: columns of which conditions find an absent value equal to another; they are NULL in turn 2.
        either: columns of time that conditions want to be NULL, or to lie on one side of now; not NULL in turn 2.
        past: columns of time that conditions want to be over.
        false: columns that conditions want to be false.
        forms: columns that conditions take apart, such as the path of a file → how it is made of the owner's id.
        spared: lists that are empty.
        entries: JSON key → the constant that conditions ask for there, given from turn 2 on.
        entry: what conditions ask for at the key of somebody's id in JSON.
        digest: the function by which conditions compare secrets.
    """

    number: int
    literals: dict[str, tuple[str, ...]]
    keys: tuple[str, ...] = ()
    empty: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    false: frozenset[str] = frozenset()
    forms: Mapping[str, str] = field(default_factory=dict)
    spared: frozenset[str] = frozenset()
    entries: Mapping[str, Any] = field(default_factory=dict)
    entry: str = "true"
    digest: Literal["md5", "sha256", "sha512"] = "md5"

    @property
    def favourable(self) -> bool:
        """Whether columns have what conditions ask for, as far as their text tells."""
        return self.number not in {1, 6}

    def literal(self, values: tuple[str, ...]) -> str:
        """The constant of this turn, from turn 1 on."""
        return values[max(self.number - 2, 0) % len(values)]

    def is_null(self, name: str) -> bool:
        """Whether a column that may be NULL is."""
        if self.number == 2 and name in self.absent | self.either:  # noqa: PLR2004 - the first with constants
            return name in self.absent
        return name in self.empty - self.filled if self.favourable else name in self.filled

    def pick(self, values: tuple[str, ...]) -> str:
        """The choice of this turn."""
        return values[self.number % len(values)]


def value_of(column: Column, owner: str, turn: Turn) -> str | None:  # noqa: PLR0911 - a table of kinds
    """The text form of a value for this column in a row of `owner`; None where only NULL or the default fits."""
    if column.key and (found := _within(column)) is not None:
        return found
    wanted = turn.literals.get(column.name, ())
    if column.base in _WHOLE | _FRACTIONS:
        wanted = tuple(each for each in wanted if re.fullmatch(r"-?\d+(?:\.\d+)?", each))
    if column.labels:
        known = tuple(each for each in wanted if each in column.labels)
        label = turn.literal(known) if turn.number and known else turn.pick(column.labels)
        return "{" + label + "}" if column.category == "A" else label
    if turn.number and wanted and column.base in _WORDS | _WHOLE | _FRACTIONS:
        return turn.literal(wanted)
    if is_secret(column):
        return _secret(column, owner, turn)
    allowed = literals(*column.checks)
    if allowed and column.base in _WORDS:
        return turn.pick(allowed)
    if column.asked and column.listed and (turn.number == 1 or column.name in turn.spared):
        return "{}"  # a list that is empty, or an owner that is not named, may mean nobody, or everybody
    return _plain(column.base, column, owner, turn)


def is_of_person(column: Column) -> bool:
    """Whether its name says that it holds somebody's id."""
    return bool(PERSON.search(snake(column.name)))


def is_author(column: Column) -> bool:
    """Whether its name says that it holds the id of who wrote the row, and it may."""
    return column.telling and bool(_AUTHOR.search(snake(column.name)))


def is_secret(column: Column) -> bool:
    """Whether its name says that it holds what nobody can know who was not told, and it is long enough for that."""
    long = column.base in _WORDS and (not column.length or column.length >= _SHORT)
    return (column.base == "uuid" or long) and bool(_SECRET.search(snake(f"{column.table}.{column.name}")))


def snake(name: str) -> str:
    """A name in small letters, with `_` between its words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _secret(column: Column, owner: str, turn: Turn) -> str:
    """The first owner has its own id, by which it is recognised when it shows it; what the others have nobody knows."""
    known = owner[0] == "a"
    if column.base == "uuid":
        return owner if known else str(uuid.uuid5(uuid.NAMESPACE_OID, owner))
    if not known or re.search(r"(?:hash|digest)$", snake(column.name)):
        owner = hashlib.new(turn.digest, (owner if known else f"nobody knows {owner}").encode()).hexdigest()
    return owner[: column.length or None]


def literals(*texts: str) -> tuple[str, ...]:
    """The constants in conditions: quoted ones, and numbers only if none is quoted."""
    found = [match for text in texts for match in _LITERAL.findall(text)]
    words = [word.replace("''", "'") for word, number in found if not number]
    return tuple(dict.fromkeys(words or [number for _, number in found]))[:_MOST_LITERALS]


def number_of(owner: str) -> str:
    """The owner as a number, for numeric columns."""
    return _NUMBERS[owner[0]]


def _plain(base: str, column: Column, owner: str, turn: Turn) -> str | None:  # noqa: PLR0911 - a table of types
    if column.category == "A":
        inner = _plain(column.element, column_like(column), owner, turn)
        return "{}" if inner is None or column.element_sort == "c" else '{"' + inner.replace('"', '\\"') + '"}'
    if base == "uuid":
        return owner
    if base in _WORDS:
        text = turn.forms.get(column.name, "{}").replace("{}", owner)
        return text if not column.length or len(text) <= column.length else owner[: column.length]
    if base in _WHOLE | _FRACTIONS:
        return _fitting(column, owner)
    if base == "bool":
        return "true" if turn.favourable is (column.name not in turn.false) else "false"
    if base in _MOMENTS:
        return "tomorrow" if turn.favourable is (column.name not in turn.past) else "yesterday"
    if base in {"json", "jsonb"}:
        asked = turn.entries if turn.number > 1 else {}
        return json.dumps({"owner": owner, owner: turn.entry, **dict.fromkeys(turn.keys, owner), **asked})
    if column.sort in {"r", "m"}:
        return "empty" if column.sort == "r" else "{}"
    if base in {"vector", "halfvec"}:
        size = re.search(r"\((\d+)\)", column.type_)
        return "[" + ",".join(["1"] * int(size.group(1) if size else 3)) + "]"
    return _OTHERS.get(base)


def column_like(column: Column) -> Column:
    """The column as if it had its element type."""
    return replace(column, category="X", base=column.element, sort=column.element_sort, length=0)


def _fitting(column: Column, owner: str) -> str:
    """The owner's number, shortened to fit numeric(p, s)."""
    number = number_of(owner)
    size = re.search(r"numeric\((\d+),\s*(\d+)\)", column.type_)
    return number[: max(int(size.group(1)) - int(size.group(2)), 1)] if size else number


def _within(column: Column) -> str | None:
    """A partition key for this partition: its lower bound, or the first of its list."""
    text = re.search(r"(?:FROM|IN) \((.*?)\)(?: TO|$)", column.bound)
    if text is None:
        return None
    words = [word.replace("''", "'") if word else number for word, number in _LITERAL.findall(text.group(1))]
    place = column.key - 1 if "FROM" in column.bound else 0
    if "MINVALUE" in text.group(1):
        upper = re.search(r"TO \((.*?)\)$", column.bound)
        words = [word or number for word, number in _LITERAL.findall(upper.group(1) if upper else "")]
        return _before(words[place], column.base) if place < len(words) else None
    return words[place] if place < len(words) else None


def _before(bound: str, base: str) -> str:
    return str(int(bound) - 1) if base in _WHOLE else "-infinity" if base in _MOMENTS else ""


# SQL as text: a large schema takes ten thousand statements, and composing psycopg's objects costs more than asking.


@lru_cache(maxsize=100_000)
def quoted_name(*parts: str) -> str:
    """An identifier, qualified where there are several parts."""
    return sql.Identifier(*parts).as_string()


@lru_cache(maxsize=10_000)
def quoted_value(text: str | None) -> str:
    """A literal; NULL for None."""
    return sql.Literal(text).as_string()
