"""The dashboard answers for as long as a run of the stage `monitoring` looks at it."""

import pytest

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import Finding, fail_on


@pytest.mark.proves("uptime")
@pytest.mark.remedy("read the log of the edge and of the machines at the times that are told")
def test_the_dashboard_answers_all_the_time(uptime, limit, measured):
    """For the whole time that it is watched, the dashboard answers whoever asks."""
    looks = f"{uptime.asked_times} looks within {uptime.watched:.0f} s"
    unseen = f", {uptime.unseen} more met no network" if uptime.unseen else ""
    measured(f"{uptime.asked_times - uptime.failed} of {looks} were answered{unseen}")
    if uptime.failed:
        told = "; ".join(f"{each.at:%H:%M:%S} UTC: {each}" for each in uptime.failures[:5])
        detail = f"{uptime.failed} of {looks} failed, longest outage {uptime.longest_outage:.1f} s: {told}"
        fail_on(Finding(subject="dashboard", problem="dashboard did not answer", detail=detail))
    if uptime.watched < limit.seconds:
        raise CouldNotLook(Cause.TIMEOUT, f"watched for {uptime.watched:.0f} s only", remedy="give more --deadline")
