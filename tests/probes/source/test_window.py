"""When nothing is deployed: weekdays, dates, public holidays, a calendar; in the target's own time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from verifier.core.evidence import CouldNotLook
from verifier.probes.source.window import WindowState, read_calendar, state_at
from verifier.probes.source.window_section import DeployWindow

OFFICE = {"name": "office hours", "weekdays": ["mon", "tue", "wed", "thu", "fri"], "begin": "09:00", "end": "17:00"}
NIGHT = {"name": "night shift", "begin": "22:00", "end": "02:00"}
SALE = {"name": "the sale", "first": "2026-11-27", "last": "2026-11-30"}
THANKS = {"country": "US", "names": ["thanksgiving"], "days_before": 1, "days_after": 4}
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//toy//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
SUMMARY:Flash sale
DTSTART;TZID=Europe/Berlin:20260105T180000
DTEND;TZID=Europe/Berlin:20260105T200000
RRULE:FREQ=WEEKLY;BYDAY=MO
EXDATE;TZID=Europe/Berlin:20260608T180000
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20260101T000000Z
SUMMARY:Stock taking
DTSTART;VALUE=DATE:20260614
DTEND;VALUE=DATE:20260615
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTAMP:20260101T000000Z
SUMMARY:Called off
STATUS:CANCELLED
DTSTART:20260616T000000Z
DTEND:20260617T000000Z
END:VEVENT
END:VCALENDAR
"""


def state(moment: str, *, calendar: Path | None = None, emergency: str = "", **section: Any) -> WindowState:  # noqa: ANN401 - what a target file may hold
    """The window at a moment, which is in UTC unless it says otherwise."""
    at = datetime.fromisoformat(moment)
    settings = DeployWindow(**{"zone": "America/Chicago", "lasts": 0, **section})
    return state_at(at if at.tzinfo else at.replace(tzinfo=UTC), settings, read_calendar(calendar), emergency)


@pytest.mark.parametrize(
    ("moment", "section", "busy"),
    [
        ("2026-06-03 13:59", {"period": [OFFICE]}, []),  # Wednesday, 08:59 in Chicago
        ("2026-06-03 14:00", {"period": [OFFICE]}, ["office hours"]),
        ("2026-06-03 21:59", {"period": [OFFICE]}, ["office hours"]),
        ("2026-06-03 22:00", {"period": [OFFICE]}, []),  # the end is no longer in it
        ("2026-06-06 15:00", {"period": [OFFICE]}, []),  # Saturday
        ("2026-01-07 14:59", {"period": [OFFICE]}, []),  # an hour later by UTC in winter
        ("2026-01-07 15:00", {"period": [OFFICE]}, ["office hours"]),
        ("2026-06-03 13:31", {"period": [OFFICE], "lasts": 29}, ["office hours"]),  # it would run into it
        ("2026-06-03 13:29", {"period": [OFFICE], "lasts": 29}, []),
        ("2026-06-04 06:59", {"period": [NIGHT]}, ["night shift"]),  # 01:59, of the day before
        ("2026-06-04 07:00", {"period": [NIGHT]}, []),
        ("2026-11-27 05:59", {"period": [SALE]}, []),
        ("2026-11-27 06:00", {"period": [SALE]}, ["the sale"]),
        ("2026-12-01 05:59", {"period": [SALE]}, ["the sale"]),
        ("2026-12-01 06:00", {"period": [SALE]}, []),
        ("2026-11-25 05:59", {"holidays": [THANKS]}, []),
        ("2026-11-25 06:00", {"holidays": [THANKS]}, ["Thanksgiving Day"]),  # the day before it
        ("2026-12-01 05:59", {"holidays": [THANKS]}, ["Thanksgiving Day"]),  # Cyber Monday
        ("2026-12-01 06:00", {"holidays": [THANKS]}, []),
        ("2026-07-03 12:00", {"holidays": [THANKS]}, []),  # another holiday
        ("2027-01-01 12:00", {"holidays": [{"country": "US"}]}, ["New Year's Day"]),
        ("2026-12-31 12:00", {"holidays": [{"country": "US", "days_before": 1}]}, ["New Year's Day"]),
    ],
)
def test_a_period_is_closed_in_the_time_of_the_target(moment: str, section: dict[str, Any], busy: list[str]) -> None:
    seen = state(moment, **section)

    assert [each.name for each in seen.busy] == busy
    assert [each.problem for each in seen.findings()] == ["high-traffic period"] * len(busy)


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    path = tmp_path / "busy.ics"
    path.write_text(CALENDAR, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("moment", "busy"),
    [
        ("2026-06-01 15:59", []),
        ("2026-06-01 16:00", ["Flash sale"]),  # Monday, 18:00 in Berlin in summer
        ("2026-02-02 16:59", []),
        ("2026-02-02 17:00", ["Flash sale"]),  # and in winter
        ("2026-06-08 16:30", []),  # the one that is left out
        ("2026-06-14 04:59", []),
        ("2026-06-14 05:00", ["Stock taking"]),  # a day begins at midnight in Chicago
        ("2026-06-15 04:59", ["Stock taking"]),
        ("2026-06-15 05:00", []),
        ("2026-06-16 12:00", []),  # cancelled
    ],
)
def test_events_of_a_calendar_are_periods_when_they_repeat_too(calendar: Path, moment: str, busy: list[str]) -> None:
    seen = state(moment, calendar=calendar)

    assert [each.name for each in seen.busy] == busy


def test_the_next_free_moment_is_behind_all_periods_that_touch() -> None:
    evening = {"name": "evening", "begin": "17:00", "end": "20:00"}

    seen = state("2026-06-03 15:00", period=[OFFICE, evening])

    assert seen.free == datetime(2026, 6, 4, 1, 0, tzinfo=UTC)
    assert "deploy at Wed 2026-06-03 20:00 CDT or later" in seen.findings()[0].remedy


def test_where_no_moment_is_free_the_remedy_says_what_to_change() -> None:
    seen = state("2026-06-03 15:00", period=[{"name": "for ever", "first": "2020-01-01"}])

    assert seen.free is None
    assert "change [window] of the target" in seen.findings()[0].remedy


def test_an_emergency_overrides_and_is_told() -> None:
    seen = state("2026-06-03 15:00", period=[OFFICE], emergency="checkout is down")

    assert seen.findings() == []
    assert seen.told == "emergency during office hours: checkout is down"


def test_without_a_period_nothing_is_overridden() -> None:
    assert state("2026-06-06 15:00", period=[OFFICE], emergency="checkout is down").told == (
        "Sat 10:00 CDT: no high-traffic period"
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file"), ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "no event"), ("x", "cannot be read")],
)
def test_a_calendar_that_cannot_be_read_is_no_free_way(tmp_path: Path, content: str | None, why: str) -> None:
    path = tmp_path / "busy.ics"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    with pytest.raises(CouldNotLook, match=why):
        read_calendar(path)


@pytest.mark.parametrize(
    ("section", "why"),
    [
        ({"zone": "Mars/Olympus"}, "is no time zone"),
        ({"zone": "UTC", "period": [{"name": "always"}]}, "without them it is always"),
        ({"zone": "UTC", "period": [{**SALE, "last": "2026-01-01"}]}, "last is before first"),
        ({"zone": "UTC", "period": [{**OFFICE, "weekdays": ["monday"]}]}, "Input should be 'mon'"),
        ({"zone": "UTC", "holidays": [{"country": "XX"}]}, "knows no 'XX'"),
        ({"zone": "UTC", "holidays": [{"country": "US", "subdivision": "ZZ"}]}, "subdivision: US has AK"),
    ],
)
def test_a_mistake_in_the_window_is_named(section: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        DeployWindow(**section)
