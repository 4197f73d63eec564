"""Evidence on disk: under pytest-xdist several processes observe for one run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from verifier.core.evidence import Attempt, Cell, Evidence
from verifier.core.redaction import REDACTOR

Kind = TypeVar("Kind", bound=Evidence)
Cells = Mapping[str, Mapping[str, Cell]]
"""Column of the matrix → machine → what was seen there."""
_CELLS = ".cells.json"
_ATTEMPTS = "attempts.jsonl"


class EvidenceStore:
    """The evidence of a run.

    Args:
        folder: `evidence/` of the run; each worker process writes to its own folder below it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, evidence: Evidence) -> None:
        """Write a record, redacted."""
        self._write(f"{name}.json", evidence.model_dump_json(indent=2))

    def write_cells(self, name: str, cells: Cells) -> None:
        """Write what the probe `name` saw of each machine, if anything."""
        if cells:
            told = {title: {each: cell.model_dump() for each, cell in found.items()} for title, found in cells.items()}
            self._write(f"{name}{_CELLS}", json.dumps(told, ensure_ascii=False))

    def get(self, name: str, kind: type[Kind]) -> Kind | None:
        """The record `name`, if there is one and it is valid."""
        for path in self._paths(name):
            try:
                return kind.model_validate_json(path.read_text(encoding="utf-8"))
            except (OSError, ValidationError):
                continue
        return None

    def has(self, name: str) -> bool:
        """Whether there is a record `name`."""
        return bool(self._paths(name))

    def raw(self, name: str) -> dict[str, Any] | None:
        """The record `name` as JSON, if there is one."""
        for path in self._paths(name):
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return found
        return None

    def cells(self) -> Iterator[dict[str, dict[str, dict[str, Any]]]]:
        """What each probe saw of each machine: column → machine → cell, as JSON."""
        for path in sorted(self._folder.rglob(f"*{_CELLS}")):
            yield json.loads(path.read_text(encoding="utf-8"))

    def add_attempt(self, attempt: Attempt) -> None:
        """Note that something was asked, whatever came of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / _ATTEMPTS).open("a", encoding="utf-8") as file:
            file.write(REDACTOR.text(attempt.model_dump_json()) + "\n")

    def attempts(self) -> list[Attempt]:
        """What all processes asked, in the order in which they began."""
        found = []
        for line in (line for path in self._folder.rglob(_ATTEMPTS) for line in path.read_bytes().splitlines()):
            with suppress(ValueError):  # one that is being written
                found.append(Attempt.model_validate_json(line))
        return sorted(found, key=lambda each: each.at)

    def _paths(self, name: str) -> list[Path]:
        return sorted(self._folder.rglob(f"{name}.json"))

    def _write(self, name: str, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / name).write_text(REDACTOR.text(text) + "\n", encoding="utf-8")
