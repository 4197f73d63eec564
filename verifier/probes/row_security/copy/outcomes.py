"""Collects the results of one relation of the copy, and draws the conclusion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from verifier.core.evidence import Record
from verifier.probes.row_security.conditions import asks_the_role_alone, reach
from verifier.probes.row_security.copy.batching import AttemptResult
from verifier.probes.row_security.copy.membership import Membership
from verifier.probes.row_security.copy.tables import Place
from verifier.probes.row_security.declared import responsible_policies
from verifier.probes.row_security.relations import (
    COMMANDS,
    ROLES,
    SIGNED_IN,
    TABLES,
    Command,
    Opening,
    Relation,
    closing,
    quoted,
)


class Proof(Record):
    """The conclusion for one relation or function.

    Attributes:
        rows: the generated rows, regardless of policies; None where none could be made.
        cells: persona → command → the result of the turn in which most was possible.
        openings: access that should not be possible.
        undecided: another table → what a row in it opens, where nothing tells who has such a row.
        privileged: commands that reach rows of others only for a user with rows in other tables, such as an admin.
        published: request role → what lets it read the rows that say of themselves that they are public, and no others.
        unusable: the error that every signed-in user meets, whatever the rows are; empty if there is none.
        doubt: why this is no proof; empty if it is.
    """

    rows: int | None = None
    cells: dict[str, dict[str, str]] = {}
    openings: tuple[Opening, ...] = ()
    undecided: dict[str, str] = {}
    privileged: tuple[str, ...] = ()
    published: dict[str, str] = {}
    unusable: str = ""
    doubt: str = ""


@dataclass
class Findings:
    """The results for one relation over all turns."""

    rows: int | None = None
    best: dict[tuple[str, str], AttemptResult] = field(default_factory=dict)
    openings: dict[tuple[str, str, str], Opening] = field(default_factory=dict)
    privileged: set[str] = field(default_factory=set)
    published: dict[str, str] = field(default_factory=dict)
    memberships: dict[str, Membership] = field(default_factory=dict)
    beneath: dict[tuple[Command, str], tuple[tuple[Place, ...], str]] = field(default_factory=dict)
    alive: bool = False
    troubles: list[str] = field(default_factory=list)
    failed: str = ""
    unusable: str = ""

    @property
    def is_read_by_strangers(self) -> bool:
        """Whether one who owns nothing read a row in any turn."""
        return any(self.best[who, "select"].rows > 0 for who in ("anon", "stranger") if (who, "select") in self.best)

    def note(self, who: str, command: str, attempt: AttemptResult) -> AttemptResult:
        """Keep the most successful attempt."""
        former = self.best.get((who, command))
        if former is None or (attempt.succeeded, attempt.rows) > (former.succeeded, former.rows):
            self.best[who, command] = attempt
        if command == "select" and who != "anon":
            self.unusable = attempt.unusable or self.unusable
        if attempt.trouble:
            self.troubles.append(f"{who} met an error at {command.upper()}: {attempt.trouble}")
        return attempt


def note_opening(  # noqa: PLR0913, PLR0917 - what was seen of whom, where, doing what
    found: Findings,
    relation: Relation,
    role: str,
    command: Command,
    attempt: AttemptResult,
    claimed: str = "",
    through: Membership | None = None,
    after: str = "",
) -> None:
    """Keep an opening, with the policies responsible and the SQL that closes it."""
    policies = responsible_policies(relation, role, command, claimed=bool(claimed))
    by = [each.name for each in policies]
    believed = dict.fromkeys(told for each in policies for told in each.trusts)
    seen = _IN_WORDS[command].format(rows=attempt.rows) + (f", by policy {', '.join(by)}" if by else "")
    if through:
        seen += f", with nothing but a row in {through.table}, {through.why}"
    if after:
        seen += f", after {after}"
    if relation.kind in TABLES and not relation.enabled:
        seen += ", row-level security is off"
    found.openings.setdefault(
        (role, command, claimed),
        Opening(
            who=role,
            command=command,
            seen=seen,
            claimed=claimed and (", ".join(believed) or claimed),
            through=through.table if through else "",
            closes=closing(relation, role, command, policies),
        ),
    )


def note_handing_over(found: Findings, relation: Relation, attempt: AttemptResult) -> None:
    """Keep that an owner may put somebody else into its own row."""
    policies = tuple(each for each in relation.deciding(SIGNED_IN, "update") if each.check)
    lines = [f"alter policy {quoted(each.name)} on {relation.place} with check ({each.using});" for each in policies]
    by = f", by policy {', '.join(each.name for each in policies)}" if policies else ""
    found.openings.setdefault(
        (SIGNED_IN, "update", ""),
        Opening(
            who=SIGNED_IN,
            command="update",
            seen=f"puts {attempt.rows} rows of its own in the name of somebody else{by}",
            closes=" ".join(lines) or closing(relation, SIGNED_IN, "update"),
        ),
    )


def note_replacing(found: Findings, relation: Relation, role: str) -> None:
    """Keep that inserting a row of its own with the key of somebody else's hidden row replaces or changes that row."""
    opening = Opening(
        who=role,
        command="update",
        seen="replaces or changes a row of somebody else by inserting one of its own with the same key (an upsert)",
        closes=closing(relation, role, "insert"),
    )
    found.openings.setdefault((role, "update", ""), opening)


def note_forged_author(found: Findings, relation: Relation, column: str) -> None:
    """Keep that somebody may name another person in this column as who wrote a row of its own."""
    policies = relation.deciding(SIGNED_IN, "insert")
    same = f"{quoted(column)}::text = auth.uid()::text"
    lines = [
        f"alter policy {quoted(each.name)} on {relation.place} with check ({each.condition('insert')} and {same});"
        for each in policies
    ]
    seen = f"inserts a row of its own in the name of somebody else, in {column}"
    seen += f", by policy {', '.join(each.name for each in policies)}" if policies else ""
    opening = Opening(who=SIGNED_IN, command="insert", seen=seen, closes=" ".join(lines))
    found.openings.setdefault((SIGNED_IN, "insert", ""), opening)


def note_beneath(found: Findings, relation: Relation, command: Command, seen: str, meets: str) -> None:
    """Keep that somebody may put a row of its own beneath a hidden row of another.

    Args:
        found: for this relation.
        relation: the relation.
        command: by which; `insert` or `update`.
        seen: what it does, in words.
        meets: the condition in SQL that whoever sends it may read the other row; empty if there is no such row.
    """
    policies = relation.deciding(SIGNED_IN, command)
    lines = [
        f"alter policy {quoted(each.name)} on {relation.place} with check ({each.check or each.using} and {meets});"
        for each in policies
    ]
    seen += f", by policy {', '.join(each.name for each in policies)}" if policies else ""
    opening = Opening(
        who=SIGNED_IN,
        command=command,
        seen=seen,
        closes=" ".join(lines) if meets else closing(relation, SIGNED_IN, command),
    )
    found.openings.setdefault((SIGNED_IN, command, ""), opening)


_IN_WORDS = {
    "select": "reads {rows} rows that are not its own",
    "insert": "inserts a row in the name of somebody else",
    "update": "changes rows of others, without a condition",
    "delete": "deletes rows of others, without a condition",
}


def proof_of(relation: Relation, found: Findings, bodies: Mapping[str, str]) -> Proof:
    """The conclusion for one relation, after all turns.

    Args:
        relation: the relation.
        found: in all turns.
        bodies: function → its text.
    """
    cells: dict[str, dict[str, str]] = {}
    for (who, command), attempt in sorted(found.best.items(), key=lambda each: COMMANDS.index(each[0][1])):
        cells.setdefault(who, {})[command] = str(attempt)
    plain = {(role, command) for role, command, claimed in found.openings if not claimed}
    kept = [
        each for (role, command, claimed), each in found.openings.items() if not claimed or (role, command) not in plain
    ]
    return Proof(
        rows=found.rows,
        cells=cells,
        openings=tuple(kept),
        undecided={
            each.table: f"a row in {each.table} is enough to {command.upper()} all rows, {each.why}"
            for command, each in found.memberships.items()
            if each.kind == "undecided" and (SIGNED_IN, command) not in plain
        },
        privileged=tuple(sorted(found.privileged)),
        published={role: by for role, by in found.published.items() if role not in _readers(kept)},
        unusable="" if found.alive else found.unusable,
        doubt="" if kept else _doubt(relation, found, bodies),
    )


def _readers(kept: Iterable[Opening]) -> set[str]:
    return {each.who for each in kept if each.command == "select"}


def _doubt(relation: Relation, found: Findings, bodies: Mapping[str, str]) -> str:
    """Why the results prove nothing; empty if they do."""
    if not relation.rights or relation.kind == "foreign table":
        return ""
    reasons = [
        found.failed,
        "" if found.rows or found.alive else "no row could be generated that appears in it",
        *found.troubles[:1],
    ]
    if any(reasons):
        return next(filter(None, reasons))
    conditional = [
        policy.name
        for role in ROLES
        if relation.kind in TABLES and relation.enabled and relation.may(role, "select")
        for policy in relation.deciding(role, "select")
        if reach(policy.using) == "rows" and not asks_the_role_alone(policy.using, bodies)
    ]
    if conditional and not found.alive and not found.unusable:
        return f"no persona was found that may read a row by policy {', '.join(dict.fromkeys(conditional))}"
    return ""
