"""Keeps when a restore drill last succeeded, beside what accepted releases took."""

from __future__ import annotations

from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from verifier.core.evidence import Record
from verifier.core.files import write_whole


class DrillDone(Record):
    """A restore drill that succeeded: when, and what was restored."""

    at: AwareDatetime
    tables: int
    rows: int


def remember(history: Path, done: DrillDone) -> None:
    """Keep it; that it cannot be kept is no reason to doubt what this run saw, and the next run will miss it."""
    try:
        write_whole(_beside(history), done.model_dump_json() + "\n")
    except OSError:
        return


def last(history: Path) -> DrillDone | None:
    """The last one of this target, if one is known."""
    try:
        return DrillDone.model_validate_json(_beside(history).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def _beside(history: Path) -> Path:
    return history.with_name(f"{history.stem}.restore-drill.json")
