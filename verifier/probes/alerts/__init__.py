"""Alerts: which endpoint is watched by a rule that can fire, and whom that reaches."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(_HERE.probe("alerts", "probe:observe_alerts", seconds=4),),
    sections={"alerts": _HERE("section:Alerts")},
    credentials={"grafana": _HERE("sources:GRAFANA"), "alertmanager": _HERE("sources:ALERTMANAGER")},
)
