"""Views, functions, types and other objects that a migration creates or alters."""

from __future__ import annotations

import re
from contextlib import nullcontext

from pglast import Error, ast, enums, parse_sql
from pglast.enums import ObjectType

from verifier.probes.migrations.catalogue import MANAGED, PUBLIC
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.code.bodies import look_at_calls, pure_functions, run_known
from verifier.probes.migrations.rules.columns import is_of_live_rows
from verifier.probes.migrations.rules.judging import ENDINGS, HARMLESS, Judge, rule
from verifier.probes.migrations.rules.trees import (
    COSTS,
    adds_columns,
    canonical,
    invokes,
    literal,
    respelled,
    walk,
    words,
)
from verifier.probes.migrations.verdicts import named

HARMLESS |= {"CommentStmt", "CreateStatsStmt", "CreateExtensionStmt"}


def kind_in_words(object_type: enums.ObjectType) -> str:
    """The kind of an object as SQL spells it, in small letters."""
    return str(
        object_type.name.removeprefix("OBJECT_").replace("MATVIEW", "MATERIALIZED VIEW").replace("_", " ").lower()
    )


@rule("ViewStmt")
def _view(judge: Judge, node: Node) -> None:
    name = judge.catalogue.relation(node.view)
    look_at_calls(judge, node.query.withClause if isinstance(node.query, ast.SelectStmt) else ())
    for each in (each for each in walk(node.query) if isinstance(each, ast.FuncCall)):
        run_known(judge, words(each.funcname))  # whoever reads the view calls it
    old = judge.catalogue.get("relation", name)
    if node.replace and old and not judge.may_be_new("relation", name):
        _replaced_view(judge, name, node, old.node)
    with judge.perhaps() if node.replace else nullcontext():
        judge.make("relation", name, node)


def _replaced_view(judge: Judge, name: str, node: Node, old: Node) -> None:
    before, after = invokes(old), invokes(node)
    if before and not after:
        judge.destroys(
            named("{} loses security_invoker: it shows rows that its reader may not read", name),
            "repeat WITH (security_invoker = true)",
        )
    elif not isinstance(old, ast.ViewStmt) or not (
        canonical(old.query) == canonical(node.query) or (after and adds_columns(old.query, node.query))
    ):
        judge.asks(named("the view {} has another definition", name))


def same_function(old: Node, new: Node) -> bool:
    """Whether two functions are alike but for comments, spaces and capital letters in their bodies, and for costs.

    A search path that is fixed by the new one counts as alike where the body names what it uses by its schema.
    """
    added = [each.arg for each in new.options or () if each.defname == "set"]
    fixed = any(each.defname == "set" for each in old.options or ())
    ignored = {"set"} if not fixed and all(is_harmless_setting(each, old) for each in added) else set()
    return respelled(old, ignored) == respelled(new, ignored)


_UNDISTURBED = {
    "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout", "work_mem",
    "maintenance_work_mem", "log_statement", "log_min_duration_statement", "application_name",
}  # fmt: skip
"""Settings of a function or a role that change no result; a timeout is looked at by itself."""
_SHORTEST = 1000
"""Milliseconds: a shorter timeout may cut off what runs today."""


def is_harmless_setting(node: Node, function: Node = None) -> bool:
    """Whether what a function or a role gets by SET changes no result of what runs.

    Args:
        node: the VariableSetStmt.
        function: whose it is, to see what its body names; None for a role.
    """
    if node.kind != enums.VariableSetKind.VAR_SET_VALUE:
        return False
    given = [
        literal(each) if literal(each) is not None else str(getattr(getattr(each, "val", None), "ival", ""))
        for each in node.args or ()
    ]
    if node.name == "search_path":
        return function is not None and (_keeps_public(given, function) or _names_by_schema(function))
    if not str(node.name).endswith("timeout"):
        return node.name in _UNDISTURBED
    found = re.fullmatch(r"(\d+) *(ms|s|min|h)?", given[0] or "") if len(given) == 1 else None
    if found is None or node.name not in _UNDISTURBED:
        return False
    waits = int(found.group(1)) * {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}[found.group(2) or "ms"]
    return waits == 0 or waits >= _SHORTEST


_OF_EXTENSIONS = re.compile(
    r"\b(?:crypt|digest|gen_random_bytes|gen_salt|hmac|uuid_generate_\w+|uuid_nil|\w*similarity|unaccent|st_\w+|vector)\b|"
    r"<[-=#]>|citext",
    re.IGNORECASE,
)
"""What Supabase keeps in the schema `extensions`, which is in the usual search path, too."""


def _keeps_public(path: list[str | None], function: Node) -> bool:
    """Whether the body finds all that it finds today: `public` comes first, and `extensions` where it may be needed."""
    usual = {PUBLIC, "pg_catalog", "pg_temp", "extensions", "$user", "auth"}
    body = "".join(text for each in function.options or () if each.defname == "as" for text in words(each.arg))
    return PUBLIC in path and set(path) <= usual and ("extensions" in path or not _OF_EXTENSIONS.search(body))


def _names_by_schema(function: Node) -> bool:
    """Whether a body in SQL names every table, type and function that is not PostgreSQL's by its schema."""
    options = {each.defname: each.arg for each in function.options or ()}
    if getattr(options.get("language"), "sval", "") != "sql" or function.sql_body:
        return bool(function.sql_body)
    try:
        trees = parse_sql("".join(words(options.get("as"))))
    except Error:
        return False
    for each in walk([tree.stmt for tree in trees]):
        if isinstance(each, ast.RangeVar) and not each.schemaname:
            return False
        if (
            isinstance(each, ast.FuncCall)
            and len(each.funcname) == 1
            and words(each.funcname)[0] not in pure_functions()
        ):
            return False
        if isinstance(each, ast.TypeName) and len(each.names or ()) == 1:
            return False
    return True


@rule("AlterFunctionStmt")
def _alter_function(judge: Judge, node: Node) -> None:
    """Costs, and settings that change no result, are let through."""
    name = judge.catalogue.name(words(node.func.objname))
    thing = judge.catalogue.get("function", name)
    known = thing.node if thing and isinstance(thing.node, ast.CreateFunctionStmt) and not thing.others else None
    harmless = all(
        each.defname in COSTS or (each.defname == "set" and known is not None and is_harmless_setting(each.arg, known))
        for each in node.actions
    )
    if not harmless and not judge.is_new("function", name):
        judge.asks(named("the function {} runs under other settings, or with other rights", name))


@rule("AlterRoleSetStmt")
def _role_setting(judge: Judge, node: Node) -> None:
    if not is_harmless_setting(node.setstmt):
        role = node.role.rolename if node.role else "every role"
        judge.asks(named("{} works under another setting: {}", role, node.setstmt.name or "all of them"))


@rule("CreateFunctionStmt")
def _function(judge: Judge, node: Node) -> None:
    name = judge.catalogue.name(words(node.funcname))
    if name.split(".")[0] in MANAGED:
        judge.asks(named("the function {} belongs to the platform, and policies may depend on it", name))
    old = judge.catalogue.get("function", name)
    variants = [] if old is None else [each for each in (old.node, *old.others) if each is not None]
    same = [each for each in variants if signature(each) == signature(node)]
    live = old is not None and not judge.may_be_new("function", name)
    if node.replace and live and same and not same_function(same[0], node):
        judge.asks(named("the function {} does something else from now on", name))
    with judge.perhaps() if node.replace else nullcontext():
        judge.make("function", name, node)
    judge.catalogue.things["function", name].others = tuple(each for each in variants if each not in same)


def signature(node: Node) -> str:
    """The types of a function's parameters, comparable as text."""
    parameters = [each.argType for each in getattr(node, "parameters", None) or ()]
    return canonical(parameters)


@rule("CreateEnumStmt", "CompositeTypeStmt", "CreateDomainStmt", "CreateRangeStmt")
def _type(judge: Judge, node: Node) -> None:
    names = getattr(node, "domainname", None) or getattr(node, "typeName", None)
    parts = [names.relname] if isinstance(names, ast.RangeVar) else words(names)
    parts = parts or ([node.typevar.relname] if getattr(node, "typevar", None) else [])
    judge.make("type", judge.catalogue.name(parts), node)


@rule("AlterDomainStmt")
def _domain(judge: Judge, node: Node) -> None:
    """A domain is part of every column that has it, and of every function that takes it."""
    name = judge.catalogue.name(words(node.typeName))
    if judge.is_new("type", name) and not is_of_live_rows(judge, name):
        return
    if node.subtype == "X":
        judge.destroys(named("the domain {} loses the constraint {}", name, node.name), "leave it")
    elif node.subtype == "O":
        judge.destroys(named("the domain {} rejects NULL, which programs may still write", name), _DOMAIN)
    elif node.subtype == "V" or (node.subtype == "C" and not node.def_.skip_validation):
        judge.blocks(named("every column of the domain {} is checked while nobody can write", name), _DOMAIN)
    else:
        judge.asks(named("the domain {} takes other values, or has another default", name))


_DOMAIN = "ADD CONSTRAINT … NOT VALID now; VALIDATE CONSTRAINT in a later migration, when every program keeps to it"


@rule("AlterEnumStmt")
def _enum(judge: Judge, node: Node) -> None:
    name = judge.catalogue.name(words(node.typeName))
    if node.oldVal and not judge.is_new("type", name):
        judge.destroys(
            named("the value {} of {} is renamed", node.oldVal, name),
            "add a value, and let programs move over",
        )


@rule("CreateSchemaStmt")
def _schema(judge: Judge, node: Node) -> None:
    judge.make("schema", str(node.schemaname or ""), node, unless_there=bool(node.if_not_exists))
    before, judge.catalogue.path = judge.catalogue.path, node.schemaname or judge.catalogue.path
    for each in node.schemaElts or ():
        judge.statement(each)
    judge.catalogue.path = before


@rule("CreateSeqStmt")
def _sequence(judge: Judge, node: Node) -> None:
    judge.make("relation", judge.catalogue.relation(node.sequence), node, unless_there=bool(node.if_not_exists))


@rule("AlterSeqStmt")
def _alter_sequence(judge: Judge, node: Node) -> None:
    name = judge.catalogue.relation(node.sequence)
    options = {each.defname: each.arg for each in node.options or ()}
    owner = words(options.get("owned_by"))
    if not judge.is_new("relation", name):
        judge.holds(judge.catalogue.name(owner[:-1]), *owner[-1:])
    if not judge.may_be_new("relation", name) and not options.keys() <= {"owned_by", "cache"}:
        judge.asks(named("the sequence {} is numbered differently", name))


@rule("DefineStmt")
def _define(judge: Judge, node: Node) -> None:
    if node.kind == ObjectType.OBJECT_AGGREGATE and not node.replace:
        judge.make("function", judge.catalogue.name(words(node.defnames)), None)
    elif node.kind not in {
        ObjectType.OBJECT_COLLATION,
        ObjectType.OBJECT_TSDICTIONARY,
        ObjectType.OBJECT_TSCONFIGURATION,
    }:
        judge.asks(named("defines a {}", kind_in_words(node.kind)))


@ENDINGS.append
def _views_past_protection(judge: Judge) -> None:
    """A new view bypasses row-level security unless it is `security_invoker`."""
    for name, thing in judge.made("relation").items():
        node, invoker = thing.node, judge.catalogue.get("invoker", name)
        if not isinstance(node, ast.ViewStmt) or invokes(node) or invoker:
            continue
        read = {judge.catalogue.relation(each) for each in walk(node.query) if isinstance(each, ast.RangeVar)}
        past = sorted(
            each for each in read if judge.catalogue.get("protected", each) and not judge.is_new("relation", each)
        )
        if past:
            judge.asks(
                named("whoever may read the view {} reads {} past row-level security", name, ", ".join(past)),
                "create it WITH (security_invoker = true)",
                line=thing.line,
            )
