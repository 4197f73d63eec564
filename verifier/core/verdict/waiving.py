"""Which findings a waiver covers, and what became of the waiver in a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from verifier.core.config.waivers import Waiver
from verifier.core.verdict.results import ItemResult, Outcome

_SEEN = {Outcome.PASSED, Outcome.FAILED, Outcome.WAIVED, Outcome.NOT_APPLICABLE}


class WaiverState(StrEnum):
    """What became of a waiver in a run; all but the first and the last are to be removed, and waived nothing."""

    IN_USE = "in use"
    OVER_BROAD = "over-broad"
    EXPIRED = "expired"
    UNMATCHED = "unmatched"
    NOT_SEEN = "not seen"


@dataclass(frozen=True)
class WaiverUse:
    """A waiver, what became of it, and which of its subjects were not found any more."""

    waiver: Waiver
    state: WaiverState
    gone: tuple[str, ...] = ()


def used(waiver: Waiver, result: ItemResult, today: date) -> WaiverUse:
    """What became of a waiver, by what its item came to.

    It is unmatched only where all checks of the item have looked: what could not be seen may still be there.
    """
    if waiver.over_broad or waiver.expired(today):
        return WaiverUse(waiver, WaiverState.OVER_BROAD if waiver.over_broad else WaiverState.EXPIRED)
    found = [each for check in result.checks for each in (*check.findings, *check.waived)]
    named = {each.subject for each in found if waiver.names(result.item.id, each)}
    seen = {result.outcome, *(each.outcome for each in result.checks)} <= _SEEN
    if not named:
        return WaiverUse(waiver, WaiverState.UNMATCHED if seen else WaiverState.NOT_SEEN)
    gone = tuple(each for each in waiver.subjects or () if seen and each not in named)
    return WaiverUse(waiver, WaiverState.IN_USE, gone)
