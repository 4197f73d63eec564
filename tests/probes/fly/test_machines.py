"""What is read of a machine, whatever the platform says of it, and what is concluded from it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.machines import RELEASED, at, ended, state
from verifier.core.evidence import Cause, CouldNotLook, require
from verifier.core.machine import Machine
from verifier.probes.fly.machines import exit_since_start, read_machine, serves

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("id", "state", "region", "host_status", "cordoned", "config", "image_ref", "checks", "events", "version")


def launched(minutes: float) -> dict[str, Any]:
    return {"type": "launch", "source": "user", "timestamp": at(minutes)}


def raw(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    config = {
        "metadata": {"fly_platform_version": "v2", "fly_release_version": "7", "fly_process_group": "web"},
        "env": {"PRIMARY_REGION": "ord"},
        "services": [{"autostop": "stop", "min_machines_running": 1, "checks": [{"type": "http"}]}],
        "checks": {"alive": {}},
    }
    return {"id": "m1", "state": "started", "region": "ord", "host_status": "ok", "config": config, **more}


def test_a_machine_is_read() -> None:
    checks = [{"name": "alive", "status": "passing"}, {"name": "servicecheck-00-http-3000", "status": "warning"}]
    image = {"tag": "t", "digest": "sha256:d", "labels": {"org.opencontainers.image.revision": "abc1234"}}

    machine = read_machine(raw(checks=checks, image_ref=image))

    assert (machine.group, machine.release, machine.revision) == ("web", "7", "abc1234")
    assert (machine.autostop, machine.minimum_running, machine.primary_region) == (True, 1, "ord")
    assert machine.checks_told == "1 of 2 passing (servicecheck-00-http-3000 warning)"
    assert not machine.checks_well


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON)))
def test_no_answer_of_the_platform_makes_the_reading_stumble(told: dict[str, Any]) -> None:
    machine = read_machine(told)
    serves(told)
    exit_since_start(told)

    assert machine.unrest(RELEASED) is not None
    assert machine.checks_told


@pytest.mark.parametrize(
    ("checks", "well", "told"),
    [
        ([], False, "0 of 2 passing (2 not reported)"),
        ([{"name": "alive", "status": "passing"}], False, "1 of 2 passing (1 not reported)"),
        ([{"name": "alive", "status": "passing"}, {"name": "s", "status": "passing"}], True, "2 of 2 passing"),
        ([{"name": "alive", "status": "passing"}, {"name": "s", "status": "of next year"}], False, "(s of next year)"),
        ([{"name": "bg_deployments_compat_1", "status": "passing"}], False, "0 of 2 passing"),
    ],
)
def test_every_configured_check_must_be_reported_and_pass(checks: list[Any], well: bool, told: str) -> None:  # noqa: FBT001 - a parameter
    machine = read_machine(raw(checks=checks))

    assert (machine.checks_well, told in machine.checks_told) == (well, True)


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([], ""),
        ([ended(5, requested_stop=True, exit_code=137)], ""),
        ([ended(5)], ""),
        ([ended(5, exit_code=1)], ""),
        ([ended(5, exit_code=1), ended(4, exit_code=1)], "crash loop (2 times, last: exit code 1)"),
        ([ended(5, restarts=4, exit_code=1)], "crash loop (4 times, last: exit code 1)"),
        ([ended(5, exit_code=137, oom_killed=True)], "out of memory (1 times)"),
        ([ended(-5, exit_code=1), ended(-6, exit_code=1)], ""),
        ([ended(None, exit_code=1), ended(None, exit_code=1)], "crash loop (2 times, last: exit code 1)"),
        ([launched(3), ended(2, exit_code=1), ended(1, exit_code=1)], ""),
        ([ended(5, exit_code=1), ended(4, exit_code=1), launched(3)], "crash loop (2 times, last: exit code 1)"),
    ],
)
def test_a_machine_that_cannot_stay_up_since_the_deploy_is_restless(events: list[Any], told: str) -> None:
    assert read_machine(raw(events=events)).unrest(RELEASED) == told


def test_where_an_exit_is_told_twice_the_monitor_is_right() -> None:
    request = {"exit_event": {"exit_code": 0}, "MonitorEvent": {"exit_event": {"exit_code": 3}}}

    assert str(read_machine(raw(events=[{"type": "exit", "request": request}])).exits[0]) == "exit code 3"


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([], None),
        ([{"type": "start"}], None),
        ([{"type": "start"}, ended(1, exit_code=1)], None),
        ([{"type": "destroy"}, ended(2), {"type": "start"}, ended(1, exit_code=1)], 0),
        ([ended(2, exit_code=9), {"type": "start"}], 9),
    ],
)
def test_only_the_end_of_the_last_start_counts(events: list[Any], code: int | None) -> None:
    found = exit_since_start(raw(events=events))

    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("told", "judged"),
    [
        ({}, True),
        ({"state": "destroyed"}, False),
        ({"state": "replaced"}, False),
        ({"state": "failed"}, True),
        ({"config": {"metadata": {"fly_process_group": "fly_app_release_command"}}}, False),
        ({"config": {"metadata": {}, "image": "x"}}, False),
        ({"config": {"metadata": {}, "services": [{"internal_port": 80}]}}, True),
        ({"config": None}, True),
        ({"config": None, "incomplete_config": {"metadata": {"fly_process_group": "fly_app_console"}}}, False),
    ],
)
def test_helpers_the_gone_and_bystanders_are_not_judged(told: dict[str, Any], judged: bool) -> None:  # noqa: FBT001 - a parameter
    assert serves(raw(**told)) is judged


@pytest.mark.parametrize("autostop", [True, "stop", "suspend", False, "off", None, "of next year"])
def test_auto_stop_is_read_in_all_its_spellings(autostop: object) -> None:
    machine = read_machine(raw(config={"services": [{"autostop": autostop}]}, state="stopped"))

    assert machine.rests is (autostop in (True, "stop", "suspend"))


def test_a_standby_rests_and_a_crashed_one_does_not() -> None:
    assert read_machine(raw(config={"standbys": ["m2"]}, state="created")).rests
    assert read_machine(raw(state="stopped", events=[ended(1, exit_code=1)])).down


def test_the_minimum_counts_in_the_primary_region() -> None:
    away = Machine(id="m1", state="started", region="fra", primary_region="ord", minimum_running=1, autostop=True)
    home = Machine(id="m2", state="stopped", region="ord", primary_region="ord", minimum_running=1, autostop=True)

    assert state(away, home).short_groups() == {"app": "0 of 1 started"}
    assert state(away).short_groups() == {}


def test_groups_are_told_by_state_and_minimum() -> None:
    web = [Machine(id=f"w{number}", state="started", group="web", minimum_running=1) for number in range(2)]
    worker = Machine(id="k", state="stopped", group="worker", autostop=True)

    assert state(*web, worker).groups_told() == {"web": "2 started (minimum 1)", "worker": "1 stopped (minimum 0)"}


@pytest.mark.parametrize(
    ("machines", "cause"),
    [((), Cause.PRECONDITION), ((Machine(id="m", state="stopped", autostop=True),), Cause.PRECONDITION)],
)
def test_a_group_that_sleeps_as_a_whole_was_not_seen_running(machines: tuple[Machine, ...], cause: Cause) -> None:
    with pytest.raises(CouldNotLook) as caught:
        require(state(*machines).awake())

    assert (caught.value.cause, "run again" in caught.value.remedy) == (cause, True)


def test_a_state_of_next_year_is_neither_good_nor_bad() -> None:
    seen = state(Machine(id="m", state="hibernating"), Machine(id="n", state="failed"))

    assert list(seen.down()) == ["n"]
    with pytest.raises(CouldNotLook, match="m is 'hibernating'"):
        require(seen.words_known())


def test_a_hidden_configuration_is_no_answer() -> None:
    with pytest.raises(CouldNotLook, match=r"configuration of m1 \(host unreachable\)"):
        require(state(read_machine(raw(config=None, host_status="unreachable"))).configurations_known())
