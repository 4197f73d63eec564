"""Suspicious lines that accepted releases wrote. Every run that is DONE asks: nothing large is imported here."""

from __future__ import annotations

from verifier.core.evidence.store import EvidenceStore
from verifier.core.probe import Context
from verifier.core.verdict.baseline import read_baseline


def templates(store: EvidenceStore) -> tuple[str, ...]:
    """The templates of the suspicious lines of a run: what a release wrote that a person has accepted."""
    found = [each for name in ("logs", "later_logs", "recent_logs", "agent_logs", "watch") if (each := store.raw(name))]
    return tuple(dict.fromkeys(told["template"] for each in found for told in each.get("suspicious", ())))


def accepted_templates(context: Context) -> frozenset[str]:
    """Kinds of suspicious lines that accepted releases of this target wrote."""
    baseline = read_baseline(context.history)
    return frozenset(baseline.templates if baseline else ())
