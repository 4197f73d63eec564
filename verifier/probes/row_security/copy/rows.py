"""Generates one row per owner in every table of the copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import psycopg
from psycopg import errors, sql

from verifier.probes.row_security import sql as questions
from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.copy.tables import CopiedTables, Place, Values
from verifier.probes.row_security.copy.values import Column, Turn, quoted_name, quoted_value
from verifier.probes.row_security.personas import ASHA, BORIS

_ATTEMPTS = 12
_AT_ONCE = 20


def cut_ties(connection: Connection) -> None:
    """Drop foreign keys: they do not affect row-level security, and would impose an order."""
    for (statement,) in connection.execute(questions.FOREIGN_KEYS).fetchall():
        connection.execute(statement.encode())


def fill(connection: Connection, copied: CopiedTables, turn: Turn) -> None:
    """Generate all rows again: one for each owner in every table, without triggers and policies.

    Materialized views are refreshed at the end, until none depends on an unpopulated one.
    """
    tables = [place for place, each in copied.columns.items() if each[0].kind == "r" and copied.matters(place)]
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        empty(connection, tables)
        copied.made.clear()
        copied.failed.clear()
        for first in range(0, len(tables), _AT_ONCE):
            chosen = tables[first : first + _AT_ONCE]
            if not _make_all(connection, copied, chosen, turn):
                for place in chosen:
                    for owner in (ASHA, BORIS):
                        _make(connection, copied, place, owner, turn)
        _inherit(connection, copied)
        connection.execute("set local session_replication_role = origin")
    _refresh(connection, [place for place, each in copied.columns.items() if each[0].kind == "m"])


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


def _make_all(connection: Connection, copied: CopiedTables, places: Iterable[Place], turn: Turn) -> bool:
    """Insert the rows of many tables in one statement; whether that worked, else none was inserted."""
    wanted = {(place, owner): copied.values(place, owner, turn) for place in places for owner in (ASHA, BORIS)}
    statements = [insertion(place, copied.columns[place], values) for (place, _), values in wanted.items()]
    try:
        with connection.transaction():
            connection.execute("; ".join(statements).encode())
    except psycopg.Error:
        return False
    for (place, owner), values in wanted.items():
        copied.made.setdefault(place, {})[owner] = values
    return True


def _make(connection: Connection, copied: CopiedTables, place: Place, owner: str, turn: Turn) -> None:
    columns, values = copied.columns[place], copied.values(place, owner, turn)
    for _ in range(_ATTEMPTS):
        try:
            with connection.transaction():
                connection.execute(insertion(place, columns, values).encode())
        except psycopg.Error as trouble:
            if not _mended(connection, copied, place, values, trouble):
                break
        else:
            copied.made.setdefault(place, {})[owner] = values
            return
    copied.failed.setdefault(place, "no row could be generated for it")


def _mended(connection: Connection, copied: CopiedTables, place: Place, values: Values, trouble: psycopg.Error) -> bool:
    """Drop the constraint that rejected a row; policies do not depend on it."""
    diag = trouble.diag
    copied.failed[place] = f"no row could be generated: {diag.message_primary or type(trouble).__name__}"
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
        copied.remarks.append(f"{'.'.join(place)}: a row was generated without its constraint {diag.constraint_name}")
        return True
    if isinstance(trouble, errors.DataError):
        return _simpler(copied.columns[place], values)
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


def _inherit(connection: Connection, copied: CopiedTables) -> None:
    """A partitioned table has the rows of its partitions."""
    rows = connection.execute(questions.PARTITIONS).fetchall()
    children = [((row[0], row[1]), (row[2], row[3])) for row in rows]
    for _ in range(len(children)):
        for parent, child in children:
            if child in copied.made:
                copied.made.setdefault(parent, copied.made[child])
    for place, each in copied.columns.items():
        if each[0].kind == "p" and place not in copied.made:
            copied.failed[place] = "no row could be generated: none of its partitions took one"


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
