"""Responses, error rates, health endpoints, uptime and metrics."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(
        _HERE.probe("health", "health:observe_health", seconds=2, columns=("health",)),
        _HERE.probe("traffic", "probe:observe_traffic", seconds=9, columns=("answers", "response time")),
        _HERE.probe("collection", "collection:observe_collection", seconds=4),
        _HERE.probe("uptime", "uptime:observe_uptime", seconds=60),
        _HERE.probe("counters", "counters:observe_counters", seconds=2),
        _HERE.probe("top_up", "error_rate:observe_top_up", seconds=12),
        _HERE.probe("rates", "error_rate:observe_rates", seconds=63, late=True),
    ),
    sections={
        "health": _HERE("section:Health"),
        "traffic": _HERE("section:Traffic"),
        "metrics": _HERE("section:Metrics"),
    },
    credentials={"prometheus": _HERE("prometheus:TOKEN")},
    proposes=_HERE("proposal:propose"),
)
