"""The roles of requests, and what the history lets them do with a table."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from verifier.probes.migrations.catalogue import PUBLIC
from verifier.probes.migrations.rules.judging import Judge

EVERYBODY = "public"
CLIENTS = ("anon", "authenticated")
"""Supabase's default privileges let both do everything with every table of the project."""
COMMANDS = {"select": "read", "insert": "insert into", "update": "update", "delete": "delete from"}
ABOVE = {"service_role", "postgres", "supabase_admin", "supabase_auth_admin", "supabase_storage_admin"}
"""Roles that bypass row-level security, so that a policy for them has no effect."""


def requested(judge: Judge) -> set[str]:
    """The roles as which requests are made, those of which they are members, and everybody, as far as files tell.

    One that was given something may be as whom a function or a view works. Source: PostgREST documentation, 'User
    Impersonation': a token may name each role that is granted to the authenticator.
    """
    members = [each.rpartition("/") for (kind, each) in judge.catalogue.things if kind == "member"]
    owners = {name for kind, name in judge.catalogue.things if kind == "owner"}
    return members_of([(member, role) for member, _, role in members]) | owners


def members_of(members: list[tuple[str, str]]) -> set[str]:
    """The same, from pairs of a member and its role."""
    found: set[str] = {*CLIENTS, "authenticator", EVERYBODY}
    while more := {role for member, role in members if member in found} - found:
        found |= more
    return found


def not_revoked(judge: Judge, table: str, roles: Iterable[str]) -> list[tuple[str, str]]:
    """Role and command, where the history did not revoke the right to it."""
    gone = judge.catalogue.on("revoked", table)
    return [(role, command) for role, command in product(roles, COMMANDS) if f"{role}/{command}" not in gone]


def rights_on(judge: Judge, table: str) -> set[tuple[str, str]]:
    """Role and command, where the history gave the right to it, or Supabase does so by default."""
    given = {
        role: {str(each.priv_name) for each in thing.node.privileges or ()} or {*COMMANDS}
        for role, thing in judge.catalogue.on("granted", table).items()
        if role not in ABOVE
    }
    clients = CLIENTS if table.startswith(f"{PUBLIC}.") else ()
    found = not_revoked(judge, table, {*given, *clients})
    return {(role, command) for role, command in found if role in clients or command in given[role]}


def noted(judge: Judge, what: str, name: str) -> set[str]:
    """The roles of which the history notes something about an object, by its name or for all of its schema.

    Args:
        judge: of the file.
        what: "given", with or without the kind of object, as GRANT has it; "perhaps taken".
        name: of the object.
    """
    places = {name, f"{name.rpartition('.')[0]}.*", "*"}
    notes = [each.rpartition("/") for kind, each in judge.catalogue.things if kind.startswith(what)]
    return {role for about, _, role in notes if about in places}
