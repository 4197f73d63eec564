"""The state of a database before or after a migration."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]
Things = dict[tuple[str, str], dict[str, Any]]
_QUERY = Path(__file__).with_name("snapshot.sql")
_MOST_ROWS = 2_000
_HELD = {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"}
"""The table locks that block writers, or readers, too (PostgreSQL documentation, 13.3)."""


@dataclass(frozen=True)
class Snapshot:
    """A state.

    Attributes:
        things: the catalogue by kind and name.
        rows: table → column → count of each value.
        numbers: sequence → the number that it gave out last.
    """

    things: Things
    rows: dict[str, dict[str, Counter[int]]]
    numbers: dict[str, int] = field(default_factory=dict)

    def there(self, kind: str, name: str) -> bool:
        """Whether an object exists."""
        return (kind, name) in self.things


def take(connection: Connection) -> Snapshot:
    """The present state."""
    things = catalogue(connection)
    return Snapshot(things, values(connection, things), numbers(connection))


def catalogue(connection: Connection) -> Things:
    """(kind, name) → properties, for all objects."""
    found = connection.execute(_QUERY.read_bytes()).fetchall()
    return {(kind, name): detail for kind, name, detail in found}


def numbers(connection: Connection) -> dict[str, int]:
    """Sequence → the number that it gave out last; only those that have given out one, and may be read."""
    found = connection.execute(
        "select schemaname || '.' || sequencename, last_value from pg_sequences where last_value is not null"
    ).fetchall()
    return {str(name): int(number) for name, number in found}


def values(connection: Connection, things: Things) -> dict[str, dict[str, Counter[int]]]:
    """The values in every table, as hashes."""
    tables = [name for (kind, name), detail in things.items() if kind == "relation" and detail["kind"] == "r"]
    columns: dict[str, list[str]] = {name: [] for name in tables}
    for kind, name in things:
        table, _, column = name.rpartition(".")
        if kind == "column" and table in columns:
            columns[table].append(column)
    rows: dict[str, dict[str, Counter[int]]] = {}
    for table, names in columns.items():
        rows[table] = _values(connection, table, sorted(names))
    return rows


def _values(connection: Connection, table: str, columns: list[str]) -> dict[str, Counter[int]]:
    if not columns:
        return {}
    hashes = [sql.SQL("hashtextextended(coalesce({}::text, ''), 0)").format(sql.Identifier(each)) for each in columns]
    query = sql.SQL("select {} from only {} limit {}").format(
        sql.SQL(", ").join(hashes), sql.Identifier(*table.split(".", 1)), sql.Literal(_MOST_ROWS)
    )
    found = connection.execute(query).fetchall()
    return {column: Counter(row[number] for row in found) for number, column in enumerate(columns)}


def locks(connection: Connection, before: Snapshot) -> dict[str, str]:
    """Table that existed before → the strongest lock that this session holds."""
    found = connection.execute(
        "select n.nspname || '.' || c.relname, l.mode from pg_locks l join pg_class c on c.oid = l.relation "
        "join pg_namespace n on n.oid = c.relnamespace where l.pid = pg_backend_pid() and l.locktype = 'relation' "
        "and l.granted and c.relkind in ('r', 'p') and l.mode = any (%s) order by l.mode desc",
        [sorted(_HELD)],
    ).fetchall()
    return {name: mode for name, mode in found if before.there("relation", name)}
