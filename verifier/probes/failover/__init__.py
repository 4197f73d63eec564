"""Stops a machine, and watches its clients move to another one."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(_HERE.probe("failover", "failover:observe_failover", seconds=8, last=True, columns=("failover",)),),
    disturbs=("sse-failover",),
    undo=_HERE("recovery:undo"),
)
