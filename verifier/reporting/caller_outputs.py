"""Writes results where the caller wants them besides `reports/`: `--junitxml`, `--alluredir` and `--openmetrics`."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from verifier.core.execution.run import CallerOutputs, Run
from verifier.core.files import write_whole
from verifier.core.verdict.ledger import Ledger
from verifier.reporting.junit import junit
from verifier.reporting.leaks import leak_in
from verifier.reporting.model import Report
from verifier.reporting.telemetry.openmetrics import openmetrics


def forget_earlier(wanted: CallerOutputs) -> None:
    """Remove what an earlier run left there, so that a run that is killed leaves nothing that speaks for it."""
    for each in (wanted.junit, wanted.openmetrics):
        with suppress(OSError):  # what cannot be removed cannot be written in the end, and is told then
            if each:
                each.unlink()
    if wanted.allure and wanted.clean:
        shutil.rmtree(wanted.allure, ignore_errors=True)


def write_caller_outputs(run: Run, ledger: Ledger, report: Report) -> list[str]:
    """Write all of them, from what is redacted already.

    Returns:
        What could not be written, in words; it is no reason to lose the report.
    """
    wanted, problems = run.caller_outputs, []
    results = run.folder / "allure-results"
    if wanted.allure and results.is_dir():
        try:
            shutil.copytree(results, wanted.allure, dirs_exist_ok=True)
        except (OSError, shutil.Error) as trouble:
            problems.append(f"--alluredir {wanted.allure}: cannot be written: {_why(trouble)}")
    if wanted.junit:
        problems += _write(f"--junitxml {wanted.junit}", wanted.junit, junit(report))
    if wanted.openmetrics:
        problems += _write(f"--openmetrics {wanted.openmetrics}", wanted.openmetrics, openmetrics(report))
    return [each for each in problems if each not in ledger.problems]


def _write(option: str, path: Path, content: bytes) -> list[str]:
    if leak_in(content):
        return [f"{option}: not written, for it would hold a secret"]
    try:
        write_whole(path, content)
    except OSError as trouble:
        return [f"{option}: cannot be written: {_why(trouble)}"]
    return []


def _why(trouble: OSError) -> str:
    return trouble.strerror or str(trouble)
