"""Proposes nothing of `[phases]`: which are deployed stands in a plan, and not on a page."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.core.config.proposal import Proposed
from verifier.core.survey import Survey


def propose(_: Survey) -> Iterator[Proposed]:
    """What only a person knows."""
    yield Proposed(
        "phases",
        unknown=("which phases of the plan are deployed: deployed = [1, …]",),
        perhaps={"phase-features": "it has no phases"},
    )
