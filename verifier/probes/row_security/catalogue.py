"""Reads the system catalogue: relations, grants, policies, functions, and roles that bypass policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, LiteralString

import psycopg

from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.probes.row_security import sql
from verifier.probes.row_security.conditions import trusts
from verifier.probes.row_security.relations import (
    COMMANDS,
    KINDS,
    ROLES,
    Function,
    Policy,
    Relation,
    quoted,
)

Connection = psycopg.Connection[tuple[Any, ...]]
_COMMANDS = {"r": "select", "a": "insert", "w": "update", "d": "delete", "*": "all"}


class Catalogue(Record):
    """The declarations of the exposed schemas.

    Attributes:
        role: the role of this session; `superuser` and `bypasses` say whether policies apply to it.
        schemas: the schemas that were read.
        relations: label → relation; those named `…_actions` first.
        functions: label → function that a client may call: SECURITY DEFINER, or one that truncates or executes text.
        unbound: request role → role that bypasses policies and that it can SET ROLE to.
        app_unbound: why no policy binds the application's role, by its attributes; empty if they do.
        may_log_in: the request roles that can log in, and so send any command.
    """

    role: str
    superuser: bool
    bypasses: bool
    schemas: tuple[str, ...]
    relations: dict[str, Relation]
    functions: dict[str, Function]
    unbound: dict[str, str] = {}
    app_unbound: str = ""
    may_log_in: tuple[str, ...] = ()


def read_catalogue(connection: Connection, schemas: tuple[str, ...], *, app_role: str = "") -> Catalogue:
    """Read the declarations of these schemas; reports omit the name of the first one.

    Args:
        connection: any role will do.
        schemas: those exposed to clients.
        app_role: the role of the application, if policies must apply to it.

    Raises:
        CouldNotLook: precondition, if a schema, a request role or the application's role does not exist.
    """
    given = {
        "schemas": list(schemas),
        "roles": list(ROLES),
        "commands": list(COMMANDS),
        "app": app_role,
        "executing": sql.EXECUTING,
    }

    def ask(question: LiteralString) -> list[tuple[Any, ...]]:
        return connection.execute(question, given).fetchall()

    _need_roles(ask)
    _need_schemas(ask, schemas)
    owned, app_unbound = _application(ask, app_role)
    ((role, superuser, bypasses),) = ask(sql.POWERS)
    return Catalogue(
        role=role,
        superuser=superuser,
        bypasses=bypasses,
        schemas=schemas,
        relations=_relations(ask, schemas[0], owned),
        functions={each.label: each for row in ask(sql.FUNCTIONS) if (each := _function(row, schemas[0])).callers},
        unbound=dict(ask(sql.UNBOUND)),
        app_unbound=app_unbound,
        may_log_in=tuple(name for (name,) in ask(sql.MAY_LOG_IN)),
    )


def exposed_schemas(connection: Connection, first: str, named: tuple[str, ...]) -> tuple[str, ...]:
    """The schemas exposed to clients: those that the target names, else those that PostgREST is configured to serve.

    Besides, where the target names none, those in which a client was given a right: by USAGE of the schema and a grant.
    """
    if named:
        return tuple(dict.fromkeys(named))
    rows = connection.execute(sql.EXPOSED_SCHEMAS, {"roles": list(ROLES)}).fetchall()
    found = [str(name) for name in (rows[0][0] if rows else ())]
    granted = [str(name) for (name,) in connection.execute(sql.GRANTED_SCHEMAS, {"roles": list(ROLES)})]
    wanted = list(dict.fromkeys([first, *found, *granted]))
    there = {name for (name,) in connection.execute(sql.EXISTING_SCHEMAS, {"schemas": wanted})}
    return tuple(name for name in wanted if name in there or name == first)


Ask = Callable[[LiteralString], list[tuple[Any, ...]]]


def _need_roles(ask: Ask) -> None:
    missing = [role for (role,) in ask(sql.MISSING_ROLES)]
    if missing:
        raise CouldNotLook(Cause.PRECONDITION, f"the database has no role {', '.join(missing)}; Supabase has one")


def _need_schemas(ask: Ask, schemas: tuple[str, ...]) -> None:
    there = {name for (name,) in ask(sql.EXISTING_SCHEMAS)}
    missing = [name for name in schemas if name not in there]
    if missing:
        remedy = "correct schema and schemas in [database] of the target"
        raise CouldNotLook(Cause.PRECONDITION, f"the database has no schema {', '.join(missing)}", remedy=remedy)


def _application(ask: Ask, app_role: str) -> tuple[frozenset[str], str]:
    """The owners whose powers the application's role has, and why no policy binds it at all."""
    if not app_role:
        return frozenset(), ""
    found = ask(sql.APPLICATION)
    if not found:
        remedy = "correct app_role in [database] of the target"
        raise CouldNotLook(Cause.PRECONDITION, f"the database has no role {app_role}", remedy=remedy)
    superuser, bypasses, unbound, owners = found[0]
    if superuser or bypasses:
        return frozenset(), "it is a superuser" if superuser else "it has BYPASSRLS"
    return frozenset(owners), f"it can SET ROLE to {', '.join(unbound)}" if unbound else ""


def _relations(ask: Ask, first: str, app_owners: frozenset[str]) -> dict[str, Relation]:
    policies: dict[int, list[Policy]] = {}
    for oid, *row in ask(sql.POLICIES):
        policies.setdefault(oid, []).append(_policy(row))
    found = [_relation(row, tuple(policies.get(row[0], ())), first, app_owners) for row in ask(sql.RELATIONS)]
    return {each.label: each for each in found}


def _policy(row: list[Any]) -> Policy:
    name, command, permissive, roles, binds, using, check, called = row
    return Policy(
        name=name,
        command=_COMMANDS[command],
        permissive=permissive,
        roles=tuple(roles),
        binds=tuple(binds),
        using=using,
        check=check,
        trusts=trusts(using, check, called),
    )


def _relation(row: tuple[Any, ...], policies: tuple[Policy, ...], first: str, app_owners: frozenset[str]) -> Relation:
    _, schema, name, kind, owner, enabled, forced, settings, parent, whole, columns, guarded, rules = row
    options = dict(each.partition("=")[::2] for each in settings)
    held = {role: _of(role, [*whole, *columns]) for role in ROLES}
    return Relation(
        label=label(schema, name, first),
        schema_name=schema,
        name=name,
        kind=KINDS[kind],
        owner=owner,
        enabled=enabled,
        forced=forced,
        parent=parent,
        invoker=options.get("security_invoker", "").lower() in {"true", "on", "yes", "1"},
        rights={role: commands for role, commands in held.items() if commands},
        by_column={role: found for role in ROLES if (found := _of(role, columns))},
        policies=policies,
        app_owns=owner in app_owners and not forced and kind in "rp",
        guarded=guarded,
        rules=rules,
        checked=bool(options.get("check_option")),
    )


def _of(role: str, rights: list[str]) -> tuple[str, ...]:
    held = {right.split(" ")[1] for right in rights if right.split(" ")[0] == role}
    return tuple(command for command in COMMANDS if command in held)


def _function(row: tuple[Any, ...], first: str) -> Function:
    schema, name, arguments, volatile, yes_or_no, callers, kinds, definer, strict, executes, source, names = row
    return Function(
        label=f"{label(schema, name, first)}({arguments})",
        signature=f"{quoted(schema)}.{quoted(name)}({', '.join(kinds)})",
        schema_name=schema,
        name=name,
        arguments=tuple(kinds),
        callers=tuple(callers),
        volatile=volatile,
        yes_or_no=yes_or_no,
        definer=definer,
        strict=strict,
        executes=executes,
        source=source,
        names=tuple(names[: len(kinds)]),
    )


def label(schema: str, name: str, first: str) -> str:
    """The name in reports: unqualified in the first schema."""
    return name if schema == first else f"{schema}.{name}"
