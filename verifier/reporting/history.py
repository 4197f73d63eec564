"""Keeps what the tiles of an accepted release took, for the runs of later releases to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.core.deadline import now
from verifier.core.evidence import moment
from verifier.core.files import write_whole
from verifier.core.run import Run
from verifier.core.subject import offered
from verifier.core.verdict.baseline import Baseline, read_baseline
from verifier.core.verdict.ledger import Verdict

MOST = 30
"""Samples that are kept of each tile; older ones of the same release make room."""


def remember(run: Run, verdict: Verdict, release: Mapping[str, Any] | None) -> str:
    """Keep this run's tile times if its verdict accepts the release; a line for people, or nothing.

    Runs of the same release add up, so that the differences between runs are known too. That a file cannot be written
    is said and does not change the verdict.
    """
    fresh = {name: times for samples in offered("samples") for name, times in samples(run.store).items()}
    if verdict != Verdict.DONE or not fresh:
        return ""
    version = str(release["version"]) if release else None
    before = read_baseline(run.history)
    same = before is not None and version is not None and before.release == version
    kept = before.seconds if before and same else {}
    seconds = {tile: (*kept.get(tile, ()), *times)[-MOST:] for tile, times in fresh.items()}
    baseline = Baseline(target=run.target.name, release=version, accepted=moment(now()), seconds=seconds)
    try:
        run.history.parent.mkdir(parents=True, exist_ok=True)
        write_whole(run.history, baseline.model_dump_json(indent=2) + "\n")
    except OSError as trouble:
        return f"tile times of this release could not be kept: {run.history}: {trouble.strerror}"
    return f"tile times kept for later releases: {run.history.name} ({baseline})"
