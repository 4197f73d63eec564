"""Whether two queries give the same rows, by other words or with more columns, and two CHECKs allow as much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from pglast import ast, enums

from verifier.probes.migrations.catalogue import ObjectCatalogue
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.trees import (
    canonical,
    changed,
    conjuncts,
    invokes,
    is_constant,
    is_false,
    is_true,
    operands,
    walk,
    words,
)

_FILTERED = (ast.SelectStmt, ast.UpdateStmt, ast.DeleteStmt)


def same_query(old: Node, new: Node) -> bool:
    """Whether two statements surely do the same."""
    return canonical(_plain(old)) == canonical(_plain(new))


def same_trigger(catalogue: ObjectCatalogue, old: Node, new: Node) -> bool:
    """Whether two definitions of one trigger say the same, with schemas or without."""

    def whole(each: Node) -> Node:
        name = catalogue.name(words(each.funcname)).split(".")
        return changed(each, funcname=tuple(ast.String(sval=part) for part in name))

    return (
        isinstance(old, ast.CreateTrigStmt)
        and isinstance(new, ast.CreateTrigStmt)
        and canonical(qualified(whole(old), catalogue)) == canonical(qualified(whole(new), catalogue))
    )


def qualified(tree: Any, catalogue: ObjectCatalogue) -> Any:  # noqa: ANN401 - trees hold tuples and scalars, too
    """The tree with the schema before each table, view and type that is known by the search path of now."""
    own = {each.ctename for each in walk(tree) if isinstance(each, ast.CommonTableExpr)}

    def whole(each: Node) -> Node:
        if isinstance(each, ast.RangeVar) and not each.schemaname and each.relname not in own:
            name = catalogue.relation(each)
            return changed(each, schemaname=name.rpartition(".")[0]) if catalogue.get("relation", name) else each
        if isinstance(each, ast.TypeName) and len(each.names or ()) == 1:
            name = catalogue.name(words(each.names))
            if catalogue.get("relation", name) or catalogue.get("type", name):
                return changed(each, names=(ast.String(sval=name.rpartition(".")[0]), *each.names))
        return each

    return _rebuilt(tree, whole)


_AGGREGATES = {
    "array_agg", "avg", "bool_and", "bool_or", "count", "every", "json_agg", "jsonb_agg", "max", "min", "string_agg",
    "sum",
}  # fmt: skip


def adds_columns(old: Node, new: Node) -> bool:
    """Whether a query gives the same rows with more columns at the end, from each row or each of its groups alone."""
    if not (isinstance(old, ast.SelectStmt) and isinstance(new, ast.SelectStmt) and old.targetList and new.targetList):
        return False
    kept = len(old.targetList)
    added = list(walk(new.targetList[kept:]))
    return (
        canonical(old.targetList) == canonical(new.targetList[:kept])
        and all(canonical(getattr(old, name)) == canonical(getattr(new, name)) for name in old if name != "targetList")
        and not new.distinctClause
        and not any(isinstance(each, (ast.A_Star, ast.SubLink)) for each in added)
        and all(_is_of_group(each, new) for each in added if isinstance(each, ast.FuncCall))
    )


def _is_of_group(call: Node, query: Node) -> bool:
    """Whether a call is an aggregate of a query that has groups anyway; in another it would make one row of all."""
    *schema, name = words(call.funcname)
    return bool(query.groupClause) and name in _AGGREGATES and schema in ([], ["pg_catalog"]) and not call.over


def grown_view(old: Node, new: Node) -> bool:
    """Whether a view shows the same rows, with as many columns or more at the end, and with the same rights."""
    if not isinstance(new, ast.ViewStmt) or invokes(old) != invokes(new) or old.aliases or new.aliases:
        return False
    return same_query(old.query, new.query) or (invokes(new) and adds_columns(old.query, new.query))


def asks_for(query: Node, condition: Node, table: str) -> bool:
    """Whether a query of one table gives only rows that meet a condition on them."""
    read = [each for each in walk(query) if isinstance(each, ast.RangeVar)]
    if not isinstance(query, ast.SelectStmt) or len(read) != 1 or query.fromClause != (read[0],):
        return False
    whole = ast.SelectStmt(fromClause=(changed(read[0], relname=table, alias=None),), whereClause=condition)
    asked, needed = (conjuncts(getattr(_plain(each), "whereClause", None)) for each in (query, whole))
    return condition is not None and needed <= asked


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
            return changed(each, alias=None)
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
    return changed(node, whereClause=whole)


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


def _rebuilt(tree: Any, change: Callable[[Node], Node]) -> Any:  # noqa: ANN401 - trees hold tuples and scalars, too
    if isinstance(tree, tuple):
        return tuple(_rebuilt(each, change) for each in tree)
    if not isinstance(tree, ast.Node):
        return tree
    return change(changed(tree, **{name: _rebuilt(getattr(tree, name), change) for name in tree}))


def widens(new: Node, old: Node) -> bool:
    """Whether a CHECK forbids what another one does, but for more values in a list, or a wider range of numbers.

    Every part of the old one must be there, as it was or wider, and nothing else: where a part has gone, or another
    has come, it is another condition.
    """
    if new.is_no_inherit != old.is_no_inherit or not new.is_enforced:
        return False
    limits, before = (list(_limits(each.raw_expr)) for each in (new, old))
    if len(limits) != len(before) or len(dict(limits)) != len(limits):
        return False
    found = dict(limits)
    return all(key in found and _is_wider(found[key], value) for key, value in before)


_Bound = tuple[Decimal, bool]
"""A number, and whether it is itself allowed; a lower one has the opposite sign, so that more is always wider."""
_Limit = frozenset[str] | _Bound | None


def _is_wider(new: _Limit, old: _Limit) -> bool:
    if isinstance(new, frozenset) and isinstance(old, frozenset):
        return new >= old
    if isinstance(new, tuple) and isinstance(old, tuple):
        return new >= old
    return new is old is None


def _limits(condition: Node) -> Iterator[tuple[tuple[str, str], _Limit]]:
    """What each operand of AND limits, and to what; None for one that is neither a list nor a bound."""
    for each in operands(condition):
        listed, bounds = _listed(each), list(_bounds(each))
        if listed:
            yield ("list", canonical(_uncast(each.lexpr))), listed
        elif bounds:
            yield from bounds
        else:
            yield ("condition", canonical(each)), None


def _listed(node: Node) -> frozenset[str]:
    """The constants of `x in (…)`, `x = any (array[…])` or `x = …`; none if it is something else, or has NULL in it."""
    if not isinstance(node, ast.A_Expr) or words(node.name) != ["="]:
        return frozenset()
    kinds = enums.A_Expr_Kind
    found: Any = ()
    if node.kind == kinds.AEXPR_IN:
        found = node.rexpr
    elif node.kind == kinds.AEXPR_OP_ANY:
        found = getattr(_uncast(node.rexpr), "elements", None)
    elif node.kind == kinds.AEXPR_OP:
        found = (node.rexpr,)
    values = [_uncast(each) for each in found or ()]
    if not all(map(is_constant, values)) or any(getattr(each, "isnull", False) for each in walk(values)):
        return frozenset()
    return frozenset(map(canonical, values))


def _bounds(node: Node) -> Iterator[tuple[tuple[str, str], _Limit]]:
    """The ends of a range of numbers."""
    if not isinstance(node, ast.A_Expr):
        return
    if node.kind == enums.A_Expr_Kind.AEXPR_BETWEEN:
        low, high = map(_figure, node.rexpr)
        if low is not None and high is not None:
            yield ("least", canonical(node.lexpr)), (-low, True)
            yield ("most", canonical(node.lexpr)), (high, True)
    elif node.kind == enums.A_Expr_Kind.AEXPR_OP and words(node.name)[0] in _COMPARISONS and len(node.name) == 1:
        operator, value, figure = words(node.name)[0], node.lexpr, _figure(node.rexpr)
        if figure is None:
            operator, value, figure = _TURNED[operator], node.rexpr, _figure(node.lexpr)
        if figure is not None:
            upper, included = operator.startswith("<"), operator.endswith("=")
            yield ("most" if upper else "least", canonical(value)), (figure if upper else -figure, included)


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_COMPARISONS = set(_TURNED)


def _figure(node: Node) -> Decimal | None:
    value = getattr(node, "val", None) if isinstance(node, ast.A_Const) else None
    if isinstance(value, ast.Integer):
        return Decimal(value.ival or 0)
    return Decimal(value.fval) if isinstance(value, ast.Float) else None


_TEXTS = {"text", "varchar"}


def _uncast(node: Node) -> Node:
    """The expression without a cast to a text of any length, or to an array of such."""
    while isinstance(node, ast.TypeCast) and words(node.typeName.names)[-1] in _TEXTS and not node.typeName.typmods:
        node = node.arg
    return node


def requires(condition: Node, columns: set[str]) -> bool:
    """Whether a condition says no more than that some of these columns have a value."""
    return conjuncts(condition) <= {canonical(is_there(each)) for each in columns}


def is_there(column: str) -> Node:
    """The condition that a column has a value."""
    name = ast.ColumnRef(fields=(ast.String(sval=column),))
    return ast.NullTest(arg=name, nulltesttype=enums.NullTestType.IS_NOT_NULL)
