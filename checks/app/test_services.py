"""The services beside the dashboard."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("chatwoot-health")
@pytest.mark.remedy("see whether Chatwoot runs, and whether the app's Chatwoot token is still valid")
def test_chatwoot_answers(chatwoot, measured):
    """Chatwoot answers the app, and is well."""
    measured(str(chatwoot.reply))
    fail_on(*findings("Chatwoot is not well", chatwoot.differences()))
