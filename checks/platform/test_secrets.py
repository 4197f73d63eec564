"""The secrets of the app, by name alone."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("secrets-set")
def test_every_secret_that_the_app_needs_is_set(secrets, measured):
    """Every secret that the target names is set, and every machine has its newest value."""
    measured(secrets.told)
    fail_on(
        *findings("secret is not set", secrets.missing, remedy=secrets.to_set),
        *findings("secret is set, and not deployed", secrets.waiting, remedy=secrets.to_deploy),
    )
