"""An app's own metrics, read twice; the figures of Prometheus; and the requests that a log tells of."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.fly.client import Fly
from verifier.probes.fly.prometheus import figures
from verifier.probes.http.client import Reply
from verifier.probes.http.responses import AccessTally, from_machines, less
from verifier.probes.logs.access import request_of
from verifier.probes.stats.histogram import Durations
from verifier.probes.traffic.exposition import gained, read
from verifier.probes.traffic.probe import TrafficState
from verifier.probes.traffic.section import Metrics

PINO = (
    '{"req":{"id":1,"method":"GET","url":"/a","headers":{"fly-request-id":"01Y"}},'
    '"res":{"statusCode":500},"responseTime":3}'
)
NONE = frozenset[str]()


def page(good: float, bad: float, *, born: float = 1.0, status: str = "status") -> str:
    lines = [
        f"process_start_time_seconds {born}",
        "# TYPE http_requests_total counter",
        f'http_requests_total{{path="/app",{status}="200"}} {good}',
        f'http_requests_total{{path="/health",{status}="200"}} 50',
    ]
    errors = [f'http_requests_total{{path="/app",{status}="500"}} {bad}'] if bad else []
    return "\n".join([*lines, *errors]) + "\n"


@pytest.mark.parametrize("status", ["status", "status_code", "code"])
def test_the_gain_is_the_difference_of_two_readings(status: str) -> None:
    gain = gained(read(page(10, 0, status=status)), read(page(14, 1, status=status)), Metrics(), frozenset({"/health"}))

    assert (gain.statuses, gain.restarted) == ({"200": 4.0, "500": 1.0}, False)


@pytest.mark.parametrize(("good", "born"), [(3, 1.0), (12, 2.0)], ids=["a counter fell", "the process is another"])
def test_a_machine_that_began_anew_counts_from_zero(good: float, born: float) -> None:
    gain = gained(read(page(10, 2)), read(page(good, 0, born=born)), Metrics(), frozenset({"/health"}))

    assert (gain.statuses, gain.restarted) == ({"200": good}, True)


def test_a_histogram_alone_tells_statuses_and_times() -> None:
    def histogram(fast: int, slow: int) -> str:
        labels = 'method="GET",route="/app",status_code="200"'
        counts = [("0.5", fast), ("5", fast), ("+Inf", fast + slow)]
        lines = [f'http_request_duration_seconds_bucket{{le="{bound}",{labels}}} {number}' for bound, number in counts]
        total = f"http_request_duration_seconds_count{{{labels}}} {fast + slow}"
        return "\n".join(["# TYPE http_request_duration_seconds histogram", *lines, total]) + "\n"

    gain = gained(read(histogram(10, 0)), read(histogram(17, 3)), Metrics(), NONE)

    assert gain.statuses == {"200": 10.0}
    assert gain.buckets == {0.5: 7.0, 5.0: 7.0, math.inf: 10.0}


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", Cause.NO_DATA),
        ("<html>404</html>", Cause.PRECONDITION),
        ("up 1\n", Cause.PRECONDITION),
        ("x NaN\n", Cause.NO_DATA),
    ],
)
def test_what_is_no_metrics_is_no_answer(text: str, cause: Cause) -> None:
    with pytest.raises(CouldNotLook) as told:
        gained(read(text), read(text), Metrics(), NONE)
    assert told.value.cause == cause


class Answering:
    """A platform that answers every query with the same series."""

    def __init__(self, *series: dict[str, Any]) -> None:
        self._series = list(series)

    def metric(self, _promql: str, *, at: float) -> list[dict[str, Any]]:
        assert at
        return self._series


def asked(*series: dict[str, Any]) -> dict[str, float]:
    found = figures(cast("Fly", Answering(*series)), "up", datetime(2026, 1, 1, tzinfo=UTC))
    return {each.labels.get("status", ""): each.value for each in found}


def test_figures_are_read_with_tolerance() -> None:
    series = [
        {"metric": {"status": "200"}, "value": [1.0, "12.4"]},
        {"metric": {"status": "5xx"}, "value": [1.0, "NaN"]},
        {"metric": None, "value": [1.0, "1"]},
        {"metric": {"status": "odd"}, "value": []},
    ]
    assert asked(*series) == {"200": 12.4, "": 1.0}


@pytest.mark.parametrize(("series", "word"), [([], "empty vector"), ([{"metric": {}, "value": [1, "NaN"]}], "NaN")])
def test_no_figure_is_no_data(series: list[dict[str, Any]], word: str) -> None:
    with pytest.raises(CouldNotLook, match=word) as told:
        asked(*series)
    assert told.value.cause == Cause.NO_DATA


def test_a_class_of_statuses_loses_all_our_own_codes_of_it() -> None:
    own = from_machines({"m": {"200": 3, "204": 1, "5xx": 1}}, Durations())

    assert less({"m": {"2xx": 10.0, "500": 2.0}}, own) == {"m": {"2xx": 6, "500": 2}}
    assert less({"m": {"200": 2.0}}, own) == {"m": {"200": 0}}


@pytest.mark.parametrize(
    ("line", "seconds", "id_"),
    [
        ('{"method":"GET","path":"/a","status":500,"duration_ms":12.5,"request_id":"01X-ord"}', 0.0125, "01X-ord"),
        (PINO, 0.003, "01Y"),
        ("GET /a 500 4.210 ms - 12", 0.00421, ""),
        ('10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "GET /a HTTP/1.1" 500 612', None, ""),
        ('{"method":"GET","path":"/a","status":500,"duration":"soon"}', None, ""),
    ],
)  # fmt: skip
def test_a_request_is_read_with_its_time_and_id(line: str, seconds: float | None, id_: str) -> None:
    found = request_of(line)
    assert found is not None
    assert (found.path, found.status, found.seconds, found.id) == ("/a", 500, pytest.approx(seconds), id_)


def test_a_log_tells_others_requests_from_our_own_and_from_checks() -> None:
    tally = AccessTally("f00", frozenset({"/health"}))
    for line in ("GET /a?x=1 200 5 ms", "GET /a?probe=f00 500 5 ms", "GET /health 200 1 ms", "GET /b 502 9 ms"):
        found = request_of(line)
        assert found is not None
        tally.add("m", found)

    assert (tally.responses().statuses, tally.own) == ({"200": 1, "502": 1}, 1)
    assert tally.responses().durations.total == 2


def test_a_server_error_is_named_so_that_it_can_be_found() -> None:
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    reply = Reply(
        method="GET", url="https://app/a?probe=1", machine="m", at=at, status=502, milliseconds=1,
        headers={"fly-request-id": "01X-ord"},
    )  # fmt: skip
    seen = TrafficState(asked="?", where="here", at=at, again="curl", expected={"m": 1}, replies=(reply,))

    assert seen.told(reply) == "GET /a?probe=1 answered 502 (request 01X-ord) on machine m, 12:00:00 UTC"
    logged = request_of(PINO)
    assert str(logged) == "GET /a answered 500 (request 01Y)"
