"""Proposes where the app runs: `[platform]`, and the app's name there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from verifier.core.config.proposal import Proposed
from verifier.core.machine import ConfiguredApp
from verifier.core.platform import platforms
from verifier.core.survey import Survey

_NO_MACHINES = "no platform is known that tells of its machines and releases"
_NO_LOG = "no platform is known that hands over its log"
_NEEDS_ONE = {
    "machines-started": _NO_MACHINES,
    "health-checks-configured": _NO_MACHINES,
    "app-exists": _NO_MACHINES,
    "rollback-ready": _NO_MACHINES,
    "logs-clean": _NO_LOG,
    "no-server-errors": f"{_NO_LOG}, so what others were answered is not known",
    "logs-watched": _NO_LOG,
}


def propose(survey: Survey) -> Iterator[Proposed]:
    """The first platform that knows the app for its own; else none."""
    found = [proposed for each in platforms().values() for proposed in each.proposed(survey)]
    if found:
        yield from found
        return
    yield Proposed(content={"app": survey.context.target.app})
    yield Proposed(
        "platform",
        {"machines": "none"},
        assumed=("nothing tells of its machines, and the address is all there is",),
        unknown=(f"whether it runs on {_others()}: if so, remove this section, and write its name there to app",),
        inapplicable=_NEEDS_ONE | dict.fromkeys(survey.requires("platform"), _NO_MACHINES),
    )


def _others() -> str:
    return " or ".join(each.title for each in platforms().values() if each.credential)


def configured_app(folder: Path | None) -> ConfiguredApp | None:
    """The app of this folder, by the first platform whose file names one."""
    found = (each.configured(folder) for each in platforms().values()) if folder else ()
    return next((each for each in found if each), None)
