"""A rule is tried on a failing endpoint: which failure makes it fire, and that a threshold out of reach never does.

Every rule is tried by the sandbox's engine, and by Prometheus itself where that is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.support.probe_context import looking_at
from tests.support.servers.prometheus import (
    PROMETHEUS,
    by_engine,
    needs_prometheus,
    over_http,
    running,
    with_series,
)
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.alerts.expression import Expression, Selector
from verifier.probes.alerts.firing import Trial, longest
from verifier.probes.alerts.rules import AlertRule
from verifier.probes.alerts.samples import failures
from verifier.probes.traffic.prometheus import Labels, Prometheus, Timeline

ENDPOINT, OTHER = "/api/approvals", "/app"
BOUNDS = ("0.1", "0.5", "1", "5", "10", "+Inf")
STATUS = {"status", "status_code", "code"}


def series() -> list[Labels]:
    """What a healthy app on two machines exposes."""
    found: list[Labels] = []
    for machine in ("m1", "m2"):
        where = {"instance": machine, "job": "hotdash"}
        found.append(where | {"__name__": "up"})
        for path in (ENDPOINT, OTHER):
            here = where | {"path": path}
            found.append(here | {"__name__": "http_requests_total", "method": "GET", "status": "200"})
            found.append(here | {"__name__": "http_errors_total"})
            found += [here | {"__name__": f"http_seconds_{part}"} for part in ("sum", "count")]
            found += [here | {"__name__": "http_seconds_bucket", "le": bound} for bound in BOUNDS]
        found += [where | {"__name__": "edge_responses_count", "status": "200"}, where | {"__name__": "queue_length"}]
    return found


MINE = f'path="{ENDPOINT}"'
ERRORS = f'sum(rate(http_requests_total{{{MINE},status=~"5.."}}[5m]))'
ALL = f"sum(rate(http_requests_total{{{MINE}}}[5m]))"
QUANTILE = f"histogram_quantile(0.95, sum by (le) (rate(http_seconds_bucket{{{MINE}}}[5m])))"
FIRES = [
    (f"{ERRORS} / {ALL} > 0.05", "answers with 500"),
    (f"100 * {ERRORS} / {ALL} > 5", "answers with 500"),
    (f"{ERRORS} > 0.5", "answers with 500"),
    (f'increase(http_requests_total{{{MINE},status="503"}}[10m]) > 0', "answers with 503"),
    (f'sum by (path) (rate(http_requests_total{{{MINE},status!~"2..|3.."}}[5m])) > 0', "answers with 500"),
    (f'sum(rate(http_requests_total{{{MINE},status=~"4.."}}[5m])) / {ALL} > 0.5', "answers with 429"),
    (f'1 - sum(rate(http_requests_total{{{MINE},status="200"}}[5m])) / {ALL} > 0.01', "answers with 500"),
    ('sum by (path) (rate(http_requests_total{status=~"5.."}[5m])) > 0.1', "answers with 500"),
    ('sum(rate(edge_responses_count{status=~"5.."}[5m])) / sum(rate(edge_responses_count[5m])) > 0.01',
     "answers with 500"),
    (f"rate(http_errors_total{{{MINE}}}[5m]) > 0.1", "answers with 500"),
    (f"{QUANTILE} > 3", "answers slowly"),
    (f"rate(http_seconds_sum{{{MINE}}}[5m]) / rate(http_seconds_count{{{MINE}}}[5m]) > 2", "answers slowly"),
    (f"{ALL} == 0", "is silent"),
    (f"{ALL} < 0.2 * sum(rate(http_requests_total{{{MINE}}}[5m] offset 1d))", "is silent"),
    ('up{job="hotdash"} == 0', "is silent"),
    ('count(up{job="hotdash"} == 0) >= 2', "is silent"),
    (f"absent(http_requests_total{{{MINE}}})", "is gone"),
    ("queue_length > 1000", "is overloaded"),
    (f"max_over_time(rate(http_requests_total{{{MINE}}}[1m])[10m:1m]) > 50", "is overloaded"),
]  # fmt: skip
NEVER = [
    f"{ERRORS} / {ALL} > 5",  # per cent meant, a share compared
    f"{ERRORS} / {ALL} > 1",
    f"{ERRORS} < 0",
    f"{QUANTILE} > 30",  # above the last bound of the histogram
    f'rate(http_requests_total{{{MINE},status="5xx"}}[5m]) / rate(http_requests_total{{{MINE},status="200"}}[5m]) > 2',
    'count(up{job="hotdash"} == 0) >= 3',
    "queue_length > 1e12",
    f"{ERRORS} / {ALL} > 0.05 and on () queue_length > 1e12",
]
Ask = Callable[[str, Mapping[str, str]], Any]


@pytest.fixture(scope="module", params=["the sandbox's engine", pytest.param(PROMETHEUS, marks=needs_prometheus)])
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - a generator
    """What evaluates: it has no samples at all, because a trial brings its own."""
    if request.param != PROMETHEUS:
        yield with_series(by_engine({}), series())
        return
    with running(tmp_path_factory.mktemp("empty"), PROMETHEUS, config_yml="{}") as url:
        yield with_series(over_http(url), series())


def tried(asked: Prometheus, expression: str, seconds: float = 300.0) -> str:
    """The failure on which a rule fires."""
    context = looking_at("http://app.test", {}, "run", alerts={"endpoint": [{"path": ENDPOINT}]})
    read = Expression(expression)

    def existing(selector: Selector) -> list[Labels]:
        return asked.series(selector.without(STATUS), now())

    rule = AlertRule(name="Rule", expression=expression, seconds=seconds)
    return Trial(context, asked, rule, read, ENDPOINT, existing).fires()[0]


@pytest.mark.parametrize(("expression", "failure"), FIRES)
def test_a_rule_fires_on_the_failure_that_it_is_for(asked: Prometheus, expression: str, failure: str) -> None:
    assert tried(asked, expression) == failure


@pytest.mark.parametrize("expression", NEVER)
def test_a_threshold_out_of_reach_never_fires(asked: Prometheus, expression: str) -> None:
    assert tried(asked, expression) == ""


def test_what_selects_nothing_never_fires(asked: Prometheus) -> None:
    assert tried(asked, f"sum(rate(http_requests_totl{{{MINE}}}[5m])) > 0") == ""


def test_a_native_histogram_is_not_tried(asked: Prometheus) -> None:
    with pytest.raises(CouldNotLook, match="native histogram") as caught:
        tried(asked, f"histogram_quantile(0.95, rate(http_requests_total{{{MINE}}}[5m])) > 3")
    assert caught.value.cause == Cause.PRECONDITION


@pytest.mark.parametrize(("at", "seconds"), [([], -1), ([0], 0), ([0, 15, 30, 45], 45), ([0, 15, 60, 75, 90, 180], 30)])
def test_how_long_it_holds_is_without_a_gap(at: list[float], seconds: float) -> None:
    assert longest(Timeline({}, [(each, 1.0) for each in at]), 15) == seconds


def test_a_status_is_tried_only_where_the_rule_asks_for_it() -> None:
    asked = Expression('rate(x{status=~"50[34]"}[5m]) > 0')

    assert [each for each in failures(asked, STATUS) if each.startswith("answers with")] == [
        "answers with 503",
        "answers with 504",
    ]
