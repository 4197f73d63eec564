"""Event streams: heartbeats, deliveries, reconnections."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(
        _HERE.probe("events", "events:observe_events", seconds=60, columns=("event stream",)),
        _HERE.probe("deliveries", "deliveries:observe_deliveries", seconds=6),
        _HERE.probe("reconnections", "reconnections:observe_reconnections", seconds=5),
        _HERE.probe("disconnects", "reconnections:observe_disconnects", seconds=4),
    ),
    sections={"events": _HERE("section:Events"), "approvals": _HERE("section:Approvals")},
    proposes=_HERE("proposal:propose"),
)
