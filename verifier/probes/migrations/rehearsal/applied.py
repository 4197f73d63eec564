"""What became of the files that were applied."""

from __future__ import annotations

from verifier.core.evidence import Record
from verifier.probes.migrations.verdicts import Finding


class Failure(Record):
    """Where and why a file does not apply.

    Attributes:
        line: of the statement that was refused.
        code: SQLSTATE.
        message: the server's own words.
    """

    line: int
    code: str
    message: str


class Applied(Record):
    """What became of one file.

    Attributes:
        path: below the application's folder.
        judged: whether it is one of those that are judged.
        failure: why it was refused, if it was.
        findings: what it did to what was there before.
        locks: the strongest lock on each table that was there, until the end of the file.
        again: what a second pass would do: nothing, what it would change, or how it would fail.
        lacking: extensions that it asks for and that this server does not have; they were left out.
        rows_decide: whether it was refused with the sample rows, and applied without any.
        because: the refused file before it without which it is refused; empty if it is refused by itself.
        excused: whether the refusal may come of what this server or this role lacks, or of a file that counts as live
            and cannot be applied here.
    """

    path: str
    judged: bool
    failure: Failure | None = None
    findings: tuple[Finding, ...] = ()
    locks: dict[str, str] = {}
    again: str = ""
    lacking: tuple[str, ...] = ()
    rows_decide: bool = False
    because: str = ""
    excused: bool = False
