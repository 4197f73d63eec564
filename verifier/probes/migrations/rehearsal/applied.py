"""The results of applying files."""

from __future__ import annotations

from verifier.core.evidence import Record
from verifier.probes.migrations.verdicts import MigrationFinding


class Failure(Record):
    """Where and why a file was refused.

    Attributes:
        line: of the refused statement.
        code: SQLSTATE.
        message: of the server.
    """

    line: int
    code: str
    message: str


class Applied(Record):
    """The result of applying one file.

    Attributes:
        path: below the application's folder.
        judged: whether it is judged, or only applied as history.
        failure: why it was refused, if it was.
        findings: its effects on what existed before.
        locks: existing table → the strongest lock held until the end of the file.
        again: the effect of applying it twice: nothing, changes, or an error.
        lacking: extensions that it creates and this server lacks; they were skipped.
        rows_decide: whether it was refused with the sample rows, and applied without.
        because: the earlier refused file that causes this refusal; empty if it has its own cause.
        excused: whether the cause may be this server, this role, or a live file that cannot be applied here.
    """

    path: str
    judged: bool
    failure: Failure | None = None
    findings: tuple[MigrationFinding, ...] = ()
    locks: dict[str, str] = {}
    again: str = ""
    lacking: tuple[str, ...] = ()
    rows_decide: bool = False
    because: str = ""
    excused: bool = False
