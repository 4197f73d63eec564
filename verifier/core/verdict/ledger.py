"""Adds up: outcomes of checks → outcomes of items → the verdict of the run → its exit status. It only listens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import reduce

from verifier.core.config.contract import Contract, Item, Stage
from verifier.core.config.target import Target
from verifier.core.config.waivers import Waiver
from verifier.core.deadline import now
from verifier.core.evidence.finding import Finding
from verifier.core.verdict.results import CheckResult, ItemResult, Outcome, findings_text
from verifier.core.verdict.waiving import WaiverUse, used


class Verdict(StrEnum):
    """What a run can say."""

    DONE = "DONE"
    NOT_DONE = "NOT DONE"
    UNVERIFIED = "UNVERIFIED"
    PARTIAL = "PARTIAL"
    INCOMPLETE = "incomplete"


UNVERIFIED_STATUS = 6
NO_CHECK = "this version has no check for it"


@dataclass
class Ledger:
    """The account of one run.

    Attributes:
        judged: the ids of the judged items, each with the stage under which it is judged.
        narrowed: how the caller narrowed the run, if so.
        interrupted: why the run ended early, if so.
        unchecked: the judged items for which the suite has no check at all.
        problems: what went wrong outside of any check (a file that cannot be imported, a worker that died).
        waivers: those of this target.
    """

    contract: Contract
    target: Target
    judged: Mapping[str, Stage]
    narrowed: list[str] = field(default_factory=list)
    interrupted: str = ""
    problems: list[str] = field(default_factory=list)
    unchecked: frozenset[str] = frozenset()
    waivers: tuple[Waiver, ...] = ()
    today: date = field(default_factory=lambda: now().date())
    _known: dict[str, str] = field(default_factory=dict)
    _cases: dict[str, str] = field(default_factory=dict)
    _parts: dict[str, list[CheckResult]] = field(default_factory=dict)
    _finished: set[str] = field(default_factory=set)

    def expect(self, check: str, item: str) -> None:
        """A check was collected; until it is heard of, it is not run."""
        self._known[check] = item

    def expand(self, check: str, case: str, item: str) -> None:
        """A check of the inventory turned out to have several cases; they stand for it."""
        self._known.pop(check, None)
        self._known[case] = item
        self._cases[check] = item

    def hear(self, result: CheckResult) -> None:
        """A part of a check ended: its set-up, its call or its end."""
        self._known[result.check] = result.item
        self._parts.setdefault(result.check, []).append(result)

    def finish(self, check: str) -> None:
        """The last part of a check was heard; only now can it count as passed."""
        self._finished.add(check)

    def proves(self, check: str) -> str | None:
        """The item that a check proves, if the check is known."""
        return self._known.get(check) or self._cases.get(check)

    def certain(self, item: str) -> bool:
        """Whether nothing can change the outcome of an item any more: it failed, or all its checks have ended."""
        checks = {check for check, proved in self._known.items() if proved == item}
        return checks <= self._finished or self.result_of(item).outcome == Outcome.FAILED

    def result_of(self, item: str) -> ItemResult:
        """The result of one judged item as it stands."""
        return self._item(self.contract[item], self.judged[item])

    def items(self) -> list[ItemResult]:
        """The result of every judged item, in the order of the contract."""
        return [self._item(self.contract[item], stage) for item, stage in self.judged.items()]

    def verdict(self) -> Verdict:
        """The verdict of the run as it stands."""
        outcomes = [each.outcome for each in self.items()]
        if self.narrowed:
            return Verdict.PARTIAL
        if Outcome.FAILED in outcomes:
            return Verdict.NOT_DONE
        doubtful = {Outcome.UNVERIFIED, Outcome.NOT_RUN} & set(outcomes)
        if doubtful or self.interrupted or self.problems or Outcome.PASSED not in outcomes:
            return Verdict.UNVERIFIED
        return Verdict.DONE

    def exit_status(self) -> int:
        """The exit status for the verdict; 0 belongs to DONE alone."""
        verdict = self.verdict()
        if verdict == Verdict.DONE:
            return 0
        failed = any(each.outcome == Outcome.FAILED for each in self.items())
        return 1 if failed else UNVERIFIED_STATUS

    def waiver_uses(self) -> list[WaiverUse]:
        """What became of each waiver of a judged item."""
        return [used(each, self.result_of(each.item), self.today) for each in self.waivers if each.item in self.judged]

    def _item(self, item: Item, stage: Stage) -> ItemResult:
        limit = self.target.limit_of(item)
        given = limit.given() if limit else None
        reason = self.target.not_applicable.get(item.id)
        if reason is not None:
            return ItemResult(item, stage, Outcome.NOT_APPLICABLE, reason, (), given)
        checks = tuple(sorted(self._checks_of(item.id), key=lambda each: (each.badness, each.check)))
        if not checks:
            why = NO_CHECK if item.id in self.unchecked else "no check for this item was run"
            return ItemResult(item, stage, Outcome.NOT_RUN, why, (), given)
        return ItemResult(item, stage, checks[0].outcome, checks[0].message, checks, given)

    def _checks_of(self, item: str) -> list[CheckResult]:
        return [self._check(check, item) for check, proved in self._known.items() if proved == item]

    def _check(self, check: str, item: str) -> CheckResult:
        """All parts of a check as one result; each is waived by itself, so that a waiver hides nothing else."""
        parts = [self._waived(part) for part in self._parts.get(check, [])]
        if not parts:
            return CheckResult(check, item, check, Outcome.NOT_RUN, message=self.interrupted or "the check was not run")
        result = reduce(CheckResult.worse_of, parts)
        if result.outcome in {Outcome.PASSED, Outcome.WAIVED} and check not in self._finished:
            cut = self.interrupted or "the check began and was never heard of again"
            return replace(result, outcome=Outcome.UNVERIFIED, cause="interrupted", message=cut)
        return result

    def _waived(self, result: CheckResult) -> CheckResult:
        """The result without the findings that a waiver covers; waived, if none is left."""
        covering = {each: self._waiver(result.item, each) for each in result.findings}
        waived = tuple(each for each, waiver in covering.items() if waiver)
        if not waived:
            return result
        left = tuple(each for each, waiver in covering.items() if not waiver)
        if left:
            return replace(result, findings=left, waived=waived, message=findings_text(left))
        reasons = dict.fromkeys(
            f"waived until {each.expires} by {each.owner} ({each.ticket}): {each.reason}"
            for each in covering.values()
            if each
        )
        message = "\n".join([*reasons, findings_text(waived)])
        return replace(result, outcome=Outcome.WAIVED, findings=(), waived=waived, message=message)

    def _waiver(self, item: str, finding: Finding) -> Waiver | None:
        return next((each for each in self.waivers if each.covers(item, finding, self.today)), None)


def counts(results: Iterable[ItemResult]) -> dict[str, int]:
    """How many items came to which outcome, worst first, without zeros."""
    outcomes = [each.outcome for each in results]
    return {str(kind): outcomes.count(kind) for kind in Outcome if kind in outcomes}


def coverage(found: Mapping[str, int]) -> str:
    """How much of what was to be judged was verified, and what became of the rest, in words.

    Args:
        found: outcome → how many items, as `counts` hands it over.
    """
    held = f"{found.get(Outcome.PASSED, 0)} of {sum(found.values())} items verified"
    rest = ", ".join(f"{count} {outcome}" for outcome, count in found.items() if outcome != Outcome.PASSED)
    return f"{held}; {rest}" if rest else held
