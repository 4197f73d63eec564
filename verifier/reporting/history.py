"""Keeps what the tiles of an accepted release took, for the runs of later releases to compare with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from verifier.core.deadline import now
from verifier.core.evidence import moment
from verifier.core.run import Run
from verifier.core.verdict.baseline import Baseline, read_baseline
from verifier.core.verdict.ledger import Verdict
from verifier.probes.browser.tiles import TileState

MOST = 30
"""Samples that are kept of each tile; older ones of the same release make room."""


def remember(run: Run, verdict: Verdict, release: Mapping[str, Any] | None) -> str:
    """Keep this run's tile times if its verdict accepts the release; a line for people, or nothing.

    Runs of the same release add up, so that the differences between runs are known too. That a file cannot be written
    is said and does not change the verdict.
    """
    found = next(iter(sorted((run.folder / "evidence").rglob("tiles.json"))), None)
    if verdict != Verdict.DONE or found is None:
        return ""
    tiles = TileState.model_validate(json.loads(found.read_text(encoding="utf-8")))
    version = str(release["version"]) if release else None
    before = read_baseline(run.history)
    same = before is not None and version is not None and before.release == version
    kept = before.seconds if before and same else {}
    seconds = {tile: (*kept.get(tile, ()), *times)[-MOST:] for tile, times in tiles.samples().items()}
    baseline = Baseline(target=run.target.name, release=version, accepted=moment(now()), seconds=seconds)
    try:
        run.history.parent.mkdir(parents=True, exist_ok=True)
        fresh = run.history.with_name(f".{run.history.name}.new")
        fresh.write_text(baseline.model_dump_json(indent=2) + "\n", encoding="utf-8")
        fresh.replace(run.history)
    except OSError as trouble:
        return f"tile times of this release could not be kept: {run.history}: {trouble.strerror}"
    return f"tile times kept for later releases: {run.history.name} ({baseline})"
