"""Keeps what an accepted release took and what was waived, for the runs of later releases to compare with."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from verifier.core.deadline import now
from verifier.core.evidence import moment
from verifier.core.execution.run import Run
from verifier.core.files import write_whole
from verifier.core.subject import offered
from verifier.core.verdict.baseline import AcceptedRelease, Baseline, read_baseline
from verifier.core.verdict.ledger import Verdict
from verifier.reporting.building import known
from verifier.reporting.model import Report
from verifier.reporting.record import RECORD
from verifier.reporting.record.canonical import digest

MOST = 30
"""Samples that are kept of each figure; older ones of the same release make room."""
MOST_TEMPLATES = 500
"""Kinds of log lines that are kept; the oldest make room."""
MOST_RELEASES = 50
"""Releases that are kept for trends."""


def remember(run: Run, report: Report) -> str:
    """Keep this run's figures and findings if its verdict accepts the release; a line for people, or nothing.

    Runs of the same release add up, and one that looked at no deployment accepts none. That a file cannot be written is
    said, and does not change the verdict.
    """
    if report.verdict != Verdict.DONE or run.files_only:
        return ""
    before = read_baseline(run.history)
    try:
        written = tuple(kind for told in offered("templates") for kind in told(run.store))
        baseline = _with(before, report, digest(run.folder / RECORD), written)
        run.history.parent.mkdir(parents=True, exist_ok=True)
        write_whole(run.history, baseline.model_dump_json(indent=2) + "\n")
    except OSError as trouble:
        return f"what this release took could not be kept: {run.history}: {trouble.strerror}"
    return f"kept for later releases to compare with: {run.history.name} ({baseline})"


def _with(before: Baseline | None, report: Report, sha256: str, written: tuple[str, ...]) -> Baseline:
    """What is kept, with an accepted run; of what it did not judge or measure, what is known stays known."""
    before = before or Baseline(target=report.target, release=None, accepted="", seconds={})
    version = str(report.release["version"]) if report.release else None
    again = next((each for each in before.releases[-1:] if version and each.release == version), None)
    own = {thing: before.seconds.get(thing, ()) for thing in (again.medians if again else ())}
    seconds = {thing: (*own.get(thing, ()), *times)[-MOST:] for thing, times in report.samples.items()}
    release = AcceptedRelease(
        release=version,
        accepted=moment(now()),
        run=report.run.id,
        sha256=sha256,
        figures=(again.figures if again else {}) | _figures(report),
        medians=(again.medians if again else {}) | _medians(seconds),
    )
    judged = {each.id for each in report.items}
    return Baseline(
        **release.model_dump(include={"release", "accepted"}),
        target=report.target,
        seconds=before.seconds | seconds,
        findings=(*known(report.items), *(each for each in before.findings if each.item not in judged)),
        releases=(*(before.releases[:-1] if again else before.releases), release)[-MOST_RELEASES:],
        templates=(*(each for each in before.templates if each not in written), *written)[-MOST_TEMPLATES:],
    )


def _medians(seconds: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {thing: round(statistics.median(times), 4) for thing, times in seconds.items()}


def _figures(report: Report) -> dict[str, tuple[float, float]]:
    told = {each.id: (each.figure, each.ceiling) for each in report.items}
    return {name: (figure, most) for name, (figure, most) in told.items() if figure is not None and most is not None}
