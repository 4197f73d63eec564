"""Who approved the phase that is to be deployed, when, and for which commit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, StringConstraints

from verifier.core.config.contract import Sentence
from verifier.core.config.files import Mistakes, Written, read_toml, validate
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence
from verifier.core.evidence.finding import Finding
from verifier.core.probe import Context
from verifier.probes.source.checkout import AppCheckout, git, root_of
from verifier.probes.source.section import ApprovalRules

_SHORT = 12


def _with_zone(told: Any) -> Any:  # noqa: ANN401 - pydantic hands over raw input
    """TOML and JSON may leave out the zone; then it is UTC."""
    return told.replace(tzinfo=UTC) if isinstance(told, datetime) and told.tzinfo is None else told


class ApprovalEntry(Written):
    """One approval."""

    phase: int
    by: Sentence
    at: Annotated[AwareDatetime, BeforeValidator(_with_zone)]
    commit: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{7,64}$", to_lower=True)]


class ApprovalFile(Written):
    """A file of approvals."""

    approval: tuple[ApprovalEntry, ...]


class ApprovalState(Evidence):
    """The approvals of a phase.

    Attributes:
        phase: the one that is to be deployed.
        commit: what is to be deployed.
        covered: the commits whose approval counts: this one, and those since which only the approvals changed.
        approvers: whose approval counts.
        entries: all approvals of this phase.
        file: where an approval is written down.
    """

    phase: int
    commit: str
    covered: tuple[str, ...]
    approvers: tuple[str, ...]
    entries: tuple[ApprovalEntry, ...]
    file: str

    @property
    def valid(self) -> list[ApprovalEntry]:
        """Those that count."""
        return [each for each in self._here if each.by in self.approvers and each.at <= self.at]

    @property
    def _here(self) -> list[ApprovalEntry]:
        return [each for each in self.entries if any(it.startswith(each.commit) for it in self.covered)]

    @property
    def told(self) -> str:
        """Who approved it when; or that nobody did."""
        if not self.valid:
            return f"phase {self.phase} is not approved for commit {self.commit[:_SHORT]}"
        newest = max(self.valid, key=lambda each: each.at)
        return f"phase {self.phase}: {newest.by}, {newest.at:%Y-%m-%d %H:%M %Z}, commit {newest.commit[:_SHORT]}"

    def findings(self) -> list[Finding]:
        """Why it is not approved."""
        if self.valid:
            return []
        remedy = (
            f"one of {', '.join(self.approvers)} approves it: [[approval]] phase, by, at, "
            f'commit = "{self.covered[-1]}" in {self.file}'
        )
        reasons = {each.by: self._reason(each) for each in self.entries} or {"nobody": ""}
        return [
            Finding(
                subject=f"phase {self.phase}",
                problem="phase is not approved for this commit",
                detail="; ".join(f"{who}: {why}" if why else "nobody approved it" for who, why in reasons.items()),
                remedy=remedy,
                place=self.file,
            )
        ]

    def _reason(self, entry: ApprovalEntry) -> str:
        if entry not in self._here:
            return f"approved commit {entry.commit[:_SHORT]}, and other files changed since"
        return (
            "may not approve"
            if entry.by not in self.approvers
            else f"approved at {entry.at:%Y-%m-%d}, which is to come"
        )


def observe_phase_approval(context: Context) -> ApprovalState:
    """Read the approvals, and which of them are for this commit.

    Raises:
        CouldNotLook: as `observe_checkout`; precondition, if the target has no `[phase_approval]` or no phases, or a
            file has mistakes.
    """
    settings, phase = context.target.section(ApprovalRules), max(context.options.phases, default=None)
    if phase is None:
        raise CouldNotLook(
            Cause.PRECONDITION, "the target has no phases", remedy="add [phases] deployed = [1, …] to the target"
        )
    checkout, root, started = context.get("checkout", AppCheckout), root_of(context), now()
    entries = [*_written(root / settings.file, settings.file), *_given(context.options.approvals)]
    return ApprovalState(
        asked=f"Is phase {phase} approved for this commit?",
        where=f"{settings.file} of {root.name} at commit {checkout.short}",
        at=started,
        again=f"git show HEAD:./{settings.file}",
        phase=phase,
        commit=checkout.commit,
        covered=tuple(_covered(root, settings.file, checkout.commit)),
        approvers=settings.approvers,
        entries=tuple(each for each in entries if each.phase == phase),
        file=settings.file,
    )


def _covered(root: Path, file: str, commit: str) -> list[str]:
    """This commit, and those before it as long as nothing but the approvals changed: an approval is written later."""
    prefix = git(root, "rev-parse", "--show-prefix").strip()
    covered = [commit]
    for line in git(root, "rev-list", "--first-parent", "--parents", "--max-count=50", commit).splitlines():
        _, *parents = line.split()
        if not parents:
            break
        changed = git(root, "diff", "--name-only", "-z", parents[0], commit).split("\0")
        if {each for each in changed if each} - {f"{prefix}{file}"}:
            break
        covered.append(parents[0])
    return covered


def _written(path: Path, name: str) -> tuple[ApprovalEntry, ...]:
    """Those in the checkout; none, if there is no such file."""
    if not path.is_file():
        return ()
    try:
        return _read(read_toml(path, name), name)
    except Mistakes as mistakes:
        raise _unreadable(str(mistakes)) from None


def _given(path: Path | None) -> tuple[ApprovalEntry, ...]:
    """Those that the caller hands over as JSON."""
    if path is None:
        return ()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as trouble:
        raise _unreadable(f"--approvals {path.name}: {trouble}") from None
    return _read({"approval": content}, path.name)


def _read(content: dict[str, Any], name: str) -> tuple[ApprovalEntry, ...]:
    try:
        return validate(ApprovalFile, content, name).approval
    except Mistakes as mistakes:
        raise _unreadable(str(mistakes)) from None


def _unreadable(what: str) -> CouldNotLook:
    return CouldNotLook(Cause.PRECONDITION, what, remedy="correct it: each approval has phase, by, at and commit")
