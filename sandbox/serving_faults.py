"""Faults of an address: every connection is cut."""

from sandbox.fault import Fault, Hook, unverified
from sandbox.item_groups import COMING_AND_GOING, PAGE_ITEMS, STREAM_ITEMS

CUT: Hook[str] = Hook()
"""The name of the server that is cut off."""

CUT.add(
    Fault(
        "front-cut",
        "the edge cuts every connection in production",
        ("app-exists",),
        unverified("unreachable", "health-checks-configured"),
        stages="production",
    ),
    "edge",
)
CUT.add(
    Fault(
        "edge-unreachable",
        "the edge cuts every connection",
        ("health-endpoint", "smoke-passed", "chatwoot-health"),
        unverified(
            "unreachable",
            *PAGE_ITEMS,
            *STREAM_ITEMS,
            *COMING_AND_GOING,
            "response-time",
            "logs-clean",
            "no-server-errors",
            "database-connection",
        ),
    ),
    "edge",
)
