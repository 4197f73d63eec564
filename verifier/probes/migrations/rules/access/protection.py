"""Row-level security that is switched on: whom the policies of the table leave out.

Source: PostgreSQL documentation, 'Row Security Policies': without a policy nothing is visible or may be written.
"""

from __future__ import annotations

from verifier.probes.migrations.catalogue import Birth
from verifier.probes.migrations.rules.access.policies import PolicyDefinition, admits
from verifier.probes.migrations.rules.access.roles import ABOVE, CLIENTS, COMMANDS, not_revoked
from verifier.probes.migrations.rules.judging import ENDINGS, Judge
from verifier.probes.migrations.rules.trees import is_any, is_true
from verifier.probes.migrations.verdicts import named

_WRITE = "write policies for whom it was open, into the same migration; or list the file as reviewed, if that is meant"


@ENDINGS.append
def _switched_on(judge: Judge) -> None:
    """Row-level security was switched on in this file for a table that had none."""
    for table, thing in judge.made("protected").items():
        if judge.may_be_new("relation", table) or _is_one_of_the_new(judge, table) or thing.birth is Birth.LIVE:
            continue
        policies = [each.node for each in judge.catalogue.on("policy", table).values()]
        if not not_revoked(judge, table, (*CLIENTS, *_granted(judge, table))):
            continue  # nobody has a right on it, but for those whom it does not concern
        if not policies:
            what = named("{} is closed to all roles without BYPASSRLS: no policy is known", table)
            judge.asks(what, "write its policies into the same migration", line=thing.line)
        elif out := _left_out(judge, table, policies):
            what = named("row-level security is switched on for {}, and {} from now on", table, "; ".join(out))
            judge.asks(what, _WRITE, line=thing.line)


def _is_one_of_the_new(judge: Judge, table: str) -> bool:
    """Whether a name that is known only at run time can only be that of a table which this file makes.

    The names that the file quotes decide: a loop over a list of names quotes them, one over the catalogue does not.
    """
    if not is_any(table):
        return False
    quoted = [name for kind, name in judge.catalogue.things if kind == "relation" and _quotes(judge.text, name)]
    return bool(quoted) and all(judge.may_be_new("relation", each) for each in quoted)


def _quotes(text: str, name: str) -> bool:
    return any(f"'{each}'" in text for each in (name, name.rpartition(".")[2]))


def _left_out(judge: Judge, table: str, policies: list[PolicyDefinition]) -> list[str]:
    """Who can no longer do what, or only with some rows, in words."""
    closed: dict[str, list[str]] = {}
    some: dict[str, list[str]] = {}
    for role, command in not_revoked(judge, table, (*CLIENTS, *_granted(judge, table))):
        admitting = [each for each in policies if admits(each, command, frozenset({role}))]
        limits = [each for each in policies if not each.permissive and _concerns(each, command, role)]
        if not admitting:
            closed.setdefault(COMMANDS[command], []).append(role)
        elif limits or not any(_opens(each, command) for each in admitting):
            some.setdefault(COMMANDS[command], []).append(role)
    told = [f"{' and '.join(roles)} can no longer {words} it" for words, roles in closed.items()]
    told += [f"{' and '.join(roles)} can {words} it only where a condition holds" for words, roles in some.items()]
    return told


def _granted(judge: Judge, table: str) -> list[str]:
    """Other roles that the history gave a right on the table."""
    roles = judge.catalogue.on("granted", table)
    return sorted(each for each in roles if each not in {*CLIENTS, *ABOVE})


def _concerns(policy: PolicyDefinition, command: str, role: str) -> bool:
    return policy.command in {"all", command} and bool(policy.roles & {role, "public"})


def _opens(policy: PolicyDefinition, command: str) -> bool:
    """Whether it lets every row through."""
    if command == "insert":
        return is_true(policy.writes)
    if command == "update":
        return is_true(policy.using) and is_true(policy.writes)
    return is_true(policy.using)
