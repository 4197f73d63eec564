"""Frozen records of what was seen, and the two ways in which looking can end badly."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

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


class BrokenPromise(AssertionError):  # noqa: N818 - it names what happened
    """The target was seen, and does not keep its promise.

    Args:
        expected: what the promise asks for.
        seen: what was there instead.
    """

    def __init__(self, *, expected: str, seen: str) -> None:
        self.expected = REDACTOR.text(expected)
        self.seen = REDACTOR.text(seen)
        super().__init__(f"expected {self.expected}; seen {self.seen}")


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


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest of `values` that so many per cent of all do not exceed (nearest rank); NaN if there is none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)] if ordered else math.nan


class Readings(Mapping[str, float]):
    """Measured figures by what they were measured on, comparable with limits for the same things.

    `readings <= limits` holds only if both name the same, non-empty set of things and every reading is within its
    limit; so neither a missing machine nor an empty look can pass.
    """

    def __init__(self, values: Mapping[str, float] | Iterable[tuple[str, float]], *, unit: str = "s") -> None:
        self._values = dict(values)
        self.unit = unit

    def __getitem__(self, key: str) -> float:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def percentile(self, percent: float) -> float:
        """The smallest reading that so many per cent of all do not exceed (nearest rank); NaN if there is none."""
        return percentile(self.values(), percent)

    def __le__(self, limits: Readings) -> bool:
        return not self.objections(limits)

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{key}: {value:g} {self.unit}" for key, value in self.items()) + "}"

    def objections(self, limits: Readings) -> list[str]:
        """One line for each thing that is unseen, unexpected or over its limit; empty if the limits hold."""
        if not self and not limits:
            return ["nothing was measured"]
        lines = [f"{key}: not seen (limit {limits[key]:g} {limits.unit})" for key in limits if key not in self]
        lines += [f"{key}: seen, but not expected" for key in self if key not in limits]
        for key in (key for key in self if key in limits):
            if not self[key] <= limits[key]:  # also true for NaN
                lines.append(f"{key}: {self[key]:.4g} {self.unit} (limit {limits[key]:g} {limits.unit})")
        return lines


def moment(at: datetime) -> str:
    """`at` as people write it in a report: UTC, to the second."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
