"""Helpers for PostgreSQL's syntax trees: names, literals, and equivalence of expressions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pglast import Error, ast, enums
from pglast.parser import scan
from pglast.stream import RawStream

from verifier.probes.migrations.reading import Node

_PLACES = ("_location", "_list_start", "_list_end")
ANY = "any_object"
"""How the placeholder of an identifier begins that is known only at run time."""
WRITES = (ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)
_SYMMETRIC = {"=", "<>", "!="}


def is_any(name: str) -> bool:
    """Whether a name, or a part of it, is known only at run time."""
    return ANY in name


def kind(node: Node) -> str:
    """The name of the node's class."""
    return type(node).__name__


def words(names: Any) -> list[str]:  # noqa: ANN401 - a tuple of nodes
    """A list of String nodes as text."""
    return [each.sval for each in names or () if isinstance(each, ast.String)]


def sql(node: Node) -> str:
    """The node as normalised SQL."""
    try:
        return str(RawStream()(node))
    except (NotImplementedError, AttributeError, TypeError):
        return canonical(node)


def walk(node: Any) -> Iterator[Node]:  # noqa: ANN401 - trees hold tuples and scalars, too
    """All nodes of a tree, the root first."""
    if isinstance(node, (tuple, list)):
        for each in node:
            yield from walk(each)
    elif isinstance(node, ast.Node):
        yield node
        for name in node:
            value = getattr(node, name)
            if isinstance(value, (ast.Node, tuple)):
                yield from walk(value)


def literal(node: Node) -> str | None:
    """The text of a string constant, with or without a cast."""
    if isinstance(node, ast.TypeCast):
        return literal(node.arg)
    if isinstance(node, ast.A_Const) and isinstance(node.val, ast.String):
        return str(node.val.sval)
    return None


def is_constant(node: Node) -> bool:
    """Whether it is a constant, with or without a cast or a sign."""
    if isinstance(node, ast.TypeCast):
        return is_constant(node.arg)
    if isinstance(node, ast.A_ArrayExpr):
        return all(is_constant(each) for each in node.elements or ())
    if isinstance(node, ast.A_Expr) and node.lexpr is None:
        return is_constant(node.rexpr)
    return isinstance(node, ast.A_Const)


def canonical(node: Any) -> str:  # noqa: ANN401 - trees hold tuples and scalars, too
    """A normal form: equal for equivalent spellings of an expression."""
    return json.dumps(_plain(node), sort_keys=True, default=str)


def conjuncts(node: Node) -> set[str]:
    """The operands of AND."""
    return set(map(canonical, operands(node))) or {canonical(node)}


def operands(node: Node) -> list[Node]:
    """The same as nodes."""
    node = bare(node)
    if isinstance(node, ast.BoolExpr) and node.boolop == enums.BoolExprType.AND_EXPR:
        return [each for operand in node.args for each in operands(operand)]
    return [] if node is None else [node]


def disjuncts(node: Node) -> set[str]:
    """The operands of OR."""
    node = bare(node)
    if isinstance(node, ast.BoolExpr) and node.boolop == enums.BoolExprType.OR_EXPR:
        return set().union(*(disjuncts(each) for each in node.args))
    return {canonical(node)}


def bare(node: Node) -> Node:
    """The expression without a surrounding `(select …)`, which only caches its value."""
    if isinstance(node, ast.SubLink) and node.subLinkType == enums.SubLinkType.EXPR_SUBLINK:
        select = node.subselect
        plain = isinstance(select, ast.SelectStmt) and not (
            select.fromClause or select.whereClause or select.withClause or select.limitCount or select.valuesLists
        )
        if plain and len(select.targetList or ()) == 1:
            return bare(select.targetList[0].val)
    return node


def is_true(node: Node) -> bool:
    """Whether it is true for every row, as far as that can be proved."""
    if node is None:
        return False
    node = bare(node)
    if isinstance(node, ast.TypeCast):
        return is_true(node.arg) or literal(node.arg) in {"t", "true"}
    if isinstance(node, ast.A_Const):
        return isinstance(node.val, ast.Boolean) and bool(node.val.boolval)
    if isinstance(node, ast.BoolExpr):
        every = node.boolop == enums.BoolExprType.AND_EXPR
        some = node.boolop == enums.BoolExprType.OR_EXPR
        return (every and all(map(is_true, node.args))) or (some and any(map(is_true, node.args)))
    if isinstance(node, ast.A_Expr) and node.lexpr is not None and words(node.name) in (["="], [">="], ["<="]):
        return is_constant(node.lexpr) and canonical(node.lexpr) == canonical(node.rexpr)
    return False


def is_false(node: Node) -> bool:
    """Whether it is the constant `false`."""
    node = bare(node)
    return isinstance(node, ast.A_Const) and isinstance(node.val, ast.Boolean) and not node.val.boolval


def _plain(node: Any) -> Any:  # noqa: ANN401 - trees hold tuples and scalars, too
    if isinstance(node, (tuple, list)):
        return [_plain(each) for each in node]
    if not isinstance(node, ast.Node):
        return str(node) if node is not None else None
    node = _without_targets(bare(node))
    fields: dict[str, Any] = {"@": kind(node)}
    for name in node:
        value = getattr(node, name)
        if name not in {"location", "replace"} and not name.endswith(_PLACES) and value not in (None, (), False):
            fields[name] = _plain(value)
    return _ordered(node, fields)


def _without_targets(node: Node) -> Node:
    """An EXISTS without what its query selects, of which it makes nothing as long as that is no aggregate."""
    if not isinstance(node, ast.SubLink) or node.subLinkType != enums.SubLinkType.EXISTS_SUBLINK:
        return node
    query: Node = node.subselect
    if any(not isinstance(each.val, (ast.A_Const, ast.ColumnRef)) for each in query.targetList or ()):
        return node
    return changed(node, subselect=changed(query, targetList=None))


def _ordered(node: Node, fields: dict[str, Any]) -> dict[str, Any]:
    if isinstance(node, ast.A_Expr) and words(node.name)[-1:] and words(node.name)[-1] in _SYMMETRIC:
        sides = sorted((fields.get("lexpr"), fields.get("rexpr")), key=lambda each: json.dumps(each, sort_keys=True))
        fields["lexpr"], fields["rexpr"] = sides
    if isinstance(node, ast.BoolExpr):
        fields["args"] = sorted(fields["args"], key=lambda each: json.dumps(each, sort_keys=True))
    if isinstance(node, ast.FuncCall):
        fields["funcname"] = _own(node.funcname)
    if isinstance(node, ast.TypeName) and node.names:
        fields["names"] = _own(node.names)
    return fields


def _own(names: Any) -> list[str]:  # noqa: ANN401 - a tuple of nodes
    """A name without the schema of PostgreSQL's own functions and types."""
    return [each for each in words(names) if each != "pg_catalog"]


def invokes(node: Node) -> bool:
    """Whether a view has security_invoker."""
    options = {each.defname: each.arg for each in getattr(node, "options", None) or ()}
    value = options.get("security_invoker")
    said = str(getattr(value, "sval", getattr(value, "boolval", True))).lower()
    return "security_invoker" in options and said not in {"false", "off", "0"}


def is_definer(function: Node) -> bool:
    """Whether a function runs with its owner's rights."""
    options = {each.defname: each.arg for each in function.options or ()}
    return bool(getattr(options.get("security"), "boolval", False))


def changed(node: Node, /, **fields: object) -> Node:
    """The node with other values in these fields."""
    return type(node)(**{**{name: getattr(node, name) for name in node}, **fields})


def text_of(function: Node) -> str:
    """The body as it is written; empty for one that was parsed with its function."""
    return "".join(text for each in function.options or () if each.defname == "as" for text in words(each.arg))


_GIVEN_BACK = {enums.FunctionParameterMode.FUNC_PARAM_OUT, enums.FunctionParameterMode.FUNC_PARAM_TABLE}


def taken(function: Node) -> list[Node]:
    """The types of what a function takes, by which it is told apart from others of its name."""
    parameters = getattr(function, "parameters", None) or ()
    return [each.argType for each in parameters if each.mode not in _GIVEN_BACK]


def signature(function: Node) -> str:
    """The same, comparable as text."""
    return canonical(taken(function))


def same_types(ones: list[Node], others: list[Node]) -> bool:
    """Whether two lists of types may be the same, as PostgreSQL tells functions apart: lengths do not matter.

    A type without a schema may be that of any schema, and one that is taken from a column may be any.
    """
    return len(ones) == len(others) and all(map(_may_be_same, ones, others))


def _may_be_same(one: Node, other: Node) -> bool:
    first, second = _own(one.names), _own(other.names)
    named = first == second or (1 in {len(first), len(second)} and first[-1] == second[-1])
    return bool(one.pct_type or other.pct_type or (named and bool(one.arrayBounds) == bool(other.arrayBounds)))


COSTS = {"parallel", "cost", "rows"}
"""Options of functions by which the planner chooses, and which change no result."""


def respelled(node: Node, ignored: set[str]) -> str:
    """A function as text, without costs and these options, and without comments and spacing in its body."""
    options = sorted(
        canonical(each) if each.defname != "as" else " ".join(_tokens(body) for body in words(each.arg)[:1])
        for each in node.options or ()
        if each.defname not in {*COSTS, *ignored}
    )
    whole = [node.is_procedure, node.funcname, node.parameters, node.returnType, node.sql_body]
    return canonical([each for each in whole if each is not None]) + "".join(options)


def _tokens(body: str) -> str:
    return " ".join(tokens_of(body)).rstrip("; ")


def tokens_of(body: str) -> list[str]:
    """The tokens of a text without comments, in small letters where that is the same; the text if it cannot be read."""
    raw = body.encode()
    try:
        tokens = scan(body)
    except Error:
        return [body]
    plain = [raw[each.start : each.end + 1].decode() for each in tokens if not each.name.endswith("COMMENT")]
    return [each if _QUOTING.search(each) else each.lower() for each in plain]


_QUOTING = re.compile(r"['\"$]")
"""What stands in constants and quoted names, whose letters matter."""
