"""`status-report.md`: what the direction wants to be told every two hours."""

from __future__ import annotations

from verifier.core.config.contract import Stage
from verifier.core.suite import judging
from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.forms.words import (
    SMOKE_TEST,
    commands,
    excused,
    issues,
    judges_deployment,
    listed,
    log_lines,
    machines,
    passed,
    phase,
    smoke_test,
)
from verifier.reporting.model import Report

_FORM = """\
## {at} — DevOps: Infrastructure Status

**Working On**: Phase {phase} deployment support
**Progress**: {progress}

**Evidence**:
- Deployment: {deployment}
- Health: {health}
- Logs: {logs}
- Smoke test: {smoke}

**Blockers**: {blockers}
**Next**: {next}
"""
_FUNCTIONAL = {
    "tiles-under-3s": "tiles loading",
    "phase-features": "new features functional",
}


def status_report(report: Report) -> str:
    """The form; empty if no deployment was judged."""
    if not judges_deployment(report):
        return ""
    found = issues(report)
    return _FORM.format(
        at=f"{report.run.finished:%Y-%m-%dT%H:%M:%SZ}",
        phase=phase(report),
        progress=_progress(report),
        deployment=_deployment(report),
        health=machines(report),
        logs=log_lines(report),
        smoke=_smoke(report),
        blockers=listed(found) if found else "None",
        next=_next(report),
    )


def _progress(report: Report) -> str:
    if report.verdict == Verdict.DONE:
        return f"Deployed + verified healthy{excused(report)}"
    return f"{report.verdict}: {report.coverage}"


def _deployment(report: Report) -> str:
    if not report.release:
        return "not observed"
    name = report.release.get("name") or report.release["version"]
    if report.release.get("ended_well") or passed(report, "release-successful"):
        return f"{name} deployed successfully"
    return f"{name} not seen to be deployed successfully (status={report.release['status']})"


def _smoke(report: Report) -> str:
    outcome, why = smoke_test(report)
    if outcome == Outcome.PASSED:
        held = [_FUNCTIONAL.get(each.id) for each in passed(report, *_FUNCTIONAL)]
        words = [each for each in held if each] or [each.id for each in passed(report, *SMOKE_TEST)]
        return f"✅ PASS ({', '.join(words)})"
    return f"{'❌ FAIL' if outcome == Outcome.FAILED else '❓ NOT VERIFIED'} ({why})"


def _next(report: Report) -> str:
    """The direction's own words for a deployment that is well, else what to do first."""
    first = next(commands(report), None)
    if report.verdict != Verdict.DONE:
        return (
            listed([first]) if first else f"judge the whole: {judging(f'-m {_stage(report)} --target {report.target}')}"
        )
    return "Monitor for 1 hour, prepare for next phase deployment"


def _stage(report: Report) -> Stage:
    return next((each.stage for each in report.items), Stage.POSTDEPLOY)
