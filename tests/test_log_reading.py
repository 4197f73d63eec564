"""What a line of a log is: an error or none, a request or none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from verifier.probes.log_lines import classify
from verifier.probes.log_requests import request_of
from verifier.probes.log_tally import Entry, Tally
from verifier.sections.logs import Allowed

TODAY = date(2026, 1, 15)


def entry(message: str, *, machine: str = "m1", level: str = "info") -> Entry:
    return Entry(machine, "app", datetime(2026, 1, 15, 12, tzinfo=UTC), level, message)


@pytest.mark.parametrize(
    "message",
    [
        '{"level":"error","msg":"cannot connect"}',
        '{"level":50,"msg":"pino says error"}',
        '{"severity":"CRITICAL","message":"out of disk"}',
        "FATAL: the database system is shutting down",
        "panic: runtime error: invalid memory address",
        "Traceback (most recent call last):",
        "UnhandledPromiseRejection: it was rejected",
        "2026-01-15T12:00:00Z ERROR could not write",
        "Out of memory: Killed process 612 (node)",
        "TypeError: Cannot read properties of undefined (reading 'id')",
    ],
)
def test_an_error_is_seen(message: str) -> None:
    assert classify(message, "info") is not None


@pytest.mark.parametrize(
    "message",
    [
        "0 errors",
        "error_count=0",
        "GET /errors.css 200",
        "ErrorBoundary registered",
        "finished with no error",
        '{"level":"info","msg":"the error page was built"}',
        '{"level":30,"msg":"request","path":"/errors","status":200}',
        "compiled successfully, 0 warnings",
    ],
)
def test_what_only_looks_like_an_error_is_none(message: str) -> None:
    assert classify(message, "info") is None


def test_a_stack_trace_is_one_error() -> None:
    tally = Tally((), TODAY, {})
    for line in ("Error: it broke", "    at load (/app/server.js:12:3)", "    at main (/app/server.js:40:1)", "ready"):
        tally.add(entry(line))

    assert [(error.text, error.follows) for error in tally.errors()] == [("Error: it broke", 2)]


@pytest.mark.parametrize(("days", "errors"), [(1, 0), (-1, 1)])
def test_a_line_is_allowed_until_its_day(days: int, errors: int) -> None:
    allowed = Allowed(pattern="known trouble", reason="a ticket is open", expires=TODAY + timedelta(days=days))
    tally = Tally([allowed], TODAY, {})
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
    assert request_of(message) == told


def test_a_server_error_in_the_log_names_request_and_machine() -> None:
    tally = Tally((), TODAY, {})
    tally.add(entry('{"method":"GET","path":"/settings","status":500,"request_id":"r7"}', machine="m2"))

    assert (tally.requests, tally.failed_requests) == (
        1,
        ["GET /settings answered 500 (request r7) on machine m2, 12:00:00 UTC"],
    )
