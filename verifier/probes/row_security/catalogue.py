"""Reads what the catalogue declares: relations, rights, policies, functions, and roles that no policy binds."""

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
    """What is declared.

    Attributes:
        role: our own role; `superuser` and `bypasses` are its powers, with which its own view proves nothing.
        schemas: the schemas that were looked at.
        relations: label → relation; those named `…_actions` first.
        functions: label → function with its owner's rights that a client may call.
        unbound: role of requests → roles that no policy binds, and that it can become.
    """

    role: str
    superuser: bool
    bypasses: bool
    schemas: tuple[str, ...]
    relations: dict[str, Relation]
    functions: dict[str, Function]
    unbound: dict[str, str] = {}


def read_catalogue(connection: Connection, schemas: tuple[str, ...], *, app_role: str = "") -> Catalogue:
    """Read all that is declared in these schemas; the first one's names stand without it in reports.

    Args:
        connection: any role will do; the catalogue is open to all.
        schemas: those that clients reach.
        app_role: the role as which the application connects, if its policies shall bind it.

    Raises:
        CouldNotLook: precondition, where the database has no such schema, or not the roles of requests.
    """
    given = {"schemas": list(schemas), "roles": list(ROLES), "commands": list(COMMANDS)}

    def ask(question: LiteralString) -> list[tuple[Any, ...]]:
        return connection.execute(question, given).fetchall()

    _need_roles(ask)
    _need_schemas(ask, schemas)
    ((role, superuser, bypasses),) = ask(sql.POWERS)
    return Catalogue(
        role=role,
        superuser=superuser,
        bypasses=bypasses,
        schemas=schemas,
        relations=_relations(ask, schemas[0], app_role),
        functions={each.label: each for row in ask(sql.FUNCTIONS) if (each := _function(row, schemas[0])).callers},
        unbound=dict(ask(sql.UNBOUND)),
    )


def exposed_schemas(connection: Connection, first: str, named: tuple[str, ...]) -> tuple[str, ...]:
    """The schemas that clients reach: those that the target names, else those that PostgREST is set to serve.

    `graphql_public`, which holds one function of Supabase's and no table, counts only where it exists.
    """
    if named:
        return tuple(dict.fromkeys(named))
    rows = connection.execute(sql.EXPOSED_SCHEMAS, {"roles": list(ROLES)}).fetchall()
    found = [str(name) for name in (rows[0][0] if rows else ())]
    wanted = list(dict.fromkeys([first, *found]))
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


def _relations(ask: Ask, first: str, app_role: str) -> dict[str, Relation]:
    policies: dict[int, list[Policy]] = {}
    for oid, *row in ask(sql.POLICIES):
        policies.setdefault(oid, []).append(_policy(row))
    found = [_relation(row, tuple(policies.get(row[0], ())), first, app_role) for row in ask(sql.RELATIONS)]
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


def _relation(row: tuple[Any, ...], policies: tuple[Policy, ...], first: str, app_role: str) -> Relation:
    _, schema, name, kind, owner, enabled, forced, options, parent, whole, columns = row
    options = dict(each.partition("=")[::2] for each in options)
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
        app_owns=bool(app_role) and owner == app_role and not forced and kind in "rp",
    )


def _of(role: str, rights: list[str]) -> tuple[str, ...]:
    held = {right.split(" ")[1] for right in rights if right.split(" ")[0] == role}
    return tuple(command for command in COMMANDS if command in held)


def _function(row: tuple[Any, ...], first: str) -> Function:
    schema, name, arguments, volatile, yes_or_no, callers, kinds = row
    return Function(
        label=f"{label(schema, name, first)}({arguments})",
        signature=f"{quoted(schema)}.{quoted(name)}({', '.join(kinds)})",
        schema_name=schema,
        name=name,
        arguments=tuple(kinds),
        callers=tuple(callers),
        volatile=volatile,
        yes_or_no=yes_or_no,
    )


def label(schema: str, name: str, first: str) -> str:
    """How reports call something: without its schema, if that is the first one."""
    return name if schema == first else f"{schema}.{name}"
