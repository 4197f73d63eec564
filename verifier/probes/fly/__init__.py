"""Fly.io: how its machines, releases, logs, secrets by name and metrics are asked for."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    platforms={"fly": _HERE("section:FlySection")},
    credentials={"fly": _HERE("auth:TOKEN")},
)
