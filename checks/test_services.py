"""The services beside the dashboard."""

import pytest

from verifier.evidence import BrokenPromise


def _is_well(service, measured):
    seen = measured({"status": service.reply.status or str(service.reply), **service.claimed})
    expected = {"status": 200, **service.wanted}
    if seen != expected:
        raise BrokenPromise(expected=str(expected), seen=f"{seen}; {service.reply}: {service.reply.body[:200]}")


@pytest.mark.proves("chatwoot-health")
def test_chatwoot_answers(chatwoot, measured):
    """Chatwoot answers the app, and is well."""
    _is_well(chatwoot, measured)


@pytest.mark.proves("agent-service-health")
def test_the_agent_service_answers(agent, measured):
    """The agent service answers, and says that it is well."""
    _is_well(agent, measured)
