"""What the function of a trigger does to the row, read from PL/pgSQL's own tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pglast
from pglast import ast, enums
from pglast.parser import scan

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.code.plpgsql import LOOPS
from verifier.probes.migrations.rules.trees import literal, operands, words

_ERROR = 21
"""The level of RAISE EXCEPTION (elog.h); PL/pgSQL's default."""


class Assignment(NamedTuple):
    """A column of NEW that the function writes; None as column: the whole row.

    Attributes:
        guarded: whether the column is empty where it is written.
        changed: the column that a program must have changed, or this is not written.
        before: the columns that the function may have written already; WHOLE for the whole row.
    """

    column: str | None
    value: Node
    guarded: bool
    changed: str = ""
    before: frozenset[str] = frozenset()


class _Place(NamedTuple):
    """What holds where a statement runs: as in `Assignment`; `empty`: the columns of NEW that hold nothing."""

    empty: frozenset[str] = frozenset()
    changed: str = ""
    before: frozenset[str] = frozenset()


WHOLE = "*"


@dataclass
class TriggerBody:
    """What a trigger's function in PL/pgSQL does to the row."""

    assignments: list[Assignment] = field(default_factory=list)
    raises: list[str] = field(default_factory=list)
    returned: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    ends: bool = True


def read_body(function: Node) -> TriggerBody:
    """The body of a function in PL/pgSQL; an empty one for other languages, which cannot be triggers or be read."""
    body = TriggerBody()
    source = next((each.arg for each in function.options or () if each.defname == "as"), ())
    text = "".join(words(source)[:1])
    try:
        tree = pglast.parse_plpgsql(_statement(text))
    except (pglast.Error, ValueError, RecursionError):
        return body  # told by `body_of`
    action = _found(tree, "PLpgSQL_function")
    block = action.get("action", {}) if action else {}
    _statements([block], body, _Place())
    body.returned |= _returned(text)
    body.ends = _always_ends([block])
    body.read |= _fields_of(tree)
    return body


def _statement(text: str) -> str:
    """A function with this body, quoted with a tag that the body does not contain."""
    tag = "t" + "x" * text.count("$t")
    return f"create function f() returns trigger language plpgsql as ${tag}${text}${tag}$"


def _found(tree: Any, name: str) -> dict[str, Any]:  # noqa: ANN401 - JSON
    for each in tree if isinstance(tree, list) else [tree]:
        if isinstance(each, dict) and name in each:
            return dict(each[name])
    return {}


def _statements(tree: Any, body: TriggerBody, place: _Place) -> None:  # noqa: ANN401 - JSON
    """Collect what the statements do, one after the other."""
    first = len(body.assignments)
    for each in tree if isinstance(tree, list) else [tree]:
        place = place._replace(before=place.before | _written(body, first))
        if isinstance(each, list):
            _statements(each, body, place)
        for name, content in each.items() if isinstance(each, dict) else ():
            if name == "PLpgSQL_stmt_if":
                _branches(content, body, place)
            elif name == "PLpgSQL_stmt_raise" and content.get("elog_level", _ERROR) >= _ERROR:
                body.raises.append(f"raises '{content['message']}'" if content.get("message") else "raises an error")
            elif name == "PLpgSQL_stmt_assert":
                body.raises.append("asserts something")
            elif name == "PLpgSQL_stmt_assign":
                _assigned(content["expr"]["PLpgSQL_expr"]["query"], body, place)
            else:
                _into(name, content, body, place)
                if name in LOOPS:  # what a turn writes comes before the next one
                    place = place._replace(before=place.before | {WHOLE})
                _statements(list(content.values()) if isinstance(content, dict) else content, body, place)


def _written(body: TriggerBody, first: int) -> set[str]:
    return {each.column or WHOLE for each in body.assignments[first:]}


def _branches(content: dict[str, Any], body: TriggerBody, place: _Place) -> None:
    conditions = [(content.get("cond"), content.get("then_body", []))]
    conditions += [
        (each["PLpgSQL_if_elsif"].get("cond"), each["PLpgSQL_if_elsif"].get("stmts", []))
        for each in content.get("elsif_list", [])
    ]
    for condition, statements in conditions:
        tested = _tested(condition)
        changed = place.changed or _changed_where(tested)
        _statements(statements, body, _Place(place.empty | _empty_where(tested), changed, place.before))
    _statements(content.get("else_body", []), body, place)


def _tested(condition: Any) -> Node:  # noqa: ANN401 - JSON
    """The condition of an IF; None if it cannot be read."""
    try:
        select = pglast.parse_sql(f"select {condition['PLpgSQL_expr']['query']}")[0].stmt
    except (pglast.Error, KeyError, TypeError):
        return None
    return select.targetList[0].val


def _changed_where(node: Node) -> str:
    """The column that differs from OLD where a condition holds: `new.c is distinct from old.c`, or `<>`."""
    for each in operands(node):
        if isinstance(each, ast.A_Expr) and words(each.name) in (["="], ["<>"]):
            differs = each.kind == enums.A_Expr_Kind.AEXPR_DISTINCT or words(each.name) == ["<>"]
            sides = [
                [part.lower() for part in words(side.fields)] if isinstance(side, ast.ColumnRef) else []
                for side in (each.lexpr, each.rexpr)
            ]
            records = sorted(side[0] for side in sides if len(side) > 1)
            if differs and records == ["new", "old"] and sides[0][1:] == sides[1][1:]:
                return sides[0][1]
    return ""


def _empty_where(node: Node) -> frozenset[str]:
    """The columns of NEW that hold nothing where a condition holds: NULL, or an empty text."""
    if isinstance(node, ast.BoolExpr) and node.boolop == enums.BoolExprType.AND_EXPR:
        return frozenset().union(*map(_empty_where, node.args))
    if isinstance(node, ast.BoolExpr) and node.boolop == enums.BoolExprType.OR_EXPR:
        return frozenset.intersection(*map(_empty_where, node.args))
    tested = None
    if isinstance(node, ast.NullTest) and node.nulltesttype == enums.NullTestType.IS_NULL:
        tested = node.arg
    elif isinstance(node, ast.A_Expr) and words(node.name) == ["="] and literal(node.rexpr) == "":
        tested = node.lexpr
    fields = [each.lower() for each in words(tested.fields)] if isinstance(tested, ast.ColumnRef) else []
    return frozenset(fields[1:2]) if fields[:1] == ["new"] else frozenset()


_TARGET = re.compile(r'^\s*new\s*(?:\.\s*("?)([\w$]+)\1\s*)?(?:\[[^]]*\]\s*)?(?::=|=)(.*)', re.IGNORECASE | re.DOTALL)


def _assigned(query: str, body: TriggerBody, place: _Place) -> None:
    found = _TARGET.match(query)
    if not found:
        return
    column = found[2] if found[1] or found[2] is None else found[2].lower()
    try:
        value = pglast.parse_sql(f"select {found[3]}")[0].stmt.targetList[0].val
    except (pglast.Error, IndexError, TypeError):
        value = None
    body.assignments.append(Assignment(column, value, column in place.empty, place.changed, place.before))


def _into(name: str, content: Any, body: TriggerBody, place: _Place) -> None:  # noqa: ANN401 - JSON
    """SELECT … INTO NEW.column, and INTO NEW; STRICT refuses where there is not just one row."""
    if not isinstance(content, dict) or not content.get("into", name == "PLpgSQL_stmt_fors"):
        return
    if content.get("strict"):
        body.raises.append("reads INTO STRICT")
    target = content.get("target", {})
    for each in target.get("PLpgSQL_row", {}).get("fields", []):
        record, _, column = str(each["name"]).lower().partition(".")
        if record == "new":
            body.assignments.append(Assignment(column or None, None, column in place.empty))
    if target.get("PLpgSQL_rec", {}).get("refname") == "new":
        body.assignments.append(Assignment(None, None, guarded=False))


def _returned(text: str) -> set[str]:
    """What it returns: 'new', 'old', 'null' or 'other'. The tree does not tell the first two apart."""
    try:
        tokens = [text[each.start : each.end + 1].lower() for each in scan(text)]
    except pglast.Error:
        return set()
    found = set()
    for place, word in enumerate(tokens[:-1]):
        if word == "return":
            what = "".join(tokens[place + 1 : tokens.index(";", place) if ";" in tokens[place:] else None])
            plain = what in {"new", "old", "null"}
            found.add(what if plain else "either" if what == "coalesce(new,old)" else "other")
    return found


def _always_ends(statements: list[Any]) -> bool:
    """Whether the statements cannot be left but by RETURN or an error."""
    return any(_ends(name, content) for each in statements for name, content in each.items())


def _ends(name: str, content: Any) -> bool:  # noqa: ANN401 - JSON
    if name == "PLpgSQL_stmt_return":
        return True
    if name == "PLpgSQL_stmt_raise":
        return bool(content.get("elog_level", _ERROR) >= _ERROR)
    if name == "PLpgSQL_stmt_block":
        handlers = content.get("exceptions", {}).get("PLpgSQL_exception_block", {}).get("exc_list", [])
        return _always_ends(content.get("body", [])) and all(
            _always_ends(each["PLpgSQL_exception"].get("action", [])) for each in handlers
        )
    if name == "PLpgSQL_stmt_if":
        others = [each["PLpgSQL_if_elsif"].get("stmts", []) for each in content.get("elsif_list", [])]
        return all(_always_ends(each) for each in (content.get("then_body", []), *others, content.get("else_body", [])))
    if name == "PLpgSQL_stmt_case":
        cases = [each["PLpgSQL_case_when"].get("stmts", []) for each in content.get("case_when_list", [])]
        # Without ELSE, a value that no WHEN names is an error.
        return all(
            _always_ends(each)
            for each in (*cases, *([content.get("else_stmts", [])] * content.get("have_else", False)))
        )
    return name == "PLpgSQL_stmt_loop" and "PLpgSQL_stmt_exit" not in str(content)


def _fields_of(tree: Any) -> set[str]:  # noqa: ANN401 - JSON
    """The columns of NEW and OLD that the function names."""
    found: set[str] = set()
    for function in (each["PLpgSQL_function"] for each in tree if "PLpgSQL_function" in each):
        found |= {each["PLpgSQL_recfield"]["fieldname"] for each in function["datums"] if _of_a_row(each, function)}
    return found


def _of_a_row(datum: dict[str, Any], function: dict[str, Any]) -> bool:
    """Whether it is a field of NEW or OLD, which are the first two records."""
    names = {
        each["PLpgSQL_rec"].get("dno", 0): each["PLpgSQL_rec"]["refname"]
        for each in function["datums"]
        if "PLpgSQL_rec" in each
    }
    field_ = datum.get("PLpgSQL_recfield")
    return field_ is not None and names.get(field_.get("recparentno", 0)) in {"new", "old"}
