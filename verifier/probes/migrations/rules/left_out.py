"""What becomes of a CHECK where a program leaves columns out: they get their defaults, or NULL.

Reading does not see what programs write, so a column that they must write may pass. Source: PostgreSQL documentation,
'Check Constraints': NULL passes, and nearly all of PostgreSQL's functions and operators give NULL for NULL.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from pglast import Error, ast, enums, parse_sql

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.code.bodies import pure_functions
from verifier.probes.migrations.rules.trees import words


class Unknown(Enum):
    """A value that reading does not tell: that of a program, or one that cannot be computed here."""

    GIVEN = 1
    DOUBT = 2


GIVEN, DOUBT = Unknown.GIVEN, Unknown.DOUBT
Value = str | Decimal | bool | list[Any] | Unknown | None
Row = dict[str, Value]
"""Columns and what they hold."""
K = enums.A_Expr_Kind
_TEXT = re.compile(r"(text|varchar|jsonb?)(\(\d+\))?")
_NUMBER = re.compile(r"((small|big)?int(eger)?|int[248]|numeric|decimal)(\([\d,]+\))?")
_PATTERN = re.compile(r"(?:\w|[-^$.*+?|()@/:,# ]|\[\^?[\w@/:,#. -]*\]|\{\d+(?:,\d*)?\}|\\[dsw.+*?S/-])*")
"""Regular expressions that mean the same to PostgreSQL and to Python."""
_LOOSE = {
    "array_append", "array_cat", "array_position", "array_positions", "array_prepend", "array_remove", "array_replace",
    "array_to_string", "concat", "concat_ws", "daterange", "format", "int4range", "int8range", "json_build_array",
    "json_build_object", "jsonb_build_array", "jsonb_build_object", "jsonb_set_lax", "numrange", "overlaps",
    "pg_typeof", "quote_nullable", "string_to_array", "tsrange", "tstzrange",
}  # fmt: skip
"""Functions that may give a value for NULL (from pg_proc of PostgreSQL 18)."""


def _json_kind(text: str) -> str:
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return kinds.get(type(json.loads(text)), "number")


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "upper": str.upper,
    "lower": str.lower,
    "length": lambda text: Decimal(len(text)),
    "char_length": lambda text: Decimal(len(text)),
    "character_length": lambda text: Decimal(len(text)),
    "btrim": lambda text: text.strip(" "),
    "ltrim": lambda text: text.lstrip(" "),
    "rtrim": lambda text: text.rstrip(" "),
    "starts_with": str.startswith,
    "abs": abs,
    "cardinality": lambda items: Decimal(len(items)),
    "json_typeof": _json_kind,
    "jsonb_typeof": _json_kind,
    "array_length": lambda items, _: Decimal(len(items)) if items else None,
}
_COMPARED: dict[str, Callable[[Any, Any], Value]] = {
    "=": operator.eq, "<>": operator.ne, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "+": operator.add, "-": operator.sub, "*": operator.mul,
}  # fmt: skip


def default_of(kind: str, default: str | None, *, required: bool) -> Value:
    """What a column holds that a program leaves out.

    Args:
        kind: its type, as the catalogue has it.
        default: as SQL.
        required: whether it is NOT NULL.
    """
    if default is None:
        return GIVEN if required else None
    try:
        node = parse_sql(f"SELECT {default}")[0].stmt.targetList[0].val
    except (Error, AttributeError, IndexError):
        return DOUBT
    if isinstance(node, ast.TypeCast) and words(node.typeName.names)[-1] == kind.rpartition(".")[2]:
        node = node.arg  # it becomes of that type anyway
    value = value_of(node, {})
    if kind.endswith("[]"):
        return [] if value in ("{}", []) else DOUBT
    if _NUMBER.fullmatch(kind):
        return _number(value)
    return value if value is None or isinstance(value, bool) or _TEXT.fullmatch(kind) else DOUBT


def value_of(node: Node, row: Row) -> Value:
    """The value of an expression for a row; columns that it does not have are given by a program."""
    return _KINDS[type(node)](node, row) if type(node) in _KINDS else DOUBT


def _column(node: Node, row: Row) -> Value:
    name = words(node.fields)[-1:]
    return row.get(name[0], GIVEN) if name else DOUBT


def _is_missing(node: Node, row: Row) -> Value:
    value, missing = value_of(node.arg, row), node.nulltesttype == enums.NullTestType.IS_NULL
    return value if isinstance(value, Unknown) else (value is None) == missing


def _first(node: Node, row: Row) -> Value:
    found = (value_of(each, row) for each in node.args)
    return next((each for each in found if each is not None), None)


def _constant(node: Node, _: Row) -> Value:
    if node.isnull:
        return None
    if isinstance(node.val, ast.String):
        return str(node.val.sval)
    if isinstance(node.val, ast.Boolean):
        return bool(node.val.boolval)
    text = getattr(node.val, "fval", None) or getattr(node.val, "ival", 0) or 0
    return _number(str(text))


def _number(value: Value) -> Value:
    try:
        return Decimal(value) if isinstance(value, str) else DOUBT if isinstance(value, (bool, list)) else value
    except InvalidOperation:
        return DOUBT


def _cast(node: Node, row: Row) -> Value:
    value, kind, name = value_of(node.arg, row), node.typeName, words(node.typeName.names)[-1]
    if value is None or isinstance(value, Unknown) or kind.typmods:
        return DOUBT if kind.typmods and value is not None else value
    if kind.arrayBounds:
        return value if isinstance(value, list) else [] if value == "{}" else DOUBT
    if _NUMBER.fullmatch(name):
        return _number(value)
    return value if _TEXT.fullmatch(name) and isinstance(value, str) else DOUBT


def _logic(node: Node, row: Row) -> Value:
    """AND, OR and NOT of SQL; what a program gives may pass."""
    values = [value_of(each, row) for each in node.args]
    if node.boolop == enums.BoolExprType.NOT_EXPR:
        return _not(values[0])
    return _either(values) if node.boolop == enums.BoolExprType.OR_EXPR else _both(values)


def _known(values: list[Value], compute: Callable[[], Value], *, strict: bool = True) -> Value:
    """The computed value; if one of those that it is computed from is not known, that; NULL for NULL if strict."""
    if strict and None in values:
        return None
    if found := next((each for each in (GIVEN, DOUBT) if each in values), None):
        return found
    try:
        return compute()
    except (TypeError, ArithmeticError, ValueError, AttributeError, re.error):
        return DOUBT


def _called(node: Node, row: Row) -> Value:
    values = [value_of(each, row) for each in node.args or ()]
    *schema, name = words(node.funcname)
    own = schema not in ([], ["pg_catalog"]) or name not in pure_functions()
    if own or node.func_variadic:
        return GIVEN if GIVEN in values else DOUBT
    if name in {"num_nulls", "num_nonnulls"}:
        missing = name == "num_nulls"
        return _known(values, lambda: Decimal(sum((each is None) == missing for each in values)), strict=False)
    compute = _FUNCTIONS.get(name)
    return _known(values, lambda: compute(*values) if compute else DOUBT, strict=name not in _LOOSE)


def _operated(node: Node, row: Row) -> Value:
    left = value_of(node.lexpr, row) if node.lexpr else Decimal(0)
    name = words(node.name)[-1]
    if isinstance(node.rexpr, tuple):
        return _listed(node, name, left, [value_of(each, row) for each in node.rexpr])
    right = value_of(node.rexpr, row)
    if node.kind in {K.AEXPR_OP_ANY, K.AEXPR_OP_ALL}:
        if not isinstance(right, list):
            return right if right is None or isinstance(right, Unknown) else DOUBT
        found = [_compared(name, left, each) for each in right]
        return _either(found) if node.kind == K.AEXPR_OP_ANY else _both(found)
    if node.kind in {K.AEXPR_DISTINCT, K.AEXPR_NOT_DISTINCT}:
        same = _known(
            [left, right], lambda: left is right if None in (left, right) else _same(left, right), strict=False
        )
        return _not(same) if node.kind == K.AEXPR_DISTINCT else same
    if node.kind == K.AEXPR_NULLIF:
        return None if _compared("=", left, right) is True else left
    return _compared(name, left, right) if node.kind in {K.AEXPR_OP, K.AEXPR_LIKE, K.AEXPR_ILIKE} else DOUBT


def _listed(node: Node, name: str, left: Value, values: list[Value]) -> Value:
    """`IN (…)` and `BETWEEN … AND …`."""
    if node.kind == K.AEXPR_IN:
        within = _either([_compared("=", left, each) for each in values])
        return within if name == "=" else _not(within)
    if node.kind in {K.AEXPR_BETWEEN, K.AEXPR_NOT_BETWEEN}:
        outside = _either([_compared("<", left, values[0]), _compared(">", left, values[1])])
        return outside if node.kind == K.AEXPR_NOT_BETWEEN else _not(outside)
    return DOUBT


def _either(values: list[Value]) -> Value:
    return True if True in values else next((each for each in (DOUBT, GIVEN, None) if each in values), False)


def _both(values: list[Value]) -> Value:
    return _not(_either([_not(each) for each in values]))


def _not(value: Value) -> Value:
    return not value if isinstance(value, bool) else value


def _compared(name: str, left: Value, right: Value) -> Value:
    return _known([left, right], lambda: _result(name, left, right))


def _same(left: Value, right: Value) -> bool:
    left, right = _alike(left, right)
    return left == right


def _alike(left: Any, right: Any) -> tuple[Any, Any]:  # noqa: ANN401 - of one type only after this
    """Both as numbers if one is; PostgreSQL takes a constant in quotes for one there."""
    if isinstance(left, str) and isinstance(right, Decimal):
        left = Decimal(left)
    if isinstance(right, str) and isinstance(left, Decimal):
        right = Decimal(right)
    if type(left) is not type(right):
        raise TypeError
    return left, right


def _result(name: str, left: Any, right: Any) -> Value:  # noqa: ANN401 - TypeError where they do not fit
    if name in {"~", "~*", "!~", "!~*"} and _PATTERN.fullmatch(right):
        return bool(re.search(right, left, re.IGNORECASE if "*" in name else 0)) != name.startswith("!")
    if name in {"~~", "~~*", "!~~", "!~~*"} and "\\" not in right:
        pattern = "".join({"%": ".*", "_": "."}.get(each, re.escape(each)) for each in right)
        found = re.fullmatch(pattern, left, re.DOTALL | (re.IGNORECASE if "*" in name else 0))
        return bool(found) != name.startswith("!")
    left, right = _alike(left, right)
    if name == "%":
        return Decimal(left % right)
    if name not in _COMPARED or (isinstance(left, str) and name not in {"=", "<>", "!="}):
        return DOUBT  # which text comes first is a matter of its collation
    return _COMPARED[name](left, right)


_KINDS: dict[type, Callable[[Node, Row], Value]] = {
    ast.A_Const: _constant,
    ast.ColumnRef: _column,
    ast.BoolExpr: _logic,
    ast.NullTest: _is_missing,
    ast.CoalesceExpr: _first,
    ast.A_ArrayExpr: lambda node, row: [value_of(each, row) for each in node.elements or ()],
    ast.TypeCast: _cast,
    ast.FuncCall: _called,
    ast.A_Expr: _operated,
}
