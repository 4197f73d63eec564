"""Whether a report is as it was when its run ended: its files, its claims, its signature, and what came before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from verifier.core.evidence import CouldNotLook
from verifier.core.evidence.finding import Finding
from verifier.core.verdict.ledger import UNVERIFIED_STATUS
from verifier.reporting.record import ATTESTATION, RECORD, SIGNATURE
from verifier.reporting.record.canonical import canonical, digest
from verifier.reporting.record.reading import NoVerdict, StoredRecord, attested, read_record
from verifier.reporting.record.signing import Signer, signer_of
from verifier.reporting.record.statement import PREDICATE_TYPE, STATEMENT_TYPE, digests, predicate

_TOLD = {"subject", "problem", "detail"}


class Expected(NamedTuple):
    """Who must have signed, and who must vouch for that identity."""

    identity: str
    issuer: str


@dataclass
class Verified:
    """What is known of one report.

    Attributes:
        folder: of the report.
        files: how many files the statement names.
        objections: what is not as it was.
        gaps: why something could not be looked at.
        signer: who signed it; nothing if it is not signed.
        earlier: the reports that it names and that were found, each looked at in the same way.
        elsewhere: those that it names and that are not here.
    """

    folder: Path
    verdict: str = ""
    files: int = 0
    objections: list[Finding] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    signer: Signer | None = None
    earlier: list[Verified] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def all(self) -> Iterator[Verified]:
        """This report and those before it."""
        yield self
        for each in self.earlier:
            yield from each.all()

    @property
    def own_objections(self) -> list[str]:
        """What keeps this report, and not those before it, from being as its run left it."""
        return [*map(str, self.objections), *self.gaps]

    @property
    def status(self) -> int:
        """0 if everything is as it was; 1 if something is not, here or before; 6 if that could not be told."""
        if any(each.objections for each in self.all()):
            return 1
        return UNVERIFIED_STATUS if any(each.gaps for each in self.all()) else 0

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "folder": self.folder.as_posix(),
            "verdict": self.verdict,
            "files": self.files,
            "objections": [each.model_dump(mode="json", include=_TOLD) for each in self.objections],
            "gaps": self.gaps,
            "signer": vars(self.signer) if self.signer else None,
            "earlier": [each.as_json() for each in self.earlier],
            "elsewhere": self.elsewhere,
        }


def verified(folder: Path, signed_by: Expected | None = None, near: Iterable[Path] = ()) -> Verified:
    """Look at one report, and at those before it where they lie beside it.

    Args:
        folder: of the report.
        signed_by: who must have signed it; without it, a signature is told and not required.
        near: further folders, in which the reports lie that it names.
    """
    beside = folder.resolve().parent
    known = _known([beside.relative_to(Path.cwd()) if beside.is_relative_to(Path.cwd()) else beside, *near])
    return _verified(folder, signed_by, known, set())


def _verified(folder: Path, signed_by: Expected | None, known: dict[str, tuple[Path, str]], seen: set[str]) -> Verified:
    found = Verified(folder)
    try:
        statement = attested(folder)
        found.files = len(statement["subject"])
        found.objections += _of_files(folder, statement)
        _look_at_signature(found, signed_by)
        kept = read_record(folder)
    except NoVerdict as why:
        # Of a record that was altered, everything is said with that.
        found.gaps += [] if any(each.subject == RECORD for each in found.objections) else [str(why)]
        return found
    found.verdict = str(kept.report.verdict)
    found.objections += _of_claims(kept, statement)
    seen.add(kept.sha256)
    _look_before(found, kept, known, seen)
    return found


def _of_files(folder: Path, statement: dict[str, Any]) -> Iterator[Finding]:
    told = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
    seen = digests(folder)
    for name in sorted({*told, *seen}):
        if name not in seen:
            yield _objection(name, "missing", "the statement names it")
        elif name not in told:
            yield _objection(name, "added after the run had ended", "the statement does not name it")
        elif told[name] != seen[name]:
            now, before = seen[name][:12], told[name][:12]
            yield _objection(name, "altered after the run had ended", f"sha256 {now}… was {before}…")


def _of_claims(kept: StoredRecord, statement: dict[str, Any]) -> Iterator[Finding]:
    """What the statement says of the verdict, and the record does not."""
    if (statement.get("_type"), statement.get("predicateType")) != (STATEMENT_TYPE, PREDICATE_TYPE):
        yield _objection(ATTESTATION, "of another kind", f"{statement.get('_type')}, {statement.get('predicateType')}")
    elif statement["predicate"] != predicate(kept.report):
        told, seen = set(statement["predicate"]["properties"]), set(predicate(kept.report)["properties"])
        other = ", ".join(sorted(told ^ seen)) or "time or verifier"
        yield _objection(ATTESTATION, "claims something else than the record", other)
    content = kept.path.read_bytes()
    if canonical(json.loads(content)).encode() != content:
        yield _objection(RECORD, "not in its canonical form", "the same facts have other bytes")


def _look_at_signature(found: Verified, signed_by: Expected | None) -> None:
    bundle = found.folder / SIGNATURE
    if not bundle.is_file():
        if signed_by:
            found.objections.append(_objection(SIGNATURE, "not signed", f"it must be signed by {signed_by.identity}"))
        return
    try:
        found.signer = signer_of(bundle.read_bytes(), (found.folder / ATTESTATION).read_bytes(), *(signed_by or ()))
    except CouldNotLook as why:
        found.gaps.append(f"{why.what}; {why.remedy}")
    except ValueError as why:
        found.objections.append(_objection(SIGNATURE, "signature does not hold", str(why)))


def _look_before(found: Verified, kept: StoredRecord, known: dict[str, tuple[Path, str]], seen: set[str]) -> None:
    """The accepted record before this one, and the runs that a release is made of."""
    before = [(each.run, each.sha256) for each in [kept.report.previous] if each]
    for run, sha256 in [*before, *((each.id, each.sha256) for each in kept.report.runs)]:
        folder, now = known.get(run, (None, ""))
        if folder is None:
            found.elsewhere.append(f"run {run} (sha256 {sha256[:12]}…)")
        elif now != sha256:
            detail = f"sha256 {now[:12]}… of run {run} was {sha256[:12]}… when {found.folder.name} was made"
            found.objections.append(_objection(f"{folder.name}/{RECORD}", "altered after the run had ended", detail))
        elif sha256 not in seen:
            found.earlier.append(_verified(folder, None, known, seen))


def _known(folders: Iterable[Path]) -> dict[str, tuple[Path, str]]:
    """The reports in these folders: id of the run → its folder and the SHA-256 of its record."""
    found = {}
    for path in (each for folder in folders for each in sorted(folder.glob(f"*/{RECORD}"))):
        if path.parent.is_symlink():  # the link to the latest run
            continue
        try:
            content = json.loads(path.read_bytes())
            name = str(content["run"]["id"]) if content["verdict"] != "incomplete" else path.parent.name
            found[name] = (path.parent, digest(path))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def _objection(subject: str, problem: str, detail: str) -> Finding:
    return Finding(subject=subject, problem=problem, detail=detail)
