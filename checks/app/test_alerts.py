"""Alerts: whoever must know is told when an endpoint fails."""

import pytest

from verifier.core.evidence.finding import fail_on


@pytest.mark.proves("alerts-cover-endpoints")
def test_every_endpoint_has_an_alert_that_fires_and_reaches_somebody(alerts, measured, require, warn):
    """Every endpoint of a deployed phase is watched by an alert rule that can fire and reaches a receiver."""
    measured(f"{alerts.watched()} of {len(alerts.endpoints)} endpoints watched", table=alerts.told())
    for rule, why in alerts.unread.items():
        warn(f"what the alert rule {rule} watches is not known: {why}")
    fail_on(*alerts.findings())
    require(alerts.proved())
