"""Fly.io: how its machines, releases, logs, secrets by name and metrics are asked for."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    sections={"platform": _HERE("section:Platform"), "secrets": _HERE("section:Secrets")},
)
