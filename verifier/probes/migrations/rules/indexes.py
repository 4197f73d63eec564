"""Indexes: whether another one does the same, and whether it can be the index of a key."""

from __future__ import annotations

from collections.abc import Iterator

from pglast import ast, enums

from verifier.probes.migrations.catalogue import Birth, Thing
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.judging import Judge
from verifier.probes.migrations.rules.trees import words

C = enums.ConstrType


def columns_of(node: Node) -> list[str] | None:
    """The columns of an index or a key in their order; None for one that is not plain.

    Plain is a B-tree of whole rows on columns in their usual order.
    """
    if isinstance(node, ast.Constraint):
        plain = node.contype in {C.CONSTR_PRIMARY, C.CONSTR_UNIQUE} and not (node.deferrable or node.nulls_not_distinct)
        return words(node.keys) or None if plain else None
    if not isinstance(node, ast.IndexStmt) or node.whereClause or node.accessMethod not in {None, "btree"}:
        return None
    if node.nulls_not_distinct or node.indexIncludingParams or not node.relation.inh:
        return None
    usual = {enums.SortByDir.SORTBY_DEFAULT, enums.SortByDir.SORTBY_ASC}
    for each in node.indexParams:
        nulls = each.nulls_ordering != enums.SortByNulls.SORTBY_NULLS_DEFAULT
        if each.expr or each.collation or each.opclass or each.ordering not in usual or nulls:
            return None
    return [str(each.name) for each in node.indexParams]


def is_repeated(judge: Judge, name: str) -> bool:
    """Whether another index that is there before the file, and stays, serves every query and key that this one does."""
    thing = judge.catalogue.get("relation", name)
    node = thing.node if thing else None
    columns = columns_of(node) if isinstance(node, ast.IndexStmt) and thing and not thing.doubted else None
    if columns is None:
        return False
    table = judge.catalogue.relation(node.relation)
    said = judge.catalogue.get("identity", table)
    if said and said.node.name == name.rpartition(".")[2]:
        return False  # it tells the rows apart for subscribers
    return any(
        (others == columns if node.unique else others[: len(columns)] == columns)
        for others, unique in _others(judge, table, node)
        if unique or not node.unique
    )


def _others(judge: Judge, table: str, node: Node) -> Iterator[tuple[list[str], bool]]:
    """The columns of the other live indexes and keys of a table, and whether each is unique."""
    for (kind, name), thing in judge.catalogue.things.items():
        if thing.birth is not Birth.LIVE or thing.doubted or not thing.sure or thing.node is node:
            continue
        index = kind == "relation" and isinstance(thing.node, ast.IndexStmt)
        on_it = judge.catalogue.relation(thing.node.relation) == table if index else name.startswith(f"{table}/")
        if on_it and (index or kind == "constraint") and (columns := columns_of(thing.node)):
            yield columns, not index or bool(thing.node.unique)


def as_key(judge: Judge, table: str, node: Node) -> Node:
    """ADD CONSTRAINT … USING INDEX with the columns of the index in it, if these are known."""
    thing: Thing | None = judge.catalogue.get("relation", f"{table.rpartition('.')[0]}.{node.indexname}")
    index = thing.node if thing and not thing.doubted else None
    columns = columns_of(index) if isinstance(index, ast.IndexStmt) and index.unique else None
    if columns is None or judge.catalogue.relation(index.relation) != table:
        return node
    fields = {name: getattr(node, name) for name in node}
    keys = tuple(ast.String(sval=each) for each in columns)
    return ast.Constraint(**{**fields, "keys": keys, "indexname": None})
