"""Writes through new triggers, and reads and writes under new row-level security, each with and without it.

Whatever is tried is rolled back. What fails both ways says nothing of the migration, so it counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from verifier.probes.migrations.rehearsal.comparing import Change
from verifier.probes.migrations.rehearsal.samples import columns_of, free_texts, sample_insert
from verifier.probes.migrations.rehearsal.snapshot import Connection, Snapshot
from verifier.probes.migrations.rules.code.triggers import TOUCHED
from verifier.probes.migrations.verdicts import MigrationVerdict, named

CLIENTS = ("anon", "authenticated")
_NUMBER = 7
"""The sample row that is tried: none of those that are there already has its number."""
_WORDS = {
    "insert": "a new row of {} is", "update": "an update of {} is", "change": "a change of {} is",
    "delete": "a delete from {} is",
}  # fmt: skip
"""Writes that are tried: an update writes the values that are there, a change writes its texts backwards."""


class _Tried(NamedTuple):
    """What became of a write: the error, or the row as it is stored (nothing, if no row was written)."""

    error: str = ""
    rows: tuple[dict[str, Any], ...] = ()


def written(connection: Connection, before: Snapshot, after: Snapshot) -> list[Change]:
    """What new triggers and new row-level security do to those who read and write, as far as samples show.

    Args:
        connection: after the migration, in its transaction.
        before: the state before the file.
        after: the state after it.
    """
    found: list[Change] = []
    for (kind, name), detail in after.things.items():
        table = name.rpartition("/")[0]
        is_new = (kind, name) not in before.things and before.there("relation", table)
        if kind == "trigger" and is_new and detail["on"]:
            found += _trigger(connection, table, name.rpartition("/")[2], before)
        elif kind == "relation" and detail["rls"] and not before.things.get((kind, name), detail)["rls"]:
            found += _protected(connection, name)
    return list(dict.fromkeys(found))


def _trigger(connection: Connection, table: str, trigger: str, before: Snapshot) -> Iterator[Change]:
    """Each write as the owner and as each client: with the trigger, and without."""
    old = {name.rpartition(".")[2] for kind, name in before.things if kind == "column" and _of(name, table)}
    off = _without(table, trigger)
    for command in _WORDS:
        statement = _statement(connection, table, command)
        if statement is None:
            continue
        for role in ("", *_roles(connection, table)):
            without = _try(connection, statement, role, off)
            if without.error or not without.rows:
                continue  # this sample, or this role, could not write the table before either
            again = _try(connection, statement, role, off)  # what differs between these two, a default fills anew
            steady = {name for name in old if again.rows and again.rows[0].get(name) == without.rows[0].get(name)}
            told = list(_compared(table, trigger, command, without, _try(connection, statement, role), steady))
            yield from told
            if told:
                break


def _of(column: str, table: str) -> bool:
    return column.rpartition(".")[0] == table


def _compared(  # noqa: PLR0913, PLR0917 - what was written, where, and both results
    table: str, trigger: str, command: str, without: _Tried, done: _Tried, steady: set[str]
) -> Iterator[Change]:
    words = _WORDS[command]
    if done.error:
        what = named(words + " refused with the new trigger {}: {}", table, trigger, done.error)
        yield MigrationVerdict.REVIEW, what
    elif not done.rows:
        yield MigrationVerdict.REVIEW, named(words + " left out by the new trigger {}", table, trigger)
    elif command != "delete":
        pairs = {name: (without.rows[0].get(name), done.rows[0].get(name)) for name in steady}
        changed = sorted(name for name, (one, other) in pairs.items() if one != other and not TOUCHED.match(name))
        if changed:
            what = named(words + " stored with another {} by the new trigger {}", table, ", ".join(changed), trigger)
            yield MigrationVerdict.REVIEW, what


def _without(table: str, trigger: str) -> sql.Composed:
    name = sql.Identifier(*table.split(".", 1))
    return sql.SQL("alter table {} disable trigger {}").format(name, sql.Identifier(trigger))


def _try(connection: Connection, statement: sql.Composed, role: str, first: sql.Composed | None = None) -> _Tried:
    """Write one row, and put everything back."""
    with _rolled_back(connection) as attempt:
        try:
            if first is not None:
                attempt(first)
            if role:
                attempt(sql.SQL("set local role {}").format(sql.Identifier(role)))
            with connection.cursor(row_factory=dict_row) as cursor:
                cursor.execute(statement)
                rows = tuple(cursor.fetchall())
                cursor.execute("set constraints all immediate")
        except psycopg.Error as trouble:
            return _Tried((trouble.diag.message_primary or str(trouble)).splitlines()[0])
    return _Tried(rows=rows)


def _statement(connection: Connection, table: str, command: str) -> sql.Composed | None:
    """One row's write; nothing for a table of the platform, or one without columns."""
    name, columns = sql.Identifier(*table.split(".", 1)), columns_of(connection, table)
    if not columns:
        return None
    if command == "insert":
        return sql.SQL("{} returning *").format(sample_insert(connection, name, columns, _NUMBER))
    where = sql.SQL("where ctid = (select ctid from {} limit 1) returning *").format(name)
    if command == "delete":
        return sql.SQL("delete from {} {}").format(name, where)
    changes = command == "change"
    written = free_texts(columns) if changes else [str(each[0]) for each in columns if not each[5] and not each[4]]
    form = sql.SQL("{0} = reverse({0})" if changes else "{0} = {0}")
    settable = sql.SQL(", ").join(form.format(sql.Identifier(each)) for each in written)
    return sql.SQL("update {} set {} {}").format(name, settable, where) if written else None


@contextmanager
def _rolled_back(connection: Connection) -> Iterator[Callable[[sql.Composed], Any]]:
    """A savepoint to which everything inside goes back."""
    connection.execute("savepoint tried")
    try:
        yield connection.execute
    finally:
        connection.execute("rollback to savepoint tried")
        connection.execute("release savepoint tried")


def _roles(connection: Connection, table: str) -> list[str]:
    """The clients that have a right on the table."""
    found = connection.execute(
        "select rolname from pg_roles where rolname = any (%s) "
        "and has_table_privilege(rolname, %s::regclass, 'select, insert, update, delete') order by 1",
        [list(CLIENTS), _quoted(table)],
    ).fetchall()
    return [str(name) for (name,) in found]


def _quoted(table: str) -> str:
    return ".".join('"' + each.replace('"', '""') + '"' for each in table.split(".", 1))


def _protected(connection: Connection, table: str) -> Iterator[Change]:
    """Row-level security is new: what each client can still do, who could do everything before."""
    name = sql.Identifier(*table.split(".", 1))
    row = connection.execute(sql.SQL("select count(*) from {}").format(name)).fetchone()
    total = int(row[0]) if row else 0
    for role in _roles(connection, table):
        told = list(_shut_out(connection, table, role, total))
        if told:
            words = "row-level security of {} is new: {} {}"
            yield MigrationVerdict.REVIEW, named(words, table, role, ", ".join(told))


def _shut_out(connection: Connection, table: str, role: str, total: int) -> Iterator[str]:
    name = sql.Identifier(*table.split(".", 1))
    with _rolled_back(connection) as attempt:
        attempt(sql.SQL("set local role {}").format(sql.Identifier(role)))
        try:
            seen = attempt(sql.SQL("select count(*) from {}").format(name)).fetchone()
        except psycopg.Error:
            seen = None
    if total and seen is not None and seen[0] < total:
        yield f"sees {seen[0]} of {total} sample rows"
    for command, words in (("insert", "cannot insert"), ("update", "cannot update"), ("delete", "cannot delete")):
        off = sql.SQL("alter table {} disable row level security").format(name)
        statement = _statement(connection, table, command)
        if statement and _try(connection, statement, role, off).rows and not _try(connection, statement, role).rows:
            yield words
