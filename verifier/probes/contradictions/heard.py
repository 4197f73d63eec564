"""Asks the rules where two sources of a run may contradict each other: they import the modules of all sources."""

from __future__ import annotations

from verifier.core.evidence.contradiction import Contradiction
from verifier.core.evidence.store import EvidenceStore

SOURCES = ("health", "connection", "traffic", "agent", "events")
"""Records of which each rule needs one; a new rule that needs none of them adds its own."""


def find(seen: EvidenceStore) -> list[Contradiction]:
    """The contradictions in the evidence of a run, the worst first."""
    if not any(map(seen.has, SOURCES)):
        return []
    from verifier.probes.contradictions import contradictions  # noqa: PLC0415 - half a second of processor time

    return contradictions.find(seen)
