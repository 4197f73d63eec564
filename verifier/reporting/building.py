"""Builds the report of a run from its ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from verifier.core.deadline import now
from verifier.core.evidence.finding import Finding, signature
from verifier.core.execution.run import Run, suite_version
from verifier.core.subject import offered
from verifier.core.verdict.baseline import Baseline, Known, changes, read_baseline
from verifier.core.verdict.ledger import Ledger, counts, coverage
from verifier.core.verdict.results import CheckResult, ItemResult, Outcome
from verifier.core.verdict.waiving import WaiverUse
from verifier.reporting.matrix import read_matrix
from verifier.reporting.model import JudgedCheck, JudgedFinding, JudgedItem, JudgedStep, JudgedWaiver, Report
from verifier.reporting.record.run import JudgedRun


def observed_release(run: Run) -> Mapping[str, Any] | None:
    """Release and machines that were judged, as some subject tells of them."""
    return next((told for ask in offered("release") if (told := ask(run.store))), None)


def report_of(run: Run, ledger: Ledger, release: Mapping[str, Any] | None) -> Report:
    """The record of a run as its ledger stands."""
    results, before = ledger.items(), read_baseline(run.history)
    items, found = tuple(map(judged_item, results)), counts(results)
    return Report(
        verdict=ledger.verdict(),
        exit_status=ledger.exit_status(),
        **run.target.model_dump(include={"title", "app", "writes"}),
        target=run.target.name,
        target_url=run.target.url,
        contradictions=tuple(each.as_json() for each in run.contradictions),
        release=dict(release) if release else None,
        matrix=read_matrix(run.store, release),
        counts=found,
        coverage=coverage(found),
        findings=_changes(before, items),
        samples={name: times for told in offered("samples") for name, times in told(run.store).items()},
        previous=before.releases[-1].record if before and before.releases else None,
        items=items,
        run=_run(run, ledger),
        waivers=tuple(map(_waiver, ledger.waiver_uses())),
        phases=run.phases,
        attempts=tuple(run.store.attempts()),
        missing_credentials=tuple(run.credentials.missing.values()),
        vault=dict(run.credentials.searched),
    )


def _run(run: Run, ledger: Ledger) -> JudgedRun:
    facts = {key: fact for tell in offered("facts") for key, fact in tell(run).items()}
    return JudgedRun(
        **facts,
        id=run.id,
        suite=suite_version(run.suite),
        finished=now().replace(microsecond=0),
        seconds=round(run.elapsed(), 1),
        narrowed=tuple(ledger.narrowed),
        interrupted=ledger.interrupted or None,
        problems=tuple(ledger.problems),
        shipped=run.shipped if str(run.shipped) else None,
    )


def _waiver(use: WaiverUse) -> JudgedWaiver:
    told = use.waiver.model_dump(exclude={"target"}, exclude_none=True)
    return JudgedWaiver(**told, state=use.state, gone=use.gone)


def judged_item(result: ItemResult) -> JudgedItem:
    """One item of the ledger."""
    item = result.item
    return JudgedItem(
        id=item.id,
        stage=result.stage,
        promise=item.promise,
        concerns=item.concerns,
        severity=item.severity,
        outcome=result.outcome,
        cause=result.cause,
        reason=result.reason or None,
        value=result.measured,
        limit=dict(result.limit) if result.limit else None,
        escalate=result.escalations,
        warnings=result.warnings,
        checks=tuple(_check(each) for each in result.checks),
    )


def _check(check: CheckResult) -> JudgedCheck:
    kept = {key: value for key, value in vars(check).items() if key in JudgedCheck.model_fields}
    told = {
        "message": check.message or None,
        "remedy": check.remedy or None,
        "steps": tuple(JudgedStep.model_validate(each) for each in check.steps),
        "seconds": round(check.seconds, 2),
        "began": datetime.fromtimestamp(check.began, UTC) if check.began else None,
        "findings": tuple(_finding(check.item, each) for each in check.findings),
        "waived": tuple(_finding(check.item, each) for each in check.waived),
        "warned": tuple(_finding(check.item, each) for each in check.warned),
    }
    return JudgedCheck(**{**kept, **told})


def _finding(item: str, finding: Finding) -> JudgedFinding:
    return JudgedFinding(**finding.model_dump(), signature=signature(item, finding))


def known(items: Iterable[JudgedItem]) -> tuple[Known, ...]:
    """What was found and what is waived, by what stays the same of it."""
    found = {
        finding.signature: Known(
            item=item.id, problem=finding.problem, subject=finding.subject, signature=finding.signature
        )
        for item in items
        for check in item.checks
        for finding in (*check.findings, *check.waived)
    }
    return tuple(found.values())


def _changes(before: Baseline | None, items: Sequence[JudgedItem]) -> dict[str, tuple[Known, ...]]:
    seen = frozenset(each.id for each in items if each.outcome in {Outcome.PASSED, Outcome.WAIVED, Outcome.FAILED})
    return changes(before, known(items), seen)
