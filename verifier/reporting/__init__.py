"""Ledger → what a run leaves behind: verdict.json, the page, the checklist, credential requests, Allure's report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.core.credentials import requests
from verifier.core.deadline import now
from verifier.core.execution.run import Run
from verifier.core.files import write_whole
from verifier.core.redaction import REDACTOR
from verifier.core.subject import offered, subjects
from verifier.core.verdict.baseline import read_baseline
from verifier.core.verdict.ledger import Ledger, Verdict
from verifier.reporting.allure_results import finish_results
from verifier.reporting.building import report_of
from verifier.reporting.caller_outputs import write_caller_outputs
from verifier.reporting.checklist import checklist
from verifier.reporting.history import remember
from verifier.reporting.html import write_html
from verifier.reporting.leaks import withdraw_leaks
from verifier.reporting.model import PAGE, Report
from verifier.reporting.record import RECORD
from verifier.reporting.record.canonical import canonical
from verifier.reporting.record.statement import close_report


@dataclass(frozen=True)
class Published:
    """What is worth telling of what was written.

    Attributes:
        hint: how to get Allure's report, if it could not be made.
        history: what was kept for the runs of later releases, as a line for people.
    """

    hint: str = ""
    history: str = ""


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


def observed_release(run: Run) -> Mapping[str, Any] | None:
    """Release and machines that were judged, as some subject tells of them."""
    return next((told for ask in offered("release") if (told := ask(run.store))), None)


def publish(run: Run, ledger: Ledger, *, html: bool, allure: bool = True) -> Published:
    """Write everything; the verdict first, so that it is there even if the rest fails or is interrupted.

    Raises:
        OSError: something cannot be written.
    """
    release = observed_release(run)
    report = report_of(run, ledger, release)
    _write_texts(run, report)
    hint = _write_allure(run, report, html=html) if allure else ""
    ledger.problems += _write_page(run, report)
    ledger.problems += withdraw_leaks(run.folder) if allure else []
    ledger.problems += write_caller_outputs(run, ledger, report)
    if tuple(ledger.problems) != report.run.problems:
        report = report_of(run, ledger, release)
        _write_texts(run, report)
        if (run.folder / PAGE).exists():
            _write_page(run, report)
    # Nothing of the report may change from here on.
    close_report(run.folder, report)
    history = remember(run, report) if allure else ""
    return Published(hint, history)


def _write_texts(run: Run, report: Report) -> None:
    write_texts(run.folder, report)
    wanted = requests(run.credentials)
    if wanted:
        _write_text(run.folder / "credential-requests.md", wanted)
    for name, document in ((name, each) for subject in subjects() for name, each in subject.documents.items()):
        text = document.get()(run.store, report.as_json())
        if text:
            _write_text(run.folder / name, text)


def _write_allure(run: Run, report: Report, *, html: bool) -> str:
    finish_results(run.scratch / "allure-results", run.folder / "allure-results", report)
    return write_html(run, report) if html else "omitted by --html omit"


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
