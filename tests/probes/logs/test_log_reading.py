"""What a line of a log is: an error or none, a request or none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from verifier.core.platform import LogLine
from verifier.probes.logs.access import request_of
from verifier.probes.logs.aggregate import KEPT, Tally
from verifier.probes.logs.section import Allowed
from verifier.probes.logs.weighing.line import LONGEST, read_line

TODAY = date(2026, 1, 15)


def entry(message: str, *, machine: str = "m1", level: str = "info") -> LogLine:
    return LogLine(machine, "app", datetime(2026, 1, 15, 12, tzinfo=UTC), level, message)


def test_a_stack_trace_is_one_error() -> None:
    tally = Tally()
    for line in ("Error: it broke", "    at load (/app/server.js:12:3)", "    at main (/app/server.js:40:1)", "ready"):
        tally.add(entry(line))

    assert [(error.text, error.follows) for error in tally.errors()] == [("Error: it broke", 2)]


@pytest.mark.parametrize(("days", "errors"), [(1, 0), (-1, 1)])
def test_a_line_is_allowed_until_its_day(days: int, errors: int) -> None:
    allowed = Allowed(pattern="known trouble", reason="a ticket is open", expires=TODAY + timedelta(days=days))
    tally = Tally([allowed], TODAY)
    tally.add(entry("ERROR: known trouble", level="error"))

    assert len(tally.errors()) == errors


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ('{"msg":"request","method":"GET","path":"/app","status":500,"request_id":"r1"}', ("GET", "/app", 500, "r1")),
        ('{"req":{"method":"POST","url":"/x"},"res":{"statusCode":201}}', ("POST", "/x", 201, "")),
        ('10.0.0.1 - - "GET /health HTTP/1.1" 200 12', ("GET", "/health", 200, "")),
        ("GET /approvals 503 12.3 ms - 7", ("GET", "/approvals", 503, "")),
        ("listening on port 3000", None),
        ('{"level":"info","msg":"ready"}', None),
        ("[1, 2]", None),
    ],
)
def test_a_request_is_recognised(message: str, told: tuple[str, str, int, str] | None) -> None:
    request = request_of(message)

    assert (request and request[:4]) == told


def test_a_server_error_in_the_log_names_request_and_machine() -> None:
    tally = Tally()
    tally.add(entry('{"method":"GET","path":"/settings","status":500,"request_id":"r7"}', machine="m2"))

    assert (tally.requests, tally.failed_requests) == (
        1,
        ["GET /settings answered 500 (request r7) on machine m2, 12:00:00 UTC"],
    )


def test_repeated_errors_are_one_with_count_first_and_last() -> None:
    tally = Tally()
    for minute in (1, 2, 3):
        line = entry(
            f"Error: approval {minute}7 of 0f8fad5b-d9cb-469f-a165-70867728950{minute} timed out after {minute}.5 s"
        )
        tally.add(line._replace(at=line.at + timedelta(minutes=minute)))
    tally.add(entry("Error: no more approvals"))

    told = [(error.count, error.line, f"{error.at:%H:%M}", f"{error.last:%H:%M}") for error in tally.errors()]
    assert told == [(1, 4, "12:00", "12:00"), (3, 1, "12:01", "12:03")]


def test_an_error_is_named_by_its_exception_not_by_its_traceback() -> None:
    tally = Tally()
    for name in ("KeyError: 'rows'", "ValueError: bad rating", "KeyError: 'rows'"):
        for line in (
            "Traceback (most recent call last):",
            '  File "/srv/a.py", line 4, in f',
            "    f()",
            name,
            "ready",
        ):
            tally.add(entry(line))

    assert [(error.headline, error.count) for error in tally.errors()] == [
        ("KeyError: 'rows'", 2),
        ("ValueError: bad rating", 1),
    ]


def test_lines_from_before_the_machines_start_are_counted_and_not_judged() -> None:
    tally = Tally(since={"m1": datetime(2026, 1, 15, 12, tzinfo=UTC)})
    tally.add(entry("npm error signal SIGTERM")._replace(at=datetime(2026, 1, 15, 11, 59, 59, tzinfo=UTC)))
    tally.add(entry("ready"))

    assert (tally.errors(), tally.machines["m1"].earlier, tally.machines["m1"].lines) == ((), 1, 1)


def test_memory_does_not_grow_with_the_log() -> None:
    tally = Tally()
    for number in range(3000):
        tally.add(
            entry(f"Error: kind {chr(97 + number % 26)}{chr(97 + number // 26 % 26)}{chr(97 + number // 676)} failed")
        )

    assert len(tally.errors()) == KEPT


def test_an_entry_of_the_allow_list_that_matches_nothing_is_told() -> None:
    entries = [Allowed(pattern=each, reason="a ticket is open", expires=TODAY) for each in ("known", "of the past")]
    tally = Tally(entries, TODAY)
    tally.add(entry("ERROR: known trouble"))

    assert (tally.unused, dict(tally.allowed)) == (("of the past",), {"a ticket is open": 1})


@pytest.mark.parametrize(
    "text", ["a=" * 8000, "A" * 16000, "Error: " * 3000, "a::" * 6000, " at (x:1" * 3000, "1-" * 9000]
)
def test_no_line_takes_long(text: str) -> None:
    """No rule tries more than a few times as many ways as the line has characters; it would not come back here."""
    assert read_line(text).text == text[:LONGEST]
