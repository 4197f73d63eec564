"""Turns what pytest reports of one phase of a check into a `CheckResult`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from _pytest.outcomes import Skipped

from verifier.core.evidence import Cause, CouldNotLook, Evidence, moment
from verifier.core.evidence.finding import BrokenPromise, Finding
from verifier.core.redaction import REDACTOR
from verifier.core.verdict.results import CheckResult, Outcome, findings_text
from verifier.core.verdict.steps import Steps


class NothingToSee(Skipped):
    """What a check is about has no visible part, for the reason given; nothing is claimed of it."""


@dataclass
class Notes:
    """What a check used while it ran: evidence, measurement, warnings, comparisons that failed, and its steps."""

    evidence: dict[str, Evidence] = field(default_factory=dict)
    measured: str | None = None
    figure: float | None = None
    table: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    warned: list[Finding] = field(default_factory=list)
    compared: list[Finding] = field(default_factory=list)
    steps: Steps = field(default_factory=Steps)


NOTES = pytest.StashKey[Notes]()


def notes_of(item: pytest.Item) -> Notes:
    """The notes of a check, made when first asked for."""
    return item.stash.setdefault(NOTES, Notes())


def proven_item(item: pytest.Item) -> str:
    """The id that stands in the check's `proves` marker, or nothing."""
    marker = item.get_closest_marker("proves")
    return str(marker.args[0]) if marker and marker.args else ""


def judge(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> CheckResult:
    """The result of one part of a check, by the table of outcomes in `docs/contract.md`."""
    notes = notes_of(item)
    title = _title(item)
    told = _phase_outcome(call, report, notes, title)
    found = tuple(_with_remedy(told.findings, item, notes))
    internal = told.cause == Cause.INTERNAL and report.longrepr
    return CheckResult(
        check=item.nodeid,
        item=proven_item(item),
        title=title,
        outcome=told.outcome,
        cause=told.cause and str(told.cause),
        findings=found,
        message=REDACTOR.text((findings_text(found) or told.message).strip()),
        remedy=told.remedy,
        measured=notes.measured,
        figure=notes.figure,
        table=notes.table,
        evidence=tuple(notes.evidence),
        looked=tuple(line for each in notes.evidence.values() for line in _looked(each)),
        warnings=tuple(notes.warnings),
        warned=tuple(notes.warned),
        steps=notes.steps.as_plain(),
        seconds=call.duration,
        began=call.start,
        trace=REDACTOR.text(str(report.longrepr)) if internal else "",
    )


def _with_remedy(found: Iterable[Finding], item: pytest.Item, notes: Notes) -> Iterator[Finding]:
    """The findings; those that say no more than how to look again, which the report tells anyway, with the check's."""
    marker = item.get_closest_marker("remedy")
    own = str(marker.args[0]) if marker and marker.args else ""
    none = {"", *(each.again for each in notes.evidence.values())}
    return (each.model_copy(update={"remedy": own}) if each.remedy in none else each for each in found)


@dataclass(frozen=True)
class _PhaseOutcome:
    outcome: Outcome
    cause: Cause | None = None
    message: str = ""
    remedy: str = ""
    findings: tuple[Finding, ...] = ()


def _phase_outcome(call: pytest.CallInfo[None], report: pytest.TestReport, notes: Notes, title: str) -> _PhaseOutcome:
    if call.excinfo is not None:
        error = call.excinfo.value
        where = notes.steps.stop() if call.when == "call" else ""
        return _of_error(call, report, error, _found(error, notes, title), where)
    if report.outcome == "failed":  # pytest itself made it so, as with an expected failure that passed
        found = Finding(subject=title, problem="an expected failure passed", detail=_skip_reason(report))
        return _PhaseOutcome(Outcome.FAILED, findings=(found,))
    if report.outcome != "passed":
        return _PhaseOutcome(Outcome.NOT_RUN, message=_skip_reason(report))
    if call.when == "call" and notes.measured is None:
        return _PhaseOutcome(Outcome.UNVERIFIED, Cause.NO_DATA, "the check ended without having measured anything")
    return _PhaseOutcome(Outcome.PASSED)


def _of_error(
    call: pytest.CallInfo[None],
    report: pytest.TestReport,
    error: BaseException,
    found: tuple[Finding, ...],
    where: str,
) -> _PhaseOutcome:
    if isinstance(error, NothingToSee):
        return _PhaseOutcome(Outcome.NOT_APPLICABLE, message=str(error))
    if report.outcome == "skipped":
        return _PhaseOutcome(Outcome.NOT_RUN, message=_skip_reason(report))
    if isinstance(error, CouldNotLook):
        return _PhaseOutcome(Outcome.UNVERIFIED, error.cause, _at(where, error.what), error.remedy)
    if call.when == "call" and isinstance(error, (AssertionError, pytest.fail.Exception)):
        placed = tuple(each.model_copy(update={"detail": _at(where, each.detail)}) for each in found)
        return _PhaseOutcome(Outcome.FAILED, findings=placed)
    message = f"{call.when} failed in the suite itself: {type(error).__name__}: {error}"
    return _PhaseOutcome(
        Outcome.UNVERIFIED, Cause.INTERNAL, message, "report it with this text: the deployment did not say it"
    )


def _at(where: str, what: str) -> str:
    """What was seen, behind the step of the flow at which it was."""
    return ": ".join(each for each in (where, what) if each)


def _found(error: BaseException, notes: Notes, title: str) -> tuple[Finding, ...]:
    """The findings of a failure: its own, those of the comparison that failed, or its text as one."""
    if isinstance(error, BrokenPromise):
        return error.findings
    said, _, compared = str(error).rpartition("assert ")
    told = notes.compared if notes.compared and str(notes.compared[0]) in compared else []
    if told and not said.strip():
        return tuple(each if each.subject else each.model_copy(update={"subject": title}) for each in told)
    text = " ".join((said or compared).split())
    return (Finding(subject=title, problem="not as expected", detail=text or "the assertion gives no text"),)


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
