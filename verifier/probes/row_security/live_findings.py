"""What the live database shows of a relation, and why that may prove nothing."""

from __future__ import annotations

from verifier.core.evidence import Cause
from verifier.core.evidence.finding import Finding
from verifier.probes.row_security.declared import responsible_policies
from verifier.probes.row_security.live import LiveView, VisibleRows
from verifier.probes.row_security.relations import SIGNED_IN, Relation, closing


def read_by_visitor(view: LiveView, relation: Relation) -> Finding | None:
    """What a visitor without a login reads."""
    if not view.anonymous or not view.anonymous.rows:
        return None
    told = f"{_reads('anon', view.anonymous)} without a login"
    return _finding("readable without a login", told, relation, "anon")


def read_by_signed_in(view: LiveView, relation: Relation) -> Finding | None:
    """What a signed-in user reads of others."""
    if view.stranger and view.stranger.rows:
        told = f"any signed-in user reads {view.stranger}, and owns none of them"
    elif view.forged and view.forged.rows:
        believed = ", ".join(dict.fromkeys(each for policy in relation.policies for each in policy.trusts))
        told = f"a signed-in user who forges {believed} reads {view.forged}"
    elif view.owners and all(each.foreign for each in view.owners):
        told = f"owners of {' and '.join(map(str, view.owned))} rows read {view.owners[0].foreign} rows of others"
    else:
        return None
    claimed = bool(view.forged and view.forged.rows) and not (view.stranger and view.stranger.rows)
    problem = "rows of others readable by a signed-in user"
    return _finding(problem, told, relation, SIGNED_IN, claimed=claimed)


def _reads(who: str, reading: VisibleRows) -> str:
    return f"{who} reads {reading}"


def _finding(problem: str, told: str, relation: Relation, role: str, *, claimed: bool = False) -> Finding:
    off = "" if relation.enabled or relation.kind == "view" else "; row-level security is not enabled"
    policies = responsible_policies(relation, role, "select", claimed=claimed)
    by = f", by policy {', '.join(each.name for each in policies)}" if policies else ""
    closes = closing(relation, role, "select", policies)
    if policies and relation.enabled:
        closes = f"let the policy compare the owner, using (user_id = auth.uid()), or close it with: {closes}"
    return Finding(subject=relation.label, problem=problem, detail=f"{told}{by}{off}", remedy=closes)


def live_doubt(view: LiveView, relation: Relation) -> tuple[Cause, str] | None:
    """Why an empty result proves nothing here; None if it does prove protection."""
    troubled = [each for each in view.readings if each.trouble]
    if troubled:
        return Cause.PRECONDITION, f"{troubled[0].role} met an error: {troubled[0].trouble}"
    if all(each.denied for each in view.readings):
        return None
    if view.rows is None:
        return Cause.UNAUTHORIZED, "our own role may not read it, so it is not known whether it has rows"
    if not view.rows:
        return Cause.NO_DATA, "our own role sees no rows"
    closed = relation.enabled and not relation.deciding(SIGNED_IN, "select")
    return None if closed or (view.stranger and view.stranger.denied) else _not_told_apart(view)


def _not_told_apart(view: LiveView) -> tuple[Cause, str] | None:
    """Require a positive control: an owner must see its own rows."""
    if not view.owners:
        return Cause.PRECONDITION, "no row names an owner, so no owner could be impersonated"
    own = view.owners[0].rows - view.owners[0].foreign
    if own >= view.owned[0]:
        return None
    return Cause.PRECONDITION, f"its owner sees {own} of its own {view.owned[0]} rows: users are not told apart"
