"""The head of the terminal: what is judged, how, by which version of the suite, and what is missing for it."""

from __future__ import annotations

import pytest

from verifier.core.config.contract import Stage
from verifier.core.evidence import CouldNotLook
from verifier.core.execution.run import COLLECTOR, RUN, Run, suite_version
from verifier.core.subject import offered
from verifier.plugin.selection import wanted_stages

PREFLIGHT = pytest.StashKey[list[CouldNotLook]]()
"""What was missing before anything was looked at."""
_PREFLIGHT = "preflight: "


def pytest_report_header(config: pytest.Config) -> list[str]:
    """What is judged, how, by which version of the suite; and what the preflight found missing."""
    run = config.stash.get(RUN, None)
    if run is None or run.worker:
        return []
    target = run.target
    if run.files_only:
        urgent = [f"emergency: {run.options.emergency}"] if run.options.emergency else []
        return [f"judged: {target.title}", *urgent, *_run_told(run)]
    collector, preflight = config.stash[COLLECTOR], [*config.stash[PREFLIGHT]]
    told: list[str] = []
    try:
        for lines in offered("header"):
            told += lines(run, collector, preflight)
    except KeyboardInterrupt:
        run.interrupt("Ctrl-C while the platform was asked")
    return [
        f"target: {target.name} ({target.title}), {target.url or 'address unknown'}, writes {target.writes}",
        *([f"shipped: {run.shipped}"] if str(run.shipped) else []),
        *(each for each in told if not each.startswith(_PREFLIGHT)),
        *_run_told(run),
        *(each for each in told if each.startswith(_PREFLIGHT)),
        *(f"{_PREFLIGHT}{each}" + (f"\n  → {each.remedy}" if each.remedy else "") for each in preflight),
    ]


def _run_told(run: Run) -> list[str]:
    keep = run.target.keep_reports
    return [
        f"suite: {suite_version(run.suite)}, run {run.id}, deadline {run.deadline.seconds:g} s",
        f"report: {run.folder.relative_to(run.root).as_posix()}/",
        *([f"reports: {run.removed} of earlier runs removed (keep_reports = {keep})"] if run.removed else []),
    ]


def missing(run: Run, config: pytest.Config) -> list[CouldNotLook]:
    """What is missing before anything was looked at."""
    if run.files_only:
        return []
    stages = frozenset(filter(wanted_stages(config), Stage))
    return [trouble for ask in offered("prerequisites") for trouble in ask(run, stages)]
