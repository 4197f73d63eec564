"""What became of telling somebody, as evidence in the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from pydantic import AwareDatetime, ConfigDict

from verifier.core.config.contract import EscalationLevel
from verifier.core.evidence import Record, moment


class News(StrEnum):
    """What there is to tell."""

    NEW = "new"
    AGAIN = "again"
    ENDED = "ended"


class Status(StrEnum):
    """What became of it."""

    DELIVERED = "delivered"
    FAILED = "failed"
    DRY_RUN = "dry run"
    EARLIER = "told earlier"


class Receipt(Record):
    """One message to one channel.

    Attributes:
        level: whose channel it is.
        news: what there was to tell.
        items: of the contract that it is about.
        channel: the name of the secret that holds the address; empty if the level has none.
        at: when it was sent; of what was told earlier, then.
        status: what became of it.
        detail: what the other side said, or why it could not be sent.
        instead_of: the level that it was meant for, where that could not be reached.
    """

    model_config = ConfigDict(extra="ignore")
    level: EscalationLevel
    news: News
    items: tuple[str, ...]
    channel: str = ""
    at: AwareDatetime
    status: Status
    detail: str = ""
    instead_of: EscalationLevel | None = None

    @property
    def line(self) -> str:
        """The receipt as a person reads it."""
        what = f"{'the end of ' * (self.news == News.ENDED)}{', '.join(self.items)}"
        channel = f" ({self.channel})" if self.channel else ""
        why = f", because '{self.instead_of}' could not be told" if self.instead_of else ""
        if self.status == Status.FAILED:
            return f"problem: '{self.level}'{channel} could not be told of {what}: {self.detail}{why}"
        again = " again" * (self.news == News.AGAIN)
        return f"'{self.level}'{channel} was told{again} of {what} at {moment(self.at)}{why}"


def told(receipts: Sequence[Receipt]) -> Iterator[str]:
    """The receipts in lines: what failed first; what a dry run would have sent in one line."""
    done = [each for each in receipts if each.status != Status.DRY_RUN]
    yield from (each.line for each in sorted(done, key=lambda each: each.status != Status.FAILED))
    dry = [f"'{each.level}' of {', '.join(each.items)}" for each in receipts if each.status == Status.DRY_RUN]
    if dry:
        yield f"dry run, nothing was sent (escalations.json has it): would tell {'; '.join(dry)}"
