"""Alert rules, contact points and notification policies of Grafana, from its API or its provisioning files.

Formats: Grafana documentation, "Alerting provisioning HTTP API" and "Provision with files". A rule there is a query and
a chain of expressions; where these can be said in PromQL they are, and the rule is judged like Prometheus' own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.alerts.expression import seconds_of
from verifier.probes.alerts.receivers import Routing, route
from verifier.probes.alerts.rules import AlertRule, dicts, line_of, texts

_NOBODY = "<example@email.com>"
"""The address of the contact point that a new Grafana has."""
_EXPRESSIONS = {"__expr__", "-100"}
"""The data sources of expressions on the results of queries."""
_OVER_TIME = {"mean": "avg", "max": "max", "min": "min", "sum": "sum", "count": "count", "median": "quantile"}
_BEYOND = {"gt": ">", "lt": "<", "gte": ">=", "lte": "<=", "eq": "==", "ne": "!="}
_STEP = 60


def of_api(rules: list[dict[str, Any]], source: str) -> list[AlertRule]:
    """The alert rules that the API tells."""
    return [_rule(each, f"{source}, group {each.get('ruleGroup')}") for each in rules]


def of_file(content: Mapping[str, Any], text: str, name: str) -> list[AlertRule]:
    """The alert rules of a provisioning file."""
    rules = [rule for group in dicts(content.get("groups")) for rule in dicts(group.get("rules"))]
    return [_rule(each, f"{name}:{line_of(text, str(each.get('title')))}") for each in rules]


def contacts_of_api(points: list[dict[str, Any]], policies: Mapping[str, Any], source: str) -> Routing:
    """Contact points and policies that the API tells; of the settings, which hold secrets, nothing is kept."""
    receivers: dict[str, tuple[str, ...]] = {}
    for each in points:
        name = str(each.get("name"))
        receivers[name] = (*receivers.get(name, ()), *_ways([each]))
    return Routing(root=route(policies, ""), receivers=receivers, source=source)


def contacts_of_file(content: Mapping[str, Any], source: str) -> Routing:
    """Contact points and policies of provisioning files.

    Raises:
        CouldNotLook: precondition; they have no policy.
    """
    policies = dicts(content.get("policies"))
    if not policies:
        raise CouldNotLook(Cause.PRECONDITION, f"{source} has no notification policy")
    points = dicts(content.get("contactPoints"))
    receivers = {str(each.get("name")): _ways(dicts(each.get("receivers"))) for each in points}
    return Routing(root=route(policies[0], ""), receivers=receivers, source=source)


def _ways(integrations: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(
        str(each.get("type")) for each in integrations if (each.get("settings") or {}).get("addresses") != _NOBODY
    )


def _rule(told: Mapping[str, Any], place: str) -> AlertRule:
    parts = {str(each.get("refId")): each for each in dicts(told.get("data"))}
    expression, unread = "", ""
    try:
        expression = _promql(parts, str(told.get("condition")))
    except CouldNotLook as trouble:
        unread = trouble.what
    return AlertRule(
        name=str(told.get("title")),
        expression=expression,
        labels=texts(told.get("labels")),
        seconds=seconds_of(told.get("for")),
        place=place,
        paused=bool(told.get("isPaused")),
        receiver=str((told.get("notification_settings") or {}).get("receiver") or ""),
        unread=unread,
    )


def _promql(parts: Mapping[str, Any], name: str, below: int = 0) -> str:
    """The query or expression of this name as PromQL, in brackets.

    Raises:
        CouldNotLook: precondition; it cannot be said so.
    """
    part = parts.get(name)
    if part is None or below > len(parts):
        raise CouldNotLook(Cause.PRECONDITION, f"'{name}' is no query or expression of the rule")
    model = part.get("model") or {}
    source = str(part.get("datasourceUid") or (model.get("datasource") or {}).get("uid"))
    if source not in _EXPRESSIONS and model.get("expr"):
        return f"({model['expr']})"

    def inside(other: str) -> str:
        return _promql(parts, other, below + 1)

    kind = model.get("type")
    if kind == "math":
        used = re.sub(r"\$\{?(\w+)\}?", lambda found: inside(found[1]), str(model.get("expression")))
        return f"({used.replace('&&', ' and ').replace('||', ' or ')})"
    if kind == "reduce":
        return _reduced(inside(str(model.get("expression"))), str(model.get("reducer")), _window(parts, model))
    if kind in {"threshold", "classic_conditions"}:
        return _compared(parts, model, inside)
    raise CouldNotLook(Cause.PRECONDITION, f"'{name}' is not of a Prometheus, or of a kind that has no PromQL: {kind}")


def _window(parts: Mapping[str, Any], model: Mapping[str, Any]) -> int:
    """The seconds of the query that an expression reduces."""
    told = (parts.get(str(model.get("expression"))) or {}).get("relativeTimeRange") or {}
    return int(told.get("from") or 0) - int(told.get("to") or 0) or 600


def _reduced(inner: str, reducer: str, seconds: int) -> str:
    if reducer == "last":
        return inner
    if reducer not in _OVER_TIME:
        raise CouldNotLook(Cause.PRECONDITION, f"the reducer {reducer} has no PromQL")
    quantile = "0.5, " if reducer == "median" else ""
    return f"({_OVER_TIME[reducer]}_over_time({quantile}{inner}[{seconds}s:{_STEP}s]))"


def _compared(parts: Mapping[str, Any], model: Mapping[str, Any], inside: Any) -> str:  # noqa: ANN401 - a function
    """Conditions, joined as they say."""
    text = ""
    for each in dicts(model.get("conditions")):
        if model.get("type") == "threshold":
            inner = inside(str(model.get("expression")))
        else:
            query = str(((each.get("query") or {}).get("params") or [""])[0])
            reducer = {"avg": "mean"}.get(kind := str((each.get("reducer") or {}).get("type")), kind)
            inner = _reduced(inside(query), reducer, _window(parts, {"expression": query}))
        joint = "or" if (each.get("operator") or {}).get("type") == "or" else "and"
        text += f" {joint} {_beyond(inner, each)}" if text else _beyond(inner, each)
    if not text:
        raise CouldNotLook(Cause.PRECONDITION, "the rule compares with nothing")
    return f"({text})"


def _beyond(inner: str, condition: Mapping[str, Any]) -> str:
    evaluator = condition.get("evaluator") or {}
    kind, params = str(evaluator.get("type")), [float(each) for each in evaluator.get("params") or ()]
    if kind in _BEYOND and params:
        return f"({inner} {_BEYOND[kind]} {params[0]})"
    if kind in {"within_range", "outside_range"} and len(params) > 1:
        low, high = sorted(params[:2])
        return f"({inner} > {low} < {high})" if kind == "within_range" else f"({inner} < {low} or {inner} > {high})"
    if kind == "no_value":
        return f"absent({inner})"
    raise CouldNotLook(Cause.PRECONDITION, f"the condition {kind} has no PromQL")
