"""What a run came to, as one typed record: `verdict.json` is its JSON, and every outlet tells it in its own way.

docs/verdict.md documents the keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from pydantic import AwareDatetime, ConfigDict, Field, StrictInt

from verifier.core.config.contract import Stage
from verifier.core.credentials import MissingCredential
from verifier.core.evidence import Attempt
from verifier.core.evidence.finding import Finding, Group, Severity, grouped
from verifier.core.suite import judging
from verifier.core.verdict.baseline import AcceptedRecord, Known
from verifier.core.verdict.ledger import NO_CHECK, Verdict
from verifier.core.verdict.results import Outcome
from verifier.core.verdict.steps import StepState
from verifier.core.verdict.waiving import WaiverState
from verifier.reporting.blocked import Blocked, alone
from verifier.reporting.escalation.receipt import Receipt
from verifier.reporting.record.run import JudgedRun, MergedRun, Part

PAGE = "definition-of-done.html"
"""What a person opens first."""
_OPEN = {Outcome.UNVERIFIED, Outcome.NOT_RUN, Outcome.NOT_JUDGED}


class JudgedFinding(Finding):
    """A finding with its signature."""

    model_config = ConfigDict(extra="ignore")
    signature: str = ""


class JudgedStep(Part):
    """A step of a flow, and what became of it."""

    name: str
    state: StepState


class JudgedCheck(Part):
    """One check, as the ledger keeps it."""

    check: str = ""
    title: str = ""
    outcome: Outcome
    cause: str | None = None
    message: str | None = None
    remedy: str | None = None
    measured: str | None = None
    figure: float | None = None
    table: Mapping[str, str] = {}
    evidence: tuple[str, ...] = ()
    looked: tuple[str, ...] = ()
    seconds: float = 0.0
    began: AwareDatetime | None = Field(default=None, exclude=True)
    """When, nothing where that is not known; for traces alone."""
    trace: str = ""
    findings: tuple[JudgedFinding, ...] = ()
    waived: tuple[JudgedFinding, ...] = ()
    warned: tuple[JudgedFinding, ...] = ()
    steps: tuple[JudgedStep, ...] = ()

    def groups(self, usual: Severity) -> list[Group]:
        """What it objects to, or what is waived of it, grouped."""
        return grouped(self.findings or self.waived, usual)


class JudgedItem(Part):
    """One judged item with its checks, the worst first; in a release, `run` is the run whose look counts."""

    id: str
    stage: Stage = Stage.POSTDEPLOY
    promise: str
    concerns: str | None = None
    severity: Severity
    outcome: Outcome
    cause: str | None = None
    reason: str | None = None
    value: str | None = None
    limit: Mapping[str, float | int | str] | None = None
    escalate: Mapping[str, str] = {}
    warnings: tuple[str, ...] = ()
    run: str | None = None
    checks: tuple[JudgedCheck, ...] = ()

    @property
    def figure(self) -> float | None:
        """The worst figure of its checks."""
        return max((each.figure for each in self.checks if each.figure is not None), default=None)

    @property
    def ceiling(self) -> float | None:
        """The largest figure that keeps the promise, where its limit names one."""
        told = self.limit or {}
        if "seconds" in told:
            return float(told["seconds"]) + float(told.get("tolerance", 0))
        most = told.get("share", told.get("count"))
        return None if most is None else float(most)

    @cached_property
    def groups(self) -> list[Group]:
        """What its checks object to, grouped; the same thing said by two checks once."""
        told = [each for check in self.checks for each in check.findings]
        found = {(each.signature, each.machine, each.place): each for each in reversed(told)}
        return grouped(reversed(found.values()), self.severity)

    @property
    def waived(self) -> list[Group]:
        """What they object to and waivers cover, grouped."""
        return grouped((each for check in self.checks for each in check.waived), self.severity)

    @property
    def warned(self) -> list[Group]:
        """What people are warned of and a rule found, grouped."""
        return grouped((each for check in self.checks for each in check.warned), self.severity)

    @property
    def looked(self) -> list[str]:
        """Where it was seen and how to look again, of the first check that failed and says so."""
        return next((list(each.looked) for each in self.checks if each.outcome == Outcome.FAILED and each.looked), [])

    @property
    def again(self) -> str:
        """The line that asks again by hand; empty if there is none."""
        return next((line.removeprefix("again: ") for line in self.looked if line.startswith("again: ")), "")

    @property
    def has_check(self) -> bool:
        """Whether this version of the suite can judge it."""
        return self.reason != NO_CHECK


class JudgedWaiver(Part):
    """A waiver of a judged item, and what became of it.

    Attributes:
        gone: subjects that it names and that were not found any more.
    """

    item: str
    state: WaiverState
    signature: str | None = None
    problem: str | None = None
    subjects: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    reason: str = ""
    owner: str = ""
    ticket: str = ""
    made: date
    expires: date

    @property
    def to_change(self) -> str:
        """Why it is to be removed or cut; empty if it is to stay."""
        if self.state == WaiverState.IN_USE and self.gone:
            return f"no longer found, so to be cut from it: {', '.join(self.gone)}"
        return {
            WaiverState.EXPIRED: f"it expired on {self.expires}, and waives nothing",
            WaiverState.OVER_BROAD: "it is over-broad, and waives nothing: name problem and subjects word for word",
            WaiverState.UNMATCHED: "it names no finding of this run; problem and subjects are compared word for word",
        }.get(self.state, "")

    @property
    def told(self) -> str:
        """What it is about, who answers for it, and why it is to be changed, as one line."""
        what = self.signature or f"{self.problem}: {', '.join(self.subjects)}"
        return f"{self.item}: {what} (until {self.expires}, {self.owner}, {self.ticket}): {self.to_change}"


class Report(Part):
    """Everything that other programs and people may want to know of a run."""

    verdict: Verdict
    exit_status: StrictInt
    target: str
    target_url: str | None = None
    title: str = ""
    app: str = ""
    writes: str = ""
    contradictions: tuple[Mapping[str, Any], ...] = ()
    release: Mapping[str, Any] | None = None
    matrix: Mapping[str, Any] | None = None
    counts: Mapping[str, int] = {}
    coverage: str = ""
    findings: Mapping[str, tuple[Known, ...]] = {}
    samples: Mapping[str, tuple[float, ...]] = {}
    previous: AcceptedRecord | None = None
    runs: tuple[MergedRun, ...] = ()
    items: tuple[JudgedItem, ...] = ()
    run: JudgedRun
    waivers: tuple[JudgedWaiver, ...] = ()
    phases: tuple[int, ...] = ()
    attempts: tuple[Attempt, ...] | None = Field(default=None, exclude=True)
    """What the run tried, nothing where that is not known; kept in its evidence, because it is of one process."""
    missing_credentials: tuple[MissingCredential, ...] = ()
    vault: Mapping[str, bool] = {}
    escalations: tuple[Receipt, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The content of `verdict.json`."""
        return self.model_dump(mode="json")

    @property
    def stale_waivers(self) -> list[str]:
        """The waivers that are to be removed or cut, a line each."""
        return [each.told for each in self.waivers if each.to_change]

    def of(self, *outcomes: Outcome) -> list[JudgedItem]:
        """The items with these outcomes that the suite can judge: the most severe first, then those to be escalated."""
        order = list(Severity)
        found = [each for each in self.items if each.outcome in outcomes and each.has_check]
        return sorted(found, key=lambda each: (order.index(each.severity), not each.escalate))

    def again(self, item: JudgedItem) -> str:
        """The line to type to look at a failed item again: its evidence's own, else the suite for this item alone."""
        return item.again or self.alone(item.id)

    def alone(self, item: str) -> str:
        """The line that judges one item alone."""
        stage = next(each.stage for each in self.items if each.id == item)
        target = f" --target {self.target}" if self.target != "files" else ""  # that stands for none
        return judging(f"-m {stage}{target} --item {item}")

    @property
    def without_check(self) -> list[JudgedItem]:
        """The items that nothing in this version can judge."""
        return [each for each in self.items if not each.has_check]

    @cached_property
    def blocked(self) -> list[Blocked]:
        """Why what was not seen was not seen: each cause and remedy once, with all its items, the widest first."""
        items: dict[tuple[str, str], dict[str, None]] = {}
        messages: dict[tuple[str, str], dict[str, None]] = {}
        for item, check in self._unseen():
            cause, message = check.cause or str(check.outcome), check.message or item.reason or ""
            key = (cause, check.remedy or message)
            items.setdefault(key, {})[item.id] = None
            messages.setdefault(key, {})[message] = None
        found = [
            Blocked(
                cause=cause,
                message="\n".join(messages[cause, what]),
                remedy=alone(cause, self.alone(next(iter(names)))) if what in messages[cause, what] else what,
                items=tuple(names),
            )
            for (cause, what), names in items.items()
        ]
        return sorted(found, key=lambda each: -len(each.items))

    @property
    def unseen(self) -> list[Blocked]:
        """The reasons that a reader must know; what a narrowed run did not start needs none."""
        return [each for each in self.blocked if not (self.run.narrowed and each.cause == Outcome.NOT_RUN)]

    @property
    def items_unseen(self) -> int:
        """How many items these reasons leave open."""
        return len({item for each in self.unseen for item in each.items})

    def _unseen(self) -> Iterator[tuple[JudgedItem, JudgedCheck]]:
        for item in self.items:
            if not item.checks and item.outcome in _OPEN and item.has_check:
                yield item, JudgedCheck(outcome=item.outcome, cause=item.cause, message=item.reason)
            for check in item.checks if item.outcome != Outcome.FAILED else ():
                if check.outcome in _OPEN:
                    yield item, check
