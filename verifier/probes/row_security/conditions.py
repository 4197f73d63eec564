"""Classifies the condition of a policy, with PostgreSQL's own parser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from pglast import ast, parse_sql
from pglast.enums import A_Expr_Kind, BoolExprType, BoolTestType, NullTestType
from pglast.parser import ParseError
from pglast.stream import RawStream
from pglast.visitors import Visitor

from verifier.probes.row_security.relations import ANONYMOUS, SIGNED_IN

Reach = Literal["nobody", "rows", "signed-in", "anyone"]
"""For whom a condition holds regardless of the row; `rows`: it depends on the row."""
_ORDER: tuple[Reach, ...] = ("nobody", "rows", "signed-in", "anyone")
_TRUSTED = (
    (r"user_metadata|raw_user_meta_data", "user_metadata, which users change themselves"),
    (r"request\.(?:headers?|cookies?|method|path)\b", "headers of the request"),
    (r"\brealtime\.topic\(", "the name of a channel, which clients choose"),
    (r"'aal'|'is_anonymous'", "claims that any user can get"),
    (r"current_setting\(\s*'(?!request\.)([a-z_0-9]+\.[a-z_0-9.-]+)'", "a setting that any session can set"),
)


_ROLE = re.compile(r"auth\.role\(|'role'|\b(?:current_user|current_role)\b|^user$", re.IGNORECASE)
"""What stands for the role of a request, which is `anon` or `authenticated`."""
_OF_ROLES = {"pg_has_role", "has_table_privilege", "has_schema_privilege", "has_database_privilege"}


_OF_DATA = re.compile(
    r"\b(?:from|execute|perform|auth|current_setting|authenticator|now|current_(?:date|time|timestamp))\b",
    re.IGNORECASE,
)
"""What may make a function depend on more than the role: tables, claims, settings, the time, how one logged in."""
_CALLED = re.compile(r"\b(\w+)\s*\(")
_PLAIN = frozenset({"any", "all", "array", "coalesce", "nullif", "in", "and", "or", "not", "return", "if"})
"""Words before a bracket that are no functions, or depend on nothing but what they are given."""

_CALLER = re.compile(r"\bauth\.|\bcurrent_setting\b|\b(?:current|session)_(?:user|role)\b", re.IGNORECASE)
"""What a condition, or a function that it calls, asks about whoever sends the request."""
_NO_CALLS = {"a column", "a table"}


def asks_the_role_alone(condition: str, bodies: Mapping[str, str]) -> bool:
    """Whether only the database role decides, so that one attempt in that role proves the answer for all rows.

    Args:
        condition: of a policy.
        bodies: function → its text; what a condition calls is looked into, however deep.
    """
    waiting, seen = set(_calls_of(condition) - _OF_ROLES), set[str]()
    while waiting:
        name = waiting.pop()
        text = bodies.get(name, "")
        if not text or _OF_DATA.search(text):
            return False
        seen.add(name)
        waiting |= {each.lower() for each in _CALLED.findall(text)} - _OF_ROLES - _PLAIN - seen
    return True


@lru_cache(maxsize=10_000)
def _calls_of(condition: str) -> frozenset[str]:
    """The functions that a condition calls; something that no function is called if it cannot be read."""
    try:
        (statement,) = parse_sql(f"select {condition}")
    except (ParseError, ValueError):
        return frozenset({"a column"})
    return frozenset(_named(statement))


@lru_cache(maxsize=10_000)
def rowless(condition: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The alternatives of a condition that look at no row and into no table; and the functions that each calls."""
    try:
        (statement,) = parse_sql(f"select {condition}")
    except (ParseError, ValueError):
        return ()
    waiting, found = [statement.stmt.targetList[0].val], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.BoolExpr) and node.boolop == BoolExprType.OR_EXPR:
            waiting += node.args
        elif not (named := _named(node)) & _NO_CALLS:
            found.append((_text(node), frozenset(named)))
    return tuple(found)


def asks_who(text: str, bodies: Mapping[str, str]) -> bool:
    """Whether a condition, or a function that it calls, however deep, asks who sends the request.

    Args:
        text: the condition.
        bodies: function → its text.
    """
    waiting, seen = [text], set[str]()
    while waiting:
        text = waiting.pop()
        if _CALLER.search(text):
            return True
        more = set(re.findall(r"\w+", text)) & bodies.keys() - seen
        seen |= more
        waiting += [bodies[each] for each in more]
    return False


def _named(node: Any) -> set[str]:  # noqa: ANN401 - a syntax tree
    """The functions that are called, and whether a column or a table is named."""
    found: set[str] = set()

    class Names(Visitor):  # type: ignore[misc]
        def visit_ColumnRef(self, _: object, node: ast.ColumnRef) -> None:  # noqa: N802 - as pglast calls it
            found.add("a column" if node else "")

        def visit_FuncCall(self, _: object, node: ast.FuncCall) -> None:  # noqa: N802
            found.add(node.funcname[-1].sval)

        def visit_RangeVar(self, _: object, node: ast.RangeVar) -> None:  # noqa: N802
            found.add("a table" if node else "")

    Names()(node)
    return found


@lru_cache(maxsize=10_000)
def reach(condition: str) -> Reach:
    """For whom the condition holds regardless of the row; `rows` if that cannot be determined."""
    try:
        (statement,) = parse_sql(f"select {condition}")
    except (ParseError, ValueError):
        return "rows"
    return _subquery(statement.stmt)


def trusts(*texts: str) -> tuple[str, ...]:
    """The client-controlled values that a condition, or a function that it calls, relies on."""
    text = " ".join(texts)
    return tuple(told for pattern, told in _TRUSTED if re.search(pattern, text, re.IGNORECASE))


def _reach(node: Any) -> Reach:  # noqa: ANN401, PLR0911 - nodes of a syntax tree, each kind by itself
    if isinstance(node, ast.TypeCast):
        return _reach(node.arg)
    if isinstance(node, ast.A_Const):
        return _constant(node)
    if isinstance(node, ast.SubLink) and node.testexpr is None:
        return _subquery(node.subselect)
    if isinstance(node, ast.BoolExpr):
        return _combined(node)
    if isinstance(node, ast.NullTest):
        return "signed-in" if node.nulltesttype == NullTestType.IS_NOT_NULL and _asks_who(node.arg) else "rows"
    if isinstance(node, ast.BooleanTest) and node.booltesttype == BoolTestType.IS_TRUE:
        return _reach(node.arg)
    if isinstance(node, ast.A_Expr):
        return _comparison(node)
    if isinstance(node, ast.CoalesceExpr):
        return _reach((node.args or [None])[0])
    return "rows"


def _constant(node: ast.A_Const) -> Reach:
    value = getattr(node.val, "boolval", None)
    if value is None:
        text = getattr(node.val, "sval", None)
        value = text in {"t", "true", "on", "1", "yes"} if isinstance(text, str) else None
    return "rows" if value is None else ("anyone" if value else "nobody")


def _subquery(query: Any) -> Reach:  # noqa: ANN401 - nodes of a syntax tree
    """Unwrap `(select auth.uid())` and the like, which only cache the value."""
    if isinstance(query, ast.SelectStmt) and query.targetList and not query.fromClause and not query.whereClause:
        return _reach(query.targetList[0].val)
    return "rows"


def _combined(node: ast.BoolExpr) -> Reach:
    parts = [_reach(each) for each in node.args or ()]
    if node.boolop == BoolExprType.NOT_EXPR:
        return {"nobody": "anyone", "anyone": "nobody"}.get(parts[0], "rows")  # type: ignore[return-value]
    if node.boolop == BoolExprType.OR_EXPR:
        return max(parts, key=_ORDER.index)
    return min(parts, key=_ORDER.index)


def _comparison(node: ast.A_Expr) -> Reach:
    sign = node.name[-1].sval if node.name else ""
    if node.kind not in {A_Expr_Kind.AEXPR_OP, A_Expr_Kind.AEXPR_IN, A_Expr_Kind.AEXPR_OP_ANY}:
        return "rows"
    left, right = _text(node.lexpr), _text(node.rexpr)
    if sign == "=" and left == right:
        return "anyone"
    if sign == "=" and _ROLE.search(left) and "_metadata" not in left:
        named = set(re.findall(r"'([^']*)'", right))
        return "signed-in" if SIGNED_IN in named else "nobody" if named and ANONYMOUS not in named else "rows"
    if sign == "=" and re.match(r"session_user\b", left, re.IGNORECASE):
        return "rows" if "authenticator" in right else "nobody"
    numbers = [re.fullmatch(r"-?\d+", each) for each in (left, right)]
    if all(numbers):
        return "anyone" if _holds(sign, int(left), int(right)) else "nobody"
    return "rows"


def _holds(sign: str, left: int, right: int) -> bool:
    return {"=": left == right, "<>": left != right, "<": left < right, ">": left > right}.get(sign, False)


def _text(node: Any) -> str:  # noqa: ANN401 - nodes of a syntax tree
    return str(RawStream()(node)) if node is not None else ""


def _asks_who(node: Any) -> bool:  # noqa: ANN401 - nodes of a syntax tree
    return bool(re.search(r"auth\.(uid|jwt|email)\(|request\.jwt", _text(node)))
