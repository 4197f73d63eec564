"""Generates one row per owner in every table of the copy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import psycopg
from psycopg import errors, sql

from verifier.probes.row_security import sql as questions
from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.copy.published import taking_down
from verifier.probes.row_security.copy.values import Column, Turn, literals, quoted_name, quoted_value, value_of
from verifier.probes.row_security.personas import ASHA, BORIS
from verifier.probes.row_security.relations import ROLES

Place = tuple[str, str]
"""Schema and name."""
Values = dict[str, str | None]
"""Column → the text form of a value."""
_ATTEMPTS = 12
_AT_ONCE = 20
_NAME = re.compile(r'"(?:[^"]|"")+"|[\w$]+')
_KEYS = re.compile(r"(?:->>?|\?) *'([A-Za-z_][\w.-]*)'")
_COMPARED = re.compile(
    r"\b(\w+)\)?(?:::[\w ]+)? *(?:=|<>|<=|>=|<|>|~~|IN|= ANY) *\(?(?:ARRAY\[)?((?:'[^']*'|-?\d+)[^)]*)", re.IGNORECASE
)
_NOW = r"\(?(?:now\(\)|CURRENT_|LOCALTIME|clock_timestamp|statement_timestamp|timezone\()"
_POLARITY = {
    "empty": re.compile(r"\b(\w+)\"?\)? IS NULL", re.IGNORECASE),
    "filled": re.compile(r"\b(\w+)\"?\)? IS NOT NULL", re.IGNORECASE),
    "past": re.compile(rf"\b(\w+)\"?\)? *<=? *{_NOW}|{_NOW}[^<>=]*>=? *\(?\"?(\w+)", re.IGNORECASE),
    "future": re.compile(rf"\b(\w+)\"?\)? *>=? *{_NOW}|{_NOW}[^<>=]*<=? *\(?\"?(\w+)", re.IGNORECASE),
    "false": re.compile(r"\bNOT \(?\"?(\w+)|\b(\w+)\"?\)? *(?:= *false|IS FALSE|IS NOT TRUE|<> *true)", re.IGNORECASE),
}


@dataclass
class Stock:
    """The columns of the copy, and the rows generated for them.

    Attributes:
        columns: relation → its columns, views included.
        texts: the text of all conditions.
        schemas: those exposed to clients.
        made: relation → owner → column → value of the generated row.
        failed: relation → why no row could be generated.
        remarks: the constraints dropped for them.
        labels: enum type → its first label.
        bodies: function or view → its text.
        at_sign_up: the tables into which a trigger of `auth.users` inserts.
        references: table and column → the table that it refers to.
        bases: view → the tables below it; not where it calls functions, which may read others.
    """

    columns: dict[Place, tuple[Column, ...]]
    texts: str
    schemas: frozenset[str]
    made: dict[Place, dict[str, Values]] = field(default_factory=dict)
    failed: dict[Place, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    bases: dict[Place, tuple[Place, ...]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    at_sign_up: frozenset[Place] = frozenset()
    references: dict[tuple[Place, str], Place] = field(default_factory=dict)

    def words_of(self, texts: Iterable[str]) -> frozenset[str]:
        """The words of these conditions, and of the functions and views that they name, however deep."""
        found: set[str] = set()
        waiting = [word for text in texts for word in _words_in(text)]
        while waiting:
            word = waiting.pop()
            if word not in found:
                found.add(word)
                waiting += _words_in(self.bodies.get(word, ""))
        return frozenset(found)

    def named_in(self, texts: Iterable[str]) -> list[Place]:
        """The tables that these conditions read, in the order of their names."""
        words = self.words_of(texts)
        return sorted(each for each, columns in self.columns.items() if each[1] in words and columns[0].kind in "rp")

    def below(self, place: Place) -> tuple[Place, ...]:
        """The tables with rows that a relation shows: itself, those below a view, or all if that is not known."""
        if place in self.made:
            return (place,)
        known = self.bases.get(place)
        return tuple(self.made) if known is None else tuple(each for each in known if each in self.made)

    def unpublishing(self, place: Place, turn: Turn, conditions: str = "") -> list[str]:
        """The statements that take down the public flags of the rows that a relation shows.

        Args:
            place: the relation.
            turn: for the constants that conditions compare with.
            conditions: of its policies; the flags of tables that they name are taken down, too.
        """
        named = frozenset(_NAME.findall(conditions))
        others = [each for each in self.made if each[1] in named and each != place]
        return [
            statement
            for each in (*self.below(place), *others)
            for statement in taking_down(each, self.columns.get(each, ()), turn.literals)
        ]

    def turn(self, number: int) -> Turn:
        """The values of one turn."""
        return Turn(number, self._compared, self.keys, **self._polarity)

    @cached_property
    def _compared(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for column, rest in _COMPARED.findall(self.texts):
            found.setdefault(column, []).extend(literals(rest))
        return {column: tuple(dict.fromkeys(each)) for column, each in found.items()}

    @cached_property
    def _polarity(self) -> dict[str, frozenset[str]]:
        """What conditions want columns to be; a name that is wanted both ways is taken as usual."""
        found = {name: frozenset(map("".join, pattern.findall(self.texts))) for name, pattern in _POLARITY.items()}
        return found | {"past": found["past"] - found.pop("future")}

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_words_in(self.texts))

    def matters(self, place: Place) -> bool:
        """Whether it needs rows: clients reach it, or a condition mentions it."""
        return place[0] in self.schemas or place[1] in self._words

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """JSON keys that conditions look up."""
        return tuple(dict.fromkeys(_KEYS.findall(self.texts)))

    def values(self, place: Place, owner: str, turn: Turn) -> Values:
        """Column → value in a row of this owner; without columns that must be NULL or have their default."""
        found: Values = {}
        for each in (each for each in self.columns.get(place, ()) if not each.generated):
            text = value_of(each, owner, turn)
            if turn.is_null(each.name) and not each.required:
                found[each.name] = None
            elif text is not None:
                found[each.name] = text
        return found


def _words_in(text: str) -> list[str]:
    return [each.strip('"') for each in _NAME.findall(text)]


def take_stock(connection: Connection, schemas: Iterable[str]) -> Stock:
    """Read the columns of every relation and the text of every condition."""
    columns: dict[Place, list[Column]] = {}
    for row in connection.execute(questions.COLUMNS, {"roles": list(ROLES)}):
        each = Column.of(row)
        columns.setdefault((each.schema, each.table), []).append(each)
    texts = [(str(name), str(text)) for name, text in connection.execute(questions.TEXTS)]
    bodies: dict[str, str] = {}
    for name, text in texts:
        bodies[name] = f"{bodies.get(name, '')} {text}"
    bodies.pop("", None)
    labels = {str(kind): str(first) for kind, first in connection.execute(questions.LABELS)}
    bases = {
        (schema, view): tuple((each, table) for each, table in tables)
        for schema, view, calls, tables in connection.execute(questions.VIEW_BASES)
        if not calls
    }
    sign_up = [str(body) for (body,) in connection.execute(questions.AT_SIGN_UP) if "insert" in str(body).lower()]
    stock = Stock(
        {place: tuple(each) for place, each in columns.items()},
        " ".join(text for _, text in texts),
        frozenset(schemas),
        bases=bases,
        labels=labels,
        bodies=bodies,
        references={
            ((schema, table), column): (there, other)
            for schema, table, column, there, other in connection.execute(questions.REFERENCES)
        },
    )
    stock.at_sign_up = frozenset(stock.named_in(sign_up))
    return stock


def cut_ties(connection: Connection) -> None:
    """Drop foreign keys: they do not affect row-level security, and would impose an order."""
    for (statement,) in connection.execute(questions.FOREIGN_KEYS).fetchall():
        connection.execute(statement.encode())


def fill(connection: Connection, stock: Stock, turn: Turn) -> None:
    """Generate all rows again: one for each owner in every table, without triggers and policies.

    Materialized views are refreshed at the end, until none depends on an unpopulated one.
    """
    tables = [place for place, each in stock.columns.items() if each[0].kind == "r" and stock.matters(place)]
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        empty(connection, stock.made)
        stock.made.clear()
        stock.failed.clear()
        for first in range(0, len(tables), _AT_ONCE):
            chosen = tables[first : first + _AT_ONCE]
            if not _make_all(connection, stock, chosen, turn):
                for place in chosen:
                    for owner in (ASHA, BORIS):
                        _make(connection, stock, place, owner, turn)
        _inherit(connection, stock)
        connection.execute("set local session_replication_role = origin")
    _refresh(connection, [place for place, each in stock.columns.items() if each[0].kind == "m"])


def empty(connection: Connection, places: Iterable[Place]) -> None:
    """Delete all rows of these tables."""
    statements = [f"delete from {quoted_name(*place)}" for place in places]
    if statements:
        connection.execute("; ".join(statements).encode())


def insertion(place: Place, columns: Iterable[Column], values: Mapping[str, str | None]) -> str:
    """The INSERT of one row."""
    known = [each for each in columns if each.name in values]
    if not known:
        return f"insert into {quoted_name(*place)} default values"
    names = ", ".join(quoted_name(each.name) for each in known)
    given = ", ".join(literal(each, values[each.name]) for each in known)
    return f"insert into {quoted_name(*place)} ({names}) overriding system value values ({given})"


def literal(column: Column, text: str | None) -> str:
    """A value, cast to the type of its column."""
    return f"{quoted_value(text)}::{column.type_}"


def _make_all(connection: Connection, stock: Stock, places: Iterable[Place], turn: Turn) -> bool:
    """Insert the rows of many tables in one statement; whether that worked, else none was inserted."""
    wanted = {(place, owner): stock.values(place, owner, turn) for place in places for owner in (ASHA, BORIS)}
    statements = [insertion(place, stock.columns[place], values) for (place, _), values in wanted.items()]
    try:
        with connection.transaction():
            connection.execute("; ".join(statements).encode())
    except psycopg.Error:
        return False
    for (place, owner), values in wanted.items():
        stock.made.setdefault(place, {})[owner] = values
    return True


def _make(connection: Connection, stock: Stock, place: Place, owner: str, turn: Turn) -> None:
    columns, values = stock.columns[place], stock.values(place, owner, turn)
    for _ in range(_ATTEMPTS):
        try:
            with connection.transaction():
                connection.execute(insertion(place, columns, values).encode())
        except psycopg.Error as trouble:
            if not _mended(connection, stock, place, values, trouble):
                break
        else:
            stock.made.setdefault(place, {})[owner] = values
            return
    stock.failed.setdefault(place, "no row could be generated for it")


def _mended(connection: Connection, stock: Stock, place: Place, values: Values, trouble: psycopg.Error) -> bool:
    """Drop the constraint that rejected a row; policies do not depend on it."""
    diag = trouble.diag
    stock.failed[place] = f"no row could be generated: {diag.message_primary or type(trouble).__name__}"
    if isinstance(trouble, (errors.CheckViolation, errors.UniqueViolation, errors.ExclusionViolation)):
        if not diag.constraint_name:
            return False
        owner = sql.SQL("domain {}") if diag.datatype_name else sql.SQL("table {}")
        named = (diag.schema_name or place[0], diag.datatype_name or diag.table_name or place[1])
        statement = sql.SQL(
            "alter {} drop constraint {} cascade" if not diag.datatype_name else "alter {} drop constraint {}"
        )
        try:
            with connection.transaction():
                connection.execute(
                    statement.format(owner.format(sql.Identifier(*named)), sql.Identifier(diag.constraint_name))
                )
        except psycopg.Error:
            return _without_index(connection, diag.schema_name or place[0], diag.constraint_name)
        stock.remarks.append(f"{'.'.join(place)}: a row was generated without its constraint {diag.constraint_name}")
        return True
    if isinstance(trouble, errors.DataError):
        return _simpler(stock.columns[place], values)
    return False


def _without_index(connection: Connection, schema: str, index: str) -> bool:
    try:
        with connection.transaction():
            connection.execute(sql.SQL("drop index {}").format(sql.Identifier(schema, index)))
    except psycopg.Error:
        return False
    return True


def _simpler(columns: Iterable[Column], values: Values) -> bool:
    """Leave one more column at its default or NULL: the last that is optional and holds no owner's id."""
    spare = [each.name for each in columns if each.name in values and (each.has_default or not each.required)]
    asked = {each.name for each in columns if each.asked}
    for spared in sorted(spare, key=lambda each: each in asked):
        del values[spared]
        return True
    return False


def _inherit(connection: Connection, stock: Stock) -> None:
    """A partitioned table has the rows of its partitions."""
    rows = connection.execute(questions.PARTITIONS).fetchall()
    children = [((row[0], row[1]), (row[2], row[3])) for row in rows]
    for _ in range(len(children)):
        for parent, child in children:
            if child in stock.made:
                stock.made.setdefault(parent, stock.made[child])
    for place, each in stock.columns.items():
        if each[0].kind == "p" and place not in stock.made:
            stock.failed[place] = "no row could be generated: none of its partitions took one"


def _refresh(connection: Connection, views: list[Place]) -> None:
    waiting = list(views)
    for _ in range(len(views)):
        done = []
        for place in waiting:
            try:
                with connection.transaction():
                    connection.execute(sql.SQL("refresh materialized view {}").format(sql.Identifier(*place)))
            except psycopg.Error:
                continue
            done.append(place)
        waiting = [place for place in waiting if place not in done]
        if not waiting or not done:
            return
