"""What each persona can read in the live database: batched, read-only, rolled back."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import errors, sql

from verifier.core.evidence import Record
from verifier.probes.row_security.catalogue import Catalogue, Connection
from verifier.probes.row_security.personas import VISITOR, Persona, become
from verifier.probes.row_security.relations import ANONYMOUS, SIGNED_IN, TABLES, Relation

SECONDS = 10.0
"""The timeout of one statement."""
MOST_ROWS = 10_000
"""Rows counted at most; reported as 'at least'."""
AT_ONCE = 50
"""Relations per statement."""
MOST_OWNERS = 100
"""Owners impersonated at most."""
_SETTING = re.compile(r"current_setting\('(?!request\.)([\w.]+)'")
_KEY = re.compile(r"->>? *'([\w.-]+)'")
_OWNED = """
    select n.nspname, c.relname from pg_attribute a join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    where a.attname = %(column)s and a.attnum > 0 and not a.attisdropped and n.nspname = any (%(schemas)s)
"""


class VisibleRows(Record):
    """The rows of one relation that one persona sees.

    Attributes:
        role: the current role while the rows were counted.
        rows: all rows that it sees.
        foreign: those that belong to somebody else.
        denied: whether permission was denied.
        capped: whether the count stopped at its limit.
        trouble: the error of the query, if any.
    """

    role: str
    rows: int = 0
    foreign: int = 0
    denied: bool = False
    capped: bool = False
    trouble: str = ""

    def __str__(self) -> str:
        if self.denied or self.trouble:
            return self.trouble or "permission denied"
        return f"{'at least ' if self.capped else ''}{self.rows} rows"


class LiveView(Record):
    """One relation as each persona sees it.

    Attributes:
        rows: rows that our own role sees; None if it may not look or was not asked.
        owned: rows of the two owners with most rows.
        anonymous: what a visitor without a login sees.
        stranger: what a signed-in user sees who owns nothing.
        owners: what these two owners see.
        forged: what a stranger sees who puts an owner's id into every value that a client controls.
    """

    rows: int | None = None
    owned: tuple[int, ...] = ()
    anonymous: VisibleRows | None = None
    stranger: VisibleRows | None = None
    owners: tuple[VisibleRows, ...] = ()
    forged: VisibleRows | None = None

    @property
    def readings(self) -> tuple[VisibleRows, ...]:
        """All counts that were made."""
        return tuple(each for each in (self.anonymous, self.stranger, *self.owners, self.forged) if each)


def look(connection: Connection, catalogue: Catalogue, owner_column: str) -> dict[str, LiveView]:
    """Impersonate each persona, and count the rows that it sees.

    Args:
        connection: in one read-only transaction, which the caller rolls back.
        catalogue: the relations and grants.
        owner_column: the column that names the owner, where a relation has it.

    Raises:
        CouldNotLook: our role may not SET ROLE to a request role.
    """
    chosen = [each for each in catalogue.relations.values() if each.kind != "foreign table"]
    for role in (ANONYMOUS, SIGNED_IN):
        with connection.transaction(force_rollback=True):
            become(connection, Persona(role))
    where = {"column": owner_column, "schemas": list(catalogue.schemas)}
    named = {(schema, name) for schema, name in connection.execute(_OWNED, where)}
    owning = [each for each in chosen if (each.schema_name, each.name) in named and each.kind in TABLES]
    rows = _counts(connection, None, chosen, None)
    owners = _owners(connection, owning, owner_column)
    stranger = Persona(SIGNED_IN, str(uuid.uuid4()))
    views = {
        "anonymous": _counts(connection, VISITOR, chosen, None),
        "stranger": _counts(connection, stranger, chosen, None),
        "forged": _forged(connection, [each for each in chosen if _trusting(each)], owners, stranger.sub),
    }
    own = _own_readings(connection, owning, owners, owner_column)
    return {
        each.label: LiveView(
            rows=None if each.label not in rows or rows[each.label].denied else rows[each.label].rows,
            owned=tuple(count for _, count in owners.get(each.label, ())),
            owners=own.get(each.label, ()),
            **{who: found.get(each.label) for who, found in views.items()},
        )
        for each in catalogue.relations.values()
    }


def _trusting(relation: Relation) -> bool:
    return any(each.trusts for each in relation.policies)


def _counts(
    connection: Connection, person: Persona | None, relations: Sequence[Relation], own: tuple[str, str] | None
) -> dict[str, VisibleRows]:
    """Label → what the persona sees; without a grant, no query is sent."""
    role = person.role if person else ""
    denied = [each for each in relations if person and not each.may(role, "select")]
    found = {each.label: VisibleRows(role=role, denied=True) for each in denied}
    asked = [each for each in relations if each.label not in found]
    for first in range(0, len(asked), AT_ONCE):
        found |= _batch(connection, person, asked[first : first + AT_ONCE], own)
    return found


def _batch(
    connection: Connection, person: Persona | None, relations: Sequence[Relation], own: tuple[str, str] | None
) -> dict[str, VisibleRows]:
    """One statement for all; if it fails, one for each, to isolate the error."""
    query = sql.SQL(" union all ").join(_counting(number, each, own) for number, each in enumerate(relations))
    try:
        with connection.transaction(force_rollback=True):
            limit(connection)
            if person:
                become(connection, person)
            rows = connection.execute(query).fetchall()
    except errors.InsufficientPrivilege:
        if len(relations) == 1:
            return {relations[0].label: VisibleRows(role=person.role if person else "", denied=True)}
    except psycopg.Error as trouble:
        if connection.broken:
            raise
        if len(relations) == 1:
            return {relations[0].label: _troubled(person, trouble)}
    else:
        role = person.role if person else ""
        return {
            relations[number].label: VisibleRows(role=role, rows=count, foreign=foreign, capped=count >= MOST_ROWS)
            for number, count, foreign in rows
        }
    return {label: seen for each in relations for label, seen in _batch(connection, person, [each], own).items()}


def _troubled(person: Persona | None, trouble: psycopg.Error) -> VisibleRows:
    told = trouble.diag.message_primary or type(trouble).__name__
    if person and person.sub:
        told = told.replace(person.sub, "(the user's id)")
    return VisibleRows(role=person.role if person else "", trouble=told)


def limit(connection: Connection) -> None:
    """Let no statement of this transaction take longer than `SECONDS`."""
    connection.execute("select set_config('statement_timeout', %s, true)", [str(int(SECONDS * 1000))])


def _counting(number: int, relation: Relation, own: tuple[str, str] | None) -> sql.Composed:
    mine: sql.Composable = sql.SQL("false")
    if own:
        column, owner = own
        mine = sql.SQL("{}::text = {}").format(sql.Identifier(column), sql.Literal(owner))
    return sql.SQL(
        "(select {}::int, count(*), count(*) filter (where own is not true) "
        "from (select {} as own from {} limit {}) as seen)"
    ).format(sql.Literal(number), mine, _place(relation), sql.Literal(MOST_ROWS))


def _place(relation: Relation) -> sql.Identifier:
    return sql.Identifier(relation.schema_name, relation.name)


Owners = Mapping[str, Sequence[tuple[str, int]]]


def _owners(connection: Connection, relations: Sequence[Relation], column: str) -> Owners:
    """Label → the two owners of most rows. Their ids are never kept as evidence."""
    found: dict[str, list[tuple[str, int]]] = {}
    for first in range(0, len(relations), AT_ONCE):
        found |= _owners_of(connection, relations[first : first + AT_ONCE], column)
    return found


def _owners_of(connection: Connection, relations: Sequence[Relation], column: str) -> dict[str, list[tuple[str, int]]]:
    query = sql.SQL(" union all ").join(
        sql.SQL(
            "(select {}::int, owner, count(*) from (select {}::text as owner from {} limit {}) as seen "
            "where owner is not null group by owner order by 3 desc, 2 limit 2)"
        ).format(sql.Literal(number), sql.Identifier(column), _place(each), sql.Literal(MOST_ROWS))
        for number, each in enumerate(relations)
    )
    found: dict[str, list[tuple[str, int]]] = {}
    try:
        with connection.transaction(force_rollback=True):
            limit(connection)
            for number, owner, count in connection.execute(query).fetchall():
                found.setdefault(relations[number].label, []).append((str(owner), int(count)))
    except psycopg.Error:
        if connection.broken:
            raise
        if len(relations) > 1:
            for each in relations:
                found |= _owners_of(connection, [each], column)
    return found


def _own_readings(
    connection: Connection, relations: Sequence[Relation], owners: Owners, column: str
) -> dict[str, tuple[VisibleRows, ...]]:
    """Label → what its owners see, with one batch per owner."""
    belongings: dict[str, list[Relation]] = {}
    for relation in relations:
        for owner, _ in owners.get(relation.label, ()):
            belongings.setdefault(owner, []).append(relation)
    seen: dict[tuple[str, str], VisibleRows] = {}
    for owner, theirs in list(belongings.items())[:MOST_OWNERS]:
        found = _counts(connection, Persona(SIGNED_IN, owner), theirs, (column, owner))
        seen |= {(label, owner): reading for label, reading in found.items()}
    return {
        each.label: tuple(
            seen[each.label, owner] for owner, _ in owners.get(each.label, ()) if (each.label, owner) in seen
        )
        for each in relations
    }


def _forged(
    connection: Connection, relations: Iterable[Relation], owners: Owners, stranger: str
) -> dict[str, VisibleRows]:
    """Label → what a stranger sees who puts an owner's id into every value that a client controls."""
    found: dict[str, VisibleRows] = {}
    for relation in relations:
        owner = next((name for name, _ in owners.get(relation.label, ())), stranger)
        text = " ".join(f"{each.using} {each.check}" for each in relation.policies)
        claims: dict[str, Any] = {"user_metadata": dict.fromkeys(_KEY.findall(text), owner)}
        headers = json.dumps(claims["user_metadata"])
        settings = dict.fromkeys(_SETTING.findall(text), owner) | {"request.headers": headers}
        found |= _counts(connection, Persona(SIGNED_IN, stranger, claims, settings), [relation], None)
    return found
