"""The platform's Prometheus: two forms of instant queries about the edge's counts.

`sum by (LABELS) (increase(METRIC{app="NAME"}[SECONDSs]))`, with `time`, and `fly_instance_up{app="NAME"}` with or
without `timestamp(…)`; others are refused as bad queries. The app's own Prometheus is in `sandbox.prometheus`.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse

from sandbox.fault import Active, Hook
from sandbox.fly.api.prometheus_faults import COUNTED, SAMPLES_OLD, UP, Labels, Vector
from sandbox.fly.app import App
from sandbox.fly.edge.counts import Response

_QUERY = re.compile(
    r'sum by \((?P<labels>[\w, ]+)\) \(increase\((?P<metric>\w+)\{app="(?P<app>[^"]+)"\}\[(?P<seconds>\d+)s\]\)\)'
)
_UP = re.compile(r'(?P<sampled>timestamp\()?fly_instance_up\{app="(?P<app>[^"]+)"\}\)?')
_BOUNDS = ("0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf")


def _statuses(responses: Iterable[Response]) -> Iterable[dict[str, str]]:
    return ({"status": str(each.status), "instance": each.machine} for each in responses if each.machine)


def _at_edge(responses: Iterable[Response]) -> Iterable[dict[str, str]]:
    return ({"status": str(each.status)} for each in responses)


def _buckets(responses: Iterable[Response]) -> Iterable[dict[str, str]]:
    return ({"le": bound} for each in responses for bound in _BOUNDS if each.seconds <= float(bound))


_METRICS: dict[str, Callable[[Iterable[Response]], Iterable[dict[str, str]]]] = {
    "fly_edge_http_responses_count": _at_edge,
    "fly_app_http_responses_count": _statuses,
    "fly_edge_http_response_time_seconds_bucket": _buckets,
}


def answer(find: Callable[[str], App | None], request: Request, faults: Active) -> JSONResponse:
    """The response to `/api/v1/query`."""
    up = _UP.fullmatch(request.query_params.get("query", ""))
    if up is not None:
        machines = _with_faults(_machines(find(up["app"])), UP, faults)
        sampled = str(time.time() - SAMPLES_OLD.figure(faults))
        return _vector(dict.fromkeys(machines, sampled) if up["sampled"] else machines, time.time())
    asked = _QUERY.fullmatch(request.query_params.get("query", ""))
    if asked is None or asked["metric"] not in _METRICS:
        return JSONResponse({"status": "error", "errorType": "bad_data", "error": "unable to parse the query"}, 400)
    until = float(request.query_params.get("time") or time.time())
    app = find(asked["app"])
    responses = app.edge.between(until - int(asked["seconds"]), until) if app else []
    counted = _counted(_METRICS[asked["metric"]](responses), asked["labels"].split(", "))
    return _vector(_with_faults(counted, COUNTED, faults), until)


def _with_faults(vector: Vector, hook: Hook[Callable[[Vector], Vector]], faults: Active) -> Vector:
    for change, _ in hook.active(faults):
        vector = change(vector)
    return vector


def _vector(values: Vector, at: float) -> JSONResponse:
    result = [{"metric": dict(labels), "value": [at, value]} for labels, value in values.items()]
    return JSONResponse({"status": "success", "data": {"resultType": "vector", "result": result}})


def _machines(app: App | None) -> Vector:
    """The running machines, each with the value 1; a series ends with its machine."""
    running = [machine.id for machine in app.machines if machine.state == "started"] if app else []
    return {(("instance", machine),): "1" for machine in running}


def _counted(series: Iterable[dict[str, str]], labels: list[str]) -> Vector:
    counted: Counter[Labels] = Counter(tuple((label, each.get(label, "")) for label in labels) for each in series)
    return {labels_of_one: str(number) for labels_of_one, number in counted.items()}
