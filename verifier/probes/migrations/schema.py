"""Compares the live catalogue with the result of the migrations on a throw-away server, and with Prisma's models.

Compared are tables, columns, constraints, indexes, policies, triggers, views, functions and types; not grants, and not
what belongs to an extension.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Obstacle
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR
from verifier.core.suite import judging
from verifier.embedded.server import scratch_server
from verifier.probes.migrations.history import (
    History,
    Recorded,
    checkout,
    is_applied,
    read_history,
    recorded,
    without_a_file,
)
from verifier.probes.migrations.prisma import Model, models
from verifier.probes.migrations.rehearsal.applying import apply_history
from verifier.probes.migrations.rehearsal.snapshot import Things, catalogue
from verifier.probes.migrations.revisions import newest_revision
from verifier.probes.migrations.rules.static import MigrationFile
from verifier.probes.postgres.database import connected
from verifier.probes.postgres.section import Database

_KINDS = {
    "relation": ("kind", "rls", "forced", "invoker"),
    "column": ("type", "required", "identity", "generated", "default"),
    "constraint": ("definition",),
    "index": ("definition",),
    "policy": ("definition",),
    "trigger": ("definition", "on"),
    "view": ("definition",),
    "function": ("definition",),
    "type": ("kind", "base", "required", "default"),
    "domain constraint": ("definition",),
    "sequence": ("step", "least", "most", "cycles", "type"),
    "value": (),
}
"""The compared properties of each kind of object."""
_OF_EXTENSIONS = """
    select case d.classid when 'pg_proc'::regclass then (
               select n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
               from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.oid = d.objid)
           when 'pg_class'::regclass then (
               select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where c.oid = d.objid)
           when 'pg_type'::regclass then (
               select n.nspname || '.' || t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
               where t.oid = d.objid) end
    from pg_depend d where d.deptype = 'e'
"""
_PRISMA = (Path("prisma/schema.prisma"), Path("schema.prisma"))
_LARGEST = 5_000_000


class SchemaState(Evidence):
    """The live schema compared with the result of the migrations.

    Attributes:
        files: the number of migrations applied.
        compared: the number of objects compared.
        missing: objects of the migrations that the live database lacks.
        extra: live objects that no migration creates.
        different: objects that differ, and how.
        pending: files that the live database does not record as applied; None if it keeps no record.
        unknown: recorded versions without a file.
        lacking: extensions that the throw-away server lacks; objects that need them are not compared.
        models: the number of Prisma models; None without a Prisma schema.
        without: models whose table or columns the live database lacks, in words.
        refused: why the migrations could not be applied, so that nothing was compared; empty if they were.
        unread: why there was no history to compare with; nothing, if there was one.
        since: the newest revision of the checkout of which the database records every migration; empty if none is.
    """

    files: int
    compared: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    different: tuple[str, ...]
    pending: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    models: int | None = None
    without: tuple[str, ...] = ()
    refused: str = ""
    unread: Obstacle | None = None
    since: str = ""

    @property
    def next_look(self) -> str:
        """How to judge just the files that are not applied; empty where that is not known."""
        return judging(f"-m migration --app-dir PATH --since {self.since}") if self.since else ""

    @property
    def drift(self) -> tuple[str, ...]:
        """Every difference, in words."""
        pending = [f"not applied: {each}" for each in self.pending]
        unknown = [f"applied, and no file of it: {each}" for each in self.unknown]
        missing = [f"missing: {each}" for each in self.missing]
        extra = [f"created by no migration: {each}" for each in self.extra]
        return (*pending, *unknown, *missing, *self.different, *extra)

    def proved(self) -> CouldNotLook | None:
        """None if all migrations could be applied for the comparison; else precondition, with files or extensions."""
        if self.unread:
            return self.unread.as_error()
        if self.refused:
            what = f"nothing to compare with: a throw-away server refuses {self.refused}"
            return CouldNotLook(Cause.PRECONDITION, what, remedy="see migrations-apply, and fix it there")
        if self.lacking:
            return CouldNotLook(
                Cause.PRECONDITION,
                f"the throw-away server lacks {', '.join(self.lacking)}, so objects that need them were not compared",
                remedy="compare these by hand: supabase db diff --linked",
            )
        return None


def observe_schema(context: Context) -> SchemaState:
    """Apply the migrations to a throw-away server, and compare.

    Raises:
        CouldNotLook: precondition or no-data, as `read_history`; the database cannot be asked.
    """
    settings = context.target.section(Database)
    started = now()
    history, unread = _history(context)
    with connected(context) as live:
        seen = catalogue(live)
        foreign = {str(name) for (name,) in live.execute(_OF_EXTENSIONS.encode()).fetchall() if name}
        applied = recorded(live)
    made, own, lacking, refused = _made(history) if history else ({}, set(), (), "")
    schemas = own | {settings.schema_name}
    incomparable = refused or unread
    wanted, there = _within(made, schemas, set()), {} if incomparable else _within(seen, schemas, foreign)
    prisma = _prisma(checkout(context))
    files = tuple(each.path for each in history.sources) if history else ()
    return SchemaState(
        asked="Does the live schema match the migrations?",
        where=f"schema {', '.join(sorted(schemas))} of the database of {context.target.app}",
        at=started,
        again="supabase db diff --linked",
        files=len(files),
        compared=len(wanted),
        missing=_roots(key for key in wanted if key not in there),
        extra=_roots(key for key in there if key not in wanted),
        different=tuple(_difference(key, wanted[key], there[key]) for key in wanted if _differs(key, wanted, there)),
        pending=tuple(each for each in files if is_applied(each, applied) is False),
        unknown=() if unread else without_a_file(files, applied),
        lacking=lacking,
        models=None if prisma is None else len(prisma),
        without=_without(prisma or (), seen, settings.schema_name),
        refused=refused,
        unread=unread,
        since=_since(history, applied) if history else "",
    )


def _history(context: Context) -> tuple[History | None, Obstacle | None]:
    """The files; or why there are none, where Prisma's models can be compared all the same.

    Raises:
        CouldNotLook: there are neither files nor models.
    """
    try:
        return read_history(context), None
    except CouldNotLook as trouble:
        if not _prisma_files(checkout(context)):
            raise
        return None, Obstacle.of(trouble)


def _since(history: History, applied: Recorded) -> str:
    """The revision to propose; empty where the database keeps no record, or git knows none."""
    if not any(applied.values()):
        return ""
    with suppress(CouldNotLook):
        return newest_revision(history.root, lambda path: is_applied(path, applied) is not False)
    return ""


def _made(history: History) -> tuple[Things, set[str], tuple[str, ...], str]:
    """The catalogue after all files, its schemas, the missing extensions, and the refused file.

    If a file is refused, the catalogue is empty: half a schema would differ in everything.
    """
    with scratch_server() as server:
        url = server.database("expected")
        with psycopg.connect(url) as connection:
            before = {name for kind, name in catalogue(connection) if kind == "schema"}
        sources = [MigrationFile(each.path, each.content, judged=False) for each in history.sources]
        rehearsal, applied = apply_history(url, sources)
        refused = [f"{each.path}: {each.failure.message}" for each in applied if each.failure and not each.because]
        if refused:
            return {}, set(), tuple(sorted(rehearsal.lacking)), "; ".join(refused)
        with psycopg.connect(url) as connection:
            made = catalogue(connection)
    own = {name for kind, name in made if kind == "schema" and name not in before}
    return made, own, tuple(sorted(rehearsal.lacking)), ""


def _within(things: Things, schemas: set[str], foreign: set[str]) -> Things:
    """The objects of these schemas that do not belong to an extension."""
    return {
        (kind, name): {part: detail.get(part) for part in _KINDS[kind]}
        for (kind, name), detail in things.items()
        if kind in _KINDS and name.partition(".")[0] in schemas and not _of(name, foreign)
    }


def _of(name: str, foreign: set[str]) -> bool:
    table = name.partition("/")[0]
    return bool({name, table, table.rpartition(".")[0], name.partition("=")[0]} & foreign)


def _roots(keys: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Objects in words, without those that belong to a listed table."""
    found = list(keys)
    tables = {name for kind, name in found if kind == "relation"}

    def belongs(kind: str, name: str) -> bool:
        table = name.partition("/")[0] if "/" in name else name.rpartition(".")[0]
        return kind != "relation" and (table in tables or (kind == "view" and name in tables))

    return tuple(sorted(f"{kind} {name}" for kind, name in found if not belongs(kind, name)))


def _differs(key: tuple[str, str], wanted: Things, there: Things) -> bool:
    return key in there and wanted[key] != there[key]


def _difference(key: tuple[str, str], wanted: dict[str, Any], there: dict[str, Any]) -> str:
    kind, name = key
    if kind == "function":  # its text is compared by a checksum
        return f"different: function {name} does something else"
    parts = [
        f"{part} {_short(there[part])}, and by the migrations {_short(value)}"
        for part, value in wanted.items()
        if there[part] != value
    ]
    return f"different: {kind} {name}: {'; '.join(parts)}"


def _short(value: object) -> str:
    return REDACTOR.cut(" ".join(str(value).split()), 160)


def _prisma(root: Path) -> tuple[Model, ...] | None:
    """The models of Prisma's schema, in one file or in a folder of them (Prisma's documentation, multi-file schema)."""
    files = _prisma_files(root)
    if not files:
        return None
    try:
        text = "\n".join(each.read_text(encoding="utf-8") for each in files if each.stat().st_size < _LARGEST)
    except (OSError, UnicodeDecodeError) as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"Prisma's schema cannot be read: {trouble}") from None
    return models(text)


def _prisma_files(root: Path) -> list[Path]:
    files = [root / each for each in _PRISMA if (root / each).is_file()][:1]
    return files + sorted((root / "prisma" / "schema").rglob("*.prisma"))


def _without(prisma: Iterable[Model], seen: Things, schema: str) -> tuple[str, ...]:
    found = []
    for model in prisma:
        table = f"{model.schema or schema}.{model.table}"
        if ("relation", table) not in seen:
            found.append(f"model {model.name}: no table {table}")
            continue
        columns = {each.column: seen.get(("column", f"{table}.{each.column}")) for each in model.fields}
        found += [f"model {model.name}: no column {table}.{name}" for name, detail in columns.items() if detail is None]
        found += [
            f"model {model.name}: {table}.{each.column} is {detail['type']}"
            for each in model.fields
            if (detail := columns[each.column]) is not None and not each.stored_as(detail["type"])
        ]
    return tuple(found)
