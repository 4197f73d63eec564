"""Views, functions, triggers, types and the rest; and DROP and RENAME of anything."""

from __future__ import annotations

import re
from contextlib import nullcontext

from pglast import ast, enums

from verifier.probes.migrations.catalogue import MANAGED
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.bodies import body_of, look_at_calls
from verifier.probes.migrations.rules.judging import ENDINGS, HARMLESS, Dropped, Judge, rule
from verifier.probes.migrations.rules.policies import drop_policy
from verifier.probes.migrations.rules.trees import canonical, kind, sql, walk, words
from verifier.probes.migrations.verdicts import Verdict

O = enums.ObjectType  # noqa: E741 - as short as PostgreSQL's own prefix
HARMLESS |= {"CommentStmt", "CreateStatsStmt", "CreateExtensionStmt"}
_RELATIONS = {
    O.OBJECT_TABLE,
    O.OBJECT_VIEW,
    O.OBJECT_MATVIEW,
    O.OBJECT_INDEX,
    O.OBJECT_SEQUENCE,
    O.OBJECT_FOREIGN_TABLE,
}
_ROUTINES = {O.OBJECT_FUNCTION, O.OBJECT_PROCEDURE, O.OBJECT_ROUTINE, O.OBJECT_AGGREGATE}
_TYPES = {O.OBJECT_TYPE, O.OBJECT_DOMAIN}
_CLIENTS = {"anon", "authenticated", "public"}


_RETURNS_NULL = re.compile(r"\breturn\s+null\b", re.IGNORECASE)


def _word(object_type: enums.ObjectType) -> str:
    return str(
        object_type.name.removeprefix("OBJECT_").replace("MATVIEW", "MATERIALIZED VIEW").replace("_", " ").lower()
    )


# ---- what is made


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
            f"{name} loses security_invoker: it shows what its reader may not read",
            "repeat WITH (security_invoker = true)",
        )
    elif not isinstance(old, ast.ViewStmt) or canonical(old.query) != canonical(node.query):
        judge.asks(f"the view {name} shows something else from now on")


def _invokes(node: Node) -> bool:
    options = {each.defname: each.arg for each in getattr(node, "options", None) or ()}
    value = options.get("security_invoker")
    said = str(getattr(value, "sval", getattr(value, "boolval", True))).lower()
    return "security_invoker" in options and said not in {"false", "off", "0"}


@rule("CreateFunctionStmt")
def _function(judge: Judge, node: Node) -> None:
    name = judge.catalogue.name(words(node.funcname))
    if name.split(".")[0] in MANAGED:
        judge.asks(f"the function {name} belongs to the platform, and policies may rely on it")
    old = judge.catalogue.get("function", name)
    variants = [] if old is None else [each for each in (old.node, *old.others) if each is not None]
    same = [each for each in variants if _signature(each) == _signature(node)]
    live = old is not None and not judge.may_be_new("function", name)
    if node.replace and live and same and canonical(same[0]) != canonical(node):
        judge.asks(f"the function {name} does something else from now on")
    with judge.perhaps() if node.replace else nullcontext():
        judge.make("function", name, node)
    judge.catalogue.things["function", name].others = tuple(each for each in variants if each not in same)


def _signature(node: Node) -> str:
    parameters = [each.argType for each in getattr(node, "parameters", None) or ()]
    return canonical(parameters)


@rule("CreateTrigStmt")
def _trigger(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.relation)
    name = f"{table}/{node.trigname}"
    old = judge.catalogue.get("trigger", name)
    if node.replace and old and canonical(old.node) != canonical(node) and not judge.may_be_new("relation", table):
        judge.asks(f"the trigger {node.trigname} of {table} does something else from now on")
    judge.make("trigger", name, node)
    if not judge.may_be_new("relation", table):
        _what_it_runs(judge, table, node)


def _what_it_runs(judge: Judge, table: str, node: Node) -> None:
    """From now on, what the function does happens with every write of a live table."""
    parts = words(node.funcname)
    function = judge.catalogue.get("function", judge.catalogue.name(parts))
    called = ".".join(parts)
    if function is None or function.node is None:
        if parts[-1] not in {"moddatetime", "tsvector_update_trigger", "suppress_redundant_updates_trigger"}:
            judge.asks(f"every write of {table} runs {called}() from now on, and what that does is not known here")
        return
    inner = Judge(judge.catalogue, judge.file, line=judge.line, certain=False)
    for statement in body_of(inner, function.node, f"the body of {called}"):
        inner.statement(statement)
    inner.findings = [each for each in inner.findings if each.verdict is not Verdict.BLOCKING]
    before = bool(int(node.timing or 0) & enums.TRIGGER_TYPE_BEFORE)
    if before and _RETURNS_NULL.search(" ".join(_body_text(function.node))):
        judge.asks(f"{called}() may leave out rows that are written to {table}")
    if inner.findings:
        judge.asks(f"every write of {table} from now on also {inner.findings[0].what}")


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
            f"the value {node.oldVal} of {name} is called otherwise from now on",
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
        judge.asks(f"the sequence {name} counts otherwise from now on")


@rule("CreatePublicationStmt")
def _publication(judge: Judge, node: Node) -> None:
    judge.make("publication", node.pubname, node)


@rule("AlterPublicationStmt")
def _alter_publication(judge: Judge, node: Node) -> None:
    if node.options:
        judge.asks(f"the publication {node.pubname} tells of other changes from now on")
    elif node.action == enums.AlterPublicationAction.AP_DropObjects:
        judge.destroys(f"the publication {node.pubname} no longer tells of a table", "leave it there")
    elif node.action == enums.AlterPublicationAction.AP_SetObjects:
        judge.destroys(f"the publication {node.pubname} tells of these tables only from now on", "ADD TABLE")


@rule("DefineStmt")
def _define(judge: Judge, node: Node) -> None:
    if node.kind == O.OBJECT_AGGREGATE and not node.replace:
        judge.make("function", judge.catalogue.name(words(node.defnames)), None)
    elif node.kind not in {O.OBJECT_COLLATION, O.OBJECT_TSDICTIONARY, O.OBJECT_TSCONFIGURATION}:
        judge.asks(f"defines a {_word(node.kind)}")


@rule("RuleStmt")
def _rewrite_rule(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.relation)
    if not judge.is_new("relation", table):
        judge.asks(f"a rule changes what statements on {table} do", "use a trigger, or let the application do it")


@rule("CreateRoleStmt")
def _role(judge: Judge, node: Node) -> None:
    powers = {each.defname for each in node.options or () if getattr(each.arg, "boolval", False)}
    powers &= {"superuser", "bypassrls", "createrole", "isreplication"}
    powers |= {each.defname for each in node.options or ()} & {"addroleto", "rolemembers", "adminmembers"}
    if powers:
        judge.asks(f"the role {node.role} gets {', '.join(sorted(powers))}")
    judge.make("role", node.role, node)


# ---- rights


@rule("GrantStmt")
def _grant(judge: Judge, node: Node) -> None:
    names = _granted(judge, node)
    new = bool(names) and all(judge.may_be_new(what, name) for what, name in names)
    if not node.is_grant:
        if not new:
            judge.destroys("takes rights away that programs may use", "leave them until nobody uses them")
        return
    roles = {str(each.rolename or "public") for each in node.grantees or ()}
    rights = {str(each.priv_name) for each in node.privileges or ()}
    if node.objtype == O.OBJECT_SCHEMA and roles & _CLIENTS and not new and (not rights or "create" in rights):
        judge.asks(f"{', '.join(sorted(roles & _CLIENTS))} may make objects of their own")
    if node.objtype != O.OBJECT_TABLE or not roles & _CLIENTS:
        return
    protected = names and all(judge.catalogue.get("protected", name) for _, name in names)
    if not new and not protected:
        judge.asks(f"{', '.join(sorted(roles & _CLIENTS))} may use tables that are not known to be protected")


def _granted(judge: Judge, node: Node) -> list[tuple[str, str]]:
    if node.targtype != enums.GrantTargetType.ACL_TARGET_OBJECT:
        return []
    names: list[tuple[str, str]] = []
    for each in node.objects or ():
        if isinstance(each, ast.RangeVar):
            names.append(("relation", judge.catalogue.relation(each)))
        elif isinstance(each, ast.ObjectWithArgs):
            names.append(("function", judge.catalogue.name(words(each.objname))))
        elif isinstance(each, ast.String):
            names.append(("schema", each.sval))
    return names


@rule("GrantRoleStmt")
def _grant_role(judge: Judge, node: Node) -> None:
    roles = [str(each.priv_name) for each in node.granted_roles or ()]
    if not node.is_grant:
        judge.destroys(f"takes the role {', '.join(roles)} away from its members", "leave it until nobody uses it")
    elif not all(judge.is_new("role", each) for each in roles):
        judge.asks(f"others get the rights of {', '.join(roles)}")


@rule("AlterDefaultPrivilegesStmt")
def _default_rights(judge: Judge, node: Node) -> None:
    grant = node.action
    roles = {str(each.rolename or "public") for each in grant.grantees or ()}
    if not grant.is_grant or (roles & _CLIENTS and grant.objtype == O.OBJECT_TABLE):
        judge.asks("changes who may use the tables of later migrations")


# ---- what is dropped or renamed


@rule("DropStmt")
def _drop(judge: Judge, node: Node) -> None:
    for each in node.objects or ():
        _drop_one(judge, node, each)


def _drop_one(judge: Judge, node: Node, each: Node) -> None:
    parts = words(each.names) if isinstance(each, ast.TypeName) else words(getattr(each, "objname", None) or each)
    parts = parts or ([each.sval] if isinstance(each, ast.String) else [])
    if node.removeType == O.OBJECT_POLICY:
        drop_policy(judge, judge.catalogue.name(parts[:-1]), parts[-1], careless=bool(node.missing_ok))
        return
    if node.removeType in {O.OBJECT_TRIGGER, O.OBJECT_RULE}:
        _drop_trigger(judge, judge.catalogue.name(parts[:-1]), parts[-1], node)
        return
    what = _kind_of(node.removeType)
    name = judge.catalogue.name(parts) if what in {"relation", "function", "type"} else ".".join(parts)
    if judge.is_new(what, name) and node.behavior != enums.DropBehavior.DROP_CASCADE:
        judge.forget(what, name)
        return
    if judge.is_new(what, name) and what == "relation":
        judge.asks(f"whatever hangs on {name} is dropped with it", "leave CASCADE out")
        judge.forget(what, name)
        return
    if node.removeType in {O.OBJECT_VIEW, *_ROUTINES} and node.behavior != enums.DropBehavior.DROP_CASCADE:
        known = judge.catalogue.get(what, name) is not None
        target = each if isinstance(each, ast.ObjectWithArgs) else None
        judge.dropped.append(Dropped(_word(node.removeType), name, target, judge.line, bool(node.missing_ok), known))
    else:
        judge.destroys(f"drops the {_word(node.removeType)} {name}", _later(_word(node.removeType)))
    judge.forget(what, name)


def _later(what: str) -> str:
    return f"stop using the {what} first, and drop it in a later migration that a person applies when nobody needs it"


def _kind_of(object_type: enums.ObjectType) -> str:
    if object_type in _RELATIONS:
        return "relation"
    if object_type in _ROUTINES:
        return "function"
    return "type" if object_type in _TYPES else _word(object_type)


def _drop_trigger(judge: Judge, table: str, trigger: str, node: Node) -> None:
    name = f"{table}/{trigger}"
    thing = judge.catalogue.get("trigger", name)
    if not judge.is_new("relation", table) and not judge.is_new("trigger", name):
        known = judge.catalogue.get("relation", table) is not None
        judge.dropped.append(
            Dropped("trigger", name, thing.node if thing else None, judge.line, bool(node.missing_ok), known)
        )
    judge.forget("trigger", name)


@ENDINGS.append
def _views_past_protection(judge: Judge) -> None:
    """A new view reads with its owner's rights, past row-level security, unless it says otherwise."""
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
                f"whoever may read the view {name} reads {', '.join(past)} past row-level security",
                "create it WITH (security_invoker = true)",
                line=judge.lines.get(("relation", name), 0),
            )


def _same_parameters(dropped: Node, made: Node) -> bool:
    return bool(dropped.args_unspecified) or canonical(list(dropped.objargs or ())) == _signature(made)


@ENDINGS.append
def _came_back(judge: Judge) -> None:
    """A view, a function or a trigger that the same file makes again."""
    for each in judge.dropped:
        if each.kind in {"constraint", "policy"}:
            continue
        what = "trigger" if each.kind == "trigger" else "relation" if each.kind == "view" else "function"
        again = judge.made.get((what, each.name))
        if isinstance(each.node, ast.ObjectWithArgs) and not _same_parameters(each.node, again):
            again = None
        if what == "trigger" and each.node is None and each.careless and each.known:
            continue  # the history of the table is known, and never made it
        if again is None:
            judge.destroys(f"drops the {each.kind} {each.name}", _later(each.kind), line=each.line)
        elif what == "function" or each.node is None or canonical(again) != canonical(each.node):
            judge.asks(
                f"the {each.kind} {each.name} is made anew: its rights are lost, and it may do something else",
                "CREATE OR REPLACE keeps the rights; let a person compare both",
                line=each.line,
            )


@rule("RenameStmt")
def _rename(judge: Judge, node: Node) -> None:
    old = (
        judge.catalogue.relation(node.relation) if node.relation else ".".join(words(node.object)) or str(node.subname)
    )
    if node.relation and judge.is_new("relation", old):
        judge.catalogue.rename(old, node.subname, node.newname)
        return
    if node.renameType in _TYPES | _ROUTINES and judge.is_new(
        _kind_of(node.renameType), judge.catalogue.name(words(node.object))
    ):
        return
    thing = f"{old}.{node.subname}" if node.relation and node.subname else old
    judge.destroys(
        f"{thing} is called {node.newname} from now on: every program that runs now looks for the old name",
        "add the new name beside the old one (a column, or a view), and let the application move over",
    )


@rule("AlterObjectSchemaStmt")
def _move(judge: Judge, node: Node) -> None:
    name = judge.catalogue.relation(node.relation) if node.relation else sql(node)
    if not (node.relation and judge.is_new("relation", name)):
        judge.destroys(f"{name} moves to the schema {node.newschema}: programs look for it in the old one", "leave it")


@rule("AlterOwnerStmt", "AlterFunctionStmt")
def _alter_object(judge: Judge, node: Node) -> None:
    target = getattr(node, "object", None) or getattr(node, "func", None)
    parts = words(getattr(target, "objname", None) or target)
    new = (
        any(judge.is_new(what, judge.catalogue.name(parts)) for what in ("function", "type", "relation"))
        if parts
        else False
    )
    schema = isinstance(target, ast.String) and judge.is_new("schema", target.sval)
    if not new and not schema:
        judge.asks(f"{kind(node).removesuffix('Stmt')} changes what {'.'.join(parts) or 'an object'} may do")


@rule(
    "DropdbStmt", "DropRoleStmt", "DropOwnedStmt", "ReassignOwnedStmt", "DropTableSpaceStmt", "DropSubscriptionStmt",
    "DropUserMappingStmt",
)  # fmt: skip
def _drop_more(judge: Judge, node: Node) -> None:
    judge.destroys(f"{kind(node).removesuffix('Stmt')} takes away what is live", "leave it where it is")
