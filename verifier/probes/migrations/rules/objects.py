"""Views, functions, triggers, types and other objects that a migration creates or alters."""

from __future__ import annotations

import re
from contextlib import nullcontext

from pglast import ast, enums
from pglast.enums import ObjectType

from verifier.probes.migrations.catalogue import MANAGED
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.bodies import body_of, look_at_calls
from verifier.probes.migrations.rules.judging import ENDINGS, HARMLESS, Judge, rule
from verifier.probes.migrations.rules.trees import canonical, walk, words
from verifier.probes.migrations.verdicts import MigrationVerdict, named

HARMLESS |= {"CommentStmt", "CreateStatsStmt", "CreateExtensionStmt"}


_RETURNS_NULL = re.compile(r"\breturn\s+null\b", re.IGNORECASE)


def kind_in_words(object_type: enums.ObjectType) -> str:
    """The kind of an object as SQL spells it, in small letters."""
    return str(
        object_type.name.removeprefix("OBJECT_").replace("MATVIEW", "MATERIALIZED VIEW").replace("_", " ").lower()
    )


@rule("ViewStmt")
def _view(judge: Judge, node: Node) -> None:
    name = judge.catalogue.relation(node.view)
    look_at_calls(judge, node.query.withClause if isinstance(node.query, ast.SelectStmt) else ())
    old = judge.catalogue.get("relation", name)
    if node.replace and old and not judge.may_be_new("relation", name):
        _replaced_view(judge, name, node, old.node)
    with judge.perhaps() if node.replace else nullcontext():
        judge.make("relation", name, node)


def _replaced_view(judge: Judge, name: str, node: Node, old: Node) -> None:
    before, after = _invokes(old), _invokes(node)
    if before and not after:
        judge.destroys(
            named("{} loses security_invoker: it shows rows that its reader may not read", name),
            "repeat WITH (security_invoker = true)",
        )
    elif not isinstance(old, ast.ViewStmt) or canonical(old.query) != canonical(node.query):
        judge.asks(named("the view {} has another definition", name))


def _invokes(node: Node) -> bool:
    options = {each.defname: each.arg for each in getattr(node, "options", None) or ()}
    value = options.get("security_invoker")
    said = str(getattr(value, "sval", getattr(value, "boolval", True))).lower()
    return "security_invoker" in options and said not in {"false", "off", "0"}


@rule("CreateFunctionStmt")
def _function(judge: Judge, node: Node) -> None:
    name = judge.catalogue.name(words(node.funcname))
    if name.split(".")[0] in MANAGED:
        judge.asks(named("the function {} belongs to the platform, and policies may depend on it", name))
    old = judge.catalogue.get("function", name)
    variants = [] if old is None else [each for each in (old.node, *old.others) if each is not None]
    same = [each for each in variants if signature(each) == signature(node)]
    live = old is not None and not judge.may_be_new("function", name)
    if node.replace and live and same and canonical(same[0]) != canonical(node):
        judge.asks(named("the function {} does something else from now on", name))
    with judge.perhaps() if node.replace else nullcontext():
        judge.make("function", name, node)
    judge.catalogue.things["function", name].others = tuple(each for each in variants if each not in same)


def signature(node: Node) -> str:
    """The types of a function's parameters, comparable as text."""
    parameters = [each.argType for each in getattr(node, "parameters", None) or ()]
    return canonical(parameters)


@rule("CreateTrigStmt")
def _trigger(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.relation)
    name = f"{table}/{node.trigname}"
    old = judge.catalogue.get("trigger", name)
    if node.replace and old and canonical(old.node) != canonical(node) and not judge.may_be_new("relation", table):
        judge.asks(named("the trigger {} of {} does something else from now on", node.trigname, table))
    judge.make("trigger", name, node)
    if not judge.may_be_new("relation", table):
        _what_it_runs(judge, table, node)


def _what_it_runs(judge: Judge, table: str, node: Node) -> None:
    """Judge the trigger's function, which runs with every write to a live table."""
    parts = words(node.funcname)
    function = judge.catalogue.get("function", judge.catalogue.name(parts))
    called = ".".join(parts)
    if function is None or function.node is None:
        if parts[-1] not in {"moddatetime", "tsvector_update_trigger", "suppress_redundant_updates_trigger"}:
            judge.asks(named("every write of {} runs {}() from now on, whose effect is not known here", table, called))
        return
    inner = Judge(judge.catalogue, judge.file, line=judge.line, certain=False)
    for statement in body_of(inner, function.node, f"the body of {called}"):
        inner.statement(statement)
    inner.findings = [each for each in inner.findings if each.verdict is not MigrationVerdict.BLOCKING]
    before = bool(int(node.timing or 0) & enums.TRIGGER_TYPE_BEFORE)
    if before and _RETURNS_NULL.search(" ".join(_body_text(function.node))):
        judge.asks(named("{}() may leave out rows that are written to {}", called, table))
    if inner.findings:
        judge.asks(named("every write of {} from now on also {}", table, inner.findings[0].what))


def _body_text(node: Node) -> list[str]:
    return words(next((each.arg for each in node.options or () if each.defname == "as"), ()))


@rule("CreateEnumStmt", "CompositeTypeStmt", "CreateDomainStmt", "CreateRangeStmt")
def _type(judge: Judge, node: Node) -> None:
    names = getattr(node, "domainname", None) or getattr(node, "typeName", None)
    parts = [names.relname] if isinstance(names, ast.RangeVar) else words(names)
    parts = parts or ([node.typevar.relname] if getattr(node, "typevar", None) else [])
    judge.make("type", judge.catalogue.name(parts), node)


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
    options = {each.defname for each in node.options or ()}
    if not judge.is_new("relation", name) and not options <= {"owned_by", "cache"}:
        judge.asks(named("the sequence {} is numbered differently", name))


@rule("CreatePublicationStmt")
def _publication(judge: Judge, node: Node) -> None:
    judge.make("publication", node.pubname, node)


@rule("AlterPublicationStmt")
def _alter_publication(judge: Judge, node: Node) -> None:
    if node.options:
        judge.asks(named("the publication {} publishes other changes", node.pubname))
    elif node.action == enums.AlterPublicationAction.AP_DropObjects:
        judge.destroys(named("the publication {} no longer publishes a table", node.pubname), "leave it there")
    elif node.action == enums.AlterPublicationAction.AP_SetObjects:
        judge.destroys(named("the publication {} publishes only these tables", node.pubname), "ADD TABLE")


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


@rule("RuleStmt")
def _rewrite_rule(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.relation)
    if not judge.is_new("relation", table):
        judge.asks(
            named("a rule changes what statements on {} do", table), "use a trigger, or let the application do it"
        )


@ENDINGS.append
def _views_past_protection(judge: Judge) -> None:
    """A new view bypasses row-level security unless it is `security_invoker`."""
    for (what, name), node in judge.made.items():
        invoker = judge.catalogue.get("invoker", name)
        if what != "relation" or not isinstance(node, ast.ViewStmt) or _invokes(node) or invoker:
            continue
        read = {judge.catalogue.relation(each) for each in walk(node.query) if isinstance(each, ast.RangeVar)}
        past = sorted(
            each for each in read if judge.catalogue.get("protected", each) and not judge.is_new("relation", each)
        )
        if past:
            judge.asks(
                named("whoever may read the view {} reads {} past row-level security", name, ", ".join(past)),
                "create it WITH (security_invoker = true)",
                line=judge.lines.get(("relation", name), 0),
            )
