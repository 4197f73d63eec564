"""Views, functions, types and other objects that a migration creates or alters."""

from __future__ import annotations

import json
from contextlib import nullcontext

from pglast import Error, ast, enums
from pglast.enums import ObjectType
from pglast.parser import scan

from verifier.probes.migrations.catalogue import MANAGED
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.bodies import look_at_calls
from verifier.probes.migrations.rules.judging import ENDINGS, HARMLESS, Judge, rule
from verifier.probes.migrations.rules.trees import canonical, walk, words
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
    elif not isinstance(old, ast.ViewStmt) or not (
        canonical(old.query) == canonical(node.query) or (after and adds_columns(old.query, node.query))
    ):
        judge.asks(named("the view {} has another definition", name))


def adds_columns(old: Node, new: Node) -> bool:
    """Whether a query gives the same rows with more columns at the end, computed from each row alone."""
    if not (isinstance(old, ast.SelectStmt) and isinstance(new, ast.SelectStmt) and old.targetList and new.targetList):
        return False
    kept = len(old.targetList)
    added = list(walk(new.targetList[kept:]))
    return (
        canonical(old.targetList) == canonical(new.targetList[:kept])
        and all(canonical(getattr(old, name)) == canonical(getattr(new, name)) for name in old if name != "targetList")
        and not new.distinctClause
        and not any(isinstance(each, (ast.A_Star, ast.FuncCall, ast.SubLink)) for each in added)
    )


def same_function(old: Node, new: Node) -> bool:
    """Whether two functions are alike but for comments and spaces in their bodies."""
    return _respelled(old) == _respelled(new)


def _respelled(node: Node) -> str:
    whole = canonical(node)
    for option in node.options or ():
        if option.defname == "as":
            for body in words(option.arg):
                whole = whole.replace(json.dumps(body), json.dumps(_tokens(body)))
    return whole


def _tokens(body: str) -> str:
    """The text without comments, its tokens parted by one space; as it is where it cannot be read."""
    raw = body.encode()
    try:
        tokens = scan(body)
    except Error:
        return body
    return " ".join(raw[each.start : each.end + 1].decode() for each in tokens if not each.name.endswith("COMMENT"))


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
    if judge.is_new("type", name):
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
    options = {each.defname for each in node.options or ()}
    if not judge.may_be_new("relation", name) and not options <= {"owned_by", "cache"}:
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
