"""Openings that follow from the declarations alone."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.probes.row_security.conditions import Reach, reach
from verifier.probes.row_security.relations import (
    COMMANDS,
    ROLES,
    SIGNED_IN,
    TABLES,
    Command,
    Opening,
    Policy,
    Relation,
    closing,
)


def openings(relation: Relation, may_log_in: tuple[str, ...] = ()) -> tuple[Opening, ...]:
    """What is open regardless of the rows.

    Args:
        relation: as the catalogue describes it.
        may_log_in: the request roles that can log in: they alone can send TRUNCATE, which PostgREST has no request for.
    """
    return tuple(
        Opening(who=role, command=command, seen=why[0], closes=closing(relation, role, command, why[1:]))
        for role in ROLES
        for command in COMMANDS
        if relation.may(role, command)
        and (command != "truncate" or role in may_log_in)
        and (why := _why(relation, role, command))
    )


_Why = tuple[str, *tuple[Policy, ...]] | None
"""A reason, and the policies responsible."""


def _why(relation: Relation, role: str, command: Command) -> _Why:
    if relation.kind == "foreign table" or (relation.kind == "materialized view" and command == "select"):
        return (f"it has the grant, and row-level security does not protect a {relation.kind}",)
    if relation.kind not in TABLES:
        return None
    if relation.guarded and command in {"insert", "update", "delete"}:
        return None  # what the trigger lets through is tried on the copy
    if command == "truncate":
        return ("it has the grant and can log in, and policies do not apply to TRUNCATE",)
    if not relation.enabled:
        return ("it has the grant, and row-level security is off",)
    return _by_policies(relation, role, command)


def _by_policies(relation: Relation, role: str, command: Command) -> _Why:
    """The permissive policy that admits everybody in this role, unless a restrictive one applies."""
    if any(not each.permissive and each.concerns(role, command) for each in relation.policies):
        return None
    if command == "insert" and command in relation.by_column.get(role, ()):
        return None  # whose row it is may follow from a default, which is tried on the copy
    # WITH CHECK applies to the new row of an update, too, and can only narrow.
    enough: set[Reach] = {"anyone", "signed-in"} if role == SIGNED_IN else {"anyone"}
    for policy in relation.deciding(role, command):
        condition = policy.condition(command)
        now = role in policy.holds.get(condition, ())
        if (now or reach(condition) in enough) and not _narrowed(policy.check, command, enough):
            told = f"{condition}{', which is true at present' if now else ''}"
            return f"policy {policy.name} lets every row through: {told}", policy
    return None


def _narrowed(check: str, command: Command, enough: set[Reach]) -> bool:
    return command == "update" and bool(check) and reach(check) == "nobody" and bool(enough)


def remarks(relation: Relation) -> Iterator[str]:
    """Notes on declarations that open nothing by themselves."""
    if relation.kind in TABLES:
        yield from _of_table(relation)
    if relation.kind == "view" and not relation.invoker and relation.rights:
        yield f"a view with the rights of its owner {relation.owner}: only its own conditions protect what it shows"
    for role, commands in relation.by_column.items():
        yield f"{role} holds {', '.join(commands)} on single columns"
    for policy in relation.policies:
        if not policy.using and not policy.check:
            told = "lets nobody through" if policy.permissive else "forbids nothing"
            yield f"policy {policy.name} has no expression, so it {told}"
        if policy.permissive and policy.binds and policy.condition("select") == "false":
            yield f"policy {policy.name} is permissive and false: it forbids nothing beside another permissive one"
        for told in policy.trusts:
            yield f"policy {policy.name} trusts {told}"


def _of_table(relation: Relation) -> Iterator[str]:
    if not relation.rights:
        yield "no grant for a client"
    if relation.policies and not relation.enabled:
        yield f"{len(relation.policies)} policies without effect, because row-level security is off"
    if relation.enabled and relation.rights and not any(each.admits for each in relation.policies):
        yield "closed: row-level security is on, and no policy lets a client through"
    if relation.enabled and not relation.forced:
        yield f"not forced: its owner {relation.owner} bypasses the policies"
    if relation.parent:
        yield f"a part of {relation.parent}, whose policies do not apply to direct access"


def responsible_policies(relation: Relation, role: str, command: str, *, claimed: bool) -> tuple[Policy, ...]:
    """The permissive policies that may allow what `role` can do, with or without forged claims."""
    if relation.kind not in TABLES or not relation.enabled or command == "truncate":
        return ()
    policies = relation.deciding(role, command)
    if claimed:
        likely = tuple(each for each in policies if each.trusts)
    else:
        likely = tuple(each for each in policies if reach(each.condition(command)) in {"anyone", "signed-in"})
        likely = likely or tuple(each for each in policies if not each.trusts)
    return likely or policies
