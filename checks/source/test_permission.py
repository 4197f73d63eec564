"""Is now a good time to deploy, and is what is to be deployed approved?"""

import pytest

from verifier.core.evidence.finding import fail_on


@pytest.mark.proves("deployment-window")
@pytest.mark.remedy("deploy after the period ends; in an emergency: --emergency REASON")
def test_now_is_no_high_traffic_period(window, measured, warn):
    """Now, and as long as a deploy lasts, is no high-traffic period of the target; or there is an emergency."""
    measured(window.told)
    if window.emergency:
        warn(f"emergency: {window.emergency} ({len(window.busy)} high-traffic periods overridden)")
    fail_on(*window.findings())


@pytest.mark.proves("phase-approved")
@pytest.mark.remedy("ask an approver for an approval of this commit: docs/predeploy.md")
def test_the_phase_is_approved_for_this_commit(phase_approval, measured):
    """An approver approved the phase for this commit, or for one since which only approvals changed."""
    measured(phase_approval.told)
    fail_on(*phase_approval.findings())
