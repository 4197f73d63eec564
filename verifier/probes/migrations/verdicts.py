"""Verdicts on the statements of migrations."""

from __future__ import annotations

from enum import StrEnum

from verifier.core.evidence import Record
from verifier.core.evidence.finding import Finding, Severity


class MigrationVerdict(StrEnum):
    """The effect of a statement on existing data and programs, from harmless to worst."""

    ADDITIVE = "additive"
    REVIEW = "needs a person"
    BLOCKING = "blocking"
    DESTRUCTIVE = "destructive"

    @property
    def rank(self) -> int:
        """Its place in that order."""
        return list(MigrationVerdict).index(self)


def worst(verdicts: list[MigrationVerdict]) -> MigrationVerdict:
    """The worst of them; additive if there are none."""
    return max(verdicts, key=lambda each: each.rank, default=MigrationVerdict.ADDITIVE)


class MigrationFinding(Record):
    """Something in a file that is not additive.

    Attributes:
        verdict: its severity.
        file: the path below the application's folder.
        line: counted from 1; 0 stands for the whole file.
        what: its effect, in one sentence.
        instead: the additive alternative, or the next step.
        unread: whether it reports that the file, or a part of it, cannot be parsed.
    """

    verdict: MigrationVerdict
    file: str
    line: int
    what: str
    instead: str
    unread: bool = False

    def finding(self) -> Finding:
        """The same for the report."""
        return Finding(
            subject=self.file,
            problem=f"{self.verdict}: {self.what}",
            remedy=self.instead,
            place=self.place,
            severity=Severity.CRITICAL if self.verdict is MigrationVerdict.DESTRUCTIVE else Severity.MAJOR,
        )

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}" if self.line else self.file
