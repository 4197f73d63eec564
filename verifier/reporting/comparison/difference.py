"""What differs between two records: what is red or unseen now, and what moved though its promise is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from verifier.core.verdict.baseline import WORTH, clearly_slower
from verifier.core.verdict.ledger import UNVERIFIED_STATUS
from verifier.core.verdict.results import Outcome
from verifier.reporting.model import JudgedFinding, JudgedItem, Report

SHARE = 0.1
"""The share of its limit by which a single figure must have moved to be worth a line."""
_SEEN = {Outcome.PASSED, Outcome.FAILED, Outcome.WAIVED}
NOT_THERE = "not in this record"


@dataclass(frozen=True)
class Change:
    """One item that is not as it was.

    Attributes:
        before: its outcome then; `NOT_THERE` if the earlier record does not speak of it.
        told: what is new of it, a line each.
    """

    item: str
    promise: str
    before: str
    now: str
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moved:
    """A figure that is another one, though the promise is kept on both sides.

    Attributes:
        what: the item; with what was measured, where its samples were compared.
        limit: the largest figure that keeps the promise now; nothing where samples were compared.
    """

    item: str
    what: str
    before: float
    now: float
    limit: float | None = None

    @property
    def worse(self) -> bool:
        """Whether it moved towards the limit."""
        return self.now > self.before

    def __str__(self) -> str:
        share = f", {self.before / self.limit:.0%} → {self.now / self.limit:.0%} of the limit" if self.limit else ""
        return f"{self.what}: {self.before:.3g} → {self.now:.3g}{share}"


@dataclass(frozen=True)
class Difference:
    """Everything that differs.

    Attributes:
        red: items that fail now and did not, or that fail in a new way.
        unseen: items that were seen and are not.
        waived: items whose failure is covered by a waiver now, and was not there or not covered.
        moved: figures.
        limits: items with another limit: before → now.
        evidence: item → the records that its checks read then, and not now.
        healed: items that are verified now, and were not.
    """

    red: tuple[Change, ...]
    unseen: tuple[Change, ...]
    waived: tuple[Change, ...]
    moved: tuple[Moved, ...]
    limits: dict[str, tuple[str, str]]
    evidence: dict[str, tuple[str, ...]]
    healed: tuple[Change, ...]

    @property
    def status(self) -> int:
        """1 if anything is newly red, else 6 if anything is unseen now, else 0."""
        return 1 if self.red else UNVERIFIED_STATUS if self.unseen else 0

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {**asdict(self), "exit_status": self.status}


def difference(before: Report, now: Report) -> Difference:
    """What differs from `before` to `now`.

    Raises:
        ValueError: they have no item in common, so that nothing can be compared.
    """
    old, new = ({each.id: each for each in report.items} for report in (before, now))
    both = [(old[name], item) for name, item in new.items() if name in old]
    if not both:
        raise ValueError("they have no item in common; compare records of the same stage")
    return Difference(
        red=tuple(_red(old, now)),
        unseen=tuple(_unseen(before, new)),
        waived=tuple(_waived(old, now)),
        moved=(*_slower(before, now), *_figures(before, now, both)),
        limits={now.id: (_limit(was), _limit(now)) for was, now in both if _limit(was) != _limit(now)},
        evidence=dict(_evidence(both)),
        healed=tuple(
            _change(now, was) for was, now in both if now.outcome == Outcome.PASSED and was.outcome != Outcome.PASSED
        ),
    )


def _change(item: JudgedItem, was: JudgedItem | None, told: tuple[str, ...] = ()) -> Change:
    return Change(item.id, item.promise, str(was.outcome) if was else NOT_THERE, str(item.outcome), told)


def _each_once(found: Iterable[JudgedFinding]) -> tuple[str, ...]:
    """Findings with the same signature as one line, with how many there are."""
    kinds: dict[str, list[JudgedFinding]] = {}
    for each in found:
        kinds.setdefault(each.signature, []).append(each)
    return tuple(f"{first}{f' (and {len(more)} like it)' if more else ''}" for first, *more in kinds.values())


def _red(old: dict[str, JudgedItem], now: Report) -> Iterator[Change]:
    """What fails in a way that the earlier record does not know."""
    for item in now.of(Outcome.FAILED):
        was = old.get(item.id)
        known = {each.signature for check in (was.checks if was else ()) for each in check.findings}
        fresh = [each for check in item.checks for each in check.findings if each.signature not in known]
        if was is None or was.outcome != Outcome.FAILED or fresh:
            yield _change(item, was, _each_once(fresh) or (item.reason or "no reason was given",))


def _unseen(before: Report, new: dict[str, JudgedItem]) -> Iterator[Change]:
    for was in before.items:
        item = new.get(was.id)
        if was.outcome in _SEEN and (item is None or item.outcome not in _SEEN):
            cause = f"{item.cause}: " if item and item.cause else ""
            why = f"{cause}{(item.reason or '').partition(chr(10))[0]}" if item else ""
            now = str(item.outcome) if item else NOT_THERE
            yield Change(was.id, was.promise, str(was.outcome), now, (why,) if why else ())


def _waived(old: dict[str, JudgedItem], now: Report) -> Iterator[Change]:
    for item in now.items:
        was = old.get(item.id)
        known = {each.signature for check in (was.checks if was else ()) for each in check.waived}
        fresh = [each for check in item.checks for each in check.waived if each.signature not in known]
        if fresh:
            yield _change(item, was, _each_once(fresh))


def _slower(before: Report, now: Report) -> Iterator[Moved]:
    """What the samples of both sides tell apart from noise, slower or quicker."""
    items = {key: item.id for item in now.items for check in item.checks for key in check.table}
    for slower in clearly_slower(before.samples, now.samples):
        yield Moved(items.get(slower.name, ""), slower.name, round(slower.before, 3), round(slower.now, 3))
    for quicker in clearly_slower(now.samples, before.samples):
        yield Moved(items.get(quicker.name, ""), quicker.name, round(quicker.now, 3), round(quicker.before, 3))


def _figures(before: Report, now: Report, both: list[tuple[JudgedItem, JudgedItem]]) -> Iterator[Moved]:
    """Single figures that moved by a tenth of their limit and by a fifth of themselves; where samples tell, they do."""
    sampled = set(before.samples) & set(now.samples)
    for was, item in both:
        if {was.outcome, item.outcome} != {Outcome.PASSED} or any(sampled & set(check.table) for check in item.checks):
            continue
        first, second, most = was.figure, item.figure, item.ceiling
        if first is None or second is None or not most:
            continue
        if abs(second - first) >= SHARE * most and abs(second - first) >= WORTH * first:
            yield Moved(item.id, item.id, first, second, most)


def _limit(item: JudgedItem) -> str:
    return ", ".join(
        f"{key} {value:g}" if isinstance(value, (int, float)) else f"{key} {value}"
        for key, value in sorted((item.limit or {}).items())
    )


def _evidence(both: list[tuple[JudgedItem, JudgedItem]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for was, item in both:
        names = ({name for check in each.checks for name in check.evidence} for each in (was, item))
        if gone := tuple(sorted(next(names) - next(names))):
            yield item.id, gone
