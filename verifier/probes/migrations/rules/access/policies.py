"""Policies of row-level security: whether a new one admits what the old one did.

Source: PostgreSQL documentation, 'Row Security Policies' and CREATE POLICY, 'Policies Applied by Command Type'.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.probes.migrations.catalogue import MANAGED, Birth, Thing
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.access.altogether import same_altogether
from verifier.probes.migrations.rules.access.roles import ABOVE, CLIENTS, COMMANDS, EVERYBODY, not_revoked, requested
from verifier.probes.migrations.rules.alike import qualified
from verifier.probes.migrations.rules.judging import ENDINGS, Dropped, Judge, rule
from verifier.probes.migrations.rules.trees import canonical, conjuncts, disjuncts, is_any, is_true
from verifier.probes.migrations.verdicts import MigrationVerdict, named

_LEAVE = "leave the policy as it is, and add what is needed in a narrower one"


@dataclass(frozen=True)
class PolicyDefinition:
    """A policy; permissive ones add access, restrictive ones take it away."""

    command: str
    permissive: bool
    roles: frozenset[str]
    using: Node
    check: Node

    @classmethod
    def of(cls, node: Node) -> PolicyDefinition:
        """From CREATE POLICY."""
        return cls(node.cmd_name, bool(node.permissive), _roles(node), node.qual, node.with_check)

    def altered(self, node: Node) -> PolicyDefinition:
        """After ALTER POLICY."""
        return PolicyDefinition(
            self.command,
            self.permissive,
            _roles(node) if node.roles else self.roles,
            node.qual if node.qual is not None else self.using,
            node.with_check if node.with_check is not None else self.check,
        )

    @property
    def writes(self) -> Node:
        """The condition on new rows: WITH CHECK, or USING where there is none."""
        return self.check if self.check is not None else self.using


def _roles(node: Node) -> frozenset[str]:
    return frozenset(str(each.rolename or EVERYBODY) for each in node.roles or ()) or frozenset({EVERYBODY})


def admits(policy: PolicyDefinition, command: str, roles: frozenset[str] = frozenset(CLIENTS)) -> bool:
    """Whether a policy lets any of these roles do this at all, under whatever condition."""
    there = bool(policy.roles & (roles | {EVERYBODY}))
    return policy.permissive and policy.command in {"all", command} and there


def compare(new: PolicyDefinition, old: PolicyDefinition) -> MigrationVerdict:
    """Additive if the new one lets in the same; destructive if weaker.

    Else a review: one that is stricter takes rows away from whoever has them now, also where that was every row.
    """
    if new.permissive != old.permissive:
        return MigrationVerdict.REVIEW if new.permissive is False else MigrationVerdict.DESTRUCTIVE
    if not old.permissive:
        # A restrictive policy protects, so its scope may only grow.
        same = (new.command, new.roles) == (old.command, old.roles)
        return _conditions(new, old) if same else MigrationVerdict.REVIEW
    if not _covers(new, old):
        return MigrationVerdict.DESTRUCTIVE
    return _conditions(new, old)


def _covers(new: PolicyDefinition, old: PolicyDefinition) -> bool:
    """Whether the new one covers no more commands and roles than the old one."""
    roles = EVERYBODY in old.roles or new.roles <= old.roles
    return roles and old.command in {"all", new.command}


def _conditions(new: PolicyDefinition, old: PolicyDefinition) -> MigrationVerdict:
    verdicts = [_condition(new.using, old.using), _condition(new.writes, old.writes)]
    return max(verdicts, key=lambda each: each.rank)


def _condition(new: Node, old: Node) -> MigrationVerdict:
    if canonical(new) == canonical(old) or (is_true(new) and is_true(old)):
        return MigrationVerdict.ADDITIVE
    if old is None or new is None:
        return MigrationVerdict.DESTRUCTIVE if new is None else MigrationVerdict.ADDITIVE
    if is_true(new) or conjuncts(new) < conjuncts(old) or disjuncts(new) > disjuncts(old):
        return MigrationVerdict.DESTRUCTIVE
    return MigrationVerdict.REVIEW


@rule("CreatePolicyStmt")
def _create(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.table)
    judge.make("policy", f"{table}/{node.policy_name}", PolicyDefinition.of(qualified(node, judge.catalogue)))


@rule("AlterPolicyStmt")
def _alter(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.table)
    name = f"{table}/{node.policy_name}"
    thing = judge.catalogue.get("policy", name)
    if judge.is_new("relation", table) or judge.is_new("policy", name):
        if thing and isinstance(thing.node, PolicyDefinition):
            thing.node = thing.node.altered(qualified(node, judge.catalogue))
        return
    if thing is None or not isinstance(thing.node, PolicyDefinition):
        if is_true(node.qual) or is_true(node.with_check):
            judge.destroys(named("the policy {} of {} lets every row through", node.policy_name, table), _LEAVE)
        else:
            judge.asks(named("changes the policy {} of {}, and what it was is not known here", node.policy_name, table))
        return
    changed = thing.node.altered(qualified(node, judge.catalogue))
    _tell(judge, compare(changed, thing.node), node.policy_name, table, judge.line)
    thing.node = changed


def _tell(judge: Judge, verdict: MigrationVerdict, policy: str, table: str, line: int) -> None:
    if verdict is MigrationVerdict.DESTRUCTIVE:
        judge.destroys(named("the policy {} of {} becomes weaker", policy, table), _LEAVE, line=line)
    elif verdict is MigrationVerdict.REVIEW:
        judge.asks(named("the policy {} of {} changes: compare both", policy, table), line=line)


def drop_policy(judge: Judge, table: str, policy: str, *, careless: bool) -> None:
    """Record a dropped policy; the end of the file decides whether it is created again."""
    name = f"{table}/{policy}"
    thing = judge.catalogue.get("policy", name)
    fresh = judge.is_new("relation", table) or judge.is_new("policy", name)
    if not fresh:
        known = judge.catalogue.get("relation", table) is not None
        node = thing.node if thing else None
        judge.drops(Dropped("policy", name, node, judge.line, careless, known))
    judge.forget("policy", name)


@ENDINGS.append
def _policies_came_back(judge: Judge) -> None:
    made = judge.made("policy")
    gone = [each for each in judge.dropped if each.kind == "policy"]
    merged = {
        table for table in {each.name.rsplit("/", 1)[0] for each in gone} if _lets_in_the_same(judge, table, gone)
    }
    for each in gone:
        table, policy = each.name.rsplit("/", 1)
        if each.never_was or table in merged or _has_twin(judge, table, policy, each.node):
            continue
        news = {name: it.node for name, it in made.items() if name.startswith(f"{table}/") and each.is_followed_by(it)}
        _came_back(judge, each, table, policy, news)
    for name, thing in made.items():
        if name.rsplit("/", 1)[0] not in merged:
            _opened(judge, name, thing, gone)


def _lets_in_the_same(judge: Judge, table: str, gone: list[Dropped]) -> bool:
    """Whether the new policies of a table let in together what the dropped ones did."""
    olds = [each for each in gone if each.name.startswith(f"{table}/") and not each.never_was]
    news = [it for name, it in judge.made("policy").items() if name.startswith(f"{table}/")]
    sure = all(isinstance(each.node, PolicyDefinition) for each in olds) and all(
        each.is_followed_by(it) for it in news for each in olds
    )
    return sure and same_altogether([each.node for each in olds], [it.node for it in news])


def _has_twin(judge: Judge, table: str, policy: str, old: Node) -> bool:
    """Whether another policy of the table, which stays for certain, does all that a dropped one did."""
    others = [
        each.node
        for name, each in judge.catalogue.on("policy", table).items()
        if name != policy and each.birth is Birth.LIVE and each.sure and not each.doubted
    ]
    return isinstance(old, PolicyDefinition) and any(
        isinstance(each, PolicyDefinition)
        and each.permissive == old.permissive
        and _covers(old, each)
        and canonical((each.using, each.writes)) == canonical((old.using, old.writes))
        for each in others
    )


def _came_back(judge: Judge, dropped: Dropped, table: str, policy: str, news: dict[str, PolicyDefinition]) -> None:
    if not news:
        judge.destroys(
            named("drops the policy {} of {}: it no longer grants or denies access", policy, table),
            "leave it, or create one in the same file that is as strict",
            line=dropped.line,
        )
    elif not isinstance(dropped.node, PolicyDefinition):
        judge.asks(
            named("replaces the policy {} of {}, and what it was is not known here", policy, table), line=dropped.line
        )
    elif closed := _closed(judge, table, dropped.node):
        judge.destroys(
            named("without the policy {} of {} {}", policy, table, " and ".join(closed)),
            "create policies for that, too, in the same file",
            line=dropped.line,
        )
    else:
        best = min((compare(node, dropped.node) for node in news.values()), key=lambda each: each.rank)
        own = news.get(dropped.name)
        verdict = compare(own, dropped.node) if own else best
        _tell(judge, min(verdict, best, key=lambda each: each.rank), policy, table, dropped.line)


def _closed(judge: Judge, table: str, old: PolicyDefinition) -> list[str]:
    """What those whom a permissive policy let in can no longer do by any policy of the table, in words."""
    policies = [each.node for each in judge.catalogue.on("policy", table).values()]
    roles = sorted({*CLIENTS} if EVERYBODY in old.roles else old.roles)
    return [
        f"{role} can no longer {COMMANDS[command]} it"
        for role, command in not_revoked(judge, table, roles)
        if admits(old, command, frozenset({role}))
        and not any(admits(each, command, frozenset({role})) for each in policies)
    ]


def _opened(judge: Judge, name: str, thing: Thing, gone: list[Dropped]) -> None:
    """A new policy that is always true, on a protected table."""
    table, own = name.rsplit("/", 1)
    policy, line = thing.node, thing.line
    schema, _, relation = table.rpartition(".")
    if judge.catalogue.get("relation", table) is None and not is_any(relation) and schema not in MANAGED:
        judge.asks(
            named("the policy {} is for {}, an unknown table: no file of the history makes it", own, table),
            "correct the name, or add the migration that makes the table",
            line=line,
        )
        return
    if judge.may_be_new("relation", table) or policy.roles <= ABOVE:
        return
    if judge.catalogue.birth("protected", table) is not Birth.LIVE:
        return  # it was open until now: `protection` tells whom it leaves out
    if not policy.permissive:
        if not any(each.name.startswith(f"{table}/") for each in gone):
            judge.asks(named("the restrictive policy {} takes rows of {} away from its readers", own, table), line=line)
        return
    olds = [each.node for each in gone if each.name.startswith(f"{table}/") and isinstance(each.node, PolicyDefinition)]
    if (is_true(policy.using) or is_true(policy.check)) and not any(
        compare(policy, old) is not MigrationVerdict.DESTRUCTIVE for old in olds
    ):
        whom = ", ".join(sorted(policy.roles))
        if not policy.roles & requested(judge) - ABOVE:
            unknown = sorted(each for each in policy.roles - ABOVE if judge.catalogue.get("role", each) is None)
            if unknown:
                what = named("the policy {} lets {} reach every row of {}, which was protected", own, whom, table)
                judge.asks(what, f"see that no request is made as {', '.join(unknown)}", line=line)
            return
        what = named("the policy {} lets {} reach every row of {}, which was protected", own, whom, table)
        judge.destroys(what, "write the condition under which a row may be reached", line=line)
