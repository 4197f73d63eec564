"""GRANT and REVOKE, roles, owners, default privileges."""

from __future__ import annotations

from itertools import product

from pglast import ast, enums
from pglast.enums import ObjectType

from verifier.probes.migrations.catalogue import PUBLIC, Birth, Thing
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.access.roles import ABOVE, CLIENTS, COMMANDS, EVERYBODY, noted, requested
from verifier.probes.migrations.rules.drops import kind_of
from verifier.probes.migrations.rules.judging import Judge, rule
from verifier.probes.migrations.rules.objects import kind_in_words
from verifier.probes.migrations.rules.trees import is_any, kind, sql, words
from verifier.probes.migrations.verdicts import named

_CLIENTS = {"anon", "authenticated", "public"}
_UNUSED = frozenset({"truncate", "references", "trigger", "maintain"})
"""Rights on a table that no request of PostgREST uses."""
_ALL = frozenset({*COMMANDS, *_UNUSED})
_KEPT = {
    ObjectType.OBJECT_TABLE,
    ObjectType.OBJECT_SEQUENCE,
    ObjectType.OBJECT_SCHEMA,
    ObjectType.OBJECT_FUNCTION,
    ObjectType.OBJECT_PROCEDURE,
    ObjectType.OBJECT_ROUTINE,
}
"""Kinds on which the history tells who has rights."""
_TAKEN = {"relation": "revoked", "function": "barred"}
"""Kind → under which the catalogue keeps what was taken away."""


@rule("CreateRoleStmt")
def _role(judge: Judge, node: Node) -> None:
    powers = {each.defname for each in node.options or () if getattr(each.arg, "boolval", False)}
    powers &= {"superuser", "bypassrls", "createrole", "isreplication"}
    powers |= {each.defname for each in node.options or ()} & {"addroleto", "rolemembers", "adminmembers"}
    if powers:
        judge.asks(named("the role {} gets {}", node.role, ", ".join(sorted(powers))))
    _note_members(judge, node.role, node.options)
    judge.make("role", node.role, node)


@rule("AlterRoleStmt")
def _alter_role(judge: Judge, node: Node) -> None:
    _note_members(judge, str(node.role.rolename or "public"), node.options)
    judge.asks(named("the role {} gets other powers, or other members", node.role.rolename or "that is current"))


def _note_members(judge: Judge, role: str, options: tuple[Node, ...] | None) -> None:
    """Note who becomes a member of a role, and of which it becomes one."""
    for each in options or ():
        others = [str(it.rolename or "public") for it in each.arg] if isinstance(each.arg, tuple) else []
        for other in others if each.defname in {"rolemembers", "adminmembers", "addroleto"} else ():
            member, of = (role, other) if each.defname == "addroleto" else (other, role)
            judge.catalogue.add("member", f"{member}/{of}", Thing(Birth.LIVE, each))


@rule("GrantStmt")
def _grant(judge: Judge, node: Node) -> None:
    names = _granted(judge, node)
    idle = not node.is_grant and _takes_nothing(judge, node, names)
    _keep_account(judge, node, names)
    _note_all(judge, node, [name for _, name in names])
    new = bool(names) and all(judge.may_be_new(what, name) for what, name in names)
    if not node.is_grant:
        compared = {each.name for each in judge.dropped if each.kind in {"table", "view"}}
        if not new and not (names and {name for _, name in names} <= compared) and not idle:
            judge.destroys("revokes grants that programs may use", "leave them until nobody uses them")
        return
    roles = {str(each.rolename or "public") for each in node.grantees or ()}
    rights = {str(each.priv_name) for each in node.privileges or ()}
    if node.objtype == ObjectType.OBJECT_SCHEMA and roles & _CLIENTS and not new and (not rights or "create" in rights):
        judge.asks(named("{} may make objects of their own", ", ".join(sorted(roles & _CLIENTS))))
    if node.objtype != ObjectType.OBJECT_TABLE or not roles & _CLIENTS:
        return
    protected = names and all(judge.catalogue.get("protected", name) for _, name in names)
    anew = bool(names) and all(judge.comes_back(what, name) for what, name in names)
    if not new and not protected and not anew:
        judge.asks(named("{} may use tables that are not known to be protected", ", ".join(sorted(roles & _CLIENTS))))


def _takes_nothing(judge: Judge, node: Node, names: list[tuple[str, str]]) -> bool:
    """Whether who is named never had it by the history, lost all of it before, or keeps what is of use to a request.

    Source: PostgREST documentation, 'Tables and Views': a request reads, inserts, updates and deletes, and calls
    functions, one of which may empty a table.
    """
    if not names or node.grant_option or node.objtype not in _KEPT:
        return False
    roles = [str(each.rolename or "public") for each in node.grantees or ()]
    left = [(*each, role) for each, role in product(names, roles) if not _never_had(judge, *each, role)]
    return not left or _took_before(judge, node, left)


def _never_had(judge: Judge, what: str, name: str, role: str) -> bool:
    """Whether nothing gave a role of the history, or everybody, a right on something that the history made.

    Source: PostgreSQL documentation, GRANT: by default everybody has rights on functions, types and languages, and none
    on tables, sequences and new schemas.
    """
    thing = judge.catalogue.get(what, name)
    maker = getattr(getattr(thing.node if thing else None, "authrole", None), "rolename", None)
    made = thing is not None and name != PUBLIC and not is_any(name) and maker != role
    told = judge.catalogue.get("role", role) is not None and role not in {*CLIENTS, *ABOVE}
    given = noted(judge, "given", name)
    known = told or (role == EVERYBODY and what in {"relation", "schema"})
    owns = judge.catalogue.get("owner", role) is not None
    return made and known and not owns and role not in given and not any(map(is_any, (role, *given)))


def _took_before(judge: Judge, node: Node, left: list[tuple[str, str, str]]) -> bool:
    """Whether the history took away all that a REVOKE takes from these roles, but for what no request uses."""
    on_functions = kind_of(node.objtype) == "function"
    if not (on_functions or node.objtype == ObjectType.OBJECT_TABLE):
        return False
    functions = [judge.catalogue.get("function", name) for _, name, _ in left] if on_functions else []
    if on_functions and all(it is not None and _runs_by_trigger(it) for it in functions):
        return True
    if any(each.cols for each in node.privileges or ()) or any(it is None or it.others for it in functions):
        return False
    rights = {str(each.priv_name) for each in node.privileges or ()} or _ALL
    if rights & _UNUSED and {role for *_, role in left} <= {*CLIENTS} and not _empties_tables(judge):
        rights = rights - _UNUSED
    return all(
        parts <= judge.catalogue.on(_TAKEN[what], name).keys()
        for what, name, role in left
        for parts in [{role} if on_functions else {f"{role}/{right}" for right in rights}]
    )


def _runs_by_trigger(thing: Thing) -> bool:
    """Whether it is the function of a trigger, which nobody calls, and which asks for no right when it runs."""
    result = getattr(thing.node, "returnType", None)
    return not thing.others and result is not None and words(result.names)[-1:] == ["trigger"]


def _empties_tables(judge: Judge) -> bool:
    """Whether the text of a function that the history knows has TRUNCATE in it."""
    things = (thing for (what, _), thing in judge.catalogue.things.items() if what == "function")
    texts = (sql(each) for thing in things for each in (thing.node, *thing.others) if each is not None)
    return any("truncate" in each.lower() for each in texts)


def _keep_account(judge: Judge, node: Node, names: list[tuple[str, str]]) -> None:
    """Note who has got a right on a table or a function, and who has lost one."""
    roles = {str(each.rolename or "public") for each in node.grantees or ()}
    rights = {str(each.priv_name) for each in node.privileges or () if not each.cols}
    if not node.privileges or (node.is_grant and not rights):
        rights = {*_ALL}  # that of some columns opens the table; taken away, it leaves the right on all of them
    for name in (each for what, each in names if what in {"relation", "function"}):
        judge.catalogue.add("rights", name, Thing(Birth.LIVE, node))
    for name in (each for what, each in names if what == "schema" and node.is_grant and roles & _CLIENTS):
        judge.catalogue.add("open schema", name, Thing(Birth.LIVE, node))
    if node.is_grant:
        _give_back(judge, node, {name for _, name in names}, roles, rights)
    for (what, name), role in product(names, roles if judge.certain else ()):
        if what == "relation" and node.is_grant:
            judge.catalogue.add("granted", f"{name}/{role}", Thing(Birth.LIVE, node))
        elif what in _TAKEN and not node.is_grant and not node.grant_option:
            for part in [role] if what == "function" else [f"{role}/{right}" for right in rights]:
                judge.catalogue.add(_TAKEN[what], f"{name}/{part}", Thing(Birth.LIVE, node))


def _note_all(judge: Judge, node: Node, names: list[str]) -> None:
    """Note what a GRANT may give, also of columns alone, and what a REVOKE may take that is not told by name."""
    if node.is_grant:
        _note(judge, f"given {kind_in_words(node.objtype)}", node, names)
    if node.is_grant and any(each.cols for each in node.privileges or ()):
        _note(judge, "by columns", node, names)
    if not node.is_grant and not (judge.certain and names and not any(map(is_any, names))):
        _note(judge, "perhaps taken", node, names)


def _note(judge: Judge, what: str, node: Node, names: list[str]) -> None:
    """Note of the roles of a GRANT or REVOKE, whether it runs for certain or not, on which objects it is."""
    everything = [f"{each.sval}.*" for each in node.objects or () if isinstance(each, ast.String)] or ["*"]
    for about, each in product(names or everything, node.grantees or ()):
        place = "*" if is_any(about) else about
        judge.catalogue.add(what, f"{place}/{each.rolename or EVERYBODY}", Thing(Birth.LIVE, node))


def _give_back(judge: Judge, node: Node, names: set[str], roles: set[str], rights: set[str]) -> None:
    """Forget that rights were taken away which are given here, perhaps, by name or on everything in a schema."""
    everywhere = node.targtype != enums.GrantTargetType.ACL_TARGET_OBJECT or any(map(is_any, names))
    taken = _TAKEN["function" if kind_of(node.objtype) == "function" else "relation"]
    for each in [name for what, name in judge.catalogue.things if what == taken]:
        about, role, *right = each.split("/")
        if role in roles and {*right} <= rights and (everywhere or about in names):
            judge.catalogue.remove(taken, each)
            if not right and role in _CLIENTS:
                judge.reopened.add(about)


def _granted(judge: Judge, node: Node) -> list[tuple[str, str]]:
    if node.targtype != enums.GrantTargetType.ACL_TARGET_OBJECT:
        return []
    names: list[tuple[str, str]] = []
    for each in node.objects or ():
        if isinstance(each, ast.RangeVar):
            names.append(("relation", judge.catalogue.relation(each)))
        elif isinstance(each, ast.ObjectWithArgs):
            names.append(("function", judge.catalogue.name(words(each.objname))))
        elif isinstance(each, ast.String) and node.objtype == ObjectType.OBJECT_SCHEMA:
            names.append(("schema", each.sval))
    return names


@rule("GrantRoleStmt")
def _grant_role(judge: Judge, node: Node) -> None:
    roles = [str(each.priv_name) for each in node.granted_roles or ()]
    for role in roles if node.is_grant else ():
        for each in node.grantee_roles or ():
            judge.catalogue.add("member", f"{each.rolename or 'public'}/{role}", Thing(Birth.LIVE, node))
    if not node.is_grant:
        judge.destroys(
            named("takes the role {} away from its members", ", ".join(roles)), "leave it until nobody uses it"
        )
    elif not all(judge.is_new("role", each) for each in roles) or _opens_rows(judge, {*roles}):
        judge.asks(named("grants to others the role {}", ", ".join(roles)))


def _opens_rows(judge: Judge, roles: set[str]) -> bool:
    """Whether requests are made as one of these roles now, for which there is a policy."""
    policies = (thing.node for (kind, _), thing in judge.catalogue.things.items() if kind == "policy")
    return any(roles & requested(judge) & getattr(each, "roles", set()) for each in policies)


@rule("AlterDefaultPrivilegesStmt")
def _default_rights(judge: Judge, node: Node) -> None:
    grant = node.action
    roles = {str(each.rolename or "public") for each in grant.grantees or ()}
    schemas = [f"{it.sval}.*" for each in node.options or () if each.defname == "schemas" for it in each.arg]
    _note(judge, f"given {kind_in_words(grant.objtype)}" if grant.is_grant else "perhaps taken", grant, schemas)
    if not grant.is_grant or (roles & _CLIENTS and grant.objtype == ObjectType.OBJECT_TABLE):
        judge.asks("changes who may use the tables of later migrations")


@rule("AlterOwnerStmt")
def _owner(judge: Judge, node: Node) -> None:
    target = getattr(node, "object", None) or getattr(node, "func", None)
    parts = words(getattr(target, "objname", None) or target)
    new = (
        any(judge.is_new(what, judge.catalogue.name(parts)) for what in ("function", "type", "relation"))
        if parts
        else False
    )
    schema = isinstance(target, ast.String) and judge.is_new("schema", target.sval)
    judge.catalogue.add("owner", str(node.newowner.rolename or "public"), Thing(Birth.LIVE, node))
    if not new and not schema:
        judge.asks(named("{} changes what {} may do", kind(node).removesuffix("Stmt"), ".".join(parts) or "an object"))
