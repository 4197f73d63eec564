"""Which migrations a live database has recorded since a moment, and what their statements do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.migrations.choosing import PRISMA
from verifier.probes.migrations.history import checkout
from verifier.probes.migrations.rules.static import MigrationFile, judge_history
from verifier.probes.postgres.database import connected
from verifier.probes.rollback.evidence import MigrationsSince

_SUPABASE_TABLE, _PRISMA_TABLE = "supabase_migrations.schema_migrations", "public._prisma_migrations"
_SUPABASE = """
    select version, coalesce(to_jsonb(m) ->> 'name', ''), m.statements from supabase_migrations.schema_migrations m
    order by version
"""
_PRISMA = """
    select migration_name, finished_at from public._prisma_migrations
    where finished_at is not null and rolled_back_at is null order by finished_at
"""
_VERSION = "%Y%m%d%H%M%S"
"""The form of a version that the Supabase CLI gives: the time at which the file was made, in UTC."""

Connection = psycopg.Connection[tuple[Any, ...]]


class RecordedMigration(NamedTuple):
    """A recorded migration; its time or its text may not be known."""

    name: str
    at: datetime | None
    text: str | None


def migrations_since(context: Context, moment: datetime) -> MigrationsSince:
    """What was applied since `moment`, judged in the order of the whole history.

    Raises:
        CouldNotLook: the database cannot be asked, or keeps no history; no-data, if it cannot be told which migrations
            are newer; precondition, if the text of one that is newer is not known.
    """
    with connected(context) as connection:
        supabase, prisma = _has(connection, _SUPABASE_TABLE), _has(connection, _PRISMA_TABLE)
        applied = [
            *(_of_supabase(connection) if supabase else ()),
            *(_of_prisma(connection, context) if prisma else ()),
        ]
    if not applied:
        raise CouldNotLook(
            Cause.PRECONDITION,
            "the database does not record which migrations it has",
            remedy=f"keep them in {_SUPABASE_TABLE} or {_PRISMA_TABLE}; or declare the item not applicable",
        )
    undated = [each.name for each in applied if each.at is None]
    if undated:
        told = f"nothing tells when these migrations were applied: {', '.join(undated)}"
        raise CouldNotLook(Cause.NO_DATA, told, remedy="name files by the time at which they were made")
    new = {each.name for each in applied if each.at is not None and each.at > moment}
    unread = [each.name for each in applied if each.name in new and each.text is None]
    if unread:
        told = f"applied since, and their text is not known: {', '.join(unread)}"
        raise CouldNotLook(Cause.PRECONDITION, told, remedy="--app-dir PATH, the checkout of the application")
    sources = [MigrationFile(each.name, (each.text or "").encode(), each.name in new) for each in applied]
    # What an earlier one of them made and a later one drops is nothing that the previous release could need.
    found = judge_history(sources, unshipped=True)
    return MigrationsSince(
        names=tuple(each.name for each in applied if each.name in new),
        findings=tuple(finding for findings in found.values() for finding in findings),
        by_version=supabase,
    )


def _has(connection: Connection, table: str) -> bool:
    row = connection.execute("select to_regclass(%s) is not null", [table]).fetchone()
    return bool(row and row[0])


def _of_supabase(connection: Connection) -> Iterator[RecordedMigration]:
    """Those that the Supabase CLI has applied, with the statements that it kept."""
    for version, name, statements in connection.execute(_SUPABASE):
        told = ";\n".join(statements) if statements else None
        yield RecordedMigration(f"{version}_{name}".rstrip("_"), _made(str(version)), told)


def _made(version: str) -> datetime | None:
    try:
        return datetime.strptime(version[:14], _VERSION).replace(tzinfo=UTC)
    except ValueError:
        return None


def _of_prisma(connection: Connection, context: Context) -> Iterator[RecordedMigration]:
    """Those that Prisma has applied; it keeps the time, and the text is in the checkout alone."""
    try:
        root: Path | None = checkout(context)
    except CouldNotLook:
        root = None
    for name, finished in connection.execute(_PRISMA):
        file = root / PRISMA / str(name) / "migration.sql" if root else None
        yield RecordedMigration(
            str(name), finished, file.read_text(encoding="utf-8") if file and file.is_file() else None
        )
