"""Whether a function finds by another search path what it finds by the usual one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pglast
from pglast import ast

from verifier.probes.migrations.catalogue import PUBLIC, ObjectCatalogue
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.code.bodies import body_of, pure_functions, quoted
from verifier.probes.migrations.rules.columns import is_whole
from verifier.probes.migrations.rules.judging import Judge
from verifier.probes.migrations.rules.trees import (
    WRITES,
    canonical,
    is_constant,
    literal,
    text_of,
    tokens_of,
    walk,
    words,
)

_OF_EXTENSIONS = re.compile(
    r"\b(?:crypt|digest|gen_random_bytes|gen_salt|hmac|uuid_generate_\w+|uuid_nil|\w*similarity|unaccent|st_\w+|vector)\b|"
    r"<[-=#]>|citext",
    re.IGNORECASE,
)
"""What Supabase keeps in the schema `extensions`, which is in the usual search path, too."""


def keeps_public(path: list[str | None], function: Node) -> bool:
    """Whether the body finds all that it finds today: `public` comes first, and `extensions` where it may be needed."""
    usual = {PUBLIC, "pg_catalog", "pg_temp", "extensions", "$user", "auth"}
    found = _OF_EXTENSIONS.search(text_of(function))
    return PUBLIC in path and set(path) <= usual and ("extensions" in path or not found)


_BUILT_IN = {
    "bigint", "bool", "boolean", "date", "int", "integer", "json", "jsonb", "numeric", "record", "text", "timestamptz",
    "uuid",
}  # fmt: skip
"""Types of PostgreSQL that are found by any search path."""


def names_by_schema(function: Node) -> bool:
    """Whether a body names every table, type and function that is not PostgreSQL's by its schema."""
    if function.sql_body:
        return True
    reader = Judge(ObjectCatalogue(), "")
    statements = list(body_of(reader, function, "the body"))
    if reader.findings or any(map(_needs_path, walk(statements))):
        return False
    return _language(function) != "plpgsql" or not (_EXECUTES.search(text_of(function)) or _declares_by_path(function))


_EXECUTES = re.compile(r"\bexecute\b", re.IGNORECASE)
"""What may name a table in a text."""


def _language(function: Node) -> str:
    options = {each.defname: each.arg for each in function.options or ()}
    return str(getattr(options.get("language"), "sval", ""))


def _needs_path(node: Node) -> bool:
    if isinstance(node, ast.RangeVar):
        return not node.schemaname
    if isinstance(node, ast.FuncCall):
        return len(node.funcname) == 1 and words(node.funcname)[0] not in pure_functions()
    return isinstance(node, ast.TypeName) and len(node.names or ()) == 1 and words(node.names)[0] not in _BUILT_IN


def _declares_by_path(function: Node) -> bool:
    """Whether a variable in PL/pgSQL may have a type that is found by the search path.

    The parser knows the types of PostgreSQL alone, and takes every other one for a record.
    """
    tree = pglast.parse_plpgsql(quoted(function, text_of(function)))
    datums: list[dict[str, Any]] = tree[0]["PLpgSQL_function"]["datums"]
    records = [each["PLpgSQL_rec"]["refname"] for each in datums if "PLpgSQL_rec" in each]
    tokens = tokens_of(text_of(function))
    told = [name for name, kind in pairwise(tokens) if kind == "record"]
    told += [str(each.name) for each in function.parameters or ()] + ["new", "old"]
    plain = [each["PLpgSQL_var"]["datatype"]["PLpgSQL_type"]["typname"] for each in datums if "PLpgSQL_var" in each]
    copied = [each.lower().partition("%") for each in plain]
    return any(records.count(each) > told.count(each) for each in records) or any(
        len(name.split(".")) < _PARTS.get(what, 0) for name, _, what in copied
    )


_PARTS = {"rowtype": 2, "type": 3}
"""Of the name that a variable takes its type from, if that begins with the schema."""


_OWN_OPERATORS = re.compile(r"\b(?:citext|vector|halfvec|sparsevec|hstore|ltree|lquery|geometry|geography|cube|isbn)\b")
"""Types of extensions that are compared by operators in the schema of the extension."""


_COMPARES = re.compile(
    r"[-+*/<>=~!@#%^&|]|\b(?:all|any|between|case|distinct|except|group|i?like|in|intersect|nullif|order|similar|some|union|using)\b",
    re.IGNORECASE,
)
"""Operators, and words that look for one by the search path."""
_OF_WORDS = {"<->", "<->>", "<<->", "<<<->", "<->>>", "<%", "%>", "<<%", "%>>", "<=>", "<#>"}
"""Operators of extensions for PostgreSQL's own types, such as those of pg_trgm; `%` is one of them and the modulo."""


def finds_operators(judge: Judge, settings: list[Node], function: Node) -> bool:
    """Whether a function that fixed no search path before finds the operators of its values' types by these settings.

    One that was parsed with its body has found them already.
    """
    body = text_of(function)
    paths = [[literal(each) for each in it.args or ()] for it in settings if it.name == "search_path"]
    if all("extensions" in path for path in paths) or not _COMPARES.search(body.replace(":=", " ")):
        return True
    statements = list(body_of(Judge(judge.catalogue, ""), function, "the body"))
    told = body + canonical(function.parameters)
    if any(_is_of_extension(each) for each in walk(statements)) or _OWN_OPERATORS.search(told):
        return False
    if any(_OWN_OPERATORS.search(canonical(each.returnType)) for each in _runs(judge, function)):
        return False
    tables = _tables(judge, function, statements)
    known = bool(tables) or _is_closed(function, statements)
    known = known and all(is_whole(judge, each) for each in tables)
    mentioned = {each.strip('"') for each in tokens_of(body)}
    by_name = known and not _has_whole_rows(function, statements)
    return not any(
        _OWN_OPERATORS.search(str(getattr(thing.node, "type", "")))
        for (kind, name), thing in judge.catalogue.things.items()
        if kind == "column"
        and (not known or name.rpartition(".")[0] in tables)
        and (not by_name or name.rpartition(".")[2] in mentioned)
    )


def _tables(judge: Judge, function: Node, statements: list[Node]) -> set[str]:
    """The tables of a body, those whose rows it takes as parameters, and those whose rows it gets as a trigger's."""
    named = {judge.catalogue.relation(each) for each in walk(statements) if isinstance(each, ast.RangeVar)}
    taken = {judge.catalogue.name(words(each.argType.names)) for each in function.parameters or ()}
    return named | {each for each in taken if judge.catalogue.get("relation", each)} | _fired_by(judge, function)


def _has_whole_rows(function: Node, statements: list[Node]) -> bool:
    """Whether a body may compare columns that it does not name, because it has rows as a whole."""
    nodes = list(walk(statements))
    tables = [each for each in nodes if isinstance(each, ast.RangeVar)]
    rows = {each.alias.aliasname if each.alias else each.relname for each in tables} | {"new", "old"}
    rows |= {str(each.name) for each in function.parameters or () if _is_own(each.argType)}
    parts = {id(each.arg) for each in nodes if isinstance(each, ast.A_Indirection)}
    return (
        bool(_ROWS.search(text_of(function)))
        or any(each.alias and each.alias.colnames for each in tables)
        or any(isinstance(each, ast.A_Star) or getattr(each, "isNatural", False) for each in nodes)
        or any(isinstance(each, ast.ParamRef) and id(each) not in parts for each in nodes)
        or any(isinstance(each, ast.ColumnRef) and words(each.fields)[-1] in rows for each in nodes)
    )


_ROWS = re.compile(r"\brecord\b|%\s*rowtype\b", re.IGNORECASE)
"""Variables in PL/pgSQL that hold a row."""


def reaches_the_same(judge: Judge, settings: list[Node], function: Node, seen: tuple[Node, ...] = ()) -> bool:
    """Whether functions that run in another one, by a call or as triggers, find theirs by its search path, too.

    Those that fix a path of their own do. Where `public` is in the new path, the others find what they found.
    """
    if all(PUBLIC in [literal(each) for each in it.args or ()] for it in settings if it.name == "search_path"):
        return True
    if _calls_as_column(judge, function):
        return False
    return all(
        names_by_schema(each)
        and finds_operators(judge, settings, each)
        and reaches_the_same(judge, settings, each, (*seen, function))
        for each in _runs(judge, function)
        if each not in seen
        and not any(it.defname == "set" and it.arg.name == "search_path" for it in each.options or ())
    )


def _calls_as_column(judge: Judge, function: Node) -> bool:
    """Whether a body may call a function as `row.function`, which is found by the search path.

    Source: PostgreSQL documentation, 'Using Composite Types in Queries'.
    """
    statements = list(body_of(Judge(judge.catalogue, ""), function, "the body"))
    names: set[str] = set()
    for each in walk(statements):
        if isinstance(each, ast.ColumnRef):
            names.update(words(each.fields)[1:])
        elif isinstance(each, ast.A_Indirection):
            names.update(words(each.indirection))
    tables = _tables(judge, function, statements)
    for kind, name in judge.catalogue.things:
        table, _, own = name.rpartition(".")
        if kind == "column" and table in tables:
            names.discard(own)
    return any(kind == "function" and name.rpartition(".")[2] in names for kind, name in judge.catalogue.things)


def _runs(judge: Judge, function: Node) -> Iterator[Node]:
    """The functions of the history that run in another one."""
    names = []
    for each in walk(list(body_of(Judge(judge.catalogue, ""), function, "the body"))):
        if isinstance(each, ast.FuncCall):
            names.append(judge.catalogue.name(words(each.funcname)))
        elif isinstance(each, WRITES):
            triggers = judge.catalogue.on("trigger", judge.catalogue.relation(each.relation)).values()
            names += [judge.catalogue.name(words(getattr(it.node, "funcname", None))) for it in triggers]
    for thing in filter(None, (judge.catalogue.get("function", each) for each in names)):
        yield from (each for each in (thing.node, *thing.others) if isinstance(each, ast.CreateFunctionStmt))


def _is_of_extension(node: Node) -> bool:
    """Whether an operator without a schema may be one of an extension for PostgreSQL's own types."""
    if not isinstance(node, ast.A_Expr) or len(node.name) > 1:
        return False
    modulo = any(each is not None and is_constant(each) for each in (node.lexpr, node.rexpr))
    return words(node.name)[0] in _OF_WORDS or (words(node.name) == ["%"] and not modulo)


def _fired_by(judge: Judge, function: Node) -> set[str]:
    """The tables whose rows it gets as the function of a trigger."""
    own = judge.catalogue.name(words(function.funcname))
    return {
        name.partition("/")[0]
        for (kind, name), thing in judge.catalogue.things.items()
        if kind == "trigger" and judge.catalogue.name(words(getattr(thing.node, "funcname", None))) == own
    }


def _is_closed(function: Node, statements: list[Node]) -> bool:
    """Whether all its values come from constants, from PostgreSQL's functions, and from parameters of its own types."""
    own = any(_is_own(each.argType) for each in function.parameters or ())
    result = words(function.returnType.names)[-1:] if function.returnType else []
    calls = [words(each.funcname) for each in walk(statements) if isinstance(each, ast.FuncCall)]
    return not own and result != ["trigger"] and all(each[-1] in pure_functions() for each in calls)


def _is_own(kind: Node) -> bool:
    """Whether a type is none of PostgreSQL's, as far as its name tells."""
    parts = words(kind.names)
    return parts[0] != "pg_catalog" and (len(parts) > 1 or parts[0] not in _BUILT_IN)
