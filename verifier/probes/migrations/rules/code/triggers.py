"""Triggers: what they do to every write of a live table from now on.

A new trigger may refuse a row, leave it out, change what was written, or need what is not there; then programs that
write the table fail, or store something else. Source: PostgreSQL documentation, 'Overview of Trigger Behavior' and
'Trigger Functions' (PL/pgSQL).
"""

from __future__ import annotations

import re

from pglast import ast, enums

from verifier.probes.migrations.catalogue import MANAGED, TEMPORARY
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.access.policies import admits
from verifier.probes.migrations.rules.access.roles import rights_on
from verifier.probes.migrations.rules.alike import same_trigger
from verifier.probes.migrations.rules.code.bodies import body_of
from verifier.probes.migrations.rules.code.trigger_body import WHOLE, Assignment, TriggerBody, read_body
from verifier.probes.migrations.rules.columns import ColumnDefinition
from verifier.probes.migrations.rules.judging import Judge, rule
from verifier.probes.migrations.rules.trees import WRITES, is_any, is_definer, literal, walk, words
from verifier.probes.migrations.verdicts import MigrationVerdict, named

TOUCHED = re.compile(r"(?i)^(last_?)?(updated|modified|changed|edited|touched)(_?(at|on|by|date|time))?$")
"""Columns whose purpose is that the database writes them."""
_CALLS = {"uid", "now", "timezone", "clock_timestamp", "statement_timestamp", "transaction_timestamp"}
_TRIMS = {"trim", "btrim", "ltrim", "rtrim"}
_SHIPPED = {"moddatetime", "tsvector_update_trigger", "suppress_redundant_updates_trigger"}
"""Trigger functions of PostgreSQL and its extensions; the first two write the column that is their argument."""


@rule("CreateTrigStmt")
def _trigger(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.relation)
    name = f"{table}/{node.trigname}"
    old = judge.catalogue.get("trigger", name)
    same = old is not None and same_trigger(judge.catalogue, old.node, node)
    if node.replace and old and not same and not judge.may_be_new("relation", table):
        judge.asks(named("the trigger {} of {} does something else from now on", node.trigname, table))
    came_back = any(
        each.kind == "trigger" and each.name == name and same_trigger(judge.catalogue, each.node, node)
        for each in judge.dropped
    )
    judge.make("trigger", name, node)
    if not judge.may_be_new("relation", table) and not same and not came_back:
        _what_it_runs(judge, table, node)


@rule("RuleStmt")
def _rewrite_rule(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.relation)
    if not judge.is_new("relation", table):
        judge.asks(
            named("a rule changes what statements on {} do", table), "use a trigger, or let the application do it"
        )
        return
    with judge.perhaps():
        for each in node.actions or ():
            judge.statement(each)


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
        elif parts[-1] == "moddatetime" and not judge.catalogue.get("extension", parts[-1]):
            judge.asks(
                named("no file before it creates the extension {}: every write of {} may fail", parts[-1], table),
                f"CREATE EXTENSION IF NOT EXISTS {parts[-1]} SCHEMA extensions, in a file before it",
            )
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
    body = read_body(function.node)
    body.raises += _raises_elsewhere(judge, statements)
    _what_it_does(judge, table, called, node, body)


def _what_it_needs(judge: Judge, table: str, called: str, function: Node, statements: list[Node]) -> None:
    """Tables that are not there, or that those who write may not write."""
    definer = is_definer(function)
    bare = _has_empty_path(function)
    for statement in statements:
        own = {each.ctename for each in walk(statement) if isinstance(each, ast.CommonTableExpr)}
        for each in walk(statement):
            if isinstance(each, ast.RangeVar):
                _needs_relation(judge, table, called, each, own, bare=bare)
            if isinstance(each, WRITES) and isinstance(each.relation, ast.RangeVar):
                written = judge.catalogue.relation(each.relation)
                if isinstance(each, ast.InsertStmt):
                    _needs_columns(judge, written, called, {str(one.name) for one in each.cols or ()})
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
                elif not definer and (roles := _without_right(judge, table, written, command)):
                    judge.asks(
                        named(
                            "{}() writes {}, which {} may not: its writes of {} would fail",
                            called,
                            written,
                            roles,
                            table,
                        ),
                        "SECURITY DEFINER with SET search_path = '', or a GRANT of the write",
                    )


def _raises_elsewhere(judge: Judge, statements: list[Node], seen: frozenset[str] = frozenset()) -> list[str]:
    """What the functions raise that it calls, and those that they call."""
    found: list[str] = []
    calls = [each for each in walk(statements) if isinstance(each, ast.FuncCall)]
    for name in dict.fromkeys(judge.catalogue.name(words(each.funcname)) for each in calls):
        thing = judge.catalogue.get("function", name)
        if name in seen or thing is None or thing.node is None:
            continue
        quiet = Judge(judge.catalogue, judge.file, certain=False)
        inside = list(body_of(quiet, thing.node, f"the body of {name}"))
        found += [f"calls {name}(), which {each}" for each in read_body(thing.node).raises]
        found += _raises_elsewhere(judge, inside, seen | {name})
    return found


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
        or name in judge.catalogue.coming
        or schema in MANAGED | {TEMPORARY}
        or node.relname in own | {"new", "old"}
        or is_any(name)
        or (not node.schemaname and (node.relname.startswith("pg_") or _is_transition(judge, table, node.relname)))
    )
    if not known:
        judge.asks(
            named("{}() needs {}, which no file before it makes: every write of {} would fail", called, name, table),
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


def _without_right(judge: Judge, table: str, written: str, command: str) -> str:
    """The roles that may write a table, and not another one, as far as the history says; empty if there are none."""
    writers = {role for role, right in rights_on(judge, table) if right != "select"}
    return ", ".join(sorted(writers - {role for role, right in rights_on(judge, written) if right == command}))


def _what_it_does(judge: Judge, table: str, called: str, node: Node, body: TriggerBody) -> None:
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
            if not _is_harmless(judge, table, each) and not _is_new_to_programs(judge, table, each):
                what = each.column or "the row"
                judge.asks(
                    named("{}() writes {} anew, whatever a program wrote to {}", called, what, table),
                    "fill the column only where it is NULL; or review it",
                )


def _is_harmless(judge: Judge, table: str, written: Assignment) -> bool:
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
    if isinstance(value, ast.FuncCall) and words(value.funcname)[-1] in _TRIMS and len(value.args or ()) == 1:
        return _is_new(value.args[0], written.column)  # blanks at the ends say nothing
    return bool(TOUCHED.match(written.column)) and _is_now_or_who(value)


def _is_new_to_programs(judge: Judge, table: str, written: Assignment) -> bool:
    """Whether a column is written only where a program has changed another one, which this file adds.

    No running program does: it does not know that column, which has no default, and nothing else writes it before.
    """
    column = f"{table}.{written.changed}"
    thing = judge.catalogue.get("column", column)
    plain = thing is not None and isinstance(thing.node, ColumnDefinition) and thing.node.default is None
    if not plain or not judge.is_new("column", column) or not written.before.isdisjoint({written.changed, WHOLE}):
        return False
    others = [each for each in judge.statements if isinstance(each, (*WRITES, ast.CreateTrigStmt, ast.DoStmt))]
    on_it = [each for each in others if not getattr(each, "relation", None) or _is_on(judge, each, table)]
    return len(on_it) == 1  # the trigger itself


def _is_on(judge: Judge, statement: Node, table: str) -> bool:
    return judge.catalogue.relation(statement.relation) == table


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
