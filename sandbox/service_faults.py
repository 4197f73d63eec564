"""Faults of the services."""

from sandbox.fault import Fault, declare, unverified
from sandbox.items import POSTDEPLOY_AND_MONITORING


def agent(name: str, summary: str) -> Fault:
    """Something is wrong with the agent service alone."""
    return Fault(name, summary, ("agent-service-health",))


def secret(name: str, summary: str) -> Fault:
    """Something is wrong with a secret of the app."""
    return Fault(name, summary, ("secrets-set",), stages="production")


FAULTS = (
    Fault("backup-old", "the newest backup is 30 hours old", ("backups-verified",), value="30", stages="production"),
    Fault("backups-failed", "no backup is complete", ("backups-verified",), stages="production"),
    Fault("backups-none", "there is no backup", ("backups-verified",), stages="production"),
    Fault(
        "backups-refused",
        "Supabase's management API answers 401",
        (),
        unverified("unauthorized", "backups-verified"),
        stages="production",
    ),
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
        one_machine=True,
    ),
    Fault(
        "chatwoot-down",
        "Chatwoot does not answer",
        ("chatwoot-health", "no-server-errors"),
        stages=POSTDEPLOY_AND_MONITORING,
    ),
    Fault(
        "chatwoot-health-needs-login",
        "the app's health endpoint for Chatwoot answers 401",
        (),
        unverified("unauthorized", "chatwoot-health"),
        stages=POSTDEPLOY_AND_MONITORING,
    ),
    agent("agent-down", "the agent service is dead"),
    agent("agent-unhealthy", "the agent service answers 200, and its body says degraded"),
    agent("agent-stopped", "somebody stopped the machine of the agent service"),
    agent("agent-out-of-memory", "the agent service ran out of memory"),
    agent("agent-log-error", "the agent service writes an error when it starts, and is well"),
    agent("agent-secret-missing", "the agent service has no OPENAI_API_KEY"),
    agent("agent-secret-staged", "CHATWOOT_TOKEN of the agent service is set, and not deployed"),
    secret("secret-missing", "DATABASE_URL is not set"),
    secret("secret-staged", "SESSION_SECRET is set, and not deployed"),
    Fault(
        "slow-responses",
        "pages and API answer after 5.5 s",
        ("response-time", "tiles-under-3s"),
        value="5.5",
    ),
    Fault(
        "approvals-api-slow",
        "the list of approvals is answered after 5.5 s",
        ("response-time",),
        value="5.5",
        stages="monitoring",
    ),
)

for _fault in FAULTS:
    declare(_fault)
