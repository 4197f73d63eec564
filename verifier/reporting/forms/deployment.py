"""`deployment-report.md`: what the direction wants to be told after each deployment."""

from __future__ import annotations

from verifier.core.config.expected_release import read_image
from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.forms.words import (
    SMOKE_TEST,
    excused,
    issues,
    judges_deployment,
    listed,
    machines,
    passed,
    phase,
    smoke_test,
)
from verifier.reporting.model import Report

_FORM = """\
## Phase {phase} Deployment

**Version**: {version}
**Status**: {status}
**Health**: {health}
**Errors**: {errors}
**Smoke Test**: {smoke}
"""


def deployment_report(report: Report) -> str:
    """The form; empty if no deployment was judged."""
    if not judges_deployment(report):
        return ""
    done = report.verdict == Verdict.DONE
    return _FORM.format(
        phase=phase(report),
        version=_version(report),
        status="✅ HEALTHY" if done else "❌ ISSUES",
        health=machines(report),
        errors=f"None{excused(report)}" if done else listed(issues(report)),
        smoke=_smoke(report),
    )


def _version(report: Report) -> str:
    """The release as people call it, and the tag or digest of its image."""
    if not report.release:
        return "not observed"
    try:
        image = read_image(str(report.release.get("image") or ""))
        built = image.tag or image.digest or ""
    except ValueError:
        built = ""
    name = report.release.get("name") or report.release["version"]
    return f"{name} ({built})" if built else str(name)


def _smoke(report: Report) -> str:
    """Pass or Fail with evidence; or that neither is known."""
    outcome, why = smoke_test(report)
    held = passed(report, *SMOKE_TEST)
    if outcome != Outcome.PASSED:
        word = {Outcome.FAILED: "Fail", Outcome.UNVERIFIED: "Not verified"}.get(outcome, "Not judged")
        return f"{word}: {why}"
    names = dict.fromkeys(name for item in held for check in item.checks for name in check.evidence)
    told = listed([f"{each.id} {each.value}" if each.value else each.id for each in held])
    return f"Pass: {told}" + (f" (evidence: {', '.join(names)})" if names else "")
