"""Alerts: whoever must know is told when an endpoint fails."""

import pytest

from verifier.core.evidence.finding import fail_on


@pytest.mark.proves("alerts-cover-endpoints")
@pytest.mark.remedy("write a rule for the endpoint with a route to a receiver: docs/alerts.md has one to copy")
def test_every_endpoint_has_an_alert_that_fires_and_reaches_somebody(alerts, measured, require, warn):
    """Every endpoint of a deployed phase is watched by an alert rule that can fire and reaches a receiver."""
    measured(f"{alerts.watched()} of {len(alerts.endpoints)} endpoints watched", table=alerts.told())
    for doubt in alerts.doubts():
        warn(f"this alert rule could not be judged: {doubt}")
    fail_on(*alerts.findings())
    require(alerts.proved())
