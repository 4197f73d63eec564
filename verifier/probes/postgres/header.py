"""Which secrets the database's probes need."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.core.config.contract import Stage
from verifier.core.evidence import CouldNotLook
from verifier.core.execution.run import Run
from verifier.probes.postgres.backups_section import Backups


def ask(run: Run, stages: frozenset[Stage]) -> Iterator[CouldNotLook]:
    """Why there is no way into the database, or to its backups, where one is needed."""
    if run.target.has("database"):
        yield from run.credentials.lacking("database")
    backups = run.target.get(Backups) if Stage.PRODUCTION in stages else None
    if backups and backups.source == "supabase":
        yield from run.credentials.lacking("supabase")
