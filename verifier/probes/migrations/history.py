"""Finds the application's migrations, and which of them are new: by git, or by a live database."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from verifier.core.credentials import NEEDS
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR
from verifier.core.suite import judging
from verifier.probes.migrations.choosing import (
    PRISMA,
    SUPABASE,
    Chosen,
    choose,
    label,
    names_below,
    out_of_order,
    version,
)
from verifier.probes.migrations.revisions import present_blobs, shipped_blobs
from verifier.probes.migrations.rules.static import MigrationFile
from verifier.probes.migrations.section import Migrations
from verifier.probes.migrations.verdicts import MigrationFinding, named
from verifier.probes.postgres.database import for_libpq

_LARGEST = 20_000_000


@dataclass(frozen=True)
class History:
    """The files in the runner's order, and which of them are judged."""

    root: Path
    chosen: Chosen
    sources: tuple[MigrationFile, ...]
    problems: tuple[MigrationFinding, ...]

    @property
    def judged(self) -> tuple[MigrationFile, ...]:
        """The files to be judged."""
        return tuple(each for each in self.sources if each.judged)


def read_history(context: Context) -> History:
    """Find the files, and ask git which of them are new.

    Raises:
        CouldNotLook: precondition, if the application's folder or the revision is unknown; no-data, if there is
            nothing to judge.
    """
    settings = context.target.get(Migrations) or Migrations()
    root = checkout(context)
    chosen = choose(names_below(root, settings.files), settings.files)
    if not chosen.files:
        raise CouldNotLook(
            Cause.NO_DATA,
            f"{root.name} holds no migration that a runner would take ({len(chosen.skipped)} other files lie there)",
            remedy=f"[migrations] files of the target says {', '.join(settings.files)}; leave --target out to look "
            "where the Supabase CLI and Prisma do"
            if settings.files
            else "give --app-dir the folder that holds supabase/ or prisma/, or [migrations] files in the target",
        )
    problems = list(chosen.findings)
    new = set(chosen.files)
    if context.options.since:
        new = _since(root, chosen, settings, context.options.since, problems)
    elif context.options.schema_from:
        new = _pending(chosen, live_versions(lender(context)))
    sources = [MigrationFile(each, _content(root / each), each in new) for each in chosen.files]
    # New files are applied last, as on a database that already has the others.
    sources.sort(key=lambda each: each.judged)
    return History(root, chosen, tuple(sources), tuple(problems))


def checkout(context: Context) -> Path:
    """The application's folder, as the caller or the target gives it.

    Raises:
        CouldNotLook: precondition, if neither does, or it is not there.
    """
    told = (context.target.get(Migrations) or Migrations()).app_dir
    return context.checkout(
        told, f"{judging('-m migration --app-dir PATH')}, the folder that holds supabase/ or prisma/"
    )


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise CouldNotLook(Cause.TRUNCATED, f"{path.name} is larger than {_LARGEST // 1_000_000} MB")
        return path.read_bytes()
    except OSError as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"{path.name} cannot be read: {trouble.strerror}") from None


def _since(
    root: Path, chosen: Chosen, settings: Migrations, revision: str, problems: list[MigrationFinding]
) -> set[str]:
    """The files that are new or changed since a revision; a changed shipped file is a problem."""
    shipped = shipped_blobs(root, revision)
    taken = choose(shipped, settings.files).files
    present = present_blobs(root, list(chosen.files))
    changed = [each for each in chosen.files if each in shipped and present[each] != shipped[each]]
    new = [each for each in chosen.files if each not in shipped]
    problems += [
        MigrationFinding.of_file(
            each,
            named("is shipped since {} or before, and is another file now: no runner runs it again", revision),
            "put it back as it was, and write what changed into a new migration",
        )
        for each in changed
    ]
    problems += [
        MigrationFinding.of_file(
            each,
            named("was there at {}, and is gone: a new database would not be like the live one", revision),
            "put it back",
        )
        for each in taken
        if each not in present
    ]
    problems += out_of_order(new, [each for each in taken if each in present])
    return {*new, *changed}


def lender(context: Context) -> str:
    """The URL of the database whose schema is the base.

    Raises:
        CouldNotLook: missing-credential.
    """
    name = context.options.schema_from or ""
    if name in NEEDS["database"].names:
        return context.credentials.get("database")
    value = os.environ.get(name, "")
    if not value:
        raise CouldNotLook(
            Cause.MISSING_CREDENTIAL, f"--schema-from {name}: there is no such variable", remedy=f"export {name}=…"
        )
    REDACTOR.learn(value)
    return value


def live_versions(url: str) -> set[str]:
    """The applied migrations of a database: versions of the Supabase CLI, names of Prisma; only reads.

    Raises:
        CouldNotLook: precondition, if it records none; unreachable.
    """
    try:
        with psycopg.connect(for_libpq(url), connect_timeout=10, prepare_threshold=None) as connection:
            connection.read_only = True
            found: set[str] = set().union(*(each or () for each in recorded(connection).values()))
    except psycopg.Error as trouble:
        words = str(trouble).strip().splitlines()[0]
        raise CouldNotLook(Cause.UNREACHABLE, f"the database that lends its schema: {words}") from None
    if not found:
        raise CouldNotLook(
            Cause.PRECONDITION,
            "the database that lends its schema does not tell which migrations it has",
            remedy="say with --since REV what is live",
        )
    return found


Recorded = dict[str, frozenset[str] | None]
"""Runner, by the folder of its files → what its own table records as applied: versions of the Supabase CLI, names of
Prisma; None if there is no such table, or it may not be read."""
_RECORDS = {
    SUPABASE: b"select version::text from supabase_migrations.schema_migrations",
    PRISMA: b"select migration_name from public._prisma_migrations "
    b"where finished_at is not null and rolled_back_at is null",
}


def recorded(connection: psycopg.Connection[tuple[Any, ...]]) -> Recorded:
    """What the database itself records as applied; only reads."""
    return {runner: _records(connection, query) for runner, query in _RECORDS.items()}


def _records(connection: psycopg.Connection[tuple[Any, ...]], query: bytes) -> frozenset[str] | None:
    try:
        with connection.transaction():
            return frozenset(str(name) for (name,) in connection.execute(query).fetchall())
    except (
        psycopg.errors.UndefinedTable,
        psycopg.errors.UndefinedColumn,
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.InvalidSchemaName,
    ):
        return None


def is_applied(path: str, applied: Recorded) -> bool | None:
    """Whether the runner of this file records it as applied; None if it keeps no record."""
    by_name = path.endswith("/migration.sql")
    known = applied[PRISMA if by_name else SUPABASE]
    return None if known is None else (label(path) if by_name else version(path) or label(path)) in known


def without_a_file(paths: Iterable[str], applied: Recorded) -> tuple[str, ...]:
    """What is recorded as applied, and has no file."""
    there = {name for each in paths for name in (label(each), version(each))}
    return tuple(sorted(name for names in applied.values() for name in names or () if name not in there))


def _pending(chosen: Chosen, live: set[str]) -> set[str]:
    new = {each for each in chosen.files if version(each) not in live and label(each) not in live}
    if not new:
        raise CouldNotLook(Cause.NO_DATA, "the live database has every migration, so there is nothing to judge")
    return new
