"""Two sources of one run that cannot both be right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from verifier.core.evidence import moment
from verifier.core.redaction import REDACTOR


@dataclass(frozen=True)
class Side:
    """What one source said, when, and the name of the evidence that holds it."""

    who: str
    said: str
    at: datetime
    evidence: str

    def __str__(self) -> str:
        return f"{self.who}, {moment(self.at)}: {self.said} (evidence: {self.evidence})"


@dataclass(frozen=True)
class Contradiction:
    """Two sources that cannot both be right.

    Attributes:
        id: its kind, for programs.
        title: one sentence.
        next: what to type to learn which of them is.
    """

    id: str
    title: str
    sides: tuple[Side, Side]
    next: str

    def as_json(self) -> dict[str, Any]:
        """The form of `verdict.json`."""
        sides = [
            {"who": each.who, "said": each.said, "at": each.at.isoformat(timespec="seconds"), "evidence": each.evidence}
            for each in self.sides
        ]
        told: dict[str, Any] = REDACTOR.clean({"id": self.id, "title": self.title, "sides": sides, "next": self.next})
        return told
