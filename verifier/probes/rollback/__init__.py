"""Rolling back to the previous release: what is needed for it, and the command."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(
        _HERE.probe("previous_release", "previous_release:observe_previous_release", seconds=8),
        _HERE.probe("rollback", "probe:observe_rollback", seconds=2),
        _HERE.probe("rollback_rehearsal", "rehearsal:observe_rehearsal", seconds=10, last=True),
    ),
    disturbs=("rollback-ready",),
    undo=_HERE("rehearsal:undo"),
    documents={"rollback.md": _HERE("report:way_back")},
    plugins=("verifier.probes.rollback.terminal",),
)
