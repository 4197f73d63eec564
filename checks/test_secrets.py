"""The secrets of the app, by name alone."""

import pytest

from verifier.core.evidence import BrokenPromise


@pytest.mark.proves("secrets-set")
def test_every_secret_that_the_app_needs_is_set(secrets, measured):
    """Every secret that the target names is set."""
    measured(secrets.told)
    if secrets.missing:
        missing = ", ".join(secrets.missing)
        raise BrokenPromise(
            expected=f"secrets {', '.join(secrets.wanted)}",
            seen=f"not set: {missing}; set one: fly secrets set NAME=… -a {secrets.app}",
        )


@pytest.mark.proves("secrets-set")
def test_no_needed_secret_waits_for_a_deploy(secrets, measured):
    """Every machine has the newest value of every secret that it needs."""
    measured({each.name: each.reach for each in secrets.secrets})
    if secrets.waiting:
        waiting = ", ".join(secrets.waiting)
        raise BrokenPromise(
            expected="every needed secret is deployed",
            seen=f"set, and not deployed: {waiting}; deploy them: fly secrets deploy -a {secrets.app}",
        )
