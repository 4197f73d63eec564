"""What there is to tell of a report, beside what people were told before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime, ConfigDict

from verifier.core.config.contract import EscalationLevel
from verifier.core.evidence import Record
from verifier.core.evidence.finding import Finding, signature
from verifier.core.verdict.results import Outcome
from verifier.reporting.escalation.receipt import News
from verifier.reporting.model import JudgedItem, Report

Key = tuple[EscalationLevel, str, str]
"""Level, item and signature."""
_CERTAIN = {Outcome.PASSED, Outcome.WAIVED, Outcome.FAILED, Outcome.NOT_APPLICABLE}


class Alarm(Record):
    """One finding that somebody is to be told of.

    Attributes:
        release: the one that it was seen on.
        why: the condition of the contract that holds, in words.
        told: when people were told last; nothing if they were not.
        reached: the levels that were reached.
    """

    model_config = ConfigDict(extra="ignore")
    release: str
    level: EscalationLevel
    item: str
    signature: str
    problem: str
    subject: str
    why: str = ""
    told: AwareDatetime | None = None
    reached: tuple[EscalationLevel, ...] = ()

    @property
    def key(self) -> Key:
        """What it is known by over the runs of a release."""
        return self.level, self.item, self.signature


@dataclass(frozen=True)
class Due:
    """What is to be told now, by level and kind; and what was told and lasts.

    Attributes:
        messages: what to tell, the highest level first.
        lasting: what people were told of not long ago.
    """

    messages: Mapping[tuple[EscalationLevel, News], tuple[Alarm, ...]]
    lasting: tuple[Alarm, ...]


def alarms(report: Report) -> Iterator[Alarm]:
    """Each finding of each item that the contract wants somebody to be told of; the item itself where it has none."""
    release = str((report.release or {}).get("version", "unknown"))
    for item in report.items:
        for level, why in item.escalate.items():
            for found, sign in _found(item):
                yield Alarm(
                    release=release, level=EscalationLevel(level), item=item.id, signature=sign,
                    problem=found.problem, subject=found.subject, why=why,
                )  # fmt: skip


def due(report: Report, known: Iterable[Alarm], *, repeat: float, at: datetime) -> Due:
    """What is to be told.

    Told is what is new for the release, what lasts and was not told of for `repeat` seconds, and what has ended: its
    item was seen in full, and it is not among what was found. Of what could not be seen nothing is told.

    Args:
        report: of the run.
        known: what people were told of by earlier runs.
        repeat: in seconds.
        at: the time of the run.
    """
    open_ = {each.key: each for each in known}
    current = {each.key: each for each in (_as_told(every, report, open_) for every in alarms(report))}
    seen = {each.id for each in report.items if _certain(each)}
    found: dict[tuple[EscalationLevel, News], list[Alarm]] = {}
    lasting = []
    for key, each in current.items():
        before = open_.get(key)
        if before is None or before.told is None or before.release != each.release:
            found.setdefault((each.level, News.NEW), []).append(each)
        elif at - before.told >= timedelta(seconds=repeat):
            found.setdefault((each.level, News.AGAIN), []).append(each)
        else:
            lasting.append(before)
    still = {(each.level, each.item) for each in current.values()}
    for key, each in open_.items():
        whole = each.subject == each.item
        over = key not in current and each.item in seen and not (whole and key[:2] in still)
        for level in each.reached if over else ():
            found.setdefault((level, News.ENDED), []).append(each)
    order = list(EscalationLevel)
    messages = sorted(found.items(), key=lambda each: (-order.index(each[0][0]), list(News).index(each[0][1])))
    return Due({key: tuple(each) for key, each in messages}, tuple(lasting))


def _as_told(alarm: Alarm, report: Report, known: Mapping[Key, Alarm]) -> Alarm:
    """The alarm of the whole item, where people heard while the run went on that its figure had gone too far."""
    _, sign = next(_whole(each) for each in report.items if each.id == alarm.item)
    before = known.get((alarm.level, alarm.item, sign))
    told = before and before.release == alarm.release
    return alarm.model_copy(update={"signature": sign}) if told else alarm


def _whole(item: JudgedItem) -> tuple[Finding, str]:
    whole = Finding(subject=item.id, problem=item.promise)
    return whole, signature(item.id, whole)


def _found(item: JudgedItem) -> Iterator[tuple[Finding, str]]:
    found = {each.signature: each for check in item.checks for each in check.findings}
    if found:
        yield from ((each, sign) for sign, each in found.items())
    else:
        yield _whole(item)


def _certain(item: JudgedItem) -> bool:
    """Whether the run would have seen a finding of the item, if there were one."""
    return item.outcome in _CERTAIN and all(check.outcome in _CERTAIN for check in item.checks)
