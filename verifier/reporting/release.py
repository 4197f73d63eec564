"""Which release the evidence of a run speaks of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def observed_release(evidence: Path) -> dict[str, Any] | None:
    """The release that the platform told of, from the kept records; nothing if it was not observed.

    Read from the files, because under pytest-xdist the observations were made in other processes.
    """
    for path in sorted(evidence.rglob("platform.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        release = record["release"]
        machines = {each["id"]: each["state"] for each in record["machines"]}
        return {key: release[key] for key in ("id", "version", "status", "image", "created_at")} | {
            "machines": machines
        }
    return None
