"""Writes what the release leaves behind: the same files as a run, but for evidence, which stays with its run."""

from __future__ import annotations

from pathlib import Path

from verifier.core.files import write_whole
from verifier.core.redaction import REDACTOR
from verifier.reporting import write_texts
from verifier.reporting.forms import DEPLOYMENT
from verifier.reporting.forms.deployment import deployment_report
from verifier.reporting.model import PAGE, Report
from verifier.reporting.page import page
from verifier.reporting.page.pictures import Picture, pictures
from verifier.reporting.record.statement import close_report
from verifier.reporting.release.runs import GivenRuns

LINKS = ("definition-of-done.md", "verdict.json")


def write_release(folder: Path, report: Report, given: GivenRuns) -> None:
    """Write record, checklist, page, the direction's report and the statement of a release into `folder`.

    Raises:
        OSError: they cannot be written.
    """
    write_texts(folder, report)
    if told := deployment_report(report):
        write_whole(folder / DEPLOYMENT, REDACTOR.text(told))
    commit = report.run.source.commit if report.run.source else None
    write_whole(folder / PAGE, page(report, _pictures(report, given), report.previous, commit, LINKS))
    close_report(folder, report)


def _pictures(report: Report, given: GivenRuns) -> list[Picture]:
    """What the checks attached of the items that count as their run saw them."""
    found = []
    for run in given.runs:
        items = tuple(each for each in report.items if each.run == run.report.run.id)
        found += pictures(run.kept.folder / "allure-results", report.model_copy(update={"items": items}))
    return found
