"""What is said of a statement of a migration."""

from __future__ import annotations

from enum import StrEnum

from verifier.core import finding as core
from verifier.core.evidence import Record


class MigrationVerdict(StrEnum):
    """What a statement does to what is already there; the later, the worse."""

    ADDITIVE = "additive"
    REVIEW = "needs a person"
    BLOCKING = "blocking"
    DESTRUCTIVE = "destructive"

    @property
    def rank(self) -> int:
        """Its place in the order of badness."""
        return list(MigrationVerdict).index(self)


def worst(verdicts: list[MigrationVerdict]) -> MigrationVerdict:
    """The worst of them; of none, that nothing is wrong."""
    return max(verdicts, key=lambda each: each.rank, default=MigrationVerdict.ADDITIVE)


class Finding(Record):
    """Something in a file that does not only add.

    Attributes:
        verdict: how bad.
        file: the path below the application's folder.
        line: from 1 on; 0 stands for the whole file.
        what: what it does, in one sentence.
        instead: the additive way to the same end, or what to do next.
        unread: whether it tells why the file, or a part of it, cannot be read.
    """

    verdict: MigrationVerdict
    file: str
    line: int
    what: str
    instead: str
    unread: bool = False

    def finding(self) -> core.Finding:
        """The same for the report."""
        return core.Finding(
            subject=self.file,
            problem=f"{self.verdict}: {self.what}",
            remedy=self.instead,
            place=self.place,
            severity=core.Severity.CRITICAL if self.verdict is MigrationVerdict.DESTRUCTIVE else core.Severity.MAJOR,
        )

    @property
    def place(self) -> str:
        """`file:line`, as editors take it."""
        return f"{self.file}:{self.line}" if self.line else self.file
