"""The services beside the dashboard."""

import pytest

from verifier.core.evidence import BrokenPromise


@pytest.mark.proves("chatwoot-health")
def test_chatwoot_answers(chatwoot, measured):
    """Chatwoot answers the app, and is well."""
    seen = measured({"status": chatwoot.reply.status or str(chatwoot.reply), **chatwoot.claimed})
    expected = {"status": 200, **chatwoot.wanted}
    if seen != expected:
        raise BrokenPromise(expected=str(expected), seen=f"{seen}; {chatwoot.reply}: {chatwoot.reply.body[:200]}")
