"""Faults that are rates, and faults of what counts."""

from sandbox.fault import Fault, declare, unverified

FAULTS = (
    Fault(
        "errors-half-percent",
        "0.5 % of 1600 requests were answered 500: an error rate within the limit, and errors nevertheless",
        ("no-server-errors",),
        value="200",
        stages="monitoring",
    ),
    Fault(
        "errors-2-percent",
        "2 % of 500 requests were answered 500",
        ("error-rate", "no-server-errors"),
        value="50",
        stages="monitoring",
    ),
    Fault(
        "errors-6-percent",
        "6 % of 136 requests were answered 500",
        ("error-rate", "no-server-errors"),
        value="17",
        stages="monitoring",
    ),
    Fault(
        "few-visitors",
        "12 requests, and two of them were answered 500: too few for a rate, and nothing of ours makes up for it",
        ("no-server-errors",),
        unverified("no-data", "error-rate"),
        value="6",
        stages="monitoring",
    ),
    Fault(
        "metrics-not-collected-on-one-machine",
        "the platform's Prometheus has no metrics of one machine",
        ("metrics-collecting",),
        stages="monitoring",
        one_machine=True,
    ),
    Fault(
        "dashboard-flaps",
        "the dashboard answers 503 in the first half of every 10 s",
        ("uptime", "no-server-errors"),
        value="10",
        stages="monitoring",
    ),
    Fault(
        "prometheus-empty",
        "the platform's Prometheus answers with empty vectors: rates have another source, what is collected has none",
        (),
        unverified("no-data", "metrics-collecting"),
        stages="monitoring",
    ),
    # These two are harmless by themselves: there is another source.
    Fault("prometheus-nan", "the platform's Prometheus answers NaN", stages="monitoring"),
    Fault("metrics-missing", "the app has no /metrics", stages="monitoring"),
)

for _fault in FAULTS:
    declare(_fault)
