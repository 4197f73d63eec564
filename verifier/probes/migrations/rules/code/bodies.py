"""Code inside code: DO blocks, function bodies, and strings that are executed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pglast
from pglast import ast, enums
from pglast.stream import RawStream

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.code.dynamic import composed
from verifier.probes.migrations.rules.code.plpgsql import Piece, pieces
from verifier.probes.migrations.rules.judging import Judge, rule
from verifier.probes.migrations.rules.trees import ANY, WRITES, canonical, literal, walk, words
from verifier.probes.migrations.verdicts import named

_QUOTE = "body_of_the_migration"
_SAFE_SCHEMAS = {"auth", "extensions", "storage"}
_KNOWN = {
    # Volatile, but without an effect on other sessions.
    "clock_timestamp", "currval", "gen_random_uuid", "lastval", "nextval", "pg_notify", "random", "statement_timestamp",
    "timeofday", "uuidv4", "uuidv7",
    # Of Supabase and its two default extensions.
    "crypt", "digest", "email", "filename", "foldername", "gen_random_bytes", "gen_salt", "hmac", "jwt", "role", "uid",
    "uuid_generate_v1", "uuid_generate_v4", "uuid_generate_v5", "uuid_nil",
}  # fmt: skip
_SETTINGS = {
    "application_name", "check_function_bodies", "client_encoding", "client_min_messages", "datestyle",
    "default_table_access_method", "default_tablespace", "default_with_oids", "extra_float_digits",
    "idle_in_transaction_session_timeout", "intervalstyle", "lock_timeout", "maintenance_work_mem",
    "plpgsql.variable_conflict", "row_security", "search_path", "standard_conforming_strings", "statement_timeout",
    "timezone", "transaction_timeout", "work_mem", "xmloption",
}  # fmt: skip
"""Settings that affect parsing and timeouts, and nothing that is stored."""


@cache
def pure_functions() -> frozenset[str]:
    """The functions of `pg_catalog` without a volatile variant (from pg_proc of PostgreSQL 18)."""
    path = Path(__file__).with_name("pure_functions.txt")
    return frozenset(path.read_text(encoding="utf-8").split())


def look_at_calls(judge: Judge, node: Any) -> None:  # noqa: ANN401 - a node or a tuple of nodes
    """Judge every function call and nested statement in an executed tree."""
    for each in walk(node):
        if isinstance(each, ast.FuncCall):
            _call(judge, each)
        elif isinstance(each, ast.CommonTableExpr) and not isinstance(each.ctequery, ast.SelectStmt):
            judge.statement(each.ctequery)


def _call(judge: Judge, node: Node) -> None:
    parts = words(node.funcname)
    name, schema = parts[-1], parts[-2] if len(parts) > 1 else None
    system = {None, "pg_catalog"}
    if name == "set_config" and schema in system:
        _configured(judge, node)
        return
    if name == "setval" and _of_a_new_sequence(judge, node):
        return
    known = name in _KNOWN and schema in {*system, "public", *_SAFE_SCHEMAS}
    if not (run_known(judge, parts) or known or (schema in system and name in pure_functions())):
        called = ".".join(parts)
        judge.asks(named("calls {}(), whose effect is not known here", called), f"say what {called}() does")


def _of_a_new_sequence(judge: Judge, node: Node) -> bool:
    sequence = literal(node.args[0]) if node.args else None
    return sequence is not None and judge.may_be_new("relation", judge.catalogue.name(sequence.split(".")))


def _configured(judge: Judge, node: Node) -> None:
    name = literal(node.args[0]) if node.args else None
    if name is None or (name.lower() not in _SETTINGS and not name.startswith("request.")):
        judge.asks(named("changes the setting {}", name or "that is known only at run time"))
    elif name.lower() == "search_path":
        judge.catalogue.search((literal(node.args[1]) or "").split(","))


@rule("VariableSetStmt")
def _set(judge: Judge, node: Node) -> None:
    name = str(node.name or "").lower()
    if node.kind in {enums.VariableSetKind.VAR_RESET, enums.VariableSetKind.VAR_RESET_ALL}:
        if name in {"", "search_path"}:
            judge.catalogue.search([])
        return
    if name in _SETTINGS or name.startswith("request."):
        if name == "search_path":
            judge.catalogue.search([literal(each) or "" for each in node.args or ()])
        return
    judge.asks(named("SET {} changes what later statements do", name or "ALL"), "leave it out, or review the file")


def run_known(judge: Judge, parts: list[str]) -> bool:
    """Judge the bodies of the functions of that name, if the history has made one; else say so."""
    name = judge.catalogue.name(parts)
    own = judge.catalogue.get("function", name)
    if own is None or own.node is None:
        return False
    for number, variant in enumerate((own.node, *own.others)):
        _run(judge, f"{name}{'/' * number}", variant)
    return True


def _run(judge: Judge, name: str, node: Node) -> None:
    """Judge a call of a function that the history created."""
    if name in judge.calls:
        return
    before, judge.calls = judge.calls, (*judge.calls, name)
    outside, judge.branch = judge.branch, (*judge.branch, f"call of {name}")  # nobody knows how often
    path, first = judge.catalogue.path, judge.catalogue.temporary_first
    settings = [each.arg for each in node.options or () if each.defname == "set"]
    own = next((each.args for each in settings if each.name == "search_path"), None)
    if own:
        judge.catalogue.search([literal(each) or "" for each in own])
    with judge.perhaps():
        for statement in body_of(judge, node, f"the body of {name}"):
            judge.statement(statement)
    judge.calls, judge.branch = before, outside
    if own:  # what the body sets itself stays
        judge.catalogue.path, judge.catalogue.temporary_first = path, first


def body_of(judge: Judge, node: Node, what: str) -> Iterator[Node]:
    """The statements in the body of a function; code that cannot be parsed needs a review."""
    options = {each.defname: each.arg for each in node.options or ()}
    language = getattr(options.get("language"), "sval", "sql")
    if node.sql_body:
        yield from (each for each in walk(node.sql_body) if isinstance(each, (ast.SelectStmt, *WRITES)))
    elif language == "sql":
        yield from parsed(judge, "\n".join(words(options.get("as"))), what)
    elif language == "plpgsql":
        yield from _of_plpgsql(judge, quoted(node, "".join(words(options.get("as"))[:1])), what)
    else:
        judge.asks(named("{} is written in {}, which cannot be read here", what, language))


@rule("DoStmt")
def _do(judge: Judge, node: Node) -> None:
    options = {each.defname: each.arg for each in node.args or ()}
    language = getattr(options.get("language"), "sval", "plpgsql")
    if language != "plpgsql":
        judge.asks(named("a DO block in {}, which cannot be read here", language))
        return
    body = options["as"].sval
    first = judge.line + _lines_before(judge, body)
    with judge.perhaps():
        for statement in _of_plpgsql(judge, quoted(node, body), "the DO block", first):
            judge.statement(statement)


def _lines_before(judge: Judge, body: str) -> int:
    """The number of lines from the start of the statement to its body."""
    lines = judge.text.split("\n")
    start = sum(len(each) + 1 for each in lines[: judge.line - 1])
    place = judge.text.find(body, start)
    return judge.text.count("\n", start, place) if place >= 0 else 0


def quoted(node: Node, body: str) -> str:
    """The statement as text, its body dollar-quoted with a tag that it does not contain."""
    return str(RawStream()(node)).replace(f"$${body}$$", f"${_QUOTE}${body}${_QUOTE}$", 1)


def _of_plpgsql(judge: Judge, source: str, what: str, first: int | None = None) -> Iterator[Node]:
    home, outside = judge.line, judge.branch
    try:
        tree = pglast.parse_plpgsql(source)
    except (pglast.Error, ValueError, RecursionError) as trouble:
        judge.asks(named("{} cannot be read: {}", what, trouble.args[0] if trouble.args else trouble))
        return
    start = judge.catalogue.nameless()
    for piece in pieces(tree[0]["PLpgSQL_function"]):
        judge.line = home if first is None or piece.line is None else first + piece.line - 1
        judge.branch = (*outside, *(f"{start}/{each}" for each in piece.branch))
        judge.portion = piece.portion
        yield from _of_expression(judge, piece, what, start)
    judge.line, judge.branch, judge.portion = home, outside, False


_EXPRESSION = 2
"""RAW_PARSE_PLPGSQL_EXPR; the three after it are assignments: 'variable := expression'."""


def _of_expression(judge: Judge, piece: Piece, what: str, start: int) -> Iterator[Node]:
    query, mode = str(piece.expression["query"]), piece.expression.get("parseMode", 0)
    if mode > _EXPRESSION:
        query, mode = re.split(r":=|=", query, maxsplit=1)[-1], _EXPRESSION
    for node in parsed(judge, f"SELECT {query}" if mode == _EXPRESSION else query, what):
        if piece.executed and mode == _EXPRESSION:
            yield from _executed(judge, node, what, piece, start)
        yield node


def parsed(judge: Judge, text: str, what: str) -> Iterator[Node]:
    """The statements of a text; one that cannot be parsed needs a review."""
    try:
        raw = pglast.parse_sql(text)
    except pglast.Error as trouble:
        judge.asks(named("{} cannot be read: {}", what, trouble.args[0] if trouble.args else trouble))
        return
    yield from (each.stmt for each in raw)


def _executed(judge: Judge, select: Node, what: str, piece: Piece, start: int) -> Iterator[Node]:
    """The statements of an executed string, if all of it but identifiers is constant.

    An expression that stands there twice, with no assignment between, names the same thing.
    """

    def mark(node: Node) -> str:
        calls = [words(each.funcname)[-1] for each in walk(node) if isinstance(each, ast.FuncCall)]
        if not pure_functions().issuperset(calls):
            return f"{ANY}_{judge.catalogue.nameless()}"
        return f"{ANY}_{judge.catalogue.nameless((start, piece.moment, canonical(node)))}"

    text = composed(select.targetList[0].val, piece.known, mark) if select.targetList else None
    if text is None:
        judge.asks(
            named("{} executes text that is composed at run time", what),
            "write the statements out, or use format() with %I and %L only",
        )
        return
    yield from parsed(judge, text, what)


@rule("PrepareStmt")
def _prepare(judge: Judge, node: Node) -> None:
    judge.prepared[node.name] = node.query
    judge.statement(node.query)


@rule("ExecuteStmt")
def _execute(judge: Judge, node: Node) -> None:
    if node.name not in judge.prepared:
        judge.asks(named("executes {}, which this file does not prepare", node.name))
    look_at_calls(judge, node.params)


@rule("ExplainStmt")
def _explain(judge: Judge, node: Node) -> None:
    if any(each.defname == "analyze" for each in node.options or ()):
        judge.statement(node.query)


@rule("DeclareCursorStmt")
def _cursor(judge: Judge, node: Node) -> None:
    judge.statement(node.query)


@rule("CallStmt")
def _call_procedure(judge: Judge, node: Node) -> None:
    look_at_calls(judge, node.funccall)


@rule("ReturnStmt")
def _return(judge: Judge, node: Node) -> None:
    look_at_calls(judge, node.returnval)
