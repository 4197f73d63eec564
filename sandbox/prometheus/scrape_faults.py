"""Faults of how the app's own Prometheus collects."""

from sandbox.fault import Fault, declare, unverified
from sandbox.serving_faults import CUT


def _collecting(name: str, summary: str) -> Fault:
    return declare(Fault(name, summary, ("metrics-collecting",), stages="monitoring"))


FROZEN = _collecting("metric-stands-still", "every metric keeps the value of its first sample")
OUT_OF_REACH = _collecting("scrape-target-down", "the app's own Prometheus does not reach one machine")
CUT.add(
    Fault(
        "own-prometheus-unreachable",
        "the app's own Prometheus cuts every connection",
        (),
        unverified("unreachable", "metrics-collecting", "alerts-cover-endpoints"),
        stages="monitoring",
    ),
    "prometheus",
)
