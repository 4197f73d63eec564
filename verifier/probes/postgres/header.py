"""Which secrets the database's probes need."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.core.config.contract import Stage
from verifier.core.evidence import CouldNotLook
from verifier.core.execution.run import Run
from verifier.probes.postgres.backups_section import Backups


def ask(run: Run, stages: frozenset[Stage]) -> Iterator[CouldNotLook]:
    """What is missing to reach the database or its backups, where they are needed."""
    if run.target.has("database"):
        yield from run.credentials.lacking("database")
    backups = run.target.get(Backups) if Stage.PRODUCTION in stages else None
    if backups and backups.source == "supabase":
        yield from run.credentials.lacking("supabase")
