"""The forms of the DevOps direction, byte for byte where it gives them; what a report does not know is said so.

The direction has two states of a deployment. `✅ HEALTHY` stands for DONE alone, `❌ ISSUES` for every other verdict.
"""

from __future__ import annotations

from verifier.reporting.forms.blockers import blocker_reports
from verifier.reporting.forms.deployment import deployment_report
from verifier.reporting.forms.requests import credential_requests
from verifier.reporting.forms.status import status_report
from verifier.reporting.model import Report

DEPLOYMENT, STATUS = "deployment-report.md", "status-report.md"
REQUESTS, BLOCKERS = "credential-requests.md", "blocker-report.md"


def forms(report: Report) -> dict[str, str]:
    """File name → form, of those that there is reason to write."""
    made = {
        DEPLOYMENT: deployment_report(report),
        STATUS: status_report(report),
        REQUESTS: credential_requests(report),
        BLOCKERS: blocker_reports(report),
    }
    return {name: text for name, text in made.items() if text}
