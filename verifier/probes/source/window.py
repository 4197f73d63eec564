"""Whether now is a high-traffic period of the target, or one begins while the deploy goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import holidays
import icalendar
import recurring_ical_events
from pydantic import AwareDatetime

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.evidence.finding import Finding
from verifier.core.probe import Context
from verifier.probes.source.window_section import WEEKDAYS, DeployWindow, Holidays, Period

_DAY = timedelta(days=1)
_AHEAD = 60
"""Days in which a free moment is looked for."""


class Busy(Record):
    """A high-traffic period with its beginning and its end."""

    name: str
    begin: AwareDatetime
    end: AwareDatetime


class WindowState(Evidence):
    """The moment of the deploy beside the target's high-traffic periods.

    Attributes:
        moment: when it would begin, in the target's time zone.
        until: when it would be over.
        busy: the periods that it would touch.
        free: the next moment at which none is touched; nothing, if there is none for two months.
        emergency: the reason why it is made all the same; empty if it is no emergency.
        sources: where periods are written down.
    """

    moment: AwareDatetime
    until: AwareDatetime
    busy: tuple[Busy, ...]
    free: AwareDatetime | None
    emergency: str
    sources: tuple[str, ...]

    @property
    def told(self) -> str:
        """Whether the way is free, and why not."""
        names = ", ".join(dict.fromkeys(each.name for each in self.busy))
        if names and self.emergency:
            return f"emergency during {names}: {self.emergency}"
        return f"during {names}" if names else f"{self.moment:%a %H:%M %Z}: no high-traffic period"

    def findings(self) -> list[Finding]:
        """The periods that forbid the deploy."""
        if self.emergency:
            return []
        free = f"deploy at {self.free:%a %Y-%m-%d %H:%M %Z} or later" if self.free else "change [window] of the target"
        return [
            Finding(
                subject=each.name,
                problem="high-traffic period",
                detail=f"from {each.begin:%a %Y-%m-%d %H:%M} to {each.end:%a %Y-%m-%d %H:%M %Z}",
                remedy=f'{free}; in an emergency: --emergency "why it cannot wait"',
            )
            for each in self.busy
        ]


def observe_window(context: Context) -> WindowState:
    """Compare now with the target's periods.

    Raises:
        CouldNotLook: precondition, if the target has no `[window]`, or its calendar cannot be read.
    """
    settings = context.target.section(DeployWindow)
    calendar = context.base / settings.calendar if settings.calendar else None
    return state_at(now(), settings, read_calendar(calendar), context.options.emergency)


def state_at(
    moment: datetime, settings: DeployWindow, calendar: icalendar.Calendar | None, emergency: str
) -> WindowState:
    """The same for any moment."""
    here = moment.astimezone(settings.tz)
    lasts = timedelta(minutes=settings.lasts)
    busy = sorted(busy_between(here, here + lasts, settings, calendar), key=lambda each: each.begin)
    sources = [f"{len(settings.period)} periods"] * bool(settings.period)
    sources += [f"holidays of {each.country}" for each in settings.holidays]
    sources += [settings.calendar] if settings.calendar else []
    return WindowState(
        asked="Is now a high-traffic period of the target?",
        where=f"[window] of the target: {', '.join(sources)}",
        at=moment,
        again=f"TZ={settings.zone} date",
        moment=here,
        until=here + lasts,
        busy=tuple(busy),
        free=_free(here, busy, settings, calendar),
        emergency=emergency,
        sources=tuple(sources),
    )


def busy_between(
    begin: datetime, end: datetime, settings: DeployWindow, calendar: icalendar.Calendar | None
) -> Iterator[Busy]:
    """The periods that have a moment in common with this time; both with the window's time zone."""
    for each in (*_of_periods(begin, end, settings), *_of_holidays(begin, end, settings)):
        if each.begin <= end and begin < each.end:
            yield each
    if calendar is not None:
        yield from _of_calendar(begin, end, settings, calendar)


def read_calendar(path: Path | None) -> icalendar.Calendar | None:
    """The calendar in a file.

    Raises:
        CouldNotLook: precondition, if it is not there or is none.
    """
    if path is None:
        return None
    try:
        found = icalendar.Calendar.from_ical(path.read_bytes())
    except (OSError, ValueError) as trouble:
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"the calendar {path.name} cannot be read: {trouble}",
            remedy="correct [window] calendar",
        ) from None
    if not isinstance(found, icalendar.Calendar) or not found.walk("VEVENT"):
        raise CouldNotLook(Cause.PRECONDITION, f"{path.name} has no event", remedy="correct [window] calendar")
    return found


def _free(
    moment: datetime, busy: Iterable[Busy], settings: DeployWindow, calendar: icalendar.Calendar | None
) -> datetime | None:
    """Go to the end of what is touched until nothing is."""
    start, touched = moment, list(busy)
    while touched and start < moment + _AHEAD * _DAY:
        start = max(each.end for each in touched)
        touched = list(busy_between(start, start + timedelta(minutes=settings.lasts), settings, calendar))
    return None if touched else start


def _days(begin: datetime, end: datetime) -> Iterator[date]:
    """Each day of a time, and the one before it, whose period may last into it."""
    day = begin.date() - _DAY
    while day <= end.date():
        yield day
        day += _DAY


def _of_periods(begin: datetime, end: datetime, settings: DeployWindow) -> Iterator[Busy]:
    for period in settings.period:
        for day in _days(begin, end):
            if _falls_on(period, day):
                until = day if period.begin < period.end else day + _DAY
                yield Busy(
                    name=period.name,
                    begin=datetime.combine(day, period.begin, settings.tz),
                    end=datetime.combine(until, period.end, settings.tz),
                )


def _falls_on(period: Period, day: date) -> bool:
    return (
        WEEKDAYS[day.weekday()] in period.weekdays
        and (period.first is None or period.first <= day)
        and (period.last is None or day <= period.last)
    )


def _of_holidays(begin: datetime, end: datetime, settings: DeployWindow) -> Iterator[Busy]:
    for each in settings.holidays:
        for day, name in _celebrated(each, range(begin.year - 1, end.year + 2)):
            yield Busy(
                name=name,
                begin=datetime.combine(day - each.days_before * _DAY, datetime.min.time(), settings.tz),
                end=datetime.combine(day + (each.days_after + 1) * _DAY, datetime.min.time(), settings.tz),
            )


def _celebrated(each: Holidays, years: range) -> Iterator[tuple[date, str]]:
    found = holidays.country_holidays(each.country, subdiv=each.subdivision, years=years, language="en_US")
    for day, name in found.items():
        if not each.names or any(part.casefold() in name.casefold() for part in each.names):
            yield day, name


def _of_calendar(
    begin: datetime, end: datetime, settings: DeployWindow, calendar: icalendar.Calendar
) -> Iterator[Busy]:
    # A moment has no length, and what is between it and itself is nothing.
    for event in recurring_ical_events.of(calendar).between(begin, max(end, begin + timedelta(seconds=1))):
        if str(event.get("STATUS", "")).upper() != "CANCELLED":
            yield Busy(
                name=str(event.get("SUMMARY") or "an event without a name"),
                begin=_moment(event.start, settings),
                end=_moment(event.end, settings),
            )


def _moment(told: date, settings: DeployWindow) -> datetime:
    """A day begins at midnight here; a time without a zone is one of here (RFC 5545, 3.3.5)."""
    if not isinstance(told, datetime):
        return datetime.combine(told, datetime.min.time(), settings.tz)
    return told.replace(tzinfo=settings.tz) if told.tzinfo is None else told.astimezone(settings.tz)
