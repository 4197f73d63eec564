"""Alert rules, as Prometheus' API and rule files tell them.

Formats: Prometheus documentation, "HTTP API: rules" and "Alerting rules".
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.probes.alerts.expression import seconds_of


class AlertRule(Record):
    """One alert rule.

    Attributes:
        name: of the alert.
        expression: PromQL; empty where none could be made of what the rule says.
        labels: what the rule adds to its alerts.
        seconds: how long the expression must hold.
        place: `file:line` or group, where it is written.
        error: why whoever evaluates it could not, at its last evaluation.
        paused: whether it is switched off.
        receiver: whom it notifies directly, past all routes.
        unread: why there is no expression.
    """

    name: str
    expression: str
    labels: dict[str, str] = {}
    seconds: float = 0.0
    place: str = ""
    error: str = ""
    paused: bool = False
    receiver: str = ""
    unread: str = ""


def of_api(groups: list[dict[str, Any]]) -> list[AlertRule]:
    """The alert rules in an answer to `/api/v1/rules`."""
    return [
        AlertRule(
            name=str(rule.get("name")),
            expression=" ".join(str(rule.get("query") or "").split()),
            labels=texts(rule.get("labels")),
            seconds=float(rule.get("duration") or 0),
            place=f"{group.get('file') or 'rules'}, group {group.get('name')}",
            error=str(rule.get("lastError") or "") if rule.get("health") == "err" else "",
        )
        for group in groups
        for rule in dicts(group.get("rules"))
        if rule.get("type") == "alerting"
    ]


def of_file(content: Mapping[str, Any], text: str, name: str) -> list[AlertRule]:
    """The alert rules of a rule file of Prometheus.

    Raises:
        CouldNotLook: precondition; a `for` is no duration.
    """
    return [
        AlertRule(
            name=str(rule["alert"]),
            expression=" ".join(str(rule.get("expr") or "").split()),
            labels=texts(rule.get("labels")),
            seconds=seconds_of(rule.get("for")),
            place=f"{name}:{line_of(text, str(rule['alert']))}",
        )
        for group in dicts(content.get("groups"))
        for rule in dicts(group.get("rules"))
        if rule.get("alert")
    ]


def line_of(text: str, name: str) -> int:
    """The first line of a file that has this name as a value; 1 if none has."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if line.rpartition(":")[2].strip(" \"'") == name), 1)


def dicts(told: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - anything that YAML or JSON may hold
    """A list of mappings; empty for nothing.

    Raises:
        CouldNotLook: precondition; it is something else.
    """
    if told is None:
        return []
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise CouldNotLook(Cause.PRECONDITION, f"a list of mappings was expected, and there is a {type(told).__name__}")
    return told


def texts(told: Any) -> dict[str, str]:  # noqa: ANN401 - anything that YAML or JSON may hold
    """A mapping as text."""
    with contextlib.suppress(AttributeError):
        return {str(name): str(value) for name, value in told.items()}
    return {}
