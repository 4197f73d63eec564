"""Forms in which lines state a level, a failed request or a count; and beside each, what looks like one and is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from verifier.core.platform import LogLine
from verifier.probes.logs.access import request_of
from verifier.probes.logs.aggregate import Tally
from verifier.probes.logs.weighing.line import read_line

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "method", "path", "status"),
    [
        (
            'h2 2026-01-15T12:00:00Z app/web/9 192.0.2.7:4 10.0.0.4:8 0 1 0 503 - 96 341 "PUT https://shop/x HTTP/2.0"',
            "PUT",
            "https://shop/x",
            503,
        ),
        (
            "2026-01-15\t12:00:00\tFRA56-P4\t914\t192.0.2.7\tGET\td1.cloudfront.net\t/a.js\t504\t-\tcurl",
            "GET",
            "/a.js",
            504,
        ),
        (
            '2026/01/15 12:00:00 [h/1-2] "DELETE http://shop.example/cart HTTP/1.1" from 10.0.0.4:81 - 500 9B in 4ms',
            "DELETE",
            "http://shop.example/cart",
            500,
        ),
        (
            '{"ClientRequestMethod":"POST","ClientRequestURI":"/cart","EdgeResponseStatus":520,"RayID":"8a"}',
            "POST",
            "/cart",
            520,
        ),
        (
            '{"level":"info","RequestMethod":"GET","RequestPath":"/x","OriginStatus":0,"DownstreamStatus":504}',
            "GET",
            "/x",
            504,
        ),
        (
            '{"level":"info","meta":{"req":{"method":"GET","url":"/x"},"res":{"statusCode":500}}}',
            "GET",
            "/x",
            500,
        ),
    ],
    ids=["AWS ALB", "CloudFront", "chi", "Cloudflare", "Traefik", "express-winston"],
)
def test_access_logs_of_further_systems_are_read(line: str, method: str, path: str, status: int) -> None:
    request = request_of(line)

    assert request is not None
    assert (request.method, request.path, request.status) == (method, path, status)
    calm = request_of(line.replace(str(status), "204"))
    assert calm is not None
    assert calm.status == 204


@pytest.mark.parametrize(
    ("bad", "calm"),
    [
        ('{"level":"ERROR+2","msg":"tick"}', '{"level":"INFO+2","msg":"tick"}'),  # slog
        ("time=12:00 level=ERROR+2 msg=tick", "time=12:00 level=INFO+2 msg=tick"),
        ('{"level":3,"level_name":"ERROR","message":"tick"}', '{"level":6,"level_name":"INFO","message":"tick"}'),
        ('<event level="SEVERE"><msg>tick</msg></event>', '<event level="FINE"><msg>tick</msg></event>'),
        ("<record><level>SEVERE</level></record>", "<record><level>CONFIG</level></record>"),  # java.util.logging
        ("2026-01-15 12:00:00 FEHLER kasse: tick", "2026-01-15 12:00:00 HINWEIS kasse: tick"),
        ("120000 PAYR004S TICK", "120000 PAYR004I TICK - ERROR FILE IS DD:ERRS"),  # IBM's message codes
        ("error(edge): tick", "info(edge): error set of 3 members"),  # Zig
        ("CEF:0|Acme|Guard|1.0|7|tick|9|src=10.0.0.4", "CEF:0|Acme|Guard|1.0|7|tick|3|src=10.0.0.4"),
        ("LEEF:1.0|Acme|Guard|1.0|tick|sev=9", "LEEF:1.0|Acme|Guard|1.0|tick|sev=2"),
        ("Error: something broke", 'Error: No route matches URL "/wp-login.php"'),  # React Router's 404
        ("scan: CRITICAL: 4 packages", "Total: 0 (HIGH: 0, CRITICAL: 0)"),
    ],
)
def test_a_level_is_read_in_the_place_that_a_form_has_for_it(bad: str, calm: str) -> None:
    assert read_line(bad).bad
    assert (read_line(calm).bad, read_line(calm).doubt) == (False, "")


@pytest.mark.parametrize(
    ("failing", "calm"),
    [
        ("exported 4, failed 3, skipped 0", "exported 4, failed 0, skipped 3"),
        ("letters: 0 of 31 letters sent", "letters: 31 of 31 letters sent"),
        ("index has 0 rows after the load, expected 12", "index has 12 rows after the load, expected 12"),
        (
            '{"level":"info","msg":"over","sent":0,"expected":31}',
            '{"level":"info","msg":"over","sent":31,"expected":31}',
        ),
        ("check target=https://shop.example/ up=0", "check target=https://shop.example/ up=1"),
        ("check https://shop.example/ code=000", "check https://shop.example/ code=200"),
        ("12:00 INFO: fail", "12:00 INFO: done"),
        (
            "9:X 15 Jan 2026 12:00:00.1 # +sdown master shop 10.0.0.4 6379",
            "9:X 15 Jan 2026 12:00:00.1 # -sdown master shop",
        ),
        ("mdadm: Fail event on /dev/md1", "mdadm: RebuildFinished event on /dev/md1"),
        ("3m  Warning  BackOff  pod/web-1  Back-off", "3m  Normal  Pulled  pod/web-1  image is there"),
        ("ORA-00942: table or view", "ORA-0000: normal, successful completion"),
        ("driver: SQLSTATE[42P01] on select", "driver: SQLSTATE[00000] on select"),
        ("web-1   Exited (139) 2 minutes ago", "web-1   Exited (0) 2 minutes ago"),
        ("WARNING C-0x1: shop pooler error: query_wait_timeout", "WARNING C-0x1: shop pooler is busy"),
        ("WARN chunk 4 cannot be retried", "WARN chunk 4 will be retried"),
        ('job=mail state=discarded last="no answer"', 'job=mail state=done title="Order failed"'),
        ("ledger: closing of the day called off", "ledger: closing of the day done"),
        ("nothing has been imported", "nothing has been changed"),
    ],
)
def test_a_failure_is_suspected_in_a_field_or_a_count_of_its_own(failing: str, calm: str) -> None:
    told = read_line(failing)

    assert told.bad or told.doubt
    assert (read_line(calm).bad, read_line(calm).doubt) == (False, "")


@pytest.mark.parametrize(
    "line",
    [
        "  ✓ answers 500 when the database crashed (4 ms)",
        "--- PASS: TestFailsOnEmptyInput (0.00s)",
        "HEAD is now at 5c1d2e3 Fix crash on logout",
        "  * fix: error 500 on an empty form",
        "[4f] Completed 404 Not Found in 3ms",
        "  --failed-only   list failed jobs",
        "WHERE state = 'failed'",
        "      Index Cond: (state = 'error'::text)",
        "COPY errors/ /app/public/errors/",
        "4F1C: to=<errors@shop.example>, status=sent",
        "offset error bound 0.0002 s",
        "LOG_LEVEL is not set, using info",
        'INFO -- : Parameters: {"body"=>"the app crashes with a fatal error"}',
        "worker: last crash: never",
        "error_log /dev/stderr warn;",
    ],
)
def test_what_is_quoted_listed_or_named_is_no_failure(line: str) -> None:
    read = read_line(line)

    assert (read.bad, read.doubt) == (False, "")


@pytest.mark.parametrize(
    ("calm", "failing"),
    [
        ("check target=shop up=1", "check target=shop up=0"),
        ("31 of 31 letters sent", "0 of 31 letters sent"),
        (
            '{"level":"info","msg":"over","sent":31,"expected":31}',
            '{"level":"info","msg":"over","sent":0,"expected":31}',
        ),
    ],
)
def test_calm_lines_of_the_same_kind_hide_no_failure(calm: str, failing: str) -> None:
    tally = Tally()
    for number, line in enumerate((*[calm] * 4, failing)):
        tally.add(LogLine("m1", "app", NOON + timedelta(seconds=number), "info", line))

    assert len(tally.suspicious()) == 1
