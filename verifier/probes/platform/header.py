"""The platform's part of a run's header: the release, and what the preflight found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifier.core.config.contract import Stage
from verifier.core.evidence import CouldNotLook
from verifier.core.evidence.store import EvidenceStore
from verifier.core.execution.collector import Collector
from verifier.core.execution.run import Run
from verifier.core.platform import PlatformSection
from verifier.probes.platform.preflight import Preflight
from verifier.probes.platform.state import PlatformState

_SECONDS = 5.0
"""How long the head of the terminal waits for the platform."""


def ask(run: Run, _stages: frozenset[Stage]) -> Iterator[CouldNotLook]:
    """Why there is no token, where one is needed."""
    credential = run.target.section(PlatformSection).credential
    if credential:
        yield from run.credentials.lacking(credential)


def lines(_run: Run, collector: Collector, missing: list[CouldNotLook]) -> list[str]:
    """The release, and what the preflight found; what is wrong joins `missing`, each once."""
    told = _preflight(collector, missing)
    release = _release(collector, {str(each) for each in missing})
    return [f"release: {release}", *([f"preflight: {told}"] if told and not missing else [])]


def _preflight(collector: Collector, missing: list[CouldNotLook]) -> str:
    if not collector.done("preflight", within=_SECONDS):
        return "not finished"
    known = {str(each) for each in missing}
    try:
        seen = collector.get("preflight", Preflight)
    except CouldNotLook as trouble:
        return "" if str(trouble) in known else str(trouble)
    # A missing token is found before the run and again by whoever asks the platform: it is told once.
    missing += [each for each in seen.troubles if str(each) not in known]
    return seen.told


def _release(collector: Collector, told: set[str]) -> str:
    """Which release is judged, if the platform tells it in time for the header; why not, unless that is told."""
    if not collector.done("platform", within=_SECONDS):
        return "not told yet"
    try:
        seen = collector.get("platform", PlatformState)
    except CouldNotLook as trouble:
        return "not known, see preflight" if str(trouble) in told else f"not known ({trouble})"
    machines = ", ".join(f"{each.id} {each.state}" for each in seen.machines)
    return f"{seen.release.version} ({seen.release.status}) on {machines or 'no machine'}"


def release(store: EvidenceStore) -> dict[str, Any] | None:
    """The release and the machines that the platform told of; nothing, if it was not observed."""
    seen = store.get("platform", PlatformState)
    if seen is None:
        return None
    told = seen.release.model_dump(mode="json", include={"id", "version", "status", "image", "created_at"})
    commits = {each.revision for each in seen.machines}
    return {
        **told,
        "commit": commits.pop() if len(commits) == 1 else None,
        "name": seen.release_name or f"release {seen.release.version}",
        "ended_well": seen.release.ended_well,
        "machines": {each.id: each.state for each in seen.machines},
        "hosts": {each.id: each.host_status for each in seen.machines},
    }
