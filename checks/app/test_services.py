"""The services beside the dashboard."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("chatwoot-health")
def test_chatwoot_answers(chatwoot, measured):
    """Chatwoot answers the app, and is well."""
    measured(str(chatwoot.reply))
    fail_on(*findings("Chatwoot is not well", chatwoot.differences(), remedy=chatwoot.again))
