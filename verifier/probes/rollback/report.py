"""A rollback as a page for whoever has to do it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifier.core.evidence.store import EvidenceStore
from verifier.probes.rollback.evidence import RollbackState

_ITEM = "rollback-ready"


def way_back(store: EvidenceStore, record: dict[str, Any]) -> str:
    """The page in Markdown; empty if this run did not look, or found no release to go back to.

    Args:
        store: the evidence of the run.
        record: the verdict record.
    """
    seen = store.get("rollback", RollbackState)
    return "\n".join(_lines(seen, record)) + "\n" if seen and seen.command else ""


def _lines(seen: RollbackState, record: dict[str, Any]) -> Iterator[str]:
    yield f"# Rollback · {record['target']}"
    yield ""
    yield f"{seen.told}, looked at {seen.at:%Y-%m-%d %H:%M} UTC."
    yield from ("", "```sh", seen.command, "```", "")
    item = next((each for each in record["items"] if each["id"] == _ITEM), None)
    if item:
        yield f"**{_ITEM}**: {item['outcome']}"
    for name, fact in seen.facts.items():
        if name != "command":
            yield f"- {name}: {fact}"
