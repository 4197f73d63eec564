"""Reads the record of a run back, and says why it cannot be believed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from verifier.core.evidence import moment
from verifier.core.redaction import REDACTOR
from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.model import Report
from verifier.reporting.record import ATTESTATION, RECORD

_STATUSES = {Verdict.DONE: {0}, Verdict.NOT_DONE: {1}, Verdict.UNVERIFIED: {6}, Verdict.PARTIAL: {1, 6}}
_SPOILING = {Outcome.FAILED, Outcome.UNVERIFIED, Outcome.NOT_RUN, Outcome.NOT_JUDGED}


class NoVerdict(Exception):  # noqa: N818 - it is no error of this program
    """There is no verdict to believe; says why."""


class NotClosed(NoVerdict):
    """There is no statement beside the record."""


class DidNotEnd(NoVerdict):
    """The run died before it had a verdict."""


@dataclass(frozen=True)
class StoredRecord:
    """A record on disk.

    Attributes:
        path: of its `verdict.json`.
        sha256: of the bytes there.
    """

    path: Path
    report: Report
    sha256: str

    @property
    def folder(self) -> Path:
        """Everything else that the run left behind."""
        return self.path.parent

    @property
    def called(self) -> str:
        """How people know it."""
        return called(self.path)

    @property
    def told(self) -> str:
        """Of what it is, and when it was made, as one line."""
        report = self.report
        release = f"release {report.release['version']}, " if report.release else ""
        at = moment(report.run.finished)
        return f"{self.called}: {report.verdict}, {report.target}, {release}{at}, suite {report.run.suite}"


def called(path: Path) -> str:
    """How people know a record: its report's folder, else the file."""
    return path.parent.resolve().name if path.name == RECORD else path.name


def record_at(path: Path) -> Path:
    """The `verdict.json` of a report's folder; a JSON file stands for itself."""
    return path if path.suffix == ".json" else path / RECORD


def read_record(path: Path) -> StoredRecord:
    """The record in a report's folder, or in a file.

    Raises:
        NoVerdict: it is missing, of another shape, contradicts itself, was altered, or is of a run that did not end.
    """
    path = record_at(path)
    try:
        content = path.read_bytes()
        found = json.loads(content)
        if isinstance(found, dict) and found.get("verdict") == Verdict.INCOMPLETE:
            raise DidNotEnd(f"the run did not end: its {RECORD} still says 'incomplete'")
        report = Report.model_validate(REDACTOR.clean(found))
    except FileNotFoundError:
        raise NoVerdict(f"there is no {path.name}: the run did not begin (see the log of its step)") from None
    except ValidationError as invalid:
        places = ", ".join(".".join(map(str, each["loc"])) for each in invalid.errors()[:5])
        raise NoVerdict(f"{path.name} does not have its shape, at {places or 'its root'}") from None
    except (OSError, ValueError, RecursionError) as trouble:
        raise NoVerdict(f"{path.name} cannot be read: {type(trouble).__name__}: {trouble}") from None
    _refuse_contradictions(report, path.name)
    return StoredRecord(path, report, hashlib.sha256(content).hexdigest())


def _refuse_contradictions(report: Report, name: str) -> None:
    if report.exit_status not in _STATUSES[report.verdict]:
        raise NoVerdict(f"{name} contradicts itself: {report.verdict} with exit status {report.exit_status}")
    outcomes = {each.outcome for each in report.items}
    if report.verdict == Verdict.DONE and (outcomes & _SPOILING or Outcome.PASSED not in outcomes):
        raise NoVerdict(f"{name} contradicts itself: DONE with items {', '.join(sorted(outcomes)) or 'missing'}")


def attested(folder: Path) -> dict[str, Any]:
    """The statement beside a record.

    Raises:
        NotClosed: there is none.
        NoVerdict: it cannot be read, or is none.
    """
    try:
        found = json.loads((folder / ATTESTATION).read_bytes())
        _ = {each["name"]: each["digest"]["sha256"] for each in found["subject"]}, found["predicate"]["properties"]
    except FileNotFoundError:
        raise NotClosed(f"there is no {ATTESTATION}: the run did not end, or its suite wrote none yet") from None
    except (OSError, ValueError, RecursionError, KeyError, TypeError) as trouble:
        raise NoVerdict(f"{ATTESTATION} cannot be read: {type(trouble).__name__}: {trouble}") from None
    return dict(found)
