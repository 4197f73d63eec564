"""What the functions that are live write into the columns of a table: constants, and what their callers give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pglast import ast

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.code.bodies import body_of
from verifier.probes.migrations.rules.judging import Judge
from verifier.probes.migrations.rules.trees import is_constant, walk, words


class WrittenValue(NamedTuple):
    """One value that a function writes.

    Attributes:
        function: which one.
        column: where.
        value: a constant, what is taken off the column, or something of a parameter.
        given: whether a parameter is in it, so that it is as the caller says.
    """

    function: str
    column: str
    value: Node
    given: bool


def written(judge: Judge, table: str) -> Iterator[WrittenValue]:
    """What a function which this file does not make writes into the table, as far as it is one of these."""
    for (what, name), thing in list(judge.catalogue.things.items()):
        if what != "function" or thing.line is not None:
            continue
        for function in (thing.node, *thing.others):
            if isinstance(function, ast.CreateFunctionStmt):
                quiet = Judge(judge.catalogue, judge.file, certain=False)
                own = {str(each.name) for each in function.parameters or () if each.name}
                for statement in list(body_of(quiet, function, name)):
                    yield from (WrittenValue(name, *each) for each in _values(judge, table, statement, own))


def _values(judge: Judge, table: str, statement: Node, own: set[str]) -> Iterator[tuple[str, Node, bool]]:
    """Column, value, and whether a parameter is in it; `own` has their names."""
    if not isinstance(statement, (ast.InsertStmt, ast.UpdateStmt)):
        return
    if judge.catalogue.relation(statement.relation) == table:
        columns = [str(each.name) for each in getattr(statement, "cols", None) or ()]
        query = getattr(statement, "selectStmt", None)
        rows = [
            *(getattr(query, "valuesLists", None) or ()),
            [it.val for it in getattr(query, "targetList", None) or ()],
        ]
        pairs = [pair for row in rows for pair in zip(columns, row, strict=False)]
        pairs += [(str(each.name), each.val) for each in getattr(statement, "targetList", None) or ()]
        asked = columns_in(getattr(statement, "whereClause", None))
        for name, value in pairs:
            given = any(isinstance(each, ast.ParamRef) for each in walk(value)) or bool(columns_in(value) & own)
            if given or is_constant(value) or (name not in asked and is_less(name, value)):
                yield name, value, given


def is_less(column: str, value: Node) -> bool:
    """Whether a value is what the column has, less something."""
    return isinstance(value, ast.A_Expr) and words(value.name) == ["-"] and columns_in(value.lexpr) == {column}


def columns_in(tree: Node) -> set[str]:
    """The names of the columns in an expression."""
    return {words(each.fields)[-1] for each in walk(tree) if isinstance(each, ast.ColumnRef) and words(each.fields)}
