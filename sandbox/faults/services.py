"""Faults of the services."""

from sandbox.faults.fault import Fault

FAULTS = (
    Fault(
        "health-500",
        "/health answers 500 on every machine",
        ("health-endpoint", "no-server-errors", "machines-started"),
    ),
    Fault("health-degraded", "/health answers 200, and its body says degraded", ("health-endpoint",)),
    Fault(
        "health-lies-on-one-machine",
        "/health of one machine answers 200, and its body says degraded",
        ("health-endpoint",),
    ),
    Fault("chatwoot-down", "Chatwoot does not answer", ("chatwoot-health", "no-server-errors")),
    Fault("agent-down", "the agent service is dead", ("agent-service-health",)),
    Fault("agent-unhealthy", "the agent service answers 200, and its body says degraded", ("agent-service-health",)),
    Fault(
        "slow-responses",
        "pages and API answer after 5.5 s",
        ("response-time", "tiles-under-3s"),
        value="5.5",
        scaled="1.5",
    ),
)
