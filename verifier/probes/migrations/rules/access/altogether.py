"""What the permissive policies of a table let in together, whichever of them says it.

Source: PostgreSQL documentation, CREATE POLICY: those that apply to a command are combined by OR, their USING and their
WITH CHECK each for itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from verifier.probes.migrations.rules.access.roles import EVERYBODY
from verifier.probes.migrations.rules.trees import disjuncts

if TYPE_CHECKING:
    from verifier.probes.migrations.rules.access.policies import PolicyDefinition

_READS, _WRITES = {"select", "update", "delete"}, {"insert", "update"}
Reach = dict[tuple[str, str, str], set[str]]
"""Role, command, and rows as they are or as they become → the conditions, any of which lets in."""


def same_altogether(before: Iterable[PolicyDefinition], after: Iterable[PolicyDefinition]) -> bool:
    """Whether the policies of a table let in the same before and after; restrictive ones must not differ at all."""
    olds, news = list(before), list(after)
    roles = {EVERYBODY}.union(*(each.roles for each in (*olds, *news)))
    if any(not each.permissive for each in (*olds, *news)):
        return False
    return _reach(olds, roles) == _reach(news, roles)


def _reach(policies: Iterable[PolicyDefinition], roles: set[str]) -> Reach:
    found: Reach = {}
    for policy in policies:
        commands = _READS | _WRITES if policy.command == "all" else {policy.command}
        for role in roles if EVERYBODY in policy.roles else policy.roles:
            for command in commands & _READS:
                found.setdefault((role, command, "as it is"), set()).update(disjuncts(policy.using))
            for command in commands & _WRITES:
                found.setdefault((role, command, "as it becomes"), set()).update(disjuncts(policy.writes))
    return found
