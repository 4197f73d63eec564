"""An alert's way through routes, to receivers that tell somebody: Alertmanager's and Grafana's."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.alerts import grafana
from verifier.probes.alerts.expression import Matcher
from verifier.probes.alerts.receivers import Routing, of_alertmanager

ROUTES = """
route:
  receiver: everybody
  routes:
    - match: {team: devops}
      receiver: devops
      routes:
        - matchers: ['severity=~"page|critical"', 'night!="yes"']
          receiver: pager
    - match_re: {service: "chat.*"}
      receiver: chat
      continue: true
    - matchers: ['{service="chatwoot", severity!~"info"}']
      receiver: desk
    - matchers: [quiet = yes]
      receiver: "null"
receivers:
  - {name: everybody, email_configs: [{to: team@example.com}]}
  - {name: devops, slack_configs: [{channel: "#devops"}]}
  - {name: pager, pagerduty_configs: [{routing_key: marked-test-data}], webhook_configs: []}
  - {name: chat, webhook_configs: [{url: "http://127.0.0.1:9"}]}
  - {name: desk, webhook_configs: [{url: "http://127.0.0.1:9"}]}
  - {name: "null"}
"""


@pytest.fixture
def routing() -> Routing:
    return of_alertmanager(yaml.safe_load(ROUTES), "alertmanager.yml")


@pytest.mark.parametrize(
    ("labels", "reached"),
    [
        ({}, ("everybody",)),
        ({"team": "devops"}, ("devops",)),
        ({"team": "devops", "severity": "page"}, ("pager",)),
        ({"team": "devops", "severity": "paged"}, ("devops",)),
        ({"team": "devops", "severity": "page", "night": "yes"}, ("devops",)),
        ({"service": "chatwoot", "severity": "page"}, ("chat", "desk")),
        ({"service": "chatwoot", "severity": "info"}, ("chat",)),
        ({"quiet": "yes"}, ("null",)),
    ],
)
def test_an_alert_reaches_the_receivers_of_its_routes(
    routing: Routing, labels: dict[str, str], reached: tuple[str, ...]
) -> None:
    assert routing.reached(labels) == reached


@pytest.mark.parametrize(
    ("receiver", "why"),
    [
        ("pager", ""),
        ("null", "the receiver 'null' in alertmanager.yml tells nobody"),
        ("nobody", "there is no receiver 'nobody' in alertmanager.yml"),
    ],
)
def test_a_receiver_tells_somebody_by_some_way(routing: Routing, receiver: str, why: str) -> None:
    assert routing.silent(receiver) == why


def test_nothing_of_a_receivers_settings_is_kept(routing: Routing) -> None:
    assert routing.receivers["pager"] == ("pagerduty_configs",)
    assert "marked-test-data" not in routing.model_dump_json()


def test_a_configuration_without_a_route_is_no_answer() -> None:
    with pytest.raises(CouldNotLook, match="has no route") as caught:
        of_alertmanager({"receivers": []}, "alertmanager.yml")
    assert caught.value.cause == Cause.PRECONDITION


def test_grafanas_contact_points_are_receivers_and_its_example_address_is_nobody() -> None:
    points: list[dict[str, Any]] = [
        {"name": "grafana-default-email", "type": "email", "settings": {"addresses": "<example@email.com>"}},
        {"name": "slack", "type": "slack", "settings": {"url": "marked-test-data"}},
        {"name": "slack", "type": "webhook", "settings": {}},
    ]
    policies = {
        "receiver": "grafana-default-email",
        "routes": [{"receiver": "slack", "object_matchers": [["severity", "=~", "page|critical"]]}],
    }

    found = grafana.contacts_of_api(points, policies, "Grafana")

    assert found.receivers == {"grafana-default-email": (), "slack": ("slack", "webhook")}
    assert found.reached({"severity": "page"}) == ("slack",)
    assert found.silent(found.reached({})[0]) == "the receiver 'grafana-default-email' in Grafana tells nobody"
    assert found.root.routes[0].matchers == (Matcher("severity", "=~", "page|critical"),)
    assert "marked-test-data" not in found.model_dump_json()


def test_provisioning_files_tell_the_same() -> None:
    content = {
        "apiVersion": 1,
        "contactPoints": [{"name": "slack", "receivers": [{"uid": "a", "type": "slack", "settings": {}}]}],
        "policies": [{"receiver": "slack", "routes": [{"receiver": "pager", "matchers": ["severity = page"]}]}],
    }

    found = grafana.contacts_of_file(content, "contacts.yml")

    assert found.receivers == {"slack": ("slack",)}
    assert found.reached({"severity": "page"}) == ("pager",)
    with pytest.raises(CouldNotLook, match="no notification policy"):
        grafana.contacts_of_file({"contactPoints": []}, "contacts.yml")


@pytest.mark.parametrize(
    ("value", "fits"), [("", False), ("a", True), ("ab", False)], ids=["of no value", "whole", "a part"]
)
def test_a_pattern_is_for_the_whole_value(value: str, fits: bool) -> None:  # noqa: FBT001 - a parameter
    assert Matcher("x", "=~", "a|b").accepts(value) is fits
    assert Matcher("x", "!~", "a|b").accepts(value) is not fits


def test_a_pattern_that_python_cannot_read_is_no_answer() -> None:
    with pytest.raises(CouldNotLook, match="cannot be read"):
        Matcher("x", "=~", r"\pL+(").accepts("a")
