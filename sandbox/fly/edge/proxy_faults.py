"""Faults of the edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.fault import Break, Fault, Hook, changed

if TYPE_CHECKING:  # keeps the list of faults fast
    from sandbox.fly.edge.proxy import Edge

EDGE: Hook[Break[Edge]] = Hook()


EDGE.add(
    Fault(
        "edge-keeps-routing-to-stopped",
        "for 15 s after a machine was stopped the edge answers new event streams with 503",
        ("sse-failover",),
        value="15",
        stages="monitoring",
    ),
    lambda edge, seconds: changed(edge, blind_seconds=float(seconds)),
)
EDGE.add(
    Fault(
        "streams-of-others-drop-on-stop",
        "the edge drops the event streams of every machine when one is told to stop",
        ("sse-failover",),
        stages="monitoring",
    ),
    lambda edge, _: changed(edge, drops_on_stop=True),
)
EDGE.add(
    Fault(
        "slow-reader-holds-up-others",
        "the edge writes to one event stream after the other, blocked by a client that does not read",
        ("sse-delivers",),
        perhaps=("sse-heartbeat",),
    ),
    lambda edge, _: changed(edge.writer, on=True),
)
