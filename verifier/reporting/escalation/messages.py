"""What people read: a title and a few lines, without secrets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.core.config.contract import EscalationLevel
from verifier.core.deadline import now
from verifier.core.evidence.finding import cut
from verifier.core.redaction import REDACTOR
from verifier.reporting.escalation.alarms import Alarm
from verifier.reporting.escalation.receipt import News, Receipt, Status
from verifier.reporting.model import JudgedItem, Report

_HEADS = {News.NEW: "", News.AGAIN: "still: ", News.ENDED: "ended: "}
_SUBJECTS = 3
_LINE = 200
_LONGEST = 1800
"""Characters of a message: what the narrowest of the usual services takes whole."""


@dataclass(frozen=True)
class Message:
    """One thing to tell a level.

    Attributes:
        level: whom it is meant for.
    """

    level: EscalationLevel
    news: News
    alarms: tuple[Alarm, ...]
    title: str
    body: str

    @property
    def items(self) -> tuple[str, ...]:
        """The items that it is about."""
        return tuple(dict.fromkeys(each.item for each in self.alarms))

    def receipt(self, level: EscalationLevel, status: Status, **more: str) -> Receipt:
        """What became of it at `level`, as of now; `more` are `channel` and `detail`."""
        instead = None if level == self.level else self.level
        kept = {"level": level, "news": self.news, "items": self.items, "at": now(), "status": status}
        return Receipt.model_validate({**kept, **more, "instead_of": instead})

    def as_json(self) -> dict[str, Any]:
        """For `escalations.json`."""
        kept = {"level": str(self.level), "news": str(self.news), "items": list(self.items)}
        return {**kept, "title": self.title, "body": self.body}


def message(report: Report, level: EscalationLevel, news: News, alarms: tuple[Alarm, ...]) -> Message:
    """What to tell `level` of these alarms."""
    items = dict.fromkeys(each.item for each in alarms)
    title = cut(f"{report.title or report.target}: {_HEADS[news]}{level}: {', '.join(items)}", _LINE)
    lines = [*_place(report), *(line for item in items for line in _item(report, news, item, alarms))]
    text = "\n".join(
        cut(line, _LINE) if line else line for line in [*lines, "", f"Run {report.run.id}: {report.verdict}"]
    )
    return Message(level, news, alarms, title, REDACTOR.text(text)[:_LONGEST])


def _place(report: Report) -> Iterator[str]:
    release = (report.release or {}).get("name") or "release not observed"
    yield f"{report.target}, {report.target_url or 'no address known'}, {release}"


def _item(report: Report, news: News, name: str, alarms: Sequence[Alarm]) -> Iterator[str]:
    item = next((each for each in report.items if each.id == name), None)
    own = [each for each in alarms if each.item == name]
    promise = item.promise if item else name
    if news == News.ENDED:
        now = f"now {item.outcome}" if item else "not judged any more"
        yield from ("", f"{name}: {promise}: {now}{f', {item.value}' if item and item.value else ''}")
    else:
        yield from ("", f"{name}: {promise}: {own[0].why}{f', {item.value}' if item and item.value else ''}")
    yield from (f"- {each.problem}: {each.subject}" for each in own[:_SUBJECTS] if each.subject != name)
    if len(own) > _SUBJECTS:
        yield f"- and {len(own) - _SUBJECTS} more"
    if item and news != News.ENDED:
        yield from _next(report, item)


def _next(report: Report, item: JudgedItem) -> Iterator[str]:
    remedy = next((group.remedy for group in item.groups if group.remedy), "")
    if remedy:
        yield f"do: {remedy}"
    yield f"again: {report.again(item)}"
