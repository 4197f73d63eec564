"""One command of one persona on one relation of the copy, rolled back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from verifier.probes.row_security import sql as questions
from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.copy.rows import Place, Stock, Values, insertion, literal
from verifier.probes.row_security.copy.values import Column, Turn, number_of
from verifier.probes.row_security.personas import ASHA, BORIS, Persona, settings_of
from verifier.probes.row_security.relations import TABLES, Relation

_INTEGRITY = "23"
"""The SQLSTATE class of constraint violations; policies are checked before constraints."""
_REFUSED = {"42501", "P0001"}
"""Insufficient privilege (a missing grant or a policy), and RAISE EXCEPTION, as triggers use it."""
_IMPOSSIBLE = {"42809", "55000", "0A000"}
"""Not possible for this kind of relation, such as a write to a view that is not updatable."""
_MOST_COLUMNS = 4
_USERS, _METADATA = ("auth", "users"), "raw_user_meta_data"


@dataclass(frozen=True)
class Attempt:
    """The result of one command.

    Attributes:
        rows: rows that it saw or changed; 0 if it was denied.
        own: rows seen with the first owner's id.
        foreign: rows seen with the second owner's id.
        digest: of all rows seen.
        denied: whether it was denied.
        let_through: whether a constraint stopped it, and no policy did.
        trouble: any other error.
    """

    rows: int = 0
    own: int = 0
    foreign: int = 0
    digest: str = ""
    denied: bool = False
    let_through: bool = False
    trouble: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether it reached a row, or was stopped by a constraint only."""
        return self.rows > 0 or self.let_through

    def __str__(self) -> str:
        if self.trouble:
            return self.trouble
        if self.denied:
            return "denied"
        return "stopped by a constraint only" if self.let_through else f"{self.rows} rows"


class Attempts:
    """Runs commands on the relations of the copy, with the rows of one turn.

    Args:
        connection: a superuser's.
        stock: the columns and rows of the copy.
        turn: the values of the rows.
    """

    def __init__(self, connection: Connection, stock: Stock, turn: Turn) -> None:
        self._connection = connection
        self._stock = stock
        self._turn = turn
        connection.execute(questions.ATTEMPT)

    def rows_of(self, relation: Relation) -> int:
        """The number of rows, regardless of policies."""
        query = sql.SQL("select count(*) as rows from {}").format(sql.Identifier(*place(relation)))
        return self._do(None, query, fetch=True).rows

    def read(self, person: Persona, relation: Relation, *, emptied: bool = False, beside: str = "") -> Attempt:
        """Read all columns that the persona has a grant for.

        Args:
            person: who reads.
            relation: what is read.
            emptied: whether all tables are emptied before.
            beside: an owner for whom a row is inserted before.
        """
        columns = self._columns(relation, person.role, "select")
        before = list(self._emptying()) if emptied else []
        return self._do(
            person, _reading(place(relation), columns), [*before, *self._beside(relation, beside)], fetch=True
        )

    def insert(self, person: Persona, relation: Relation, owner: str) -> Attempt:
        """Insert a row of `owner` into the emptied table; denied, if a trigger assigns it to somebody else."""
        columns = self._columns(relation, person.role, "insert")
        query = insertion(place(relation), columns, self._values(relation, owner))
        if relation.kind not in TABLES:
            return self._do(person, query)
        telling = [each for each in self._stock.columns.get(place(relation), ()) if each.telling]
        telling = [each for each in telling if each.asked] or telling
        there = _reading(place(relation), telling) if telling else None
        done = self._do(person, query, [place(relation)], then=there)
        theirs = done.own if owner == ASHA else done.foreign
        named = any(each in self._given(relation, columns, owner) for each in telling)
        return Attempt(denied=True) if done.rows and named and not theirs else done

    def update(self, person: Persona, relation: Relation, *, beside: str = "") -> Attempt:
        """Update every row without a condition: first one column, then all columns to the persona's own values."""
        columns = self._columns(relation, person.role, "update")
        values = self._values(relation, BORIS)
        plain = sorted(
            (each for each in columns if each.name in values), key=lambda each: (each.unique, each.asked, each.telling)
        )
        seen = Attempt(denied=True)
        for column in plain[:_MOST_COLUMNS]:
            seen = self._change(person, relation, [column], values, beside)
            if not seen.trouble:
                break
        if not seen.denied:
            return seen
        mine = self._stock.values(place(relation), person.sub or ASHA, self._turn)
        again = self._change(person, relation, [each for each in columns if each.name in mine], mine, beside)
        return again if again.succeeded else seen

    def delete(self, person: Persona, relation: Relation, *, beside: str = "") -> Attempt:
        """Delete every row, without a condition."""
        query = sql.SQL("delete from {}").format(sql.Identifier(*place(relation)))
        return self._do(person, query, self._beside(relation, beside))

    def truncate(self, person: Persona, relation: Relation) -> Attempt:
        """Empty the table."""
        done = self._do(person, sql.SQL("truncate {}").format(sql.Identifier(*place(relation))))
        return done if done.denied or done.trouble else Attempt(rows=max(self.rows_of(relation), 1))

    def _change(
        self, person: Persona, relation: Relation, columns: Sequence[Column], values: Values, beside: str
    ) -> Attempt:
        if not columns:
            return Attempt(denied=True)
        changes = (
            sql.SQL("{} = {}").format(sql.Identifier(each.name), literal(each, values[each.name])) for each in columns
        )
        query = sql.SQL("update {} set {}").format(sql.Identifier(*place(relation)), sql.SQL(", ").join(changes))
        return self._do(person, query, self._beside(relation, beside))

    def _columns(self, relation: Relation, role: str, command: str) -> list[Column]:
        found = self._stock.columns.get(place(relation), ())
        fixed = command == "update"
        return [
            each
            for each in found
            if f"{role} {command}" in each.rights
            and not (command != "select" and each.generated)
            and not (fixed and each.identity == "a")
        ]

    def _values(self, relation: Relation, owner: str) -> Values:
        made = self._stock.made.get(place(relation), {}).get(owner)
        return made or self._stock.values(place(relation), owner, self._turn)

    def _given(self, relation: Relation, columns: Sequence[Column], owner: str) -> list[Column]:
        values = self._values(relation, owner)
        return [each for each in columns if owner in (values.get(each.name) or "")]

    def _written(self, person: Persona | None) -> list[sql.Composed]:
        """The insertion of the persona's row in `auth.users`, with its own metadata."""
        columns = self._stock.columns.get(_USERS, ())
        if person is None or not person.written or not any(each.name == _METADATA for each in columns):
            return []
        values = {**self._stock.values(_USERS, person.sub, Turn(0, {})), _METADATA: person.written}
        return [insertion(_USERS, columns, values)]

    def _emptying(self) -> list[Place]:
        return list(self._stock.made)

    def _beside(self, relation: Relation, owner: str) -> list[sql.Composed]:
        """The insertion of one more owner's row, with defaults where a value could mean a privilege."""
        if not owner:
            return []
        columns = self._stock.columns.get(place(relation), ())
        values = {**self._values(relation, ASHA), **self._stock.values(place(relation), owner, Turn(0, {}))}
        kept = [each for each in columns if not each.has_default or each.telling]
        return [insertion(place(relation), kept, values)]

    def _do(
        self,
        person: Persona | None,
        query: sql.Composed,
        before: Sequence[sql.Composed | Place] = (),
        *,
        fetch: bool = False,
        then: sql.Composed | None = None,
    ) -> Attempt:
        words = [
            (sql.SQL("delete from {}").format(sql.Identifier(*each)) if isinstance(each, tuple) else each).as_string()
            for each in (*before, *self._written(person))
        ]
        given = [
            words,
            json.dumps(settings_of(person)) if person else "{}",
            person.role if person else "none",
            query.as_string(),
            fetch,
            then.as_string() if then else None,
        ]
        row = self._connection.execute("select pg_temp.attempt(%s, %s, %s, %s, %s, %s)", given).fetchone()
        seen: dict[str, Any] = row[0] if row else {"state": "", "words": "no answer"}
        return _refused(seen["state"], seen["words"]) if "state" in seen else _seen(seen)


def place(relation: Relation) -> Place:
    """Its schema and name."""
    return relation.schema_name, relation.name


def _reading(where: Place, columns: Sequence[Column]) -> sql.Composed:
    if not columns:
        return sql.SQL("select count(*) as rows from {}").format(sql.Identifier(*where))
    telling = [each for each in columns if each.telling]
    names = sql.SQL(", ").join(sql.Identifier(each.name) for each in telling or columns)
    whole = sql.SQL(", ").join(sql.Identifier(each.name) for each in columns)

    def holds(owner: str) -> sql.Composed:
        return sql.SQL("count(*) filter (where position({} in told) > 0)").format(
            sql.Literal(owner[:8] if telling else number_of(owner))
        )

    return sql.SQL(
        "select count(*) as rows, {} as own, {} as foreign, "
        "md5(string_agg(everything, '|' order by everything)) as digest "
        "from (select row({})::text as told, row({})::text as everything from {}) as seen"
    ).format(holds(ASHA), holds(BORIS), names, whole, sql.Identifier(*where))


def _seen(seen: dict[str, Any]) -> Attempt:
    return Attempt(**{key: value for key, value in seen.items() if value is not None})


def _refused(state: str, words: str) -> Attempt:
    if state in _REFUSED | _IMPOSSIBLE:
        return Attempt(denied=True)
    return Attempt(let_through=True) if state.startswith(_INTEGRITY) else Attempt(trouble=words)


def refused(trouble: psycopg.Error) -> Attempt:
    """The result that an error stands for."""
    return _refused(trouble.sqlstate or "", trouble.diag.message_primary or type(trouble).__name__)
