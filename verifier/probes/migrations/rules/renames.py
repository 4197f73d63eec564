"""RENAME, and SET SCHEMA: running programs use the old name."""

from __future__ import annotations

import re

from pglast import ast, enums, parse_sql
from pglast.enums import ObjectType

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.access.roles import rights_on
from verifier.probes.migrations.rules.columns import is_whole
from verifier.probes.migrations.rules.drops import kind_of
from verifier.probes.migrations.rules.judging import ENDINGS, Dropped, Judge, rule
from verifier.probes.migrations.rules.trees import canonical, changed, sql, text_of, walk, words
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
            judge.rename(what, thing, _renamed_to(thing, node))
        return
    if node.renameType == ObjectType.OBJECT_TABLE and judge.begun and judge.certain and _view_of(judge, old):
        judge.drops(Dropped("table", old, node, judge.line, careless=False, known=True))
        judge.rename(what, old, _renamed_to(old, node))
        return
    thing = f"{old}.{node.subname}" if node.relation and node.subname else old
    judge.destroys(
        named("{} is renamed to {}: {lost}", thing, node.newname, lost=_BREAKS),
        _BESIDE,
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


def _renamed_to(old: str, node: Node) -> str:
    return "".join([*old.rpartition(".")[:2], node.newname])


def _view_of(judge: Judge, name: str) -> bool:
    """Whether the file makes a view of that name."""
    views = [each for each in judge.statements if isinstance(each, ast.ViewStmt)]
    return any(judge.catalogue.relation(each.view) == name for each in views)


@ENDINGS.append
def _stood_in_for(judge: Judge) -> None:
    """Tables that got another name: whether a view of the old one does what they did.

    Source: PostgreSQL documentation, CREATE VIEW, 'Updatable Views'.
    """
    for each in (each for each in judge.dropped if each.kind == "table"):
        new = _renamed_to(each.name, each.node)
        view = judge.made("relation").get(each.name)
        stands = view is not None and each.is_followed_by(view) and _shows_all(judge, view.node, new)
        apart = view is None or any(each.line <= at <= (view.line or 0) for at in judge.commits)
        if lost := _BREAKS if apart or not stands else _missed(judge, each.name, new):
            judge.destroys(named("{} is renamed to {}: {lost}", each.name, new, lost=lost), _BESIDE, line=each.line)
        else:
            judge.asks(
                named(
                    "{} is a view from now on: no program can TRUNCATE or COPY it, or name its constraints", each.name
                ),
                "see that none does, and that nobody subscribes to it; list the file as reviewed",
                line=each.line,
            )


_BREAKS = "running programs use the old name"
_BESIDE = "add the new name beside the old one (a column, or a view), and let the application move over"


def _shows_all(judge: Judge, view: Node, table: str) -> bool:
    """Whether a view shows every row and column of a table, and so can be written like it."""
    query = view.query if isinstance(view, ast.ViewStmt) and not view.aliases else None
    if not isinstance(query, ast.SelectStmt) or len(query.fromClause or ()) != 1:
        return False
    source, more = query.fromClause[0], changed(query, targetList=None, fromClause=None)
    if canonical(more) != _PLAIN or not isinstance(source, ast.RangeVar) or judge.catalogue.relation(source) != table:
        return False
    fields = [each.val.fields[-1] if isinstance(each.val, ast.ColumnRef) else None for each in query.targetList]
    if len(fields) == 1 and isinstance(fields[0], ast.A_Star):
        return True
    columns = [name.rpartition(".") for kind, name in judge.catalogue.things if kind == "column"]
    own = [name for of, _, name in columns if of == table]
    shown = [getattr(each, "sval", None) for each in fields]
    same = all(each.name in {None, name} for each, name in zip(query.targetList, shown, strict=True))
    return same and shown == own and is_whole(judge, table)


_PLAIN = canonical(changed(parse_sql("SELECT 1")[0].stmt, targetList=None))


def _missed(judge: Judge, old: str, new: str) -> str:
    """What a view of the old name does not do for the table that had it, in words; empty if nothing is known."""
    schema = old.rpartition(".")[0]
    publications = [thing.node for (kind, _), thing in judge.catalogue.things.items() if kind == "publication"]
    whole = any(each.schemas is None or schema in each.schemas for each in publications if each)
    if whole or judge.catalogue.on("published", new):
        return "subscribers are told of its changes by the new name"
    if lost := sorted(rights_on(judge, new) - rights_on(judge, old)):
        return f"{', '.join(dict.fromkeys(role for role, _ in lost))} may do less with the view that has the old name"
    for name, thing in ((name, it) for (kind, name), it in judge.catalogue.things.items() if kind == "function"):
        for each in (it for it in (thing.node, *thing.others) if isinstance(it, ast.CreateFunctionStmt)):
            types = [words(it.argType.names) for it in each.parameters or ()]
            if any(it and judge.catalogue.name(it) == old for it in types):
                return f"{name}() is no longer one of its columns"
            body = text_of(each)
            if re.search(rf"\b{re.escape(old.rpartition('.')[2])}\b", body) and _OF_TABLES.search(body):
                return f"{name}() may do with it what no view can"
    return ""


_OF_TABLES = re.compile(r"\b(?:truncate|copy|on\s+constraint|alter\s+table|ctid|xmin|tableoid)\b", re.IGNORECASE)
"""What fails where a view has the name of a table."""


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
