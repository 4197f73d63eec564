"""The section `[window]`: when the target has so much traffic that nothing is deployed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from functools import cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from verifier.core.config.contract import Sentence
from verifier.core.config.files import Written
from verifier.core.config.target import Section, Target

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _is_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError("is no time zone: write it as in Europe/Berlin or America/Chicago") from None
    return name


class Period(Written):
    """A high-traffic period: the hours of weekdays, of dates, or of both.

    Attributes:
        name: how reports call it.
        weekdays: the days of the week; by default all.
        first: the first day of it, in all the years before and after if nothing is given.
        last: the last day of it.
        begin: the time of day at which it begins.
        end: the time of day at which it ends; before `begin`, on the next day. By default the whole day counts.
    """

    name: Sentence
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)] = WEEKDAYS
    first: date | None = None
    last: date | None = None
    begin: time = time(0)
    end: time = time(0)

    @model_validator(mode="after")
    def _limited(self) -> Period:
        if self == Period.model_construct(name=self.name):
            raise ValueError("give weekdays, first and last, or begin and end; without them it is always")
        if self.first and self.last and self.last < self.first:
            raise ValueError("last is before first")
        return self


class Holidays(Written):
    """Public holidays with high traffic, from the package `holidays`.

    Attributes:
        country: its ISO 3166 code, as in US.
        subdivision: a part of it, as in IL.
        names: the holidays that count, by a part of their English names; by default all.
        days_before: how many days before each count, too.
        days_after: how many days after it.
    """

    country: str
    subdivision: str | None = None
    names: tuple[str, ...] = ()
    days_before: Annotated[int, Field(ge=0, le=31)] = 0
    days_after: Annotated[int, Field(ge=0, le=31)] = 0

    @model_validator(mode="after")
    def _known(self) -> Holidays:
        known = _subdivisions(self.country)
        if known is None:
            raise ValueError(f"country: the package holidays knows no '{self.country}'; give an ISO code, as in US")
        if self.subdivision and self.subdivision not in known:
            raise ValueError(f"subdivision: {self.country} has {', '.join(known) or 'none'}")
        return self


class DeployWindow(Section):
    """When nothing is deployed, except in an emergency.

    Attributes:
        zone: the time zone of all its dates and times.
        lasts: minutes that a deploy takes: it must not run into a period either.
        period: high-traffic periods.
        holidays: public holidays that are.
        calendar: an iCalendar file, from the suite's folder, whose events are.
    """

    zone: Annotated[str, AfterValidator(_is_zone)]
    lasts: Annotated[int, Field(ge=0, le=1440)] = 30
    period: tuple[Period, ...] = ()
    holidays: tuple[Holidays, ...] = ()
    calendar: str | None = None

    @property
    def tz(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.zone)

    def mistakes(self, target: Target) -> Iterator[str]:  # noqa: ARG002 - they lie in this section alone
        """A window that says nothing."""
        if not (self.period or self.holidays or self.calendar):
            yield "window: give [[window.period]], [[window.holidays]] or calendar; without them it is never closed"


@cache
def _subdivisions(country: str) -> tuple[str, ...] | None:
    """The parts of a country that are known; nothing, if the country is not."""
    import holidays  # noqa: PLC0415 - it takes a while to load, and few targets name holidays

    try:
        return holidays.country_holidays(country).subdivisions
    except NotImplementedError:
        return None
