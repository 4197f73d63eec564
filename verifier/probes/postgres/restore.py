"""The restore drill: a dump of the database, restored into a throw-away server, and both compared.

The dump and the figures of the source are of one moment: both see the same snapshot (PostgreSQL documentation,
'Snapshot Synchronization Functions').
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.core.probe import Context
from verifier.embedded.server import scratch_server
from verifier.probes.postgres.backups_section import Backups
from verifier.probes.postgres.database import connected
from verifier.probes.postgres.dump import dump, restore

MEGABYTE = 1_000_000
_FEW = 5
_TABLES = """
    select n.nspname, c.relname, pg_table_size(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(%s) and c.relkind = 'r' order by 1, 2
"""
_FIGURES = "select count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)::text from {} as row"
"""Rows, and a sum over them that does not depend on their order."""
_SAME_WORDS = {"TimeZone": "UTC", "DateStyle": "ISO, YMD", "IntervalStyle": "postgres", "extra_float_digits": "1",
               "bytea_output": "hex"}  # fmt: skip

Connection = psycopg.Connection[tuple[Any, ...]]


class Contents(Record):
    """What a table holds: how many rows, and a checksum over all of them."""

    rows: int
    checksum: str


class Drill(Record):
    """A dump that was restored.

    Attributes:
        tables: 'schema.table' → what it held when the dump was made.
        restored: the same after the restore; a table that could not be made is not in it.
        refused: what the server that restored it refused, as it says it.
        megabytes: the size of the dump.
    """

    tables: dict[str, Contents]
    restored: dict[str, Contents]
    refused: tuple[str, ...]
    megabytes: float

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(each.rows for each in self.tables.values())

    def differences(self) -> dict[str, str]:
        """Table → how it differs after the restore, for tables that were made."""
        return {
            name: f"{held.rows} rows, and {self.restored[name].rows} after the restore"
            if held.rows != self.restored[name].rows
            else f"{held.rows} rows, with other contents after the restore"
            for name, held in self.tables.items()
            if name in self.restored and held != self.restored[name]
        }

    def proved(self) -> CouldNotLook | None:
        """Whether every table was restored and at least one row with it.

        Returns:
            Why not, if not: no-data if there was nothing to restore; precondition if our server lacks something.
        """
        lost = [name for name in self.tables if name not in self.restored]
        if lost:
            return CouldNotLook(
                Cause.PRECONDITION,
                f"not restored here: {', '.join(lost)}; {'; '.join(self.refused[:_FEW])}",
                remedy="the embedded server lacks what these need (an extension?): restore them by hand",
            )
        if not self.rows:
            return CouldNotLook(Cause.NO_DATA, "the dump held no row, so a restore proves nothing")
        return None


def drill(context: Context, settings: Backups) -> Drill:
    """Dump the named schemas, restore the dump, and read both.

    Raises:
        CouldNotLook: precondition, if the database is larger than the target allows, or there is no server to restore
            it into; unauthorized, if our role may not read everything.
    """
    url, deadline = context.credentials.get("database"), context.deadline
    with connected(context) as source:
        tables = [(schema, name) for schema, name, _ in _bounded(source, settings)]
        (snapshot,) = source.execute("select pg_export_snapshot()").fetchone() or ("",)
        context.tell(f"dumping {len(tables)} tables of {', '.join(settings.schemas)}")
        schemas = [f"--schema={schema}" for schema in settings.schemas]
        script = dump(url, deadline, "--no-owner", "--no-privileges", f"--snapshot={snapshot}", *schemas)
        context.tell(f"reading {len(tables)} tables; the dump is {len(script) / MEGABYTE:.1f} MB")
        held = _figures(source, tables)
    with scratch_server() as server:
        copy = server.database("restored")
        _make_room(copy, settings)
        context.tell(f"restoring {len(script) / MEGABYTE:.1f} MB")
        refused = restore(script, copy, deadline)
        with psycopg.connect(copy) as connection:
            there = {(schema, name) for schema, name, _ in connection.execute(_TABLES, [list(settings.schemas)])}
            restored = _figures(connection, [each for each in tables if each in there])
    return Drill(tables=held, restored=restored, refused=refused[:50], megabytes=len(script) / MEGABYTE)


def _bounded(source: Connection, settings: Backups) -> list[tuple[str, str, int]]:
    tables: list[tuple[str, str, int]] = source.execute(_TABLES, [list(settings.schemas)]).fetchall()
    size = sum(each for _, _, each in tables) / MEGABYTE
    if size > settings.largest:
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"{', '.join(settings.schemas)} hold {size:.0f} MB, and a restore drill restores up to {settings.largest}",
            remedy="raise largest in [backups] of the target file, or restore a backup by hand",
        )
    return tables


def _make_room(copy: str, settings: Backups) -> None:
    """The dump makes its schemas itself, but for `public`, which every database has."""
    with psycopg.connect(copy, autocommit=True) as connection:
        for schema in settings.schemas:
            connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))


def _figures(connection: Connection, tables: list[tuple[str, str]]) -> dict[str, Contents]:
    for name, value in _SAME_WORDS.items():
        connection.execute("select set_config(%s, %s, true)", [name, value])
    found = {}
    for schema, name in tables:
        row = connection.execute(sql.SQL(_FIGURES).format(sql.Identifier(schema, name))).fetchone()
        if row:
            found[f"{schema}.{name}"] = Contents(rows=row[0], checksum=row[1])
    return found
