"""Which rule watches which endpoint, and what is wrong with each; nothing is claimed of a rule that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from tests.support.probe_context import looking_at
from tests.support.servers.prometheus import by_engine, with_series
from verifier.core.evidence import Cause, CouldNotLook, require
from verifier.core.probe import CallerOptions, Context
from verifier.probes.alerts.evidence import AlertState
from verifier.probes.alerts.probe import observe_alerts
from verifier.probes.alerts.receivers import Route, Routing
from verifier.probes.alerts.rules import AlertRule
from verifier.probes.alerts.sources import Sources
from verifier.probes.traffic.prometheus import Labels, Prometheus

SERIES: list[Labels] = [
    {"__name__": "requests_total", "path": path, "status": "200", "instance": machine}
    for path in ("/a", "/b")
    for machine in ("m1", "m2")
] + [{"__name__": "edge_count", "status": "200"}, {"__name__": "routes_total", "route": "api.a", "status": "200"}]
GOOD = 'rate(requests_total{path="/a",status="500"}[5m]) > 0'
ROUTING = Routing(
    root=Route(receiver="team"), receivers={"team": ("email_configs",), "null": ()}, source="alertmanager.yml"
)
EMPTY = by_engine({})
ENDPOINTS = [{"path": "/a"}]


def seen(
    *rules: AlertRule | str,
    endpoints: list[dict[str, Any]] = ENDPOINTS,
    routing: Routing = ROUTING,
    managers: int | None = 1,
    phases: tuple[int, ...] = (1,),
    evaluating: Callable[..., Any] = EMPTY,
    **section: Any,  # noqa: ANN401 - keys of the section
) -> AlertState:
    """What is seen of these rules; a text is a rule called by its number."""
    named = [each if isinstance(each, AlertRule) else rule(f"R{number}", each) for number, each in enumerate(rules, 1)]
    context = looking_at(
        "http://app.test", {}, "run", alerts={"endpoint": endpoints, **section}, phases={"deployed": [1, 2]}
    )
    object.__setattr__(context, "options", CallerOptions(phases=phases))
    asked = with_series(evaluating, SERIES)

    @contextmanager
    def opened(_context: Context) -> Iterator[Prometheus]:
        yield asked

    told = Sources(named, routing, "rules.yml", "promtool check rules rules.yml", managers)
    with patch.multiple("verifier.probes.alerts.probe", read=lambda _: told, prometheus=opened):
        return observe_alerts(context)


def rule(name: str, expression: str, **more: Any) -> AlertRule:  # noqa: ANN401 - fields of a rule
    return AlertRule(name=name, expression=expression, **more)


def problems(state: AlertState) -> list[tuple[str, str]]:
    return [(each.subject, each.problem) for each in state.findings()]


@pytest.mark.parametrize(
    ("expression", "watches"),
    [
        (GOOD, True),
        ('rate(requests_total{path=~"/a|/c",status=~"5.."}[5m]) > 0', True),
        ('sum by (path) (rate(requests_total{status=~"5.."}[5m])) > 0', True),
        ('rate(requests_total{path!="/b",status=~"5.."}[5m]) > 0', True),
        ('rate(requests_total{path="/b",status=~"5.."}[5m]) > 0', False),
        ('rate(requests_total{path!~"/a|/c",status=~"5.."}[5m]) > 0', False),
        ('sum(rate(edge_count{status=~"5.."}[5m])) > 0', False),
        ("up == 0", False),
    ],
)
def test_a_rule_watches_what_it_names_or_what_it_selects(expression: str, watches: bool) -> None:  # noqa: FBT001 - a parameter
    state = seen(expression)

    assert [each.rule.name for each in state.watches] == (["R1"] if watches else [])
    assert problems(state) == ([] if watches else [("/a", "no alert rule watches the endpoint")])


def test_a_metric_of_the_whole_app_watches_every_endpoint_where_the_target_says_so() -> None:
    rules = ['sum(rate(edge_count{status=~"5.."}[5m])) / sum(rate(edge_count[5m])) > 0.01']

    state = seen(*rules, endpoints=[{"path": "/a"}, {"path": "/never-asked"}], whole_app=["edge_count"])

    assert problems(state) == []
    assert [each.fires for each in state.watches] == ["answers with 500"] * 2


def test_the_label_may_say_something_else_than_the_path() -> None:
    state = seen('rate(routes_total{route="api.a",status="500"}[5m]) > 0', endpoints=[{"path": "/a", "value": "api.a"}])

    assert problems(state) == []
    assert state.told() == {"/a": "R1 when it answers with 500 → team"}


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (rule("R", GOOD.replace("_total", "_totl")), "alert rule selects no series"),
        (rule("R", GOOD.replace("> 0", "< 0")), "alert rule can never fire"),
        (rule("R", GOOD, error="found duplicate series"), "alert rule cannot be evaluated"),
        (rule("R", GOOD, paused=True), "alert rule is paused"),
        (rule("R", GOOD, receiver="null"), "alert reaches nobody"),
        (rule("R", GOOD, receiver="gone"), "alert reaches nobody"),
    ],
)
def test_a_rule_that_tells_nobody_is_a_finding_also_where_another_does(wrong: AlertRule, problem: str) -> None:
    alone, beside = seen(wrong), seen(wrong, rule("Good", GOOD))

    assert problems(alone) == problems(beside) == [("R", problem)]
    assert (alone.watched(), beside.watched()) == (0, 1)


def test_the_samples_of_a_failure_last_as_long_as_the_rule_needs() -> None:
    assert problems(seen(rule("R", GOOD, seconds=3600.0))) == []


def test_a_prometheus_that_sends_nowhere_is_a_finding() -> None:
    assert problems(seen(GOOD, managers=0)) == [("Prometheus", "alerts are sent to no Alertmanager")]
    assert problems(seen(GOOD, managers=None)) == []


@pytest.mark.parametrize(
    "unread", [rule("R", "sum(("), rule("R", "", unread="not of a Prometheus"), rule("R", "requests_total @ 5 > 0")]
)
def test_of_a_rule_that_cannot_be_read_nothing_is_claimed(unread: AlertRule) -> None:
    alone, beside = seen(unread), seen(unread, rule("Good", GOOD))

    assert (problems(alone), problems(beside)) == ([], [])
    assert list(alone.unread) == ["R"]
    with pytest.raises(CouldNotLook, match="no rule that could be read and tried watches /a") as caught:
        require(alone.proved())
    assert caught.value.cause == Cause.PRECONDITION
    require(beside.proved())


def test_a_rule_that_cannot_be_evaluated_here_is_not_called_broken() -> None:
    def refuses(_route: str, _params: object) -> object:
        raise CouldNotLook(Cause.PRECONDITION, "Prometheus refuses the query")

    state = seen(GOOD, evaluating=refuses)

    assert problems(state) == []
    assert state.doubts() == ["R1: Prometheus refuses the query"]
    with pytest.raises(CouldNotLook, match="R1: Prometheus refuses the query"):
        require(state.proved())


def test_a_prometheus_that_goes_away_is_told_as_what_it_is() -> None:
    def gone(_route: str, _params: object) -> object:
        raise CouldNotLook(Cause.UNREACHABLE, "no answer")

    with pytest.raises(CouldNotLook, match="no answer") as caught:
        seen(GOOD, evaluating=gone)
    assert caught.value.cause == Cause.UNREACHABLE


def test_only_rules_that_watch_an_endpoint_are_tried() -> None:
    def never(_route: str, _params: object) -> object:
        raise AssertionError("tried")

    assert seen("up == 0", evaluating=never).watches == ()


def test_endpoints_of_phases_that_are_not_judged_are_left_out() -> None:
    endpoints = [{"path": "/a", "phase": 1}, {"path": "/b", "phase": 2}, {"path": "/always"}]

    assert seen(GOOD, endpoints=endpoints).endpoints == ("/a", "/always")
    assert seen(GOOD, endpoints=endpoints, phases=(1, 2)).endpoints == ("/a", "/b", "/always")


@pytest.mark.parametrize("endpoints", [[], [{"path": "/b", "phase": 2}]])
def test_without_an_endpoint_there_is_nothing_to_judge(endpoints: list[dict[str, Any]]) -> None:
    with pytest.raises(CouldNotLook, match="names no endpoint of a phase that is deployed") as caught:
        seen(GOOD, endpoints=endpoints)
    assert caught.value.cause == Cause.PRECONDITION
