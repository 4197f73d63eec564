"""DROP of anything but columns and constraints."""

from __future__ import annotations

from pglast import ast, enums
from pglast.enums import ObjectType

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.access.policies import drop_policy
from verifier.probes.migrations.rules.access.roles import COMMANDS, rights_on
from verifier.probes.migrations.rules.alike import grown_view, qualified, same_trigger
from verifier.probes.migrations.rules.code.functions import same_function
from verifier.probes.migrations.rules.indexes import ALONE, is_repeated
from verifier.probes.migrations.rules.judging import ENDINGS, Dropped, Judge, rule
from verifier.probes.migrations.rules.objects import kind_in_words
from verifier.probes.migrations.rules.trees import canonical, kind, same_types, signature, taken, words
from verifier.probes.migrations.transactions import takes_along
from verifier.probes.migrations.verdicts import named

_CASCADE = enums.DropBehavior.DROP_CASCADE
_RELATIONS = {
    ObjectType.OBJECT_TABLE,
    ObjectType.OBJECT_VIEW,
    ObjectType.OBJECT_MATVIEW,
    ObjectType.OBJECT_INDEX,
    ObjectType.OBJECT_SEQUENCE,
    ObjectType.OBJECT_FOREIGN_TABLE,
}


_ROUTINES = {
    ObjectType.OBJECT_FUNCTION,
    ObjectType.OBJECT_PROCEDURE,
    ObjectType.OBJECT_ROUTINE,
    ObjectType.OBJECT_AGGREGATE,
}


_TYPES = {ObjectType.OBJECT_TYPE, ObjectType.OBJECT_DOMAIN}


_WITHOUT_ROWS = {
    ObjectType.OBJECT_VIEW,
    ObjectType.OBJECT_MATVIEW,
    ObjectType.OBJECT_INDEX,
    *_ROUTINES,
    *_TYPES,
}


@rule("DropStmt")
def _drop(judge: Judge, node: Node) -> None:
    for each in node.objects or ():
        _drop_one(judge, node, each)
    if node.behavior == _CASCADE:
        for thing in judge.catalogue.things.values():
            thing.doubted = thing.doubted or isinstance(thing.node, ast.IndexStmt)


def _drop_one(judge: Judge, node: Node, each: Node) -> None:
    parts = words(each.names) if isinstance(each, ast.TypeName) else words(getattr(each, "objname", None) or each)
    parts = parts or ([each.sval] if isinstance(each, ast.String) else [])
    if node.removeType == ObjectType.OBJECT_POLICY:
        drop_policy(judge, judge.catalogue.name(parts[:-1]), parts[-1], careless=bool(node.missing_ok))
        return
    if node.removeType in {ObjectType.OBJECT_TRIGGER, ObjectType.OBJECT_RULE}:
        _drop_trigger(judge, judge.catalogue.name(parts[:-1]), parts[-1], node)
        return
    what = kind_of(node.removeType)
    name = judge.catalogue.name(parts) if what in {"relation", "function", "type"} else ".".join(parts)
    if judge.is_new(what, name):
        if node.behavior == _CASCADE and (
            (what, name) not in judge.born or takes_along(judge.statements, name, judge.catalogue, judge.born)
        ):
            judge.destroys(named("everything that depends on {} is dropped with it", name), "leave CASCADE out")
        judge.forget(what, name)
        return
    if _never_was(judge, node, what, name) or _is_another(judge, node, name, each):
        return
    if node.removeType == ObjectType.OBJECT_INDEX and node.behavior != _CASCADE and is_repeated(judge, name):
        if node.concurrent and not judge.alone:
            judge.asks(named("{} is dropped CONCURRENTLY, which fails beside others in a transaction", name), ALONE)
        judge.forget(what, name)
        return
    if node.removeType in {ObjectType.OBJECT_VIEW, *_ROUTINES} and node.behavior != _CASCADE:
        known = judge.catalogue.get(what, name) is not None
        target = each if isinstance(each, ast.ObjectWithArgs) else None
        gone = Dropped(kind_in_words(node.removeType), name, target, judge.line, bool(node.missing_ok), known)
        gone.old, gone.granted = _former(judge, what, name, target), judge.catalogue.get("rights", name) is not None
        gone.rights = frozenset(rights_on(judge, name))
        judge.drops(gone)
    elif _is_made_anew(judge, node, name):
        judge.asks(
            named("drops the table {}, if somebody has made it by hand, and makes it anew", name),
            "see that the live database has no such table, or no rows in it that anybody needs",
        )
    else:
        judge.destroys(
            named("drops the {kind} {}", name, kind=kind_in_words(node.removeType)),
            _later(kind_in_words(node.removeType)),
        )
    judge.forget(what, name)


def _former(judge: Judge, what: str, name: str, target: Node) -> Node:
    """The definition of what is dropped; None if it is not known which one that is."""
    thing = judge.catalogue.get(what, name)
    if thing is None or what != "function":
        return thing and thing.node
    variants = [each for each in (thing.node, *thing.others) if isinstance(each, ast.CreateFunctionStmt)]
    if target is None or target.args_unspecified:
        return variants[0] if len(variants) == 1 else None
    return next((each for each in variants if _same_parameters(judge, target, each)), None)


def _never_was(judge: Judge, node: Node, what: str, name: str) -> bool:
    """Whether DROP IF EXISTS names what the known history of its schema never made, and what holds no rows anyway.

    A table may have been made by hand, and its rows do not come back.
    """
    schema = name.rpartition(".")[0]
    return (
        bool(node.missing_ok)
        and node.removeType in _WITHOUT_ROWS
        and node.behavior != _CASCADE
        and judge.catalogue.get(what, name) is None
        and judge.catalogue.knows(schema)
    )


def _is_another(judge: Judge, node: Node, name: str, target: Node) -> bool:
    """Whether DROP FUNCTION IF EXISTS names parameters that no function of this name has, all of which are known."""
    thing = judge.catalogue.get("function", name)
    variants = [thing.node, *thing.others] if thing else []
    if not (node.missing_ok and isinstance(target, ast.ObjectWithArgs) and variants) or target.args_unspecified:
        return False
    types = list(target.objargs or ())
    return all(isinstance(each, ast.CreateFunctionStmt) and not same_types(types, taken(each)) for each in variants)


def _is_made_anew(judge: Judge, node: Node, name: str) -> bool:
    """Whether DROP TABLE IF EXISTS names what the known history of its schema never made, and this file makes then."""
    makes = [each for each in judge.statements if isinstance(each, ast.CreateStmt) and not each.if_not_exists]
    return (
        node.removeType == ObjectType.OBJECT_TABLE
        and bool(node.missing_ok)
        and judge.certain
        and node.behavior != _CASCADE
        and judge.catalogue.get("relation", name) is None
        and judge.catalogue.knows(name.rpartition(".")[0])
        and any(judge.catalogue.relation(each.relation) == name for each in makes)
    )


def _later(what: str) -> str:
    return f"stop using the {what} first, and drop it in a later migration that a person applies when nobody needs it"


def kind_of(object_type: enums.ObjectType) -> str:
    """The kind under which the catalogue keeps such an object."""
    if object_type in _RELATIONS:
        return "relation"
    if object_type in _ROUTINES:
        return "function"
    return "type" if object_type in _TYPES else kind_in_words(object_type)


def _drop_trigger(judge: Judge, table: str, trigger: str, node: Node) -> None:
    name = f"{table}/{trigger}"
    thing = judge.catalogue.get("trigger", name)
    if not judge.is_new("relation", table) and not judge.is_new("trigger", name):
        known = judge.catalogue.get("relation", table) is not None
        judge.drops(Dropped("trigger", name, thing.node if thing else None, judge.line, bool(node.missing_ok), known))
    judge.forget("trigger", name)


def _same_parameters(judge: Judge, dropped: Node, made: Node) -> bool:
    types = qualified(dropped.objargs or (), judge.catalogue)
    return bool(dropped.args_unspecified) or canonical(types) == signature(made)


@ENDINGS.append
def _came_back(judge: Judge) -> None:
    """Dropped views, functions and triggers: whether the same file creates them again."""
    for each in judge.dropped:
        if each.kind in {"constraint", "policy", "table"}:
            continue
        thing = judge.made(each.what).get(each.name)
        again = thing.node if thing and each.is_followed_by(thing) else None
        if isinstance(each.node, ast.ObjectWithArgs) and not _same_parameters(judge, each.node, again):
            again = None
        if each.never_was:
            continue
        if again is None:
            judge.destroys(named("drops the {kind} {}", each.name, kind=each.kind), _later(each.kind), line=each.line)
        elif lost := _lost(each, again) or _rights_lost(judge, each):
            judge.destroys(
                named("the {kind} {} is created again, {lost}", each.name, kind=each.kind, lost=lost), _LATER
            )
        elif not _is_alike(judge, each, again):
            judge.asks(
                named(
                    "the {kind} {} is created again: its grants are lost, and it may do something else",
                    each.name,
                    kind=each.kind,
                ),
                "CREATE OR REPLACE keeps the rights; let a person compare both",
                line=each.line,
            )


_LATER = "add another one beside it, and drop the old one when no program uses it"


def _lost(dropped: Dropped, again: Node) -> str | None:
    """What a view or a function no longer has, for which programs may ask; None if nothing, or if that is not known."""
    old = dropped.old
    if dropped.kind == "view" and isinstance(old, ast.ViewStmt) and isinstance(again, ast.ViewStmt):
        before, after = (_columns(each) for each in (old, again))
        gone = [each for each in before or () if after is not None and each not in after]
        return f"without {', '.join(gone)}" if gone else None
    if isinstance(old, ast.CreateFunctionStmt) and isinstance(again, ast.CreateFunctionStmt) and old.returnType:
        return None if canonical(old.returnType) == canonical(again.returnType) else "with another result"
    return None


def _rights_lost(judge: Judge, dropped: Dropped) -> str | None:
    """Which rights on a view are not given again."""
    gone = sorted(dropped.rights - rights_on(judge, dropped.name)) if dropped.kind == "view" else ()
    return (
        named("and {}", "; ".join(f"{role} can no longer {COMMANDS[right]} it" for role, right in gone))
        if gone
        else None
    )


def _columns(view: Node) -> list[str] | None:
    """The names of a view's columns, if they stand in its text."""
    if view.aliases:
        return words(view.aliases)
    found = []
    for each in getattr(view.query, "targetList", None) or ():
        last = each.val.fields[-1] if isinstance(each.val, ast.ColumnRef) else None
        name = each.name or getattr(last, "sval", None)
        if name is None:
            return None
        found.append(str(name))
    return found


def _is_alike(judge: Judge, dropped: Dropped, again: Node) -> bool:
    """Whether what is created again does the same, and has the rights that it had."""
    if dropped.kind == "trigger":
        return same_trigger(judge.catalogue, dropped.node, again)
    if isinstance(dropped.old, ast.CreateFunctionStmt):
        return not dropped.granted and same_function(dropped.old, again)
    # A view has the default rights then, which are those of every new table: the file has to say who reads it.
    told = bool(judge.catalogue.on("granted", dropped.name)) and rights_on(judge, dropped.name) == dropped.rights
    return told and isinstance(dropped.old, ast.ViewStmt) and grown_view(dropped.old, again)


@rule(
    "DropdbStmt", "DropRoleStmt", "DropOwnedStmt", "ReassignOwnedStmt", "DropTableSpaceStmt", "DropSubscriptionStmt",
    "DropUserMappingStmt",
)  # fmt: skip
def _drop_more(judge: Judge, node: Node) -> None:
    judge.destroys(named("{} removes something live", kind(node).removesuffix("Stmt")), "leave it where it is")
