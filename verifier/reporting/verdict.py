"""The verdict of a run as one JSON-able record; docs/verdict.md documents its keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.core.deadline import now
from verifier.core.run import Run, suite_version
from verifier.core.subject import offered
from verifier.core.verdict.ledger import CheckResult, ItemResult, Ledger, counts, coverage
from verifier.reporting.matrix import read_matrix


def verdict_record(run: Run, ledger: Ledger, release: Mapping[str, Any] | None) -> dict[str, Any]:
    """Everything that other programs may want to know of a run."""
    items = ledger.items()
    return {
        "verdict": str(ledger.verdict()),
        "exit_status": ledger.exit_status(),
        "target": run.target.name,
        "target_url": run.target.url,
        "title": run.target.title,
        "app": run.target.app,
        "writes": run.target.writes,
        "findings": [each.as_json() for each in run.contradictions],
        "release": dict(release) if release else None,
        "matrix": read_matrix(run.store, release),
        "counts": counts(items),
        "coverage": coverage(counts(items)),
        "items": [_item(each) for each in items],
        "run": {
            "id": run.id,
            "suite": suite_version(run.root),
            **{key: fact for facts in offered("facts") for key, fact in facts(run).items()},
            "finished": now().isoformat(timespec="seconds"),
            "seconds": round(run.elapsed(), 1),
            "narrowed": list(ledger.narrowed),
            "interrupted": ledger.interrupted or None,
            "problems": list(ledger.problems),
        },
        "stale_waivers": [f"{each.item}: {each.failure} (until {each.expires})" for each in ledger.stale_waivers()],
    }


def _item(result: ItemResult) -> dict[str, Any]:
    return {
        "id": result.item.id,
        "stage": str(result.stage),
        "promise": result.item.promise,
        "severity": str(result.item.severity),
        "outcome": str(result.outcome),
        "cause": result.cause,
        "reason": result.reason or None,
        "value": result.measured,
        "limit": dict(result.limit) if result.limit else None,
        "escalate": list(result.escalations),
        "warnings": list(result.warnings),
        "checks": [_check(each) for each in result.checks],
    }


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "check": check.check,
        "title": check.title,
        "outcome": str(check.outcome),
        "cause": check.cause,
        "message": check.message or None,
        "remedy": check.remedy or None,
        "measured": check.measured,
        "evidence": list(check.evidence),
        "looked": list(check.looked),
        "seconds": round(check.seconds, 2),
    }
