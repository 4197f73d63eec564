"""The health checks of the platform, as they are configured on the machines."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("health-checks-configured")
def test_every_machine_is_checked_over_http(health_checks, measured, require):
    """Every machine that serves has an HTTP check, and one that fails it gets no more requests."""
    require(health_checks.checks_told())
    measured(health_checks.told(), "machines")
    remedy = health_checks.to_mend
    fail_on(
        *findings("no health check", health_checks.unchecked(), on_machines=True, remedy=remedy),
        *findings("no check asks over HTTP", health_checks.not_asked_over_http(), on_machines=True, remedy=remedy),
        *findings("routing ignores the checks", health_checks.not_heeded(), on_machines=True, remedy=remedy),
    )
    require(health_checks.configurations_known())


@pytest.mark.proves("health-checks-configured")
def test_every_checked_path_answers(health_checks, measured, require):
    """Each machine that runs answers the path of each of its checks with a status between 200 and 299."""
    measured(health_checks.paths_told(), "paths and machines")
    remedy = "correct the path of the check, or what the app answers there"
    fail_on(
        *findings("checked path does not answer well", health_checks.bad_answers(), remedy=remedy),
        *findings("platform check does not pass", health_checks.failing_checks(), on_machines=True, remedy=remedy),
    )
    require(health_checks.answered())
