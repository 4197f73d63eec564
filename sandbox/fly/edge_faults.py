"""Faults of a machine that stops, and of the one that should take over."""

from sandbox.fault import Fault, declare, unverified

_ITEM = "sse-failover"
_ASIDE = ("error-rate", "response-time", "chatwoot-health", "database-connection")
"""What is judged before any machine is stopped, and costs more than the stop."""
FAULTS = (
    Fault(
        "streams-not-closed-on-stop",
        "a machine that is to stop leaves its event streams hanging until it is killed",
        (_ITEM,),
        stages="monitoring",
    ),
    Fault(
        "stream-cut-on-stop",
        "a machine that stops cuts the last event of its streams in half",
        (_ITEM,),
        stages="monitoring",
    ),
    Fault(
        "edge-keeps-routing-to-stopped",
        "for 15 s after a machine was stopped the edge answers new event streams with 503",
        (_ITEM,),
        value="15",
        stages="monitoring",
    ),
    Fault(
        "machine-does-not-start-again",
        "a machine that was stopped fails to start",
        (_ITEM,),
        unverified("stale-data", "release-unchanged"),
        stages="monitoring",
    ),
    Fault(
        "platform-token-read-only",
        "the platform's token may read, and not stop a machine",
        (),
        unverified("unauthorized", _ITEM),
        stages="monitoring",
    ),
)

for _fault in FAULTS:
    declare(_fault)
