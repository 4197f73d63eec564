"""Indexes: built, repeated by others, and used for keys."""

from __future__ import annotations

from collections.abc import Iterator

from pglast import ast, enums

from verifier.probes.migrations.catalogue import Birth
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.code.bodies import look_at_calls
from verifier.probes.migrations.rules.judging import Judge, rule
from verifier.probes.migrations.rules.trees import changed, words
from verifier.probes.migrations.verdicts import named

C = enums.ConstrType
ALONE = "put it alone into a file: some runners, and older versions of others, send a file in one transaction"


@rule("IndexStmt")
def _create_index(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.relation)
    look_at_calls(judge, (node.indexParams, node.whereClause))
    columns = {it.name for it in node.indexParams or ()}
    kept = any(each and each <= columns for each in unique_keys(judge, table, partial=False))
    forbids = node.unique and (node.nulls_not_distinct or not kept)
    if node.idxname:
        name, unless = f"{table.rsplit('.', 1)[0]}.{node.idxname}", bool(node.if_not_exists)
        there = judge.catalogue.get("relation", name)
        if unless and there and isinstance(there.node, ast.IndexStmt) and there.sure and not there.doubted:
            return  # PostgreSQL looks at the name alone, and builds nothing
        judge.make("relation", name, node, unless_there=unless)
    thing = judge.catalogue.get("relation", table)
    unbuilt = not node.relation.inh and thing and getattr(thing.node, "partspec", None)
    if judge.may_be_new("relation", table) or unbuilt:  # ON ONLY a partitioned table indexes no row
        return
    if node.concurrent and not judge.alone:
        judge.asks(
            named("an index on {} is built CONCURRENTLY, which fails beside others in a transaction", table), ALONE
        )
    elif not node.concurrent:
        judge.blocks(
            named("nobody can write {} while the index is built", table),
            "CREATE INDEX CONCURRENTLY, alone in a file of its own, or by hand before the migration",
        )
    elif forbids:
        judge.asks(named("a unique index forbids rows of {} that programs may still write", table))


def unique_keys(judge: Judge, table: str, *, partial: bool = True) -> list[set[str]]:
    """The columns of each unique key and index of a table, with or without indexes of some of its rows."""
    found = [
        set(words(each.node.keys))
        for each in judge.catalogue.on("constraint", table).values()
        if each.node is not None and each.node.contype in {C.CONSTR_UNIQUE, C.CONSTR_PRIMARY}
    ]
    for (kind, _), each in judge.catalogue.things.items():
        index = each.node if kind == "relation" else None
        if not isinstance(index, ast.IndexStmt) or judge.catalogue.relation(index.relation) != table:
            continue
        if index.unique and (partial or not index.whereClause):
            found.append({it.name or "" for it in index.indexParams or ()})
    return found


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
    if thing is None or thing.doubted or not isinstance(thing.node, ast.IndexStmt):
        return False
    node, columns = thing.node, columns_of(thing.node)
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
    thing = judge.catalogue.get("relation", f"{table.rpartition('.')[0]}.{node.indexname}")
    if thing is None or thing.doubted or not isinstance(thing.node, ast.IndexStmt) or not thing.node.unique:
        return node
    columns = columns_of(thing.node)
    if columns is None or judge.catalogue.relation(thing.node.relation) != table:
        return node
    return changed(node, keys=tuple(ast.String(sval=each) for each in columns), indexname=None)
