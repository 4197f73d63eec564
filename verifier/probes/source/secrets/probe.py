"""Looks for secrets in what is committed: in the tracked files as they are, and in the commits since a revision."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

from verifier.core.config.contract import Reason
from verifier.core.config.files import Mistakes, Written, read_toml, validate
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.evidence.finding import Finding
from verifier.core.probe import Context
from verifier.probes.source.checkout import AppCheckout, root_of
from verifier.probes.source.secrets.committed import SearchedText, committed, introduced_by, tracked
from verifier.probes.source.secrets.secretlint import SecretHit, scan
from verifier.probes.source.section import AppSource

_REVOKE = "revoke it at its service first, for it is known now"


class AcceptedFile(Written):
    """A file in which something looks like a secret and is none; valid for exactly these bytes."""

    file: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    reason: Reason


class SecretsBaseline(Written):
    """What looks like a secret and is none."""

    accepted: tuple[AcceptedFile, ...] = ()


class SecretPlace(Record):
    """Where something that looks like a secret stands, and of which kind it is; never what it is.

    Attributes:
        file: below the checkout; or the message of a commit.
        commit: the one that brought it, where it is not in the files as they are.
    """

    file: str
    line: int
    kind: str
    commit: str = ""


class SecretsInCode(Evidence):
    """What was searched, and what was found there.

    Attributes:
        since: the revision after which commits were searched; empty for the whole history.
        files: how many tracked files were searched.
        versions: how many versions of files, which are no longer there, in these commits.
        messages: how many messages of commits.
        found: what is not accepted.
        accepted: file → the reason.
        stale: entries of the baseline that fit nothing that was found.
        unread: files that are too large to be searched.
        binary: how many files are no text, and were not searched.
        cut: whether git has only a part of the history that was to be searched.
        baseline: the file of what is accepted.
    """

    since: str
    files: int
    versions: int
    messages: int
    found: tuple[SecretPlace, ...]
    accepted: dict[str, str]
    stale: tuple[str, ...]
    unread: tuple[str, ...]
    binary: int
    cut: bool
    baseline: str

    @property
    def told_files(self) -> str:
        """How many files were searched."""
        more = f", {len(self.accepted)} accepted with a reason" if self.accepted else ""
        return f"{self.files} tracked files{f', {self.binary} of them binary' if self.binary else ''}{more}"

    @property
    def told_commits(self) -> str:
        """How much of the history was searched."""
        where = f"since {self.since}" if self.since else "of the whole history"
        return f"{self.messages} commits {where}, {self.versions} versions of files that are no longer there"

    def in_files(self) -> list[Finding]:
        """What stands in tracked files."""
        remedy = f"{_REVOKE}, then remove it; if it is none: [[accepted]] in {self.baseline} (file, sha256, reason)"
        return [
            Finding(
                subject=each.file,
                problem="secret in a tracked file",
                detail=each.kind,
                place=f"{each.file}:{each.line}",
                remedy=remedy,
            )
            for each in self.found
            if not each.commit
        ]

    def in_commits(self) -> list[Finding]:
        """What stands in commits, and not in the files as they are."""
        remedy = f"{_REVOKE}; it stays in the history until that is rewritten. Accept it in {self.baseline} then"
        return [
            Finding(
                subject=each.file,
                problem="secret in a commit",
                detail=f"{each.kind}, commit {each.commit}, line {each.line}",
                remedy=remedy,
            )
            for each in self.found
            if each.commit
        ]

    def gap(self) -> CouldNotLook | None:
        """What could not be searched."""
        if self.unread:
            what = f"too large to be searched: {', '.join(self.unread)}"
            return CouldNotLook(Cause.TRUNCATED, what, remedy=f"[[accepted]] in {self.baseline} (file, sha256, reason)")
        if self.cut:
            what = "the clone is shallow, so not every commit could be searched"
            return CouldNotLook(Cause.TRUNCATED, what, remedy="git fetch --unshallow (fetch-depth: 0), or --since REV")
        return None


def observe_secrets_in_code(context: Context) -> SecretsInCode:
    """Search the tracked files, and what the commits since `--since` brought.

    Raises:
        CouldNotLook: as `observe_checkout`; no-data, if git tracks no text; precondition, if there is no scanner, or
            the baseline has mistakes.
    """
    checkout, root, started = context.get("checkout", AppCheckout), root_of(context), now()
    name, since = context.target.section(AppSource).baseline, context.options.since or ""
    baseline = _Baseline(root, name)
    here, past = tracked(root), committed(root, since, checkout.uncommitted)
    if not here.documents:
        what = f"git tracks no text file in {root.name}"
        raise CouldNotLook(Cause.NO_DATA, what, remedy="give --app-dir the app's own checkout")
    known = {each.id: each for each in (*here.documents, *past.documents)}
    hits = scan(list(known.values()), context.deadline)
    found = [hit for hit in hits if not baseline.accepts(known[hit.id])]
    unread = [each.name for each in (*here.too_large, *past.too_large) if not baseline.accepts(each)]
    return SecretsInCode(
        asked="Is a secret in the code, or in the commits since the last release?",
        where=f"{root.name} at commit {checkout.short}",
        at=started,
        again="npx secretlint --maskSecrets '**/*'",
        since=since,
        files=len(here.documents) + len(here.too_large) + here.binary,
        versions=sum(not each.message for each in past.documents),
        messages=sum(each.message for each in past.documents),
        found=tuple(_place(root, since, known[hit.id], hit) for hit in found),
        accepted={each.file: each.reason for each in baseline.used},
        stale=tuple(each.file for each in baseline.entries if each not in baseline.used),
        unread=tuple(unread),
        binary=here.binary,
        cut=checkout.shallow and not since,
        baseline=name,
    )


class _Baseline:
    """The app's file of what looks like a secret and is none; notes which of its entries are of use."""

    def __init__(self, root: Path, name: str) -> None:
        self.entries = _accepted(root, name)
        self.used: set[AcceptedFile] = set()

    def accepts(self, text: SearchedText) -> bool:
        """Whether a person answers for exactly these bytes of this file."""
        digest = hashlib.sha256(text.content).hexdigest()
        fitting = {each for each in self.entries if (each.file, each.sha256) == (text.name, digest)}
        self.used |= fitting
        return bool(fitting)


def _accepted(root: Path, name: str) -> tuple[AcceptedFile, ...]:
    if not (root / name).is_file():
        return ()
    try:
        return validate(SecretsBaseline, read_toml(root / name, name), name).accepted
    except Mistakes as mistakes:
        raise CouldNotLook(
            Cause.PRECONDITION, str(mistakes), remedy=f"correct {name}: each entry has file, sha256 and reason"
        ) from None


def _place(root: Path, since: str, document: SearchedText, hit: SecretHit) -> SecretPlace:
    commit = document.commit or (introduced_by(root, since, document.blob) if document.blob else "")
    return SecretPlace(file=document.name, line=hit.line, kind=hit.kind, commit=commit)
