"""Proposes `[migrations]`, and the tables of `[database]` that they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pglast import ast
from pglast.enums import ObjectType

from verifier.core.config.proposal import Proposed
from verifier.core.evidence import CouldNotLook
from verifier.core.survey import Survey
from verifier.probes.migrations.choosing import choose, names_below
from verifier.probes.migrations.reading import read
from verifier.probes.traffic.endpoints import observe_endpoints

_ELSEWHERE = ("migrations", "db/migrations", "database/migrations", "sql/migrations")
_ITEMS = ("tables-exist", "rls-protects", "database-connection", "backups-verified", "schema-matches-migrations")
_OF_FILES = ("migrations-additive", "migrations-apply")
_PUBLIC = "public"


def propose(survey: Survey) -> Iterator[Proposed]:
    """The migrations of the checkout; without any, what a person may confirm."""
    if survey.checkout is None:
        yield Proposed("migrations", unknown=("migrations: call init with --app-dir, the checkout",))
        yield _no_database("it has no database")
        return
    patterns = _patterns(survey.checkout)
    chosen = choose(names_below(survey.checkout, patterns), patterns)
    if not chosen.files:
        yield _no_database("its checkout has no migrations, and it has no database")
        return
    files = {"files": list(patterns)} if patterns else {}
    seen = (f"{len(chosen.files)} migrations, from {chosen.files[0]} to {chosen.files[-1]}",)
    yield Proposed("migrations", {"app_dir": str(survey.checkout), **files}, seen=seen)
    yield from _database(survey, _tables(survey.checkout / each for each in chosen.files))


def _no_database(reason: str) -> Proposed:
    return Proposed("database", perhaps=dict.fromkeys([*_ITEMS, *_OF_FILES], reason))


def _patterns(checkout: Path) -> tuple[str, ...] | None:
    """Globs, where neither the Supabase CLI nor Prisma looks."""
    if choose(names_below(checkout, None), None).files:
        return None
    folder = next((each for each in _ELSEWHERE if any((checkout / each).glob("*.sql"))), None)
    return (f"{folder}/*.sql",) if folder else None


def _database(survey: Survey, tables: list[str]) -> Iterator[Proposed]:
    if not tables:
        yield Proposed("database", unknown=(f"its tables: the migrations make none in {_PUBLIC}",))
        return
    try:
        claim = survey.once(observe_endpoints).named("supabase", "database")
    except CouldNotLook:
        claim = None
    told = {"claim": {"path": claim.path, **({"claims": claim.claims} if claim.claims else {})}} if claim else {}
    yield Proposed(
        "database",
        {"tables": tables, **told},
        seen=(f"the migrations make {len(tables)} tables", *([f"{claim.path} says {claim.body}"] if claim else [])),
        assumed=("the release needs all of them, and nobody may read another user's rows in any of them",),
        unknown=(
            "the database itself: export DATABASE_URL, of a role that may read",
            "tables that anybody may read, and why: public = { TABLE = … }",
        ),
    )


def _tables(files: Iterable[Path]) -> list[str]:
    """The tables of the schema `public` that are there in the end."""
    tables: dict[str, None] = {}
    for file in files:
        for each in read(file.read_bytes()).statements:
            _apply(tables, each.node)
    return list(tables)


def _apply(tables: dict[str, None], node: object) -> None:
    if isinstance(node, ast.CreateStmt) and node.partbound is None and node.relation.relpersistence != "t":
        if node.relation.schemaname in {None, _PUBLIC}:
            tables[node.relation.relname] = None
    elif isinstance(node, ast.DropStmt) and node.removeType == ObjectType.OBJECT_TABLE:
        for each in node.objects:
            tables.pop(each[-1].sval, None)
    elif (
        isinstance(node, ast.RenameStmt)
        and node.renameType == ObjectType.OBJECT_TABLE
        and node.relation.relname in tables
    ):
        del tables[node.relation.relname]
        tables[node.newname] = None
