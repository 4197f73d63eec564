"""What checks and items came to; plain values only, so that they can travel from a worker process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from verifier.core.config.contract import Item, Stage
from verifier.core.evidence.finding import Finding, grouped
from verifier.core.verdict.steps import StepState, counted


class Outcome(StrEnum):
    """What became of a check or an item, worst first; only a release, made of several runs, has items not judged."""

    FAILED = "failed"
    UNVERIFIED = "unverified"
    NOT_RUN = "not run"
    NOT_JUDGED = "not judged"
    WAIVED = "waived"
    PASSED = "passed"
    NOT_APPLICABLE = "not applicable"


SHOWN = 5
"""Groups, and members of a group, that the message of a check names."""
_FINDINGS = ("findings", "waived", "warned")


@dataclass(frozen=True)
class CheckResult:
    """What one check came to; plain values only, so that it can travel from a worker process.

    Attributes:
        item: the id of the item that the check proves.
        findings: what it objects to, where it failed, without what is waived.
        waived: what it objects to and a waiver of the target covers.
        warned: all that the warnings tell in short, where it was found by a rule.
        message: the failure or the cause as a person reads it, in a few lines.
        measured: what was measured, in at most 80 characters.
        figure: the worst of it, where it is a figure; escalation is decided by it.
        table: what it was measured on → what was measured there.
        evidence: the names of the evidence that it read.
        looked: for each of them where and when it was seen, and the line that asks the same by hand.
        warnings: what is worth a person's look, although the promise is kept; never changes an outcome.
        began: when, in Unix time; 0 where that is not known.
        steps: those of a flow, each with its `name` and `state`.
    """

    check: str
    item: str
    title: str
    outcome: Outcome
    cause: str | None = None
    message: str = ""
    remedy: str = ""
    measured: str | None = None
    figure: float | None = None
    table: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    looked: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    steps: tuple[Mapping[str, str], ...] = ()
    seconds: float = 0.0
    began: float = 0.0
    trace: str = ""
    findings: tuple[Finding, ...] = ()
    waived: tuple[Finding, ...] = ()
    warned: tuple[Finding, ...] = ()

    @property
    def badness(self) -> int:
        """The place of its outcome among all, from 0 for the worst."""
        return list(Outcome).index(self.outcome)

    def as_plain(self) -> dict[str, Any]:
        """In plain values, as a worker process can send it."""
        kept = {name: [each.model_dump() for each in getattr(self, name)] for name in _FINDINGS}
        return {**vars(self), **kept, "outcome": str(self.outcome)}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> CheckResult:
        """What `as_plain` made, sent or not."""
        kept = {name: tuple(Finding.model_validate(each) for each in plain[name]) for name in _FINDINGS}
        lists = {name: tuple(plain[name]) for name in ("evidence", "looked", "warnings", "steps")}
        return cls(**{**plain, **kept, **lists, "outcome": Outcome(plain["outcome"])})

    def worse_of(self, other: CheckResult) -> CheckResult:
        """This phase and another one of the same check as one result."""
        worst, rest = sorted((self, other), key=lambda each: each.badness)
        if (worst.outcome, rest.outcome) == (Outcome.PASSED, Outcome.NOT_APPLICABLE):
            worst, rest = rest, worst  # what surrounds a check is nothing to claim
        return replace(
            worst,
            measured=rest.measured if worst.measured is None else worst.measured,
            figure=rest.figure if worst.figure is None else worst.figure,
            table=worst.table or rest.table,
            findings=(*worst.findings, *rest.findings),
            waived=(*worst.waived, *rest.waived),
            warned=tuple(dict.fromkeys(rest.warned + worst.warned)),
            seconds=self.seconds + other.seconds,
            began=min((each.began for each in (self, other) if each.began), default=0.0),
            evidence=tuple(dict.fromkeys(rest.evidence + worst.evidence)),
            looked=tuple(dict.fromkeys(rest.looked + worst.looked)),
            warnings=tuple(dict.fromkeys(rest.warnings + worst.warnings)),
            steps=max(self.steps, other.steps, key=lambda each: (len(each), any(_stopped(step) for step in each))),
        )


@dataclass(frozen=True)
class ItemResult:
    """What one judged item came to, with the checks that say so."""

    item: Item
    stage: Stage
    outcome: Outcome
    reason: str
    checks: tuple[CheckResult, ...]
    limit: Mapping[str, Any] | None

    @property
    def cause(self) -> str | None:
        """The cause of the worst check, where it has one."""
        return next((each.cause for each in self.checks if each.outcome == self.outcome and each.cause), None)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the checks warn of."""
        return tuple(dict.fromkeys(each for check in self.checks for each in check.warnings))

    @property
    def escalations(self) -> dict[str, str]:
        """Whom to tell of this by the contract → why."""
        worst = max((each.figure for each in self.checks if each.figure is not None), default=None)
        found = {}
        for each in self.item.escalate:
            if each.on and self.outcome == Outcome.FAILED:
                found[str(each.to)] = "it failed"
            elif each.above and worst is not None and worst > each.above:
                found[str(each.to)] = f"{worst:.3g} is above {each.above:g}"
        return found

    @property
    def measured(self) -> str | None:
        """What the checks measured: steps of flows, else a figure before words, else that of the worst check."""
        if steps := counted(each for check in self.checks for each in check.steps):
            return steps
        checks = sorted(self.checks, key=lambda each: each.figure is None)
        return next((each.measured for each in checks if each.measured), None)


def _stopped(step: Mapping[str, str]) -> bool:
    return step["state"] == StepState.STOPPED


def findings_text(found: Iterable[Finding]) -> str:
    """Findings as text of a few lines, however many there are."""
    return "\n".join(group.text(SHOWN) for group in grouped(found)[:SHOWN])
