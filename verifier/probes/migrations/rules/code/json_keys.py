"""Whether a function answers with the JSON that it did, and some more keys, over which programs pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pglast import Error, ast, enums, parse_sql

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.access.roles import noted
from verifier.probes.migrations.rules.code.bodies import body_of
from verifier.probes.migrations.rules.columns import ColumnDefinition
from verifier.probes.migrations.rules.judging import Judge
from verifier.probes.migrations.rules.trees import (
    canonical,
    changed,
    is_constant,
    is_definer,
    literal,
    respelled,
    text_of,
    tokens_of,
    walk,
    words,
)

_Pair = tuple[str | None, Node]
"""A key, if it is a constant, and its value."""
_OBJECTS = {"json_build_object", "jsonb_build_object"}
_LISTS = {"json_agg", "jsonb_agg", "json_build_array", "jsonb_build_array"}
_COUNTS_ROWS = {"distinct", "except", "group", "having", "intersect", "union"}
"""Words of queries that give other rows, or none at all, for a key more."""


class GrownObject(NamedTuple):
    """A call that builds a JSON object, and the values that it had before, and those that come to them."""

    call: str
    kept: list[Node]
    added: list[Node]


def adds_keys(judge: Judge, name: str, old: Node, new: Node, ignored: set[str]) -> bool:
    """Whether a function that only reads, with its caller's rights, gives one JSON object as before, with more keys.

    What is added are columns of the tables that it reads there, which the history made, and what is computed of them.

    Args:
        judge: of the file.
        name: of the function.
        old: CREATE FUNCTION.
        new: the same.
        ignored: options that may differ.
    """
    grown = None if _is_used(judge, name) else more_keys(old, new, ignored)
    query = _query_of(judge, new, grown.call) if grown else None
    if grown is None or query is None or query.intoClause:
        return False
    known = [canonical(each) for value in grown.kept for each in _plain_columns(value)]
    return all(_type_of(judge, query, value, known) for value in grown.added)


def more_keys(old: Node, new: Node, ignored: set[str]) -> GrownObject | None:
    """The one JSON object that gets more keys from one function to another, which are alike otherwise; None else.

    What is added is not looked at, nor what becomes of it.
    """
    options = {each.defname: each.arg for each in new.options or ()}
    indexed = getattr(options.get("volatility"), "sval", "") == "immutable"
    both = [respelled(each, {"as", *ignored}) for each in (changed(old, funcname=new.funcname), new)]
    if is_definer(new) or indexed or new.sql_body or both[0] != both[1]:
        return None
    bodies = [tokens_of(text_of(each)) for each in (old, new)]
    calls = None if _COUNTS_ROWS & {*bodies[0], *bodies[1]} else _grown(*bodies)
    pairs = [_pairs(each) for each in calls or ()]
    if calls is None or not all(pairs) or not _has_kept(*pairs):
        return None
    kept = [key for key, _ in pairs[0]]
    added = [value for key, value in pairs[1] if key not in kept]
    return GrownObject(calls[1], [value for _, value in pairs[0]], added)


def _has_kept(before: list[_Pair], after: list[_Pair]) -> bool:
    """Whether an object has the keys of another one with their values, in their order, and each key once."""
    keys = [key for key, _ in after]
    old = {key for key, _ in before}
    same = [(key, canonical(value)) for key, value in after if key in old]
    return same == [(key, canonical(value)) for key, value in before] and None not in keys and len({*keys}) == len(keys)


def _is_used(judge: Judge, name: str) -> bool:
    """Whether another function, a view, a policy or a constraint may do something with what it gives."""
    own = re.compile(rf"\b{re.escape(name.rpartition('.')[2])}\b")
    for (kind, called), thing in judge.catalogue.things.items():
        if (kind, called) == ("function", name) or kind in {"rights", "barred"} or kind.startswith("given"):
            continue
        nodes = [getattr(thing.node, each, None) for each in ("using", "check")]
        trees = [each for each in (thing.node, *nodes) if isinstance(each, ast.Node)]
        if any(own.search(canonical(each)) for each in trees) or own.search(str(getattr(thing.node, "default", ""))):
            return True
    return False


def _grown(before: list[str], after: list[str]) -> tuple[str, str] | None:
    """The call that builds an object in both bodies, if they differ within its parentheses alone."""
    place = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
    start = _opening(before, place) if place is not None else None
    if start is None or start == 0 or before[start - 1] not in _OBJECTS:
        return None
    ends = [_closing(each, start) for each in (before, after)]
    if before[ends[0] :] != after[ends[1] :]:
        return None
    first, second = (" ".join(each[start - 1 : end + 1]) for each, end in zip((before, after), ends, strict=True))
    return first, second


def _opening(tokens: list[str], place: int) -> int | None:
    """Where the innermost parenthesis around a place opens."""
    depth = 0
    for at in range(place - 1, -1, -1):
        depth += (tokens[at] == ")") - (tokens[at] == "(")
        if depth < 0:
            return at
    return None


def _closing(tokens: list[str], start: int) -> int:
    """Where it closes."""
    depth = 0
    for at in range(start, len(tokens)):
        depth += (tokens[at] == "(") - (tokens[at] == ")")
        if depth == 0:
            return at
    return len(tokens)


def _pairs(call: str) -> list[_Pair]:
    """Keys and values of an object; nothing if it has another form."""
    try:
        node = parse_sql(f"SELECT {call}")[0].stmt.targetList[0].val
    except (Error, AttributeError, IndexError):
        return []
    values = list(getattr(node, "args", None) or ())
    if len(values) % 2 or getattr(node, "func_variadic", False):
        return []
    return [(literal(key), value) for key, value in zip(values[::2], values[1::2], strict=True)]


def _plain_columns(value: Node) -> Iterator[Node]:
    """The columns in a value that no function takes: it is computed for each row."""
    if isinstance(value, ast.ColumnRef):
        yield value
    elif isinstance(value, ast.A_Expr):
        yield from _plain_columns(value.lexpr)
        yield from _plain_columns(value.rexpr)
    elif isinstance(value, ast.TypeCast):
        yield from _plain_columns(value.arg)


def _query_of(judge: Judge, function: Node, call: str) -> Node:
    """The query that shows the object, if the body does nothing else with what it read; None if it may."""
    quiet = Judge(judge.catalogue, "")
    statements = list(body_of(quiet, function, "the body"))
    wanted = canonical(parse_sql(f"SELECT {call}")[0].stmt.targetList[0].val)
    found = [
        (each, query)
        for each in statements
        for query in walk(each)
        if isinstance(query, ast.SelectStmt)
        and any(canonical(it) == wanted for target in query.targetList or () for it in _shown(target.val))
    ]
    if quiet.findings or len(found) != 1:
        return None
    others = [each for each in statements if each is not found[0][0]]
    return found[0][1] if all(map(_only_returns, others)) and _is_shown(*found[0]) else None


def _shown(value: Node) -> Iterator[Node]:
    """The objects that are part of a value as they are."""
    if isinstance(value, ast.FuncCall) and words(value.funcname)[-1] in _OBJECTS | _LISTS:
        yield value
        for each in value.args or ():
            yield from _shown(each)
    elif isinstance(value, ast.CoalesceExpr):
        for each in value.args:
            yield from _shown(each)


def _is_shown(statement: Node, query: Node) -> bool:
    """Whether the statement is this query, or shows it as it is."""
    if statement is query or not isinstance(statement, ast.SelectStmt):
        return statement is query
    inner = [each.val for each in statement.targetList or () if not statement.fromClause]
    inner = [each.args[0] if isinstance(each, ast.CoalesceExpr) else each for each in inner]
    return any(isinstance(each, ast.SubLink) and each.subselect is query for each in inner)


def _only_returns(statement: Node) -> bool:
    """Whether it is a constant, a variable as it is, or whether that has a value."""
    values = [each.val for each in getattr(statement, "targetList", None) or ()]
    plain = isinstance(statement, ast.SelectStmt) and not statement.fromClause
    return plain and len(values) == 1 and _is_plain(values[0])


def _is_plain(value: Node) -> bool:
    if isinstance(value, ast.BoolExpr):
        return all(map(_is_plain, value.args))
    value = value.arg if isinstance(value, ast.NullTest) else value
    return is_constant(value) or isinstance(value, ast.ColumnRef)


_NUMBERS = {"int2", "int4", "int8", "numeric", "float4", "float8", "smallserial", "serial", "bigserial"}
_TIMES = {"date": "number", "time": "interval", "timestamp": "interval", "timestamptz": "interval"}
"""Types of time, and that of the difference of two."""
_COMPARED = {"=", "<>", "<", "<=", ">", ">="}


def _type_of(judge: Judge, query: Node, value: Node, known: list[str]) -> str | None:
    """The type of what is computed of columns that are there, roughly; None for what may fail for some row."""
    if isinstance(value, ast.ColumnRef):
        kind = _type_of_column(judge, query, words(value.fields)) if known else None
        return kind or ("variable" if canonical(value) in known else None)
    if isinstance(value, ast.A_Const):
        kinds = {ast.Integer: "number", ast.Float: "number", ast.String: "text", ast.Boolean: "bool"}
        return kinds.get(type(value.val))
    if isinstance(value, ast.NullTest):
        return "bool" if _type_of(judge, query, value.arg, known) else None
    if isinstance(value, ast.CoalesceExpr):
        found = {_type_of(judge, query, each, known) for each in value.args}
        return found.pop() if len(found) == 1 else None
    if not isinstance(value, ast.A_Expr) or value.kind != enums.A_Expr_Kind.AEXPR_OP or value.lexpr is None:
        return None
    left, right = (_type_of(judge, query, each, known) for each in (value.lexpr, value.rexpr))
    return None if "variable" in (left, right) else _result(words(value.name)[-1], left, right)


def _result(operator: str, left: str | None, right: str | None) -> str | None:
    """The type that an operator gives; None if it may fail, or is not there."""
    if operator in {"->", "->>"} and left in {"json", "jsonb"} and right in {"text", "number"}:
        return left if operator == "->" else "text"
    if left is None or left != right:
        return None
    if operator in _COMPARED:
        return None if left == "json" else "bool"
    if operator == "-" and left in _TIMES:
        return _TIMES[left]
    return left if (operator in {"+", "-", "*"} and left == "number") or (operator == "||" and left == "text") else None


def _type_of_column(judge: Judge, query: Node, parts: list[str]) -> str | None:
    """The type of a column of a table in FROM that stands before its name; None if it may not be there, or not for all.

    A role that may read some columns of the table only may not read one more.
    """
    for each in _tables(query.fromClause or ()):
        table = judge.catalogue.relation(each)
        if parts[:-1] == [each.alias.aliasname if each.alias else each.relname] and not noted(
            judge, "by columns", table
        ):
            thing = judge.catalogue.get("column", f"{table}.{parts[-1]}")
            if thing is None or not thing.sure or thing.doubted or not isinstance(thing.node, ColumnDefinition):
                return None
            kind = thing.node.type.partition("(")[0] if not thing.node.type.endswith("[]") else thing.node.type
            return "number" if kind in _NUMBERS else "text" if kind == "varchar" else kind
    return None


def _tables(nodes: Iterable[Node]) -> Iterator[Node]:
    for each in nodes:
        if isinstance(each, ast.JoinExpr):
            yield from _tables((each.larg, each.rarg))
        elif isinstance(each, ast.RangeVar):
            yield each
