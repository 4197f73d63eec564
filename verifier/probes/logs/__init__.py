"""Reads the app's log and judges each line."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(
        _HERE.probe("logs", "probe:observe_logs", seconds=5, columns=("log",)),
        _HERE.probe("recent_logs", "probe:observe_recent_logs", seconds=10, late=True, columns=("log",)),
        _HERE.probe("later_logs", "probe:observe_later_logs", seconds=62, late=True, columns=("log",)),
    ),
    templates=_HERE("accepted:templates"),
    sections={"logs": _HERE("section:Logs")},
    proposes=_HERE("proposal:propose"),
)
