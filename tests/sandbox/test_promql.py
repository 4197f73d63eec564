"""The sandbox's engine evaluates what alert rules use as Prometheus itself does, and refuses the rest."""

from __future__ import annotations

import math
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import promql_parser as promql
import pytest

from sandbox.prometheus.engine import Engine
from sandbox.prometheus.operators import Unsupported
from tests.support.servers.prometheus import PROMETHEUS, PROMTOOL, by_engine, needs_prometheus, over_http, running

STEP, COUNT = 15, 120
BEGAN = int(time.time()) // STEP * STEP - 3600
AT = BEGAN + STEP * (COUNT - 20)
EXPRESSIONS = [
    "sum by (path) (rate(requests_total[5m]))",
    'sum(increase(requests_total{status=~"5.."}[7m])) / sum(increase(requests_total[7m])) > 0.01',
    "sum without (status) (rate(requests_total[5m] offset 5m))",
    'rate(requests_total{status="500"}[4m]) > bool 0.1',
    'requests_total{status="200"} - ignoring (status) requests_total{status="500"}',
    'requests_total{status="200"} and on (path) requests_total{status="500"}',
    'requests_total{path="/a"} or requests_total{path="/b"}',
    'requests_total unless requests_total{status="500"}',
    "histogram_quantile(0.95, sum by (le) (rate(seconds_bucket[5m])))",
    "histogram_quantile(0.2, sum by (le, path) (rate(seconds_bucket[5m])))",
    "max_over_time(load[5m]) - min_over_time(load[5m])",
    "avg_over_time(load[5m]) + last_over_time(load[1m]) * count_over_time(load[2m])",
    "sum_over_time(load[3m]) ^ 2 % 7",
    "avg by (path) (requests_total) / count by (path) (requests_total)",
    'absent(requests_total{path="/nowhere"})',
    "absent(load)",
    "clamp_max(load, 5) - clamp_min(load, 3)",
    'label_replace(load, "kind", "$1-$$", "host", "(.).*")',
    "rate((vector(time()) * 2)[5m:15s])",
    "max_over_time(rate(requests_total[2m])[10m:1m])",
    "-load < -2",
    "timestamp(load)",
    "vector(1) > 2 or vector(3)",
    "time() - 5 * 2 ^ 3 / 4",
    "max(load) > 5 < 9",
    "rate(reset_total[10m])",
]


def points() -> dict[tuple[tuple[str, str], ...], list[tuple[float, float]]]:
    """Counters, one that begins anew, a histogram and a gauge."""

    def series(name: str, value: Callable[[int], float], **labels: str) -> None:
        key = tuple(sorted(({"__name__": name} | labels).items()))
        made[key] = [(float(BEGAN + STEP * number), float(value(number))) for number in range(COUNT)]

    made: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
    for path, pace in (("/a", 7), ("/b", 3)):
        series("requests_total", lambda number, pace=pace: pace * number, path=path, status="200")
        series("requests_total", lambda number, pace=pace: number * number // (40 * pace), path=path, status="500")
        for bound, share in (("0.1", 0.5), ("1", 0.8), ("5", 0.9), ("+Inf", 1.0)):
            count = lambda number, pace=pace, share=share: math.floor(share * pace * number)  # noqa: E731 - one of a kind
            series("seconds_bucket", count, path=path, le=bound)
    series("load", lambda number: 4 + 3 * math.sin(number / 5), host="here")
    series("reset_total", lambda number: (number * 3) % 100, host="here")
    return made


def open_metrics() -> str:
    """The points in the text format that `promtool` makes blocks of."""
    lines = []
    for labels, values in points().items():
        told = dict(labels)
        name = told.pop("__name__")
        inside = ",".join(f'{label}="{value}"' for label, value in told.items())
        lines += [f"{name}{{{inside}}} {value!r} {at:.0f}" for at, value in values]
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, Mapping[str, str]], Any]]:
    """Prometheus with these points."""
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "points").write_text(open_metrics(), encoding="utf-8")
    made = [PROMTOOL, "tsdb", "create-blocks-from", "openmetrics", str(folder / "points"), str(folder / "data")]
    subprocess.run(made, check=True, capture_output=True)
    with running(folder, PROMETHEUS, f"--storage.tsdb.path={folder / 'data'}", config_yml="{}") as url:
        yield over_http(url)


def rounded(told: Any) -> dict[Any, list[tuple[float, float]]]:  # noqa: ANN401 - any JSON
    """The lines of an answer, comparable."""
    return {
        tuple(sorted(each["metric"].items())): [
            (float(at), float(f"{float(value):.9g}")) for at, value in each["values"]
        ]
        for each in told["result"]
    }


@needs_prometheus
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_evaluated_is_what_prometheus_says(
    real: Callable[[str, Mapping[str, str]], Any], expression: str
) -> None:
    asked = {"query": expression, "start": str(AT - 600), "end": str(AT), "step": "60"}

    assert rounded(by_engine(points())("query_range", asked)) == rounded(real("query_range", asked))


@pytest.mark.parametrize(
    "expression",
    ["topk(3, load)", "predict_linear(load[5m], 60)", "load * on (host) group_left reset_total", "load[5m]"],
)
def test_anything_else_is_refused(expression: str) -> None:
    with pytest.raises(Unsupported):
        Engine(points()).value(promql.parse(expression), AT)
