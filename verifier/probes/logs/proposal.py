"""Proposes `[logs]`: what can be told of a log before anybody has read it."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.core.config.proposal import Proposed
from verifier.core.survey import Survey


def propose(_: Survey) -> Iterator[Proposed]:
    """What only a person knows."""
    yield Proposed(
        "logs",
        assumed=('it logs each request with its path; if it does not: [logs] requests = "not-logged"',),
        unknown=("jobs that tell of their success in a rhythm: [[logs.periodic]]",),
        perhaps={
            "ga-api-health": "it does not ask Google Analytics",
            "periodic-success": "it has no periodic job",
        },
    )
