"""Verdicts on the statements of migrations."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

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


class Named(str):
    """A sentence about something that has a name; what all such sentences have in common is its problem."""

    __slots__ = ("problem", "subject")
    problem: str
    subject: str

    def __new__(cls, sentence: str, problem: str = "", subject: str = "") -> Self:
        """Keep what the sentence is about beside it."""
        made = super().__new__(cls, sentence)
        made.problem, made.subject = problem or sentence, subject
        return made


def named(template: str, *names: object, **words: str) -> Named:
    """The sentence with its names.

    Args:
        template: as for `str.format`.
        names: the first is what the sentence is about; its problem has none of them.
        words: what belongs to the problem, as the kind of the thing.
    """
    told = [str(each) for each in names]
    return Named(template.format(*told, **words), template.format(*("…" for _ in told), **words), told[0])


class MigrationFinding(Record):
    """Something in a file that is not additive.

    Attributes:
        verdict: its severity.
        file: the path below the application's folder.
        line: counted from 1; 0 stands for the whole file.
        what: its effect, in one sentence.
        instead: the additive alternative, or the next step.
        unread: whether it reports that the file, or a part of it, cannot be parsed.
        problem: `what` without the names in it.
        about: the name of what it is about; empty where that is the file.
    """

    verdict: MigrationVerdict
    file: str
    line: int
    what: str
    instead: str
    unread: bool = False
    problem: str = ""
    about: str = ""

    @classmethod
    def of(
        cls, verdict: MigrationVerdict, place: tuple[str, int], what: str, instead: str, *, unread: bool = False
    ) -> Self:
        """The finding at a place, file and line, with what its sentence is about."""
        told = what if isinstance(what, Named) else Named(what)
        kept = {"problem": told.problem, "about": told.subject}
        return cls(verdict=verdict, file=place[0], line=place[1], what=what, instead=instead, unread=unread, **kept)

    @classmethod
    def of_file(cls, file: str, what: str, instead: str) -> Self:
        """What is wrong with a file as such, whatever names its sentence has."""
        return cls.of(MigrationVerdict.DESTRUCTIVE, (file, 0), what, instead).model_copy(update={"about": ""})

    def finding(self) -> Finding:
        """The same for the report."""
        return Finding(
            subject=self.about or self.file,
            problem=f"{self.verdict}: {self.problem or self.what}",
            detail="" if self.about or self.what == self.problem else self.what,
            remedy=self.instead,
            place=self.place,
            severity=Severity.CRITICAL if self.verdict is MigrationVerdict.DESTRUCTIVE else Severity.MAJOR,
        )

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}" if self.line else self.file
