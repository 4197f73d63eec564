"""Keeps what an accepted release took and what was waived, for the runs of later releases to compare with."""

from __future__ import annotations

from verifier.core.deadline import now
from verifier.core.evidence import moment
from verifier.core.execution.run import Run
from verifier.core.files import write_whole
from verifier.core.subject import offered
from verifier.core.verdict.baseline import Baseline, read_baseline
from verifier.core.verdict.ledger import Verdict
from verifier.reporting.building import known
from verifier.reporting.model import Report

MOST = 30
"""Samples that are kept of each figure; older ones of the same release make room."""


def remember(run: Run, report: Report) -> str:
    """Keep this run's figures and findings if its verdict accepts the release; a line for people, or nothing.

    Runs of the same release add up, so that the differences between runs are known too. That a file cannot be written
    is said and does not change the verdict. A run that looked at no deployment accepts no release.
    """
    if report.verdict != Verdict.DONE or run.files_only:
        return ""
    fresh = {name: times for samples in offered("samples") for name, times in samples(run.store).items()}
    version = str(report.release["version"]) if report.release else None
    before = read_baseline(run.history)
    same = before is not None and version is not None and before.release == version
    kept = before.seconds if before and same else {}
    seconds = {thing: (*kept.get(thing, ()), *times)[-MOST:] for thing, times in fresh.items()}
    baseline = Baseline(
        target=report.target, release=version, accepted=moment(now()), seconds=seconds, findings=known(report.items)
    )
    try:
        run.history.parent.mkdir(parents=True, exist_ok=True)
        write_whole(run.history, baseline.model_dump_json(indent=2) + "\n")
    except OSError as trouble:
        return f"what this release took could not be kept: {run.history}: {trouble.strerror}"
    return f"kept for later releases to compare with: {run.history.name} ({baseline})"
