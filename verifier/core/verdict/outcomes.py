"""Turns what pytest reports of one phase of a check into a `CheckResult`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from verifier.core.evidence import BrokenPromise, Cause, CouldNotLook, Evidence, Readings, moment
from verifier.core.redaction import REDACTOR
from verifier.core.verdict.ledger import CheckResult, Outcome


@dataclass
class Notes:
    """What a check used while it ran: evidence by name, what it measured, and what it warns of."""

    evidence: dict[str, Evidence] = field(default_factory=dict)
    measured: str | None = None
    figure: float | None = None
    warnings: list[str] = field(default_factory=list)


NOTES = pytest.StashKey[Notes]()


def notes_of(item: pytest.Item) -> Notes:
    """The notes of a check, made when first asked for."""
    return item.stash.setdefault(NOTES, Notes())


def proven_item(item: pytest.Item) -> str:
    """The id that stands in the check's `proves` marker, or nothing."""
    marker = item.get_closest_marker("proves")
    return str(marker.args[0]) if marker and marker.args else ""


def judge(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> CheckResult:
    """The result of one phase, by the table of outcomes in the design."""
    notes = notes_of(item)
    outcome, cause, message, remedy = _told(call, report, notes)
    trace = REDACTOR.text(str(report.longrepr)) if cause == Cause.INTERNAL and report.longrepr else ""
    return CheckResult(
        check=item.nodeid,
        item=proven_item(item),
        title=_title(item),
        outcome=outcome,
        cause=cause,
        message=REDACTOR.text(message.strip()),
        remedy=remedy,
        measured=notes.measured,
        figure=notes.figure,
        evidence=tuple(notes.evidence),
        looked=tuple(line for each in notes.evidence.values() for line in _looked(each)),
        warnings=tuple(notes.warnings),
        seconds=call.duration,
        trace=trace,
    )


def _told(call: pytest.CallInfo[None], report: pytest.TestReport, notes: Notes) -> tuple[Outcome, str | None, str, str]:
    """Outcome, cause, message and remedy of a phase."""
    if call.excinfo is not None:
        return _of_error(call, report, call.excinfo.value)
    if report.outcome != "passed":  # pytest itself made it so, as with an expected failure that passed
        outcome = Outcome.FAILED if report.outcome == "failed" else Outcome.NOT_RUN
        return outcome, None, _skip_reason(report), ""
    if call.when == "call" and notes.measured is None:
        return Outcome.UNVERIFIED, str(Cause.NO_DATA), "the check ended without having measured anything", ""
    return Outcome.PASSED, None, "", ""


def _of_error(
    call: pytest.CallInfo[None], report: pytest.TestReport, error: BaseException
) -> tuple[Outcome, str | None, str, str]:
    if report.outcome == "skipped":
        return Outcome.NOT_RUN, None, _skip_reason(report), ""
    if isinstance(error, CouldNotLook):
        return Outcome.UNVERIFIED, str(error.cause), error.what, error.remedy
    if call.when == "call" and isinstance(error, (AssertionError, pytest.fail.Exception)):
        return Outcome.FAILED, None, broken(error), ""
    message = f"{call.when} failed in the suite itself: {type(error).__name__}: {error}"
    return (
        Outcome.UNVERIFIED,
        str(Cause.INTERNAL),
        message,
        "report it with this text: it is no answer of the deployment",
    )


def broken(error: BaseException) -> str:
    """What was expected and what was seen, a line each."""
    if isinstance(error, BrokenPromise):
        return f"expected: {error.expected}\nseen: {error.seen}"
    lines = [line.strip() for line in str(error).removeprefix("assert ").splitlines() if line.strip()]
    return "\n".join(lines) or "the assertion gives no text"


def compared(operator: str, left: object, right: object) -> list[str] | None:
    """The text of a failed comparison of readings with their limits, for pytest's assertion hook."""
    if operator != "<=" or not isinstance(left, Readings) or not isinstance(right, Readings):
        return None
    return ["readings within their limits", f"expected: {right!r}", "seen:", *left.objections(right)]


def _looked(evidence: Evidence) -> Iterable[str]:
    yield f"where: {evidence.where}, {moment(evidence.at)}"
    yield f"again: {evidence.again}"


def _skip_reason(report: pytest.TestReport) -> str:
    wasxfail = getattr(report, "wasxfail", None)
    if wasxfail is not None:
        return f"marked as an expected failure: {wasxfail}"
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")


def _title(item: pytest.Item) -> str:
    """The check's promise; with its case, where it has several. The browser is no case: pytest-playwright names it."""
    function: Any = getattr(item, "function", None)
    spec: Any = getattr(item, "callspec", None)
    title = str((getattr(function, "__doc__", None) or item.name).strip().splitlines()[0])
    case = spec.id.removeprefix(str(spec.params.get("browser_name"))).removeprefix("-") if spec else ""
    return f"{title} [{case}]" if case and function.__doc__ else title
