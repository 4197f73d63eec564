"""Machines enough, in the regions that the target names; and their health checks, as they are configured."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machines import RELEASED, state
from verifier.core.evidence import CouldNotLook, require
from verifier.core.machine import App, HealthCheck, Machine
from verifier.probes.fly.machines import read_machine
from verifier.probes.http.client import Reply
from verifier.probes.platform.app import AppState, _serving
from verifier.probes.platform.health_checks import HealthChecks


def app(
    *machines: Machine, regions: tuple[str, ...] = (), status: str = "deployed", deployed: bool | None = True
) -> AppState:
    """The app with these machines."""
    told = App(name="a", status=status, deployed=deployed)
    return AppState(asked="?", where="here", at=RELEASED, again="fly", app=told, machines=machines, regions=regions)


def machine(name: str, region: str = "ord", **more: Any) -> Machine:  # noqa: ANN401 - fields of the record
    return Machine(id=name, state="started", region=region, **more)


@pytest.mark.parametrize(
    ("machines", "told"),
    [
        ((machine("a"), machine("b")), {}),
        ((machine("a"),), {"app": "1 of 2 machines"}),
        ((), {"app": "no machine, instead of 2"}),
        ((machine("a"), machine("b"), machine("c", group="web")), {"web": "1 of 2 machines"}),
    ],
)
def test_every_process_group_has_machines_enough(machines: tuple[Machine, ...], told: dict[str, str]) -> None:
    assert app(*machines).too_few(2) == told


def test_regions_are_those_that_the_target_names() -> None:
    seen = app(machine("a", "ord"), machine("b", "fra"), regions=("ord", "iad"))

    assert seen.empty_regions() == ["iad"]
    assert seen.misplaced() == {"b": "in fra, not in ord, iad"}
    assert app(machine("a", "fra")).misplaced() == {}


def test_standbys_and_those_that_serve_nobody_are_not_counted() -> None:
    serving, standby, worker = machine("a"), machine("b", standby=True), machine("c", serves=False)

    assert _serving(state(serving, standby, worker)) == (serving,)
    assert _serving(state(standby, worker)) == (worker,)


@pytest.mark.parametrize(
    ("status", "deployed", "told"), [("pending", False, {"a": "its status is 'pending'"}), ("new", None, {})]
)
def test_a_status_that_is_not_known_is_neither(status: str, deployed: bool | None, told: dict[str, str]) -> None:  # noqa: FBT001 - a parameter
    seen = app(status=status, deployed=deployed)

    assert seen.unfinished() == told
    assert (seen.word_known() is None) is bool(told)


SERVICE = {"internal_port": 3000, "ports": [{"port": 443, "handlers": ["tls", "http"]}]}
HTTP = {"type": "http", "path": "/health"}


OWN = HealthCheck(kind="http", path="/health", port=3000, routes=True, public=True)


@pytest.mark.parametrize(
    ("service", "named", "checks"),
    [
        ({"checks": [HTTP]}, {}, (OWN,)),
        ({"checks": [{**HTTP, "port": 9}]}, {}, (OWN.model_copy(update={"port": 9, "public": False}),)),
        ({"checks": [{"type": "tcp"}]}, {}, (OWN.model_copy(update={"kind": "tcp", "path": ""}),)),
        ({}, {"alive": {**HTTP, "port": 3000}}, (OWN.model_copy(update={"routes": False, "public": False}),)),
        ({}, {"bg_deployments_compat_1": {}}, ()),
        ({"ports": None, "checks": [{}]}, {}, (HealthCheck(kind="unknown", port=3000, routes=True),)),
    ],
)
def test_the_checks_of_a_machine_are_read(
    service: dict[str, Any], named: dict[str, Any], checks: tuple[HealthCheck, ...]
) -> None:
    config = {"services": [{**SERVICE, **service}], "checks": named}

    assert read_machine({"id": "m", "config": config}).health_checks == checks


def test_a_hidden_configuration_tells_no_checks() -> None:
    assert read_machine({"id": "m", "config": None}).health_checks is None


def checked(*checks: HealthCheck, answers: dict[str, Reply] | None = None, told: bool = True) -> HealthChecks:
    """One machine with these checks."""
    one = machine("m", health_checks=checks if told else None)
    return HealthChecks(**{**dict(state(one)), "answers": answers or {}})


@pytest.mark.parametrize(
    ("checks", "wrong"),
    [
        ((HealthCheck(kind="http", path="/", routes=True),), ""),
        ((HealthCheck(kind="tcp", routes=True), HealthCheck(kind="http", path="/", routes=True)), ""),
        ((), "unchecked"),
        ((HealthCheck(kind="tcp", routes=True),), "not_asked_over_http"),
        ((HealthCheck(kind="http", path="/"),), "not_heeded"),
    ],
)
def test_a_check_asks_over_http_and_routing_heeds_it(checks: tuple[HealthCheck, ...], wrong: str) -> None:
    seen = checked(*checks)

    found = {name for name in ("unchecked", "not_asked_over_http", "not_heeded") if getattr(seen, name)()}
    assert found == ({wrong} if wrong else set())
    assert seen.checks_told() is None


def test_a_platform_that_does_not_tell_the_checks_is_no_good_one() -> None:
    with pytest.raises(CouldNotLook, match="does not tell which checks m have"):
        require(checked(told=False).checks_told())


def reply(status: int | None, **headers: str) -> Reply:
    return Reply(method="GET", url="https://a/health", at=RELEASED, status=status, headers=headers, milliseconds=1)


@pytest.mark.parametrize(
    ("answer", "bad", "silent"),
    [
        (reply(200), "", False),
        (reply(204), "", False),
        (reply(302, location="/login"), "HTTP 302 after 1 ms to /login", False),
        (reply(503), "HTTP 503 after 1 ms", False),
        (reply(None), "", True),
    ],
)
def test_a_redirect_fails_a_check_and_a_silence_says_nothing(answer: Reply, bad: str, silent: bool) -> None:  # noqa: FBT001 - a parameter
    seen = checked(HealthCheck(kind="http", path="/health"), answers={"m /health": answer})

    assert seen.bad_answers() == ({"m /health": bad} if bad else {})
    assert (seen.answered() is not None) is silent
