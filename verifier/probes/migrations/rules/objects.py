"""Views, functions, types and other objects that a migration creates or alters."""

from __future__ import annotations

from contextlib import nullcontext

from pglast import ast, enums
from pglast.enums import ObjectType

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.alike import adds_columns, qualified, same_query
from verifier.probes.migrations.rules.code.bodies import look_at_calls, run_known
from verifier.probes.migrations.rules.columns import is_of_live_rows
from verifier.probes.migrations.rules.judging import HARMLESS, Judge, rule
from verifier.probes.migrations.rules.trees import (
    invokes,
    walk,
    words,
)
from verifier.probes.migrations.verdicts import named

HARMLESS |= {"CommentStmt", "CreateStatsStmt"}


def kind_in_words(object_type: enums.ObjectType) -> str:
    """The kind of an object as SQL spells it, in small letters."""
    return str(
        object_type.name.removeprefix("OBJECT_").replace("MATVIEW", "MATERIALIZED VIEW").replace("_", " ").lower()
    )


@rule("ViewStmt")
def _view(judge: Judge, node: Node) -> None:
    name = judge.catalogue.relation(node.view)
    node = qualified(node, judge.catalogue)
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
        same_query(old.query, node.query) or (after and adds_columns(old.query, node.query))
    ):
        judge.asks(named("the view {} has another definition", name))


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
    other = options.keys() - {"owned_by", "cache"} - ({"cycle"} if _keeps_ending(judge, name, options) else set())
    if other and not judge.may_be_new("relation", name) and not _counts_further(judge, name, options):
        judge.asks(named("the sequence {} is numbered differently", name))
    if other and (thing := judge.catalogue.get("relation", name)) and isinstance(thing.node, ast.CreateSeqStmt):
        kept = [each for each in thing.node.options or () if each.defname not in other]
        thing.node = ast.CreateSeqStmt(sequence=thing.node.sequence, options=(*kept, *(node.options or ())))


def _keeps_ending(judge: Judge, name: str, options: dict[str, Node]) -> bool:
    """Whether NO CYCLE says what holds anyhow."""
    thing = judge.catalogue.get("relation", name)
    before = {each.defname for each in getattr(thing.node if thing else None, "options", None) or ()}
    return "cycle" not in before and not getattr(options.get("cycle"), "boolval", True)


_LARGEST = {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": 2**63 - 1}


def _counts_further(judge: Judge, name: str, options: dict[str, Node]) -> bool:
    """Whether an ascending sequence gets an upper end that is no lower, and nothing else."""
    thing = judge.catalogue.get("relation", name)
    if not options.keys() <= {"as", "maxvalue", "owned_by", "cache"} or thing is None:
        return False
    if not isinstance(thing.node, ast.CreateSeqStmt):
        return False
    before = {each.defname: each.arg for each in thing.node.options or ()}
    if before.keys() & {"increment", "cycle"}:
        return False
    old, new = _end_of(before), _end_of({**before, **options})
    return old is not None and new is not None and old <= new


def _end_of(options: dict[str, Node]) -> int | None:
    """The upper end of a sequence with these options; None if it cannot be read."""
    most = options.get("maxvalue")
    if most is None:
        kind = words(options["as"].names)[-1] if options.get("as") else "int8"
        return _LARGEST.get(kind)
    text = getattr(most, "ival", None) or getattr(most, "fval", None)
    return int(text) if text is not None and str(text).lstrip("-").isdecimal() else None


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


@rule("CreateExtensionStmt")
def _extension(judge: Judge, node: Node) -> None:
    judge.make("extension", node.extname, node, unless_there=bool(node.if_not_exists))
