"""The objects known to exist while a history of migrations is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from pglast import ast

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.trees import words

PUBLIC = "public"
TEMPORARY = "pg_temp"
MANAGED = {
    "auth", "cron", "extensions", "graphql", "graphql_public", "information_schema", "net", "pg_catalog", "pgbouncer",
    "pgsodium", "realtime", "storage", "supabase_migrations", "vault",
}  # fmt: skip
"""Schemas of PostgreSQL or Supabase, which exist before any migration."""
_CATALOG = "pg_catalog"


class Birth(Enum):
    """The origin of an object: live before, possibly made by this file (`if not exists`), or made by it."""

    LIVE = 1
    MAYBE = 2
    NEW = 3


@dataclass
class Thing:
    """An object, and its definition; None if only its name is known."""

    birth: Birth
    node: Node = None
    others: tuple[Node, ...] = ()
    """Functions of the same name with other parameters."""


@dataclass
class ObjectCatalogue:
    """The objects by kind and full name. An object that is not in it may be live all the same.

    Attributes:
        things: `("relation", "public.orders")`, `("column", "public.orders.id")`, `("policy", "public.orders/own")`, …
        path: the schema of unqualified names.
        coming: relations that a later file makes which is shipped together with this one.
    """

    things: dict[tuple[str, str], Thing] = field(default_factory=dict)
    path: str = PUBLIC
    coming: frozenset[str] = frozenset()

    def name(self, parts: list[str]) -> str:
        """The qualified name for the parts of a name."""
        if len(parts) == 1 and ("relation", f"{TEMPORARY}.{parts[0]}") in self.things:
            return f"{TEMPORARY}.{parts[0]}"  # temporary tables come first in the search path
        return ".".join(parts if len(parts) > 1 else [self.path, *parts])

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

    def add(self, kind: str, name: str, node: Node, birth: Birth) -> None:
        """Add an object."""
        self.things[kind, name] = Thing(birth, node)

    def remove(self, kind: str, name: str) -> None:
        """Remove an object, and those that belong to it."""
        self.things.pop((kind, name), None)
        if kind in {"relation", "schema"}:
            for key in [key for key in self.things if key[1].startswith((f"{name}.", f"{name}/"))]:
                del self.things[key]

    def rename(self, relation: str, column: str | None, new: str) -> None:
        """Rename a relation, or a column of it."""
        old = f"{relation}.{column}" if column else relation
        called = f"{relation}.{new}" if column else f"{relation.rpartition('.')[0]}.{new}"
        for kind, name in list(self.things):
            if name == old or name.startswith((f"{old}.", f"{old}/")):
                self.things[kind, called + name.removeprefix(old)] = self.things.pop((kind, name))

    def rename_part(self, kind: str, old: str, new: str) -> None:
        """Rename a policy, trigger or constraint, given as `table/name`."""
        if (kind, old) in self.things:
            self.things[kind, new] = self.things.pop((kind, old))

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
        self.path = PUBLIC
