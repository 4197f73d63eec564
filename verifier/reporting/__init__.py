"""Ledger → what a run leaves behind: verdict.json, the page, the checklist, the direction's forms, Allure's report."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.core.deadline import now
from verifier.core.execution.run import Run
from verifier.core.files import write_whole
from verifier.core.redaction import REDACTOR
from verifier.core.subject import subjects
from verifier.core.verdict.baseline import read_baseline
from verifier.core.verdict.ledger import Ledger, Verdict
from verifier.reporting.allure_report.html import write_html
from verifier.reporting.allure_report.links import links
from verifier.reporting.allure_report.results import finish_results
from verifier.reporting.building import observed_release, report_of
from verifier.reporting.caller_outputs import write_caller_outputs
from verifier.reporting.checklist import checklist
from verifier.reporting.escalation.receipt import told
from verifier.reporting.escalation.sending import escalate
from verifier.reporting.forms import forms
from verifier.reporting.forms.feedback import append_feedback
from verifier.reporting.history import remember
from verifier.reporting.leaks import withdraw_leaks
from verifier.reporting.model import PAGE, Report
from verifier.reporting.record import RECORD
from verifier.reporting.record.canonical import canonical
from verifier.reporting.record.statement import close_report
from verifier.reporting.telemetry.sending import send_figures


@dataclass(frozen=True)
class Published:
    """What is worth telling of what was written.

    Attributes:
        hint: how to get Allure's report, if it could not be made.
        history: what was kept for the runs of later releases, as a line for people.
        told: who was told of what, and where the status was added, as lines for people.
    """

    hint: str = ""
    history: str = ""
    told: tuple[str, ...] = ()


def write_incomplete(run: Run) -> None:
    """The verdict of a run that has not ended; whoever finds it knows that it did not."""
    record: dict[str, Any] = {
        "verdict": str(Verdict.INCOMPLETE),
        "exit_status": None,
        "target": run.target.name,
        "contradictions": [],
        "items": [],
    }
    write_record(run.folder, record | {"run": {"id": run.id, "started": now().isoformat()}})


def publish(run: Run, ledger: Ledger, *, html: bool, allure: bool = True) -> Published:
    """Write everything; the verdict first, so that it is there even if the rest fails or is interrupted.

    Raises:
        OSError: something cannot be written.
    """
    release = observed_release(run)
    report = report_of(run, ledger, release)
    _write_texts(run, report)
    hint = _write_allure(run, report, html=html) if allure else ""
    ledger.problems += _write_forms(run, report)
    ledger.problems += _write_page(run, report)
    ledger.problems += withdraw_leaks(run.folder)
    ledger.problems += write_caller_outputs(run, ledger, report)
    if tuple(ledger.problems) != report.run.problems:
        report = report_of(run, ledger, release)
        _write_again(run, report)
    if allure:
        report = _escalated(run, report)
    # Nothing of the report may change from here on.
    close_report(run.folder, report)
    if not allure:
        return Published(hint)
    lines = (*told(report.escalations), *send_figures(run, report, os.environ), *_feedback(run, report))
    return Published(hint, remember(run, report), lines)


def _escalated(run: Run, report: Report) -> Report:
    """Tell people, and write down who was told; whatever goes wrong with that is no part of the verdict."""
    receipts = escalate(run, report)
    if not receipts:
        return report
    missing = tuple(run.credentials.missing.values())  # addresses of channels are looked for only now
    report = report.model_copy(update={"escalations": receipts, "missing_credentials": missing})
    _write_again(run, report)
    return report


def _feedback(run: Run, report: Report) -> list[str]:
    """Add the status to the file of the day, where the target names one; a line for people."""
    place = run.target.reports.feedback
    if place is None:
        return []
    try:
        path = append_feedback(run.root, place, report)
    except Exception as trouble:  # noqa: BLE001 - it is no part of the verdict
        return [f"problem: the status could not be added to {place}: {type(trouble).__name__}: {trouble}"]
    return [f"status added to {path}"] if path else []


def _write_again(run: Run, report: Report) -> None:
    """Write anew what tells of the whole run; what went wrong before is told already, and a secret is withdrawn."""
    _write_texts(run, report)
    _write_forms(run, report)
    if (run.folder / PAGE).exists():
        _write_page(run, report)
    withdraw_leaks(run.folder)
    if not (run.folder / RECORD).exists():
        write_incomplete(run)


def _write_texts(run: Run, report: Report) -> None:
    write_texts(run.folder, report)
    for name, document in ((name, each) for subject in subjects() for name, each in subject.documents.items()):
        text = document.get()(run.store, report.as_json())
        if text:
            _write_text(run.folder / name, text)


def _write_allure(run: Run, report: Report, *, html: bool) -> str:
    raw, published = run.scratch / "allure-results", run.folder / "allure-results"
    finish_results(raw, published, report, links(run, report, os.environ))
    return write_html(run, report) if html else "omitted by --html omit"


def _write_forms(run: Run, report: Report) -> list[str]:
    """Write the direction's forms; what went wrong, in words: they must not take the verdict with them."""
    try:
        for name, form in forms(report).items():
            _write_text(run.folder / name, form)
    except Exception as trouble:  # noqa: BLE001 - whatever a report may hold
        return [REDACTOR.text(f"the forms could not be written: {type(trouble).__name__}: {trouble}")]
    return []


def _write_page(run: Run, report: Report) -> list[str]:
    """Write the page; what went wrong, in words: a page that cannot be made must not take the verdict with it."""
    try:
        from verifier.reporting.page import write_page  # noqa: PLC0415 - jinja2: who only lists does not need it

        write_page(run.folder, report, read_baseline(run.history), run.shipped.sha)
    except Exception as trouble:  # noqa: BLE001 - whatever a template can raise
        return [REDACTOR.text(f"{PAGE} could not be written: {type(trouble).__name__}: {trouble}")]
    return []


def write_texts(folder: Path, report: Report) -> None:
    """Write the record and the checklist of a report.

    Raises:
        OSError: they cannot be written.
    """
    write_record(folder, report.as_json())
    _write_text(folder / "definition-of-done.md", checklist(report))


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Write `verdict.json`.

    Raises:
        OSError: it cannot be written.
    """
    _write_text(folder / RECORD, canonical(REDACTOR.clean(record)))


def _write_text(path: Path, text: str) -> None:
    write_whole(path, REDACTOR.text(text))
