"""The statement that closes a report: an in-toto Statement v1 with a Simple Verification Result.

Its subjects are the files of the report. The predicate names the properties that were verified, and only those, as
https://in-toto.io/attestation/svr/v0.1 asks: every item that was verified, and the whole with DONE alone. What was
broken, or could not be seen, is in verdict.json, which is one of the subjects.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from verifier.core.files import write_whole
from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.model import Report
from verifier.reporting.record import ATTESTATION, SIGNATURE
from verifier.reporting.record.canonical import canonical, digest

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/svr/v0.1"
VERIFIER = "urn:hotdash:definition-of-done:v1"
"""The verifier's identity; another number means that the same property is verified in another way."""
DONE = "DEFINITION_OF_DONE"
"""The property of a report that ended DONE."""
ITEM = "DEFINITION_OF_DONE_ITEM_"
"""Begins the property of one item."""
NO_FILE = "not a file"


def close_report(folder: Path, report: Report) -> None:
    """Write the statement of a report; whatever changes in its folder from now on can be told.

    Raises:
        OSError: it cannot be written.
    """
    write_whole(folder / ATTESTATION, canonical(statement(digests(folder), report)))


def statement(files: dict[str, str], report: Report) -> dict[str, Any]:
    """The statement.

    Args:
        files: name → SHA-256, as `digests` hands them over.
        report: what the files tell.
    """
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": found}} for name, found in sorted(files.items())],
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate(report),
    }


def predicate(report: Report) -> dict[str, Any]:
    """What a report claims to have verified."""
    held = [f"{ITEM}{each.id}" for each in report.items if each.outcome == Outcome.PASSED]
    return {
        "verifier": {"id": VERIFIER, "suite": report.run.suite},
        "timeCreated": report.run.finished.isoformat().replace("+00:00", "Z"),
        "properties": [DONE] * (report.verdict == Verdict.DONE) + sorted(held),
    }


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below a folder but the statement's own, by its name there.

    A link is no file: what it leads to can change without it.

    Raises:
        OSError: a file cannot be read.
    """
    own = {folder / ATTESTATION, folder / SIGNATURE}
    found = (each for each in folder.rglob("*") if each not in own and (each.is_symlink() or not each.is_dir()))
    return {
        each.relative_to(folder).as_posix(): digest(each) if each.is_file() and not each.is_symlink() else NO_FILE
        for each in found
    }
