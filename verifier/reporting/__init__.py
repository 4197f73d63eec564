"""Ledger → what a run leaves behind: verdict.json, the checklist, credential requests, Allure results and HTML."""

from __future__ import annotations

import json
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
from verifier.core.verdict.ledger import Ledger, Verdict
from verifier.reporting.allure_results import finish_results
from verifier.reporting.checklist import checklist
from verifier.reporting.history import remember
from verifier.reporting.html import write_html
from verifier.reporting.leaks import withdraw_leaks
from verifier.reporting.model import report_of
from verifier.reporting.outlets import write_outlets


@dataclass(frozen=True)
class Published:
    """What was written for people.

    Attributes:
        html: the single-file report, if it could be made.
        hint: how to get it, if not.
        history: what was kept for the runs of later releases, as a line for people.
    """

    html: Path | None
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
    _write(run.folder / "verdict.json", record | {"run": {"id": run.id, "started": now().isoformat()}})


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
    _write(run.folder / "verdict.json", report.as_json())
    _write_text(run.folder / "definition-of-done.md", checklist(report))
    wanted = requests(run.credentials)
    if wanted:
        _write_text(run.folder / "credential-requests.md", wanted)
    for name, document in ((name, each) for subject in subjects() for name, each in subject.documents.items()):
        text = document.get()(run.store, report.as_json())
        if text:
            _write_text(run.folder / name, text)
    if not allure:
        ledger.problems += write_outlets(run, ledger, report)
        return Published(None)
    finish_results(run.scratch / "allure-results", run.folder / "allure-results", report)
    page, hint = write_html(run, report) if html else (None, "omitted by --html omit")
    ledger.problems += withdraw_leaks(run.folder)
    ledger.problems += write_outlets(run, ledger, report)
    if tuple(ledger.problems) != report.run.problems:
        _write(run.folder / "verdict.json", report_of(run, ledger, release).as_json())
    history = remember(run, report)
    return Published(page if page and page.exists() else None, hint, history)


def _write(path: Path, record: dict[str, Any]) -> None:
    _write_text(path, json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def _write_text(path: Path, text: str) -> None:
    write_whole(path, REDACTOR.text(text))
