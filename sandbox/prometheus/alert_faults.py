"""Faults of alert rules, and of whom they reach."""

from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse

from sandbox.fault import Fault, Hook, declare, unverified
from sandbox.fault_middleware import Answers

Rule = dict[str, Any]
RULES: Hook[Callable[[list[Rule]], list[Rule]]] = Hook()
"""Changes to the rules, as the rule file has them."""
ROUTING: Hook[Callable[[dict[str, Any]], None]] = Hook()
"""Changes to Alertmanager's configuration."""
ANSWERS = Answers()
"""Answers instead of those of Prometheus and Alertmanager."""
_ITEM = "alerts-cover-endpoints"
_SUBJECT = "ApprovalsFail"


def _red(name: str, summary: str) -> Fault:
    return Fault(name, summary, (_ITEM,), stages="monitoring")


NO_MANAGER = declare(_red("alerts-sent-nowhere", "Prometheus knows no Alertmanager"))
RULE_ERROR = declare(_red("alert-rule-fails", "Prometheus could not evaluate an alert rule"))


def _changed(rules: list[Rule], old: str, new: str) -> list[Rule]:
    return [{**rule, "expr": rule["expr"].replace(old, new)} if rule["alert"] == _SUBJECT else rule for rule in rules]


@RULES.by(_red("alert-without-series", "an alert rule has a metric that nobody exposes"))
def _misspelt(rules: list[Rule]) -> list[Rule]:
    return _changed(rules, "http_requests_total", "http_request_total")


@RULES.by(_red("alert-never-fires", "an alert rule has a threshold that a share cannot reach"))
def _unreachable(rules: list[Rule]) -> list[Rule]:
    return _changed(rules, "> 0.05", "> 5")


@RULES.by(_red("endpoint-without-alert", "an endpoint has no alert rule"))
def _without(rules: list[Rule]) -> list[Rule]:
    return [rule for rule in rules if rule["alert"] != _SUBJECT]


@ROUTING.by(_red("alert-without-receiver", "the receiver of an alert sends nothing anywhere"))
def _to_nobody(content: dict[str, Any]) -> None:
    content["receivers"] = [{"name": each["name"]} for each in content["receivers"]]


ANSWERS.at(
    "/api/v2/status",
    Fault(
        "alertmanager-refuses",
        "Alertmanager answers 401",
        (),
        unverified("unauthorized", _ITEM),
        stages="monitoring",
    ),
    lambda: JSONResponse({"message": "Unauthorized"}, 401),
)
