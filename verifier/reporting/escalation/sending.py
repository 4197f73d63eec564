"""Tells the levels of the contract what a run found, when its verdict is written, and never at its expense."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from verifier.core.config.contract import EscalationLevel
from verifier.core.config.notification import Delivery
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline, now
from verifier.core.evidence import CouldNotLook
from verifier.core.execution.run import Run
from verifier.core.files import write_whole
from verifier.core.redaction import REDACTOR
from verifier.core.threads import in_threads
from verifier.reporting.escalation.alarms import Alarm, due
from verifier.reporting.escalation.delivery import NotDelivered, deliver, load_apprise
from verifier.reporting.escalation.messages import Message, message
from verifier.reporting.escalation.receipt import News, Receipt, Status
from verifier.reporting.escalation.sent_alarms import SentAlarms
from verifier.reporting.model import Report

SECONDS = 30.0
"""For everything that a run has to tell."""
RECORD = "escalations.json"
_WHAT = "the address of a channel, as a URL of Apprise"
_PURPOSE = "escalations of the contract"
_HOW = "https://github.com/caronc/apprise/wiki tells how the URL of each service is made"


def escalate(run: Run, report: Report, *, early: bool = False) -> tuple[Receipt, ...]:
    """Tell people, if the target wants it; else write down what would be told.

    Args:
        run: whose target, credentials and record of what people know are used.
        report: what was found.
        early: whether the run goes on: then nothing has ended, and what was sent stands in the receipts alone.

    Returns:
        What became of it; of what could not be done as well. Nothing where there is nothing to tell.
    """
    sent = SentAlarms(run.history)
    try:
        return _deliver(run, report, sent, early=early) if run.target.escalation.deliver else _dry(run, report, sent)
    except Exception as trouble:  # noqa: BLE001 - whatever goes wrong here, the verdict stands
        why = trouble.what if isinstance(trouble, CouldNotLook) else f"{type(trouble).__name__}: {trouble}"
        items = tuple(each.id for each in report.items if each.escalate)
        told = {"level": EscalationLevel.IMMEDIATE, "news": News.NEW, "items": items, "at": now()}
        return (Receipt(**told, status=Status.FAILED, detail=why),) if items else ()


def _dry(run: Run, report: Report, sent: SentAlarms) -> tuple[Receipt, ...]:
    messages, lasting = _due(run, report, sent, now())
    receipts = tuple(each.receipt(each.level, Status.DRY_RUN) for each in messages)
    _record(run, messages, receipts)
    return (*receipts, *_earlier(lasting))


def _deliver(run: Run, report: Report, sent: SentAlarms, *, early: bool) -> tuple[Receipt, ...]:
    deadline, at = Deadline(SECONDS), now()
    with sent.held(deadline), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # in a run they are errors, and a library that warns must not keep silent
        messages, lasting = _due(run, report, sent, at)
        if early:
            messages, lasting = [each for each in messages if each.news != News.ENDED], ()
        else:
            _record(run, messages, ())
        if messages:
            load_apprise()
        # The address of a person is the caller's, also where the target was started here and brings its own secrets.
        sender = Sender(run.target.escalation, replace(run.credentials, given=None), deadline)
        receipts = tuple(each for told in messages for each in _send(told, sender, sent, at))
    if not early:
        _record(run, messages, receipts)
    return (*receipts, *_earlier(lasting))


def _due(run: Run, report: Report, sent: SentAlarms, at: datetime) -> tuple[list[Message], tuple[Alarm, ...]]:
    """What is to be told, and what people know."""
    found = due(report, sent.alarms(), repeat=run.target.escalation.repeat, at=at)
    return [message(report, level, news, alarms) for (level, news), alarms in found.messages.items()], found.lasting


def _send(told: Message, sender: Sender, sent: SentAlarms, at: datetime) -> Sequence[Receipt]:
    receipts = sender.send(told)
    reached = [each.level for each in receipts if each.status == Status.DELIVERED]
    if reached and told.news == News.ENDED:
        sent.end(told.level, told.alarms)
    elif reached:
        sent.note(at, reached, told.alarms)
    return receipts


def _earlier(lasting: Sequence[Alarm]) -> Iterator[Receipt]:
    """What people know already, each level once."""
    for level in dict.fromkeys(level for each in lasting for level in each.reached):
        own = [each for each in lasting if level in each.reached]
        at = max(each.told for each in own if each.told)
        items = tuple(dict.fromkeys(each.item for each in own))
        yield Receipt(level=level, news=News.NEW, items=items, at=at, status=Status.EARLIER)


def _record(run: Run, messages: Sequence[Message], receipts: Sequence[Receipt]) -> None:
    if messages:
        settings = run.target.escalation
        told = [{**each.as_json(), "channels": list(settings.channels.get(each.level, ()))} for each in messages]
        kept = {"messages": told, "receipts": [each.model_dump(mode="json") for each in receipts]}
        content = json.dumps({"deliver": settings.deliver, **kept}, indent=2, ensure_ascii=False)
        write_whole(run.folder / RECORD, REDACTOR.text(content) + "\n")


@dataclass
class Sender:
    """Sends messages up the levels; an address that failed once is not tried again in this run.

    Attributes:
        silent: channel → why it failed.
    """

    settings: Delivery
    credentials: Credentials
    deadline: Deadline
    silent: dict[str, str] = field(default_factory=dict)

    def send(self, told: Message) -> list[Receipt]:
        """Send to all channels of its level; where one fails, or there is none, to those of the next level as well."""
        receipts: list[Receipt] = []
        for level in told.level.ladder:
            failed = [each.line for each in receipts if each.status == Status.FAILED]
            body = "\n".join([told.body, *([""] * bool(failed)), *failed])
            fresh = self._level(level, replace(told, body=body))
            receipts += fresh
            if fresh and all(each.status == Status.DELIVERED for each in fresh):
                return receipts
        if not receipts:
            why = "neither it nor a level above it has a channel"
            receipts.append(told.receipt(told.level, Status.FAILED, detail=why))
        return receipts

    def _level(self, level: EscalationLevel, told: Message) -> list[Receipt]:
        names = self.settings.channels.get(level, ())
        return in_threads(lambda name: self._channel(level, name, told), names, max(1, len(names)))

    def _channel(self, level: EscalationLevel, name: str, told: Message) -> Receipt:
        if name in self.silent:
            why = f"{self.silent[name]}, so it was not tried again"
            return told.receipt(level, Status.FAILED, channel=name, detail=why)
        try:
            address = self.credentials.named(name, what=_WHAT, purpose=_PURPOSE, how=_HOW)
            detail = deliver(address, told, self.deadline.remaining())
        except (NotDelivered, CouldNotLook) as trouble:
            self.silent[name] = why = trouble.what if isinstance(trouble, CouldNotLook) else str(trouble)
            return told.receipt(level, Status.FAILED, channel=name, detail=why)
        return told.receipt(level, Status.DELIVERED, channel=name, detail=detail)
