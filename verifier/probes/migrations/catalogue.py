"""The objects known to exist while a history of migrations is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from pglast import ast

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.trees import walk, words

PUBLIC = "public"
TEMPORARY = "pg_temp"
MANAGED = {
    "auth", "cron", "extensions", "graphql", "graphql_public", "information_schema", "net", "pg_catalog", "pgbouncer",
    "pgsodium", "realtime", "storage", "supabase_migrations", "vault",
}  # fmt: skip
"""Schemas of PostgreSQL or Supabase, which exist before any migration."""
_CATALOG = "pg_catalog"
_APART = {"function", "type", "schema", "role", "publication"}
"""Kinds whose names are not those of relations."""


class Birth(Enum):
    """The origin of an object: live before, possibly made by this file (`if not exists`), or made by it."""

    LIVE = 1
    MAYBE = 2
    NEW = 3


@dataclass
class Thing:
    """An object, and its definition; None if only its name is known.

    Attributes:
        others: functions of the same name with other parameters.
        line: where the file that is judged makes it; None if another file did.
        sure: whether it is there for certain; not if a statement that may not run makes it.
        doubted: whether a statement that may not run drops it, or gives it another name.
        branch: the ways that the code of its file takes before it makes it, the outermost first.
    """

    birth: Birth
    node: Node = None
    others: tuple[Node, ...] = ()
    line: int | None = None
    sure: bool = True
    doubted: bool = False
    branch: tuple[str, ...] = ()


@dataclass
class ObjectCatalogue:
    """The objects by kind and full name. An object that is not in it may be live all the same.

    Attributes:
        things: `("relation", "public.orders")`, `("column", "public.orders.id")`, `("policy", "public.orders/own")`, …
        path: the schema of unqualified names.
        temporary_first: whether temporary tables come before it; not if the search path names `pg_temp` elsewhere.
        coming: relations that a later file makes which is shipped together with this one.
    """

    things: dict[tuple[str, str], Thing] = field(default_factory=dict)
    path: str = PUBLIC
    temporary_first: bool = True
    coming: frozenset[str] = frozenset()
    _nameless: dict[object, int] = field(default_factory=dict)

    def nameless(self, key: object = None) -> int:
        """A number for what has no name of its own; the same for the same key, and a new one without any."""
        return self._nameless.setdefault(object() if key is None else key, len(self._nameless) + 1)

    def name(self, parts: list[str]) -> str:
        """The qualified name for the parts of a name."""
        temporary = self.get("relation", f"{TEMPORARY}.{parts[-1]}") if self.temporary_first and parts else None
        if len(parts) == 1 and temporary and temporary.sure and not temporary.doubted:
            return f"{TEMPORARY}.{parts[0]}"
        return ".".join(parts if len(parts) > 1 else [self.path, *parts])

    def search(self, schemas: list[str]) -> None:
        """Look for unqualified names by this search path from now on."""
        plain = [each.strip().strip('"') for each in schemas]
        self.path = next((each for each in plain if each and not each.startswith("$")), PUBLIC)
        self.temporary_first = TEMPORARY not in plain[1:]

    def relation(self, node: Node) -> str:
        """The qualified name of a RangeVar."""
        if node.relpersistence == "t" and not node.schemaname:
            return f"{TEMPORARY}.{node.relname}"
        return self.name([*([node.schemaname] if node.schemaname else []), node.relname])

    def type_name(self, node: Node) -> str:
        """A type as text, without `pg_catalog`, with its modifiers: `varchar(20)`, `text[]`."""
        parts = [each for each in words(node.names) if each != _CATALOG]
        figures = [str(each.val.ival or 0) for each in node.typmods or () if isinstance(each, ast.A_Const)]
        return ".".join(parts) + (f"({','.join(figures)})" if figures else "") + "[]" * len(node.arrayBounds or ())

    def get(self, kind: str, name: str) -> Thing | None:
        """What is known of an object."""
        return self.things.get((kind, name))

    def birth(self, kind: str, name: str) -> Birth:
        """Its origin; an unknown object counts as live."""
        thing = self.get(kind, name)
        return thing.birth if thing else Birth.LIVE

    def add(self, kind: str, name: str, thing: Thing) -> None:
        """Add an object. By the name of a live one it is live: the statement fails, or takes its place."""
        there = self.get(kind, name)
        self.things[kind, name] = replace(thing, birth=Birth.LIVE) if there and there.birth is Birth.LIVE else thing

    def remove(self, kind: str, name: str, *, certain: bool = True) -> None:
        """Remove an object and those that go with it, or doubt that they are still there."""
        for key in list(self._with(kind, name)):
            if certain:
                del self.things[key]
            else:
                self.things[key].doubted = True

    def _with(self, kind: str, name: str) -> Iterator[tuple[str, str]]:
        """What is dropped with an object: its parts, and the indexes and constraints of a column."""
        for key, thing in self.things.items():
            what, called = key
            part = kind in {"relation", "schema"} and called.startswith((f"{name}.", f"{name}/"))
            if kind == "relation":
                part = part or (called == name and what not in _APART) or _table(called, thing.node) == name
            elif kind == "column":
                part = name in _columns(_table(called, thing.node), thing.node)
            if part or key == (kind, name):
                yield key

    def rename(self, kind: str, old: str, new: str, *, certain: bool = True) -> None:
        """Give an object another full name, and a relation's to its parts, too."""
        for what, name in list(self.things):
            if kind == "relation" and _table(name, self.things[what, name].node) == old:
                self.things[what, name].doubted = True  # its definition has the old name
            part = kind == "relation" and what not in _APART and name.startswith((f"{old}.", f"{old}/"))
            if part or (name == old and (what == kind or (kind == "relation" and what not in _APART))):
                thing = self.things[what, name]
                if certain:
                    del self.things[what, name]
                    self.add(what, new + name.removeprefix(old), thing)
                else:
                    thing.doubted = True
                    perhaps = Birth.MAYBE if thing.birth is Birth.NEW else thing.birth
                    self.add(what, new + name.removeprefix(old), replace(thing, birth=perhaps, sure=False))

    def knows(self, schema: str) -> bool:
        """Whether the history made a live relation of this schema, so that it tells what else was made there."""
        start = f"{schema}."
        return any(
            kind == "relation" and name.startswith(start) and thing.birth is Birth.LIVE
            for (kind, name), thing in self.things.items()
        )

    def on(self, kind: str, table: str) -> dict[str, Thing]:
        """The policies, triggers or constraints of one table, by name."""
        start = f"{table}/"
        return {
            name.removeprefix(start): thing
            for (each, name), thing in self.things.items()
            if each == kind and name.startswith(start)
        }

    def ship(self) -> None:
        """Mark everything as live."""
        for thing in self.things.values():
            thing.birth = Birth.LIVE
        self.search([])


def _table(name: str, node: Node) -> str | None:
    """The full name of the table of an index or a constraint."""
    if isinstance(node, ast.Constraint):
        return name.rpartition("/")[0]
    return f"{name.rpartition('.')[0]}.{node.relation.relname}" if isinstance(node, ast.IndexStmt) else None


def _columns(table: str | None, node: Node) -> set[str]:
    """The full names of the columns that an index or a constraint of a table names."""
    if table is None:
        return set()
    plain = [each.name for each in walk(node) if isinstance(each, ast.IndexElem)]
    keys = [*words(getattr(node, "keys", None)), *words(getattr(node, "fk_attrs", None))]
    columns = [words(each.fields)[-1:] for each in walk(node) if isinstance(each, ast.ColumnRef)]
    return {f"{table}.{each}" for each in (*plain, *keys, *(name for names in columns for name in names)) if each}
