"""Writes results where the caller wants them besides `reports/`: `--junitxml FILE` and `--alluredir FOLDER`."""

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


def forget_earlier(wanted: CallerOutputs) -> None:
    """Remove what an earlier run left there, so that a run that is killed leaves nothing that speaks for it."""
    if wanted.junit:
        with suppress(OSError):  # what cannot be removed cannot be written in the end, and is told then
            wanted.junit.unlink()
    if wanted.allure and wanted.clean:
        shutil.rmtree(wanted.allure, ignore_errors=True)


def write_caller_outputs(run: Run, ledger: Ledger, report: Report) -> list[str]:
    """Write both, from what is redacted already.

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
        problems += _write_junit(wanted.junit, junit(report))
    return [each for each in problems if each not in ledger.problems]


def _write_junit(path: Path, content: bytes) -> list[str]:
    if leak_in(content):
        return [f"--junitxml {path}: not written, for it would hold a secret"]
    try:
        write_whole(path, content)
    except OSError as trouble:
        return [f"--junitxml {path}: cannot be written: {_why(trouble)}"]
    return []


def _why(trouble: OSError) -> str:
    return trouble.strerror or str(trouble)
