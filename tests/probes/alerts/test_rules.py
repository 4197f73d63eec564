"""Alert rules are read from Prometheus and Grafana, from APIs and files, and told with their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.support.probe_context import looking_at
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import CallerOptions, Context
from verifier.probes.alerts import grafana, rules
from verifier.probes.alerts.expression import Expression, seconds_of
from verifier.probes.alerts.sources import Sources, read
from verifier.probes.traffic.section import Metrics

RULE_FILE = """groups:
  - name: app
    rules:
      - record: job:requests:rate5m
        expr: sum by (job) (rate(http_requests_total[5m]))
      - alert: ApprovalsFail
        expr: |
          rate(http_requests_total{status="500"}[5m])
            > 0
        for: 5m
        labels: {severity: page}
      - alert: Other
        expr: up == 0
"""
RECEIVERS = "route: {receiver: team}\nreceivers: [{name: team, email_configs: [{to: a@example.com}]}]\n"
DATA: list[dict[str, Any]] = [
    {
        "refId": "A",
        "relativeTimeRange": {"from": 600, "to": 0},
        "datasourceUid": "prom",
        "model": {"expr": "rate(x[5m])"},
    },
    {"refId": "B", "datasourceUid": "__expr__", "model": {"type": "reduce", "expression": "A", "reducer": "last"}},
]


def grafanas(*parts: dict[str, Any], condition: str = "C", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A rule of Grafana with the query A, its newest value B, and further parts."""
    return {"title": "Fails", "condition": condition, "for": "5m", "data": [*DATA, *parts], **more}


def expression(**model: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """An expression C of Grafana."""
    return {"refId": "C", "datasourceUid": "__expr__", "model": model}


def beyond(kind: str, *params: float) -> dict[str, Any]:
    return expression(
        type="threshold", expression="B", conditions=[{"evaluator": {"type": kind, "params": list(params)}}]
    )


@pytest.mark.parametrize(
    ("part", "promql"),
    [
        (beyond("gt", 0.05), "(((rate(x[5m])) > 0.05))"),
        (beyond("lt", 1), "(((rate(x[5m])) < 1.0))"),
        (beyond("within_range", 9, 1), "(((rate(x[5m])) > 1.0 < 9.0))"),
        (beyond("outside_range", 1, 9), "(((rate(x[5m])) < 1.0 or (rate(x[5m])) > 9.0))"),
        (expression(type="math", expression="$B > 0.05 && ${B} < 3"), "((rate(x[5m])) > 0.05  and  (rate(x[5m])) < 3)"),
        (
            expression(
                type="classic_conditions",
                conditions=[
                    {
                        "query": {"params": ["A"]},
                        "reducer": {"type": "avg"},
                        "evaluator": {"type": "gt", "params": [2]},
                        "operator": {"type": "and"},
                    }
                ],
            ),
            "(((avg_over_time((rate(x[5m]))[600s:60s])) > 2.0))",
        ),
    ],
)
def test_a_rule_of_grafana_is_said_in_promql(part: dict[str, Any], promql: str) -> None:
    (rule,) = grafana.of_api([grafanas(part, labels={"team": "a"}, ruleGroup="g")], "Grafana")

    assert rule.expression == promql
    assert Expression(rule.expression).selectors
    assert (rule.name, rule.seconds, rule.labels, rule.place) == ("Fails", 300.0, {"team": "a"}, "Grafana, group g")


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (grafanas(expression(type="sql", expression="SELECT 1")), "of a kind that has no PromQL: sql"),
        (grafanas(expression(type="reduce", expression="A", reducer="diff")), "the reducer diff has no PromQL"),
        (grafanas(beyond("has_value")), "the condition has_value has no PromQL"),
        (grafanas(condition="Z"), "'Z' is no query or expression"),
        (grafanas(expression(type="threshold", expression="C", conditions=[{"evaluator": {}}])), "'C' is no query"),
        (grafanas({"refId": "C", "datasourceUid": "loki", "model": {"query": "x"}}), "not of a Prometheus"),
    ],
)
def test_what_has_no_promql_is_kept_with_the_reason(rule: dict[str, Any], why: str) -> None:
    (found,) = grafana.of_api([rule], "Grafana")

    assert (found.expression, why in found.unread) == ("", True), found.unread


def test_a_paused_rule_and_a_direct_receiver_are_told() -> None:
    told = grafanas(beyond("gt", 1), isPaused=True, notification_settings={"receiver": "slack"})

    (found,) = grafana.of_api([told], "Grafana")

    assert (found.paused, found.receiver) == (True, "slack")


def test_an_api_tells_alerting_rules_alone_and_why_one_fails() -> None:
    told: list[dict[str, Any]] = [
        {
            "name": "g",
            "file": "a.yml",
            "rules": [
                {"type": "recording", "name": "r", "query": "x"},
                {
                    "type": "alerting",
                    "name": "a",
                    "query": "x  >\n 1",
                    "duration": 60,
                    "health": "err",
                    "lastError": "no",
                },
            ],
        }
    ]

    (found,) = rules.of_api(told)

    assert (found.name, found.expression, found.seconds) == ("a", "x > 1", 60.0)
    assert (found.place, found.error) == ("a.yml, group g", "no")


@pytest.mark.parametrize(("told", "seconds"), [(None, 0), ("", 0), (0, 0), ("5m", 300), ("1h30m", 5400), ("0s", 0)])
def test_a_duration_is_read_as_rules_write_it(told: object, seconds: float) -> None:
    assert seconds_of(told) == seconds


@pytest.mark.parametrize("told", ["soon", "5 minutes", -3])
def test_anything_else_is_no_duration(told: object) -> None:
    with pytest.raises(CouldNotLook, match="no duration"):
        seconds_of(told)


def looking(root: Path, **alerts: Any) -> Context:  # noqa: ANN401 - keys of the section
    """A run on the checkout `root`, with this section."""
    made = looking_at("http://app.test", {}, "run", alerts={"endpoint": [{"path": "/a"}], **alerts})
    object.__setattr__(made, "options", CallerOptions(app_dir=root))
    return made


def test_files_of_the_checkout_are_read_with_the_lines_of_their_rules(tmp_path: Path) -> None:
    (tmp_path / "alerts.yml").write_text(RULE_FILE, encoding="utf-8")
    (tmp_path / "alertmanager.yml").write_text(RECEIVERS, encoding="utf-8")

    found = read(looking(tmp_path, rules=["alerts.*"], receivers=["alertmanager.yml"]))

    assert isinstance(found, Sources)
    assert [(each.name, each.place) for each in found.rules] == [
        ("ApprovalsFail", "alerts.yml:6"),
        ("Other", "alerts.yml:12"),
    ]
    assert found.rules[0].expression == 'rate(http_requests_total{status="500"}[5m]) > 0'
    assert (found.routing.reached({}), found.again) == (("team",), "promtool check rules alerts.yml")


@pytest.mark.parametrize(
    ("content", "alerts", "why"),
    [
        ({}, {}, "names no receivers"),
        ({"r.yml": RECEIVERS}, {"receivers": ["r.yml"]}, "names no rules"),
        (
            {"r.yml": RECEIVERS},
            {"receivers": ["r.yml"], "rules": ["*.yaml"]},
            "no file of the checkout is called *.yaml",
        ),
        ({"r.yml": "a: [", "x": ""}, {"receivers": ["r.yml"]}, "r.yml is not YAML"),
        ({"r.yml": "- a"}, {"receivers": ["r.yml"]}, "r.yml holds no mapping"),
        (
            {"r.yml": RECEIVERS, "a.yml": "groups: all"},
            {"receivers": ["r.yml"], "rules": ["a.yml"]},
            "a list of mappings",
        ),
    ],
)
def test_what_cannot_be_read_is_no_answer(
    tmp_path: Path, content: dict[str, str], alerts: dict[str, Any], why: str
) -> None:
    for name, text in content.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(CouldNotLook) as caught:
        read(looking(tmp_path, **alerts))
    assert caught.value.cause == Cause.PRECONDITION
    assert why in caught.value.what


def test_without_a_checkout_files_are_not_looked_for(tmp_path: Path) -> None:
    made = looking(tmp_path, receivers=["r.yml"])
    object.__setattr__(made, "options", CallerOptions())

    with pytest.raises(CouldNotLook, match="checkout is not given"):
        read(made)


def test_grafana_is_asked_for_all_three_with_its_token() -> None:
    made = looking_at(
        "http://app.test", {"GRAFANA_TOKEN": "marked-test-data"}, "run", alerts={"grafana": "http://grafana.test"}
    )
    answers = {
        "policies": {"receiver": "slack"},
        "contact-points": [{"name": "slack", "type": "slack"}],
        "alert-rules": [grafanas(beyond("gt", 1))],
    }
    sent = []

    def answer(_context: Context, _session: object, url: str, headers: dict[str, str]) -> Any:  # noqa: ANN401 - any JSON
        sent.append(headers)
        return answers[url.removeprefix("http://grafana.test/api/v1/provisioning/")]

    with patch("verifier.probes.alerts.sources.answer", answer):
        found = read(made)

    assert [each.name for each in found.rules] == ["Fails"]
    assert found.routing.silent("slack") == ""
    assert sent == [{"authorization": "Bearer marked-test-data"}] * 3


def test_without_its_token_grafana_is_not_asked() -> None:
    made = looking_at("http://app.test", {}, "run", alerts={"grafana": "http://grafana.test"})

    with pytest.raises(CouldNotLook) as caught:
        read(made)
    assert caught.value.cause == Cause.MISSING_CREDENTIAL
    assert made.target.section(Metrics).prometheus is None
