"""Frozen records of what was seen, and the two ways in which looking can end badly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from verifier.core.redaction import REDACTOR


class Cause(StrEnum):
    """Why something could not be looked at."""

    MISSING_CREDENTIAL = "missing-credential"
    UNAUTHORIZED = "unauthorized"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate-limited"
    NO_DATA = "no-data"
    STALE_DATA = "stale-data"
    TRUNCATED = "truncated"
    PRECONDITION = "precondition"
    INTERRUPTED = "interrupted"
    INTERNAL = "internal"


class CouldNotLook(Exception):  # noqa: N818 - it is no error of the target: we could not see
    """The question could not be answered; says nothing about the target.

    Args:
        cause: one word of the closed list.
        what: one sentence, with what was tried.
        remedy: what to do or to type next.
        after: seconds that the other side asks us to wait before the next question.
        pictures: file name → content of what was seen instead, for the report.
    """

    def __init__(
        self,
        cause: Cause,
        what: str,
        *,
        remedy: str = "",
        after: float = 0.0,
        pictures: Mapping[str, bytes] | None = None,
    ) -> None:
        self.cause = cause
        self.after = after
        self.what = REDACTOR.text(what)
        self.remedy = REDACTOR.text(remedy)
        self.pictures = dict(pictures or {})
        super().__init__(f"{cause}: {self.what}")


def require(gap: CouldNotLook | None) -> None:
    """Go on only where evidence says that it tells enough.

    Args:
        gap: what a record says of itself: nothing, or why it does not tell what is wanted.

    Raises:
        CouldNotLook: the gap.
    """
    if gap is not None:
        raise gap


class Record(BaseModel):
    """A part of evidence: frozen, JSON-able, redacted when it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    @model_validator(mode="before")
    @classmethod
    def _redact(cls, data: Any) -> Any:  # noqa: ANN401 - pydantic hands over raw input
        return REDACTOR.clean(data)


EVERY = "*"
"""Stands for every machine, where nothing was seen of any."""


class Cell(Record):
    """What one look says of one machine, in few words.

    Attributes:
        said: what was seen.
        well: whether that is as it should be; nothing where it is not known or not judged.
    """

    said: str
    well: bool | None = None


class Evidence(Record):
    """What one probe saw.

    Attributes:
        asked: the question, as a person would put it.
        where: the address or place that was asked.
        at: when the looking began, with time zone.
        again: a line to type that asks the same by hand, without secrets.
    """

    asked: str
    where: str
    at: AwareDatetime
    again: str

    def by_machine(self, ceiling: Callable[[str], float]) -> dict[str, dict[str, Cell]]:  # noqa: ARG002 - for those who need it
        """Column → machine → what was seen there, for the report's table of machines.

        Args:
            ceiling: the longest time, in seconds, that keeps the promise of an item.
        """
        return {}


class Attempt(Record):
    """One observation that was tried, whatever came of it.

    Attributes:
        probe: its name.
        at: when it began, with time zone.
        seconds: how long it took.
        asked: the question, where it was answered.
        where: the address or place that was asked, where it answered.
        cause: why nothing was seen; nothing if something was.
        answer: what was said instead, where nothing was seen.
    """

    model_config = ConfigDict(extra="ignore")
    probe: str
    at: AwareDatetime
    seconds: float
    asked: str = ""
    where: str = ""
    cause: str | None = None
    answer: str = ""


def moment(at: datetime) -> str:
    """`at` as people write it in a report: UTC, to the second."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


Seen = TypeVar("Seen")


class Obstacle(Record):
    """Why something could not be looked at, in a form that is kept."""

    cause: Cause
    what: str
    remedy: str = ""

    @classmethod
    def of(cls, trouble: CouldNotLook) -> Self:
        """The same, to be kept."""
        return cls(cause=trouble.cause, what=trouble.what, remedy=trouble.remedy)

    def as_error(self) -> CouldNotLook:
        """The same, to be raised."""
        return CouldNotLook(self.cause, self.what, remedy=self.remedy)


def or_obstacle(look: Callable[[], Seen]) -> Seen | Obstacle:
    """What `look` sees, or why it could not."""
    try:
        return look()
    except CouldNotLook as trouble:
        return Obstacle.of(trouble)
