"""RENAME, and SET SCHEMA: running programs use the old name."""

from __future__ import annotations

from pglast import ast, enums
from pglast.enums import ObjectType

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.drops import kind_of
from verifier.probes.migrations.rules.judging import Judge, rule
from verifier.probes.migrations.rules.trees import sql, walk, words
from verifier.probes.migrations.verdicts import named

_LABELS = {
    ObjectType.OBJECT_INDEX: "",
    ObjectType.OBJECT_DOMCONSTRAINT: "",
    ObjectType.OBJECT_TABCONSTRAINT: "constraint",
    ObjectType.OBJECT_TRIGGER: "trigger",
    ObjectType.OBJECT_POLICY: "policy",
    ObjectType.OBJECT_RULE: "rule",
}
"""Kinds whose name no query needs, and as what the catalogue keeps those that belong to a table."""


@rule("RenameStmt")
def _rename(judge: Judge, node: Node) -> None:
    if node.renameType in _LABELS or _is_index(judge, node):
        _relabel(judge, node)
        return
    old = (
        judge.catalogue.relation(node.relation) if node.relation else ".".join(words(node.object)) or str(node.subname)
    )
    what, thing = _renamed(judge, node, old)
    for each in judge.catalogue.on("constraint", old).values() if what == "column" else ():
        each.doubted = each.doubted or node.subname in {part.sval for part in walk(each.node) if hasattr(part, "sval")}
    if judge.is_new(what, thing) or (what == "column" and judge.is_new("relation", old)):
        if node.renameType != ObjectType.OBJECT_ATTRIBUTE:
            judge.rename(what, thing, "".join([*thing.rpartition(".")[:2], node.newname]))
        return
    thing = f"{old}.{node.subname}" if node.relation and node.subname else old
    judge.destroys(
        named("{} is renamed to {}: running programs use the old name", thing, node.newname),
        "add the new name beside the old one (a column, or a view), and let the application move over",
    )


def _renamed(judge: Judge, node: Node, relation: str) -> tuple[str, str]:
    """The kind and the full name of what gets another name."""
    if node.renameType == ObjectType.OBJECT_ATTRIBUTE:
        return "type", relation
    if node.relation:
        return ("column", f"{relation}.{node.subname}") if node.subname else ("relation", relation)
    what = kind_of(node.renameType)
    parts = words(getattr(node.object, "objname", None) or node.object)
    return what, judge.catalogue.name(parts) if parts else relation


def _is_index(judge: Judge, node: Node) -> bool:
    """Whether it is an index; ALTER TABLE renames one, too."""
    thing = judge.catalogue.get("relation", judge.catalogue.relation(node.relation)) if node.relation else None
    return thing is not None and isinstance(thing.node, ast.IndexStmt) and not node.subname


def _relabel(judge: Judge, node: Node) -> None:
    """A new name for what no query names: only the catalogue has to follow."""
    if node.relation is None:
        return
    relation = judge.catalogue.relation(node.relation)
    thing = judge.catalogue.get("constraint", f"{relation}/{node.subname}")
    if (
        node.renameType == ObjectType.OBJECT_TABCONSTRAINT
        and not judge.may_be_new("relation", relation)
        and getattr(thing and thing.node, "contype", enums.ConstrType.CONSTR_FOREIGN) == enums.ConstrType.CONSTR_FOREIGN
    ):
        judge.asks(
            named("the foreign key {} of {} is renamed: requests that embed by its name fail", node.subname, relation),
            "see that no request of PostgREST names it as a hint",
        )
    if what := _LABELS.get(node.renameType):
        judge.rename(what, f"{relation}/{node.subname}", f"{relation}/{node.newname}")
    else:
        judge.rename("relation", relation, f"{relation.rpartition('.')[0]}.{node.newname}")


@rule("AlterObjectSchemaStmt")
def _move(judge: Judge, node: Node) -> None:
    parts = words(getattr(node.object, "objname", None) or node.object)
    name = judge.catalogue.relation(node.relation) if node.relation else judge.catalogue.name(parts) if parts else ""
    what = "relation" if node.relation else kind_of(node.objectType)
    if judge.is_new(what, name):
        judge.rename(what, name, f"{node.newschema}.{name.rpartition('.')[2]}")
    else:
        judge.destroys(
            named("{} moves to the schema {}: running programs use the old one", name or sql(node), node.newschema),
            "leave it",
        )
