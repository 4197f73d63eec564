"""Watches a deployment for a while: samples every signal in a rhythm, and keeps a journal that survives the process."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(_HERE.probe("watch", "watch:observe_watch", seconds=120),),
    sections={"watch": _HERE("section:Watching")},
)
