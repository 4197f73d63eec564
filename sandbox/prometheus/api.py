"""The HTTP API of the app's own Prometheus, and of Alertmanager what tells its configuration.

Routes and answers: Prometheus documentation, "HTTP API"; Alertmanager's API v2.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import promql_parser as promql
import yaml
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.fault import Active
from sandbox.fault_middleware import FaultMiddleware
from sandbox.fly.app import App
from sandbox.prometheus.alert_faults import ANSWERS, NO_MANAGER, ROUTING, RULE_ERROR, RULES
from sandbox.prometheus.engine import Engine, matching
from sandbox.prometheus.operators import Unsupported, Vector
from sandbox.prometheus.samples import JOB, Samples

_HERE = Path(__file__).parent
RULE_FILE, ROUTING_FILE = _HERE / "alerts.yml", _HERE / "alertmanager.yml"
_MOST = 11_000
"""Points of a range query; Prometheus' own limit."""


class PrometheusApi:
    """Answers from the samples of one app."""

    def __init__(self, app: App) -> None:
        self.faults: Active = {}
        self.samples = Samples(app)
        self._routes: dict[str, Callable[[Request], Any]] = {
            "query": self._query,
            "query_range": self._range,
            "series": self._series,
            "rules": self._rules,
            "targets": self._targets,
            "alertmanagers": self._managers,
        }

    def asgi(self) -> Starlette:
        """The application that serves it."""
        return Starlette(
            routes=[Route("/api/v1/{route}", self.answer), Route("/api/v2/status", self._status)],
            middleware=[Middleware(FaultMiddleware, answers=ANSWERS, faults=lambda: self.faults)],
        )

    def change(self, faults: Active) -> None:
        """Set the active faults, and forget the samples."""
        self.faults = faults
        self.samples.forget()

    async def answer(self, request: Request) -> Response:
        """The response to a request below `/api/v1/`."""
        found = self._routes.get(request.path_params["route"])
        if found is None:
            return PlainTextResponse("404 page not found", 404)
        await self.samples.scrape(self.faults)
        try:
            return JSONResponse({"status": "success", "data": found(request)})
        except (KeyError, ValueError, Unsupported) as error:
            return JSONResponse({"status": "error", "errorType": "bad_data", "error": str(error)}, 400)

    def _query(self, request: Request) -> dict[str, Any]:
        at = float(request.query_params.get("time") or time.time())
        found = Engine(self.samples.series).value(promql.parse(request.query_params["query"]), at)
        vector: Vector = found if isinstance(found, dict) else {(): found}
        result = [{"metric": dict(labels), "value": [at, repr(value)]} for labels, value in vector.items()]
        return {"resultType": "vector", "result": result}

    def _range(self, request: Request) -> dict[str, Any]:
        asked = request.query_params
        tree, engine = promql.parse(asked["query"]), Engine(self.samples.series)
        start, end, step = (float(asked[name]) for name in ("start", "end", "step"))
        if not 0 < (end - start) / step < _MOST:
            raise ValueError("exceeded maximum resolution of 11,000 points per timeseries")
        lines: dict[Any, list[list[object]]] = {}
        for number in range(int((end - start) / step) + 1):
            at = start + number * step
            found = engine.value(tree, at)
            for labels, value in (found if isinstance(found, dict) else {(): found}).items():
                lines.setdefault(labels, []).append([at, repr(value)])
        result = [{"metric": dict(labels), "values": points} for labels, points in lines.items()]
        return {"resultType": "matrix", "result": result}

    def _series(self, request: Request) -> list[dict[str, str]]:
        selector: Any = promql.parse(request.query_params["match[]"])
        return [dict(labels) for labels in self.samples.series if matching(selector, labels)]

    def _rules(self, _request: Request) -> dict[str, Any]:
        groups = yaml.safe_load(RULE_FILE.read_text(encoding="utf-8"))["groups"]
        return {"groups": [self._group(each) for each in groups]}

    def _group(self, group: dict[str, Any]) -> dict[str, Any]:
        rules = group["rules"]
        for change, _ in RULES.active(self.faults):
            rules = change(rules)
        told = [self._rule(rule) for rule in rules]
        return {"name": group["name"], "file": RULE_FILE.name, "interval": 30, "rules": told}

    def _rule(self, rule: dict[str, Any]) -> dict[str, Any]:
        failed = RULE_ERROR.on(self.faults)
        return {
            "type": "alerting",
            "state": "inactive",
            "name": rule["alert"],
            "query": promql.parse(rule["expr"]).prettify(),
            "duration": promql.parse_duration(rule["for"]).total_seconds(),
            "labels": rule["labels"],
            "annotations": {},
            "alerts": [],
            "health": "err" if failed else "ok",
            "lastError": "found duplicate series for the match group on the right hand-side" if failed else "",
        }

    def _targets(self, _request: Request) -> dict[str, Any]:
        active = [
            {
                "labels": {"job": JOB, "instance": each.machine},
                "scrapePool": JOB,
                "scrapeUrl": each.url,
                "health": "down" if each.error else "up",
                "lastError": each.error,
            }
            for each in self.samples.targets.values()
        ]
        return {"activeTargets": active, "droppedTargets": []}

    def _managers(self, request: Request) -> dict[str, Any]:
        active = [{"url": str(request.base_url) + "api/v2/alerts"}]
        return {"activeAlertmanagers": [] if NO_MANAGER.on(self.faults) else active, "droppedAlertmanagers": []}

    async def _status(self, _request: Request) -> Response:
        content = yaml.safe_load(ROUTING_FILE.read_text(encoding="utf-8"))
        for change, _ in ROUTING.active(self.faults):
            change(content)
        told = {"cluster": {"status": "disabled", "peers": []}, "config": {"original": json.dumps(content)}}
        return JSONResponse(told)
