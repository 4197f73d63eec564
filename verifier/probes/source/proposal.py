"""Proposes `[source]`, from the scripts of the checkout and its workflows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from verifier.core.config.proposal import Proposed
from verifier.core.redaction import REDACTOR
from verifier.core.survey import Survey
from verifier.probes.source.plan import planned
from verifier.probes.source.section import AppSource

_DEPLOYS = re.compile(r"\b(?:fly|flyctl) deploy\b[^\n#]*")
_WINDOW = "nothing of it has more traffic at one time than at another"


def propose(survey: Survey) -> Iterator[Proposed]:
    """How the app is built, tested and deployed, as its files say."""
    yield Proposed("window", unknown=("when nothing may be deployed",), perhaps={"deployment-window": _WINDOW})
    yield Proposed(
        "phase_approval", unknown=("who approves a phase",), perhaps={"phase-approved": "nobody approves its deploys"}
    )
    if survey.checkout is None:
        yield Proposed("source", unknown=("how it is built and tested: call init with --app-dir, the checkout",))
        return
    plan = planned(survey.checkout, AppSource())
    yield Proposed(
        "source",
        {"app_dir": str(survey.checkout)},
        seen=(*(f"{each.name}: {each.command}" for each in plan if each.command), *_deploys(survey.checkout)),
        unknown=tuple(f"{each.name}: {each.missing}" for each in plan if each.missing),
    )


def _deploys(checkout: Path) -> Iterator[str]:
    """The lines of workflows that deploy."""
    for path in sorted(checkout.glob(".github/workflows/*.y*ml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from (
            f".github/workflows/{path.name} runs: {REDACTOR.cut(each.strip(), 200)}" for each in _DEPLOYS.findall(text)
        )
