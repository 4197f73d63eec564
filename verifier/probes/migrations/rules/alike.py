"""Whether two queries give the same rows: by an alias more or less, and by other words for a condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pglast import ast, enums

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.trees import canonical, invokes, is_false, is_true, operands, walk, words

_FILTERED = (ast.SelectStmt, ast.UpdateStmt, ast.DeleteStmt)


def same_query(old: Node, new: Node) -> bool:
    """Whether two statements surely do the same."""
    return canonical(_plain(old)) == canonical(_plain(new))


def adds_columns(old: Node, new: Node) -> bool:
    """Whether a query gives the same rows with more columns at the end, computed from each row alone."""
    if not (isinstance(old, ast.SelectStmt) and isinstance(new, ast.SelectStmt) and old.targetList and new.targetList):
        return False
    kept = len(old.targetList)
    added = list(walk(new.targetList[kept:]))
    return (
        canonical(old.targetList) == canonical(new.targetList[:kept])
        and all(canonical(getattr(old, name)) == canonical(getattr(new, name)) for name in old if name != "targetList")
        and not new.distinctClause
        and not any(isinstance(each, (ast.A_Star, ast.FuncCall, ast.SubLink)) for each in added)
    )


def grown_view(old: Node, new: Node) -> bool:
    """Whether a view shows the same rows, with as many columns or more at the end, and with the same rights."""
    if not isinstance(new, ast.ViewStmt) or invokes(old) != invokes(new) or old.aliases or new.aliases:
        return False
    return same_query(old.query, new.query) or (invokes(new) and adds_columns(old.query, new.query))


def _plain(node: Node) -> Node:
    return _filtered(_unqualified(node)) if isinstance(node, _FILTERED) else node


def _unqualified(node: Node) -> Node:
    """The statement without the name of its table before columns, if it has only that one."""
    tables = [each for each in walk(node) if isinstance(each, ast.RangeVar)]
    if len(tables) != 1 or any(isinstance(each, ast.CommonTableExpr) for each in walk(node)):
        return node
    name = tables[0].alias.aliasname if tables[0].alias else tables[0].relname
    columns = [each for each in walk(node) if isinstance(each, ast.ColumnRef)]
    if any(words(each.fields) == [name] and len(each.fields) == 1 for each in columns):
        return node  # the whole row, or a column of that name
    if tables[0].alias and tables[0].alias.colnames:
        return node

    def shorter(each: Node) -> Node:
        if isinstance(each, ast.ColumnRef) and len(each.fields) > 1 and words(each.fields[:1]) == [name]:
            return ast.ColumnRef(fields=each.fields[1:])
        if isinstance(each, ast.RangeVar):
            return _with(each, alias=None)
        return each

    return _rebuilt(node, shorter)


def _filtered(node: Node) -> Node:
    """The statement with its condition in one form: a row for which it is NULL is as one for which it is false."""
    if node.whereClause is None:
        return node
    conditions = tuple(map(_condition, operands(node.whereClause)))
    whole = conditions[0]
    if len(conditions) > 1:
        whole = ast.BoolExpr(boolop=enums.BoolExprType.AND_EXPR, args=conditions)
    return _with(node, whereClause=whole)


def _condition(node: Node) -> Node:
    kinds = enums.BoolTestType
    if isinstance(node, ast.BooleanTest) and node.booltesttype in {kinds.IS_FALSE, kinds.IS_TRUE}:
        return _not(node.arg) if node.booltesttype == kinds.IS_FALSE else _condition(node.arg)
    if isinstance(node, ast.A_Expr) and node.kind == enums.A_Expr_Kind.AEXPR_OP and words(node.name) == ["="]:
        if isinstance(node.lexpr, ast.ColumnRef) and is_false(node.rexpr):
            return _not(node.lexpr)
        if isinstance(node.lexpr, ast.ColumnRef) and isinstance(node.rexpr, ast.A_Const) and is_true(node.rexpr):
            return node.lexpr
    return node


def _not(node: Node) -> Node:
    return ast.BoolExpr(boolop=enums.BoolExprType.NOT_EXPR, args=(node,))


def _with(node: Node, **changes: object) -> Node:
    return type(node)(**{**{name: getattr(node, name) for name in node}, **changes})


def _rebuilt(tree: Any, change: Callable[[Node], Node]) -> Any:  # noqa: ANN401 - trees hold tuples and scalars, too
    if isinstance(tree, tuple):
        return tuple(_rebuilt(each, change) for each in tree)
    if not isinstance(tree, ast.Node):
        return tree
    return change(_with(tree, **{name: _rebuilt(getattr(tree, name), change) for name in tree}))
