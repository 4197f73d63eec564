"""Triggers: what they do to every write of a live table from now on.

A new trigger may refuse a row, leave it out, change what was written, or need what is not there; then programs that
write the table fail, or store something else. Source: PostgreSQL documentation, 'Overview of Trigger Behavior' and
'Trigger Functions' (PL/pgSQL).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pglast
from pglast import ast, enums
from pglast.parser import scan

from verifier.probes.migrations.catalogue import MANAGED, TEMPORARY
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.bodies import ANY, body_of
from verifier.probes.migrations.rules.columns import ColumnDefinition
from verifier.probes.migrations.rules.judging import Judge, rule
from verifier.probes.migrations.rules.policies import admits
from verifier.probes.migrations.rules.trees import canonical, literal, walk, words
from verifier.probes.migrations.verdicts import MigrationVerdict, named

TOUCHED = re.compile(r"(?i)^(last_?)?(updated|modified|changed|edited|touched)(_?(at|on|by|date|time))?$")
"""Columns whose purpose is that the database writes them."""
_CALLS = {"uid", "now", "timezone", "clock_timestamp", "statement_timestamp", "transaction_timestamp"}
_ERROR = 21
"""The level of RAISE EXCEPTION (elog.h); PL/pgSQL's default."""
_SHIPPED = {"moddatetime", "tsvector_update_trigger", "suppress_redundant_updates_trigger"}
"""Trigger functions of PostgreSQL and its extensions; the first two write the column that is their argument."""
_WRITES = (ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)


class _Assignment(NamedTuple):
    """A column of NEW that the function writes; None as column: the whole row."""

    column: str | None
    value: Node
    guarded: bool


@dataclass
class _Body:
    """What a trigger's function in PL/pgSQL does to the row."""

    assignments: list[_Assignment] = field(default_factory=list)
    raises: list[str] = field(default_factory=list)
    returned: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    ends: bool = True


@rule("CreateTrigStmt")
def _trigger(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.relation)
    name = f"{table}/{node.trigname}"
    old = judge.catalogue.get("trigger", name)
    if node.replace and old and canonical(old.node) != canonical(node) and not judge.may_be_new("relation", table):
        judge.asks(named("the trigger {} of {} does something else from now on", node.trigname, table))
    same = old is not None and old.node is not None and canonical(old.node) == canonical(node)
    came_back = any(
        each.kind == "trigger" and each.name == name and each.node and canonical(each.node) == canonical(node)
        for each in judge.dropped
    )
    judge.make("trigger", name, node)
    if not judge.may_be_new("relation", table) and not same and not came_back:
        _what_it_runs(judge, table, node)


def _what_it_runs(judge: Judge, table: str, node: Node) -> None:
    """Judge the trigger's function, which runs with every write to a live table."""
    parts = words(node.funcname)
    called = ".".join(parts)
    if int(node.timing or 0) & enums.TRIGGER_TYPE_INSTEAD:
        judge.asks(named("{}() runs instead of the writes through the view {}", called, table))
    function = judge.catalogue.get("function", judge.catalogue.name(parts))
    if function is None or function.node is None:
        if parts[-1] not in _SHIPPED:
            judge.asks(named("every write of {} runs {}() from now on, whose effect is not known here", table, called))
        elif parts[-1] != "suppress_redundant_updates_trigger":
            _needs_columns(judge, table, called, {str(each.sval) for each in (node.args or ())[:1]})
        return
    inner = Judge(judge.catalogue, judge.file, line=judge.line, certain=False)
    statements = list(body_of(inner, function.node, f"the body of {called}"))
    for statement in statements:
        inner.statement(statement)
    inner.findings = [each for each in inner.findings if each.verdict is not MigrationVerdict.BLOCKING]
    if inner.findings:
        judge.asks(named("every write of {} from now on also {}", table, inner.findings[0].what))
    _what_it_needs(judge, table, called, function.node, statements)
    _what_it_does(judge, table, called, node, _read(function.node))


def _what_it_needs(judge: Judge, table: str, called: str, function: Node, statements: list[Node]) -> None:
    """Tables that are not there, or that those who write may not write."""
    options = {each.defname: each.arg for each in function.options or ()}
    definer = bool(getattr(options.get("security"), "boolval", False))
    bare = _has_empty_path(function)
    for statement in statements:
        own = {each.ctename for each in walk(statement) if isinstance(each, ast.CommonTableExpr)}
        for each in walk(statement):
            if isinstance(each, ast.RangeVar):
                _needs_relation(judge, table, called, each, own, bare=bare)
            if isinstance(each, _WRITES) and isinstance(each.relation, ast.RangeVar):
                written = judge.catalogue.relation(each.relation)
                command = type(each).__name__.removesuffix("Stmt").lower()
                if written == table and isinstance(each, ast.InsertStmt | ast.UpdateStmt):
                    judge.asks(named("{}() writes {} itself, and so calls itself again", called, table))
                closed = not definer and _is_closed(judge, written, command)
                if closed:
                    judge.asks(
                        named(
                            "{}() writes {} with the rights of whoever writes {}, whom no policy admits there",
                            called,
                            written,
                            table,
                        ),
                        "SECURITY DEFINER with SET search_path = '', or a policy for the write",
                    )


def _has_empty_path(function: Node) -> bool:
    settings = [each.arg for each in function.options or () if each.defname == "set"]
    paths = [each for each in settings if each.name == "search_path"]
    return any(not any(literal(one) or getattr(one, "sval", "") for one in each.args or ()) for each in paths)


def _needs_relation(  # noqa: PLR0913 - where it stands, and what it may be besides a table
    judge: Judge, table: str, called: str, node: Node, own: set[str], *, bare: bool
) -> None:
    name = judge.catalogue.relation(node)
    schema = name.rpartition(".")[0]
    known = (
        judge.catalogue.get("relation", name)
        or schema in MANAGED | {TEMPORARY}
        or node.relname in own | {ANY, "new", "old"}
        or (not node.schemaname and (node.relname.startswith("pg_") or _is_transition(judge, table, node.relname)))
    )
    if not known:
        judge.asks(
            named("{}() needs {}, which no file makes: every write of {} would fail", called, name, table),
            "make the table first",
        )
    elif bare and not node.schemaname and node.relname not in own and not node.relname.startswith("pg_"):
        judge.asks(
            named("{}() has an empty search_path, and names {} without its schema", called, node.relname),
            f"write {name}",
        )


def _is_transition(judge: Judge, table: str, name: str) -> bool:
    """Whether a trigger of the table gives its changed rows this name (REFERENCING)."""
    triggers = [each.node for each in judge.catalogue.on("trigger", table).values()]
    return any(name == one.name for each in triggers for one in getattr(each, "transitionRels", None) or ())


def _is_closed(judge: Judge, table: str, command: str) -> bool:
    if not judge.catalogue.get("protected", table):
        return False
    policies = [each.node for each in judge.catalogue.on("policy", table).values()]
    return not any(admits(each, command) for each in policies)


def _what_it_does(judge: Judge, table: str, called: str, node: Node, body: _Body) -> None:
    """What becomes of the row that is written."""
    timing, events = int(node.timing or 0), int(node.events or 0)
    row_before = bool(node.row) and bool(timing & enums.TRIGGER_TYPE_BEFORE)
    for what in body.raises:
        judge.asks(named("{}() {}: some writes of {} are refused from now on", called, what, table))
    if not body.ends:
        judge.asks(named("{}() may end without RETURN, which is an error in every write of {}", called, table))
    _needs_columns(judge, table, called, body.read)
    if not row_before:
        return
    if "null" in body.returned:
        judge.asks(named("{}() may leave out rows that are written to {}", called, table))
    deletes = bool(events & enums.TRIGGER_TYPE_DELETE)
    writes = bool(events & (enums.TRIGGER_TYPE_INSERT | enums.TRIGGER_TYPE_UPDATE))
    if (deletes and body.returned == {"new"}) or (writes and "old" in body.returned and not deletes):
        judge.asks(named("{}() returns the wrong row, so that writes of {} have no effect", called, table))
    if "other" in body.returned:
        judge.asks(named("{}() returns another row than the one that is written to {}", called, table))
    if writes:
        for each in body.assignments:
            if not _is_harmless(judge, table, each):
                what = each.column or "the row"
                judge.asks(
                    named("{}() writes {} anew, whatever a program wrote to {}", called, what, table),
                    "fill the column only where it is NULL; or review it",
                )


def _is_harmless(judge: Judge, table: str, written: _Assignment) -> bool:
    """Whether the column is new, was empty, is kept by the database anyhow, or gets the value that it has."""
    if written.column is None:
        return False
    column = f"{table}.{written.column}"
    thing = judge.catalogue.get("column", column)
    if written.guarded or judge.may_be_new("column", column):
        return True
    if thing and isinstance(thing.node, ColumnDefinition) and thing.node.type == "tsvector":
        return True
    value = written.value
    if isinstance(value, ast.CoalesceExpr) and value.args and _is_new(value.args[0], written.column):
        return True
    return bool(TOUCHED.match(written.column)) and _is_now_or_who(value)


def _is_new(node: Node, column: str) -> bool:
    return isinstance(node, ast.ColumnRef) and [each.lower() for each in words(node.fields)] == ["new", column]


def _is_now_or_who(node: Node) -> bool:
    """Whether it is the time, or who is signed in."""
    calls = {words(each.funcname)[-1] for each in walk(node) if isinstance(each, ast.FuncCall)}
    stamps = any(isinstance(each, ast.SQLValueFunction) for each in walk(node))
    columns = any(isinstance(each, ast.ColumnRef) for each in walk(node))
    return (bool(calls) or stamps) and calls <= _CALLS and not columns


def _needs_columns(judge: Judge, table: str, called: str, columns: set[str]) -> None:
    """Fields of NEW and OLD must be columns of the table, if all of these are known."""
    thing = judge.catalogue.get("relation", table)
    made = thing.node if thing else None
    if not isinstance(made, ast.CreateStmt) or made.inhRelations or made.ofTypename:
        return
    if any(isinstance(each, ast.TableLikeClause) for each in made.tableElts or ()):
        return
    missing = sorted(each for each in columns if not judge.catalogue.get("column", f"{table}.{each}"))
    if missing:
        judge.asks(
            named("{}() needs the columns {}, which {} does not have", called, ", ".join(missing), table),
            "add the columns first",
        )


def _read(function: Node) -> _Body:
    """The body of a function in PL/pgSQL; an empty one for other languages, which cannot be triggers or be read."""
    body = _Body()
    source = next((each.arg for each in function.options or () if each.defname == "as"), ())
    text = "".join(words(source)[:1])
    try:
        tree = pglast.parse_plpgsql(_statement(text))
    except (pglast.Error, ValueError, RecursionError):
        return body  # told by `body_of`
    action = _found(tree, "PLpgSQL_function")
    block = action.get("action", {}) if action else {}
    _statements([block], body, frozenset())
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


def _statements(tree: Any, body: _Body, empty: frozenset[str]) -> None:  # noqa: ANN401 - JSON
    """Collect what the statements do; `empty`: columns of NEW that are NULL where they run."""
    for each in tree if isinstance(tree, list) else [tree]:
        if isinstance(each, list):
            _statements(each, body, empty)
        for name, content in each.items() if isinstance(each, dict) else ():
            if name == "PLpgSQL_stmt_if":
                _branches(content, body, empty)
            elif name == "PLpgSQL_stmt_raise" and content.get("elog_level", _ERROR) >= _ERROR:
                body.raises.append(f"raises '{content['message']}'" if content.get("message") else "raises an error")
            elif name == "PLpgSQL_stmt_assert":
                body.raises.append("asserts something")
            elif name == "PLpgSQL_stmt_assign":
                _assigned(content["expr"]["PLpgSQL_expr"]["query"], body, empty)
            else:
                _into(name, content, body, empty)
                _statements(list(content.values()) if isinstance(content, dict) else content, body, empty)


def _branches(content: dict[str, Any], body: _Body, empty: frozenset[str]) -> None:
    conditions = [(content.get("cond"), content.get("then_body", []))]
    conditions += [
        (each["PLpgSQL_if_elsif"].get("cond"), each["PLpgSQL_if_elsif"].get("stmts", []))
        for each in content.get("elsif_list", [])
    ]
    for condition, statements in conditions:
        _statements(statements, body, empty | _nulls(condition))
    _statements(content.get("else_body", []), body, empty)


def _nulls(condition: Any) -> frozenset[str]:  # noqa: ANN401 - JSON
    """The columns of NEW that are NULL where a condition holds."""
    try:
        select = pglast.parse_sql(f"select {condition['PLpgSQL_expr']['query']}")[0].stmt
    except (pglast.Error, KeyError, TypeError):
        return frozenset()
    node = select.targetList[0].val
    parts = (
        node.args if isinstance(node, ast.BoolExpr) and node.boolop == enums.BoolExprType.AND_EXPR else (node,)
    )
    tests = [each for each in parts if isinstance(each, ast.NullTest) and each.nulltesttype == enums.NullTestType.IS_NULL]
    fields = [[one.lower() for one in words(each.arg.fields)] for each in tests if isinstance(each.arg, ast.ColumnRef)]
    return frozenset(each[1] for each in fields if len(each) > 1 and each[0] == "new")


_TARGET = re.compile(r'^\s*new\s*(?:\.\s*("?)([\w$]+)\1\s*)?(?:\[[^]]*\]\s*)?(?::=|=)(.*)', re.IGNORECASE | re.DOTALL)


def _assigned(query: str, body: _Body, empty: frozenset[str]) -> None:
    found = _TARGET.match(query)
    if not found:
        return
    column = found[2] if found[1] or found[2] is None else found[2].lower()
    try:
        value = pglast.parse_sql(f"select {found[3]}")[0].stmt.targetList[0].val
    except (pglast.Error, IndexError, TypeError):
        value = None
    body.assignments.append(_Assignment(column, value, column in empty))


def _into(name: str, content: Any, body: _Body, empty: frozenset[str]) -> None:  # noqa: ANN401 - JSON
    """SELECT … INTO NEW.column, and INTO NEW; STRICT refuses where there is not just one row."""
    if not isinstance(content, dict) or not content.get("into", name == "PLpgSQL_stmt_fors"):
        return
    if content.get("strict"):
        body.raises.append("reads INTO STRICT")
    target = content.get("target", {})
    for each in target.get("PLpgSQL_row", {}).get("fields", []):
        record, _, column = str(each["name"]).lower().partition(".")
        if record == "new":
            body.assignments.append(_Assignment(column or None, None, column in empty))
    if target.get("PLpgSQL_rec", {}).get("refname") == "new":
        body.assignments.append(_Assignment(None, None, guarded=False))


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
        return all(
            _always_ends(each) for each in (content.get("then_body", []), *others, content.get("else_body", []))
        )
    if name == "PLpgSQL_stmt_case":
        cases = [each["PLpgSQL_case_when"].get("stmts", []) for each in content.get("case_when_list", [])]
        # Without ELSE, a value that no WHEN names is an error.
        return all(_always_ends(each) for each in (*cases, *([content.get("else_stmts", [])] * content.get("have_else", False))))
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

