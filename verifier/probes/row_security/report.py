"""The matrix of relations, personas and commands as Markdown."""

from __future__ import annotations

from verifier.probes.row_security.evidence import RowSecurity
from verifier.probes.row_security.relations import COMMANDS, TABLES, Relation

_PEOPLE = {"anon": "anon", "stranger": "signed in, owns nothing", "owner": "signed in, owns 1 of 2 rows"}
_PARTS = {"no grant": 5, "closed, no policy": 4, "rows of their own": 3}


def matrix(seen: RowSecurity) -> str:
    """One line per relation and persona; open ones first."""
    lines = [f"# Row-level security of {seen.where}", "", *_legs(seen), "", "## How each relation stands", ""]
    classes = seen.classes()
    for each_class in sorted(set(classes.values()), key=lambda each: (_PARTS.get(each, 0), each)):
        labels = [label for label, each in classes.items() if each == each_class]
        lines.append(f"- **{each_class}**: {', '.join(labels)}")
    lines += ["", "## Who can do what, tried on a copy with two generated rows", ""]
    lines += ["| relation | row-level security | who | " + " | ".join(COMMANDS) + " | live: reads |"]
    lines += ["|---" * (len(COMMANDS) + 4) + "|"]
    for label, relation in seen.catalogue.relations.items():
        lines += _rows(seen, label, relation)
    lines += _functions(seen)
    told = list(seen.remarks())
    lines += ["", "## Worth knowing", "", *(f"- {each}" for each in told)] if told else []
    return "\n".join(lines) + "\n"


def _legs(seen: RowSecurity) -> list[str]:
    live = f"not looked at ({seen.live_trouble.what})" if seen.live_trouble else f"{len(seen.live or {})} relations"
    copy = f"not looked at ({seen.trial_trouble.what})" if seen.trial_trouble else "an open table on it was seen open"
    return [
        f"- catalogue: {len(seen.catalogue.relations)} relations of {', '.join(seen.catalogue.schemas)}",
        f"- live, read-only: {live}",
        f"- a copy of the schema: {copy}",
    ]


def _rows(seen: RowSecurity, label: str, relation: Relation) -> list[str]:
    proof = seen.trial.proofs.get(label) if seen.trial else None
    view = seen.live.get(label) if seen.live else None
    live = {"anon": view and view.anonymous, "stranger": view and view.stranger}
    live["owner"] = view.owners[0] if view and view.owners else None
    head = f"{'on' if relation.enabled else 'off'}{', forced' if relation.forced else ''}"
    head = head if relation.kind in TABLES else relation.kind
    lines = []
    for who, title in _PEOPLE.items():
        role = "anon" if who == "anon" else "authenticated"
        cells = proof.cells.get(who, {}) if proof else {}
        words = [cells.get(each) or ("no grant" if not relation.may(role, each) else "–") for each in COMMANDS]
        lines.append(f"| {label} | {head} | {title} | {' | '.join(words)} | {live[who] or '–'} |")
    return lines + (
        [f"| {label} | | not proven: {proof.doubt} |" + " |" * (len(COMMANDS) + 1)] if proof and proof.doubt else []
    )


def _functions(seen: RowSecurity) -> list[str]:
    if not seen.trial or not seen.trial.functions:
        return []
    lines = ["", "## Functions with their owner's rights that a client may call", ""]
    for label, proof in seen.trial.functions.items():
        told = "; ".join(f"{who}: {cells['call']}" for who, cells in proof.cells.items())
        lines.append(f"- `{label}`: {told or proof.doubt}")
    return lines
