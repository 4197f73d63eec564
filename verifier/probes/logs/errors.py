"""The errors of one machine: each with its repetitions, and with the lines that tell of the same failure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime

from verifier.core.evidence import Record, moment
from verifier.core.evidence.finding import Finding, cut
from verifier.core.redaction import REDACTOR
from verifier.probes.logs.weighing.cause import AT_ONCE, one_failure
from verifier.probes.logs.weighing.heuristics import HEADLINE as EXCEPTION
from verifier.probes.logs.weighing.heuristics import TRACEBACK
from verifier.probes.logs.weighing.levels import Level
from verifier.probes.logs.weighing.line import ParsedLine, template

TEXT = 500
"""Characters of a line that are kept as evidence."""
HEADLINE = 200
_SUBJECT = 120


class LogError(Record):
    """An error on one machine, with all its repetitions: lines that differ in numbers, ids, times and paths only.

    Attributes:
        line: the number of its first line on this machine, from 1 for the first of the window.
        at: when it came first.
        last: when it came last.
        text: the line as it is.
        headline: what it says, without the JSON around it.
        follows: how many lines of stack traces belong to it.
        count: how often it came.
    """

    machine: str
    provider: str
    line: int
    at: AwareDatetime
    last: AwareDatetime
    level: Level
    text: str
    headline: str
    follows: int = 0
    count: int = 1

    def __str__(self) -> str:
        times = f", {self.count} times until {self.last:%H:%M:%S}" if self.count > 1 else ""
        return f"machine {self.machine}, line {self.line}, {self.at:%H:%M:%S} UTC{times}: {self.headline}"

    def finding(self) -> Finding:
        """The error as a finding; its subject is what its repetitions have in common."""
        times = f", {self.count} times until {self.last:%H:%M:%S}" if self.count > 1 else ""
        subject = cut(template(self.headline), _SUBJECT)
        told = f": {self.headline}" if self.headline != subject else ""
        return Finding(
            subject=subject,
            problem="error in the log",
            detail=f"line {self.line}{times}{told}",
            machine=self.machine,
            place=moment(self.at),
        )


@dataclass
class GrowingError:
    """An error that is still growing."""

    kind: str
    machine: str
    provider: str
    line: int
    at: datetime
    last: datetime
    level: Level
    text: str
    headline: str
    follows: int = 0
    count: int = 1
    stated: bool = False
    said: str = ""
    end: datetime | None = None

    def tells_the_same(self, at: datetime, line: ParsedLine) -> bool:
        """Whether a line belongs to the failure: it states nothing of its own, or speaks of the same, at once."""
        if self.end is None or at - self.end > AT_ONCE or TRACEBACK in line.text:
            return False
        if line.stated is None and self.stated and not EXCEPTION.match(line.text):
            return True
        return one_failure(self.said, line.headline[:TEXT])

    def goes_on(self, at: datetime, line: ParsedLine) -> None:
        """Take a further line of it down."""
        self.follows, self.end = self.follows + 1, at
        self.said = f"{self.said[-TEXT:]}\n{line.headline[:TEXT]}"

    def record(self) -> LogError:
        """What is told of it."""
        return LogError(
            **{name: value for name, value in vars(self).items() if name not in {"kind", "stated", "said", "end"}}
        )


def named(kept: dict[str, GrowingError], found: GrowingError, line: ParsedLine) -> GrowingError:
    """The error that a traceback turns out to be; the same as one that was found before, if there is one."""
    del kept[found.kind]
    kind = template(line.text[:TEXT])
    known = kept.setdefault(kind, found)
    if known is found:
        found.kind, found.headline = kind, short(line.text)[:HEADLINE]
    else:
        known.count, known.last, known.follows = known.count + 1, found.at, known.follows + found.follows
    return known


def short(text: str) -> str:
    """The beginning of the text; redacted first, because half a secret would no longer be known as one."""
    return REDACTOR.text(text)[:TEXT]
