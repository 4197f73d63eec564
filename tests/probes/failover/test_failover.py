"""A machine is stopped only where that is permitted, after all else, and is started again whatever happens.

It is long because all its cases share the scripted machines.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import httpx
import pytest

from tests.support.clock import Clock
from tests.support.clock import clock as clock  # noqa: PLC0414 - a fixture
from tests.support.machines import state
from tests.support.runs.deployment import Deployment
from tests.support.runs.toy import CHECKOUT, MakeSuite, check, checks, contract
from verifier.core.cleanup import Cleanup, CleanupTask
from verifier.core.config.contract import read_contract
from verifier.core.config.target import new_target
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.machine import Machine
from verifier.core.platform import ByHand
from verifier.core.probe import Context
from verifier.probes.failover.failover import chosen, need_permission, need_time
from verifier.probes.fly.control import Power
from verifier.probes.sse.section import Events

ITEM = "sse-failover"
FAR = tuple(
    each.id
    for each in read_contract(CHECKOUT).item
    if "monitoring" in each.stage and each.id not in {ITEM, "release-unchanged"}
)
SLOW = "streams-not-closed-on-stop"
"""While it is there, a machine takes five seconds to stop."""


def context(*, writes: str = "allowed", may: bool = True, name: str = "toy", left: float = 600.0) -> Context:
    """A context with what the permission depends on."""
    events = Events(path="/s", may_stop_machines=may)
    target = new_target(title="a toy", app="toy", name=name, writes=writes, events=events)
    found: dict[str, Any] = {"target": target, "part": lambda part, _: part, "ceiling": {ITEM: 10.0}.get}
    return cast("Context", SimpleNamespace(**found, deadline=Deadline(left)))


def refused(ask: Callable[[], object]) -> CouldNotLook:
    with pytest.raises(CouldNotLook) as caught:
        ask()
    return caught.value


@pytest.mark.parametrize(("writes", "may"), [("forbidden", True), ("allowed", False), ("forbidden", False)])
def test_without_both_permissions_no_machine_is_stopped(writes: str, *, may: bool) -> None:
    trouble = refused(lambda: need_permission(context(writes=writes, may=may)))

    assert trouble.cause == Cause.PRECONDITION
    assert "targets/toy.toml does not permit that" in trouble.what
    assert 'writes = "allowed" and may_stop_machines = true in [events]' in trouble.remedy
    assert "or declare sse-failover not applicable" in trouble.remedy


def test_with_both_a_machine_may_be_stopped() -> None:
    need_permission(context())


def test_in_production_no_machine_is_stopped_whatever_is_permitted() -> None:
    trouble = refused(lambda: need_permission(context(name="production")))

    assert (trouble.cause, trouble.what) == (Cause.PRECONDITION, "no machine is ever stopped in production")


def test_a_run_that_has_no_time_to_see_it_come_back_stops_nothing() -> None:
    trouble = refused(lambda: need_time(context(left=60)))

    assert (trouble.cause, trouble.remedy) == (Cause.TIMEOUT, "give the run more time: --deadline SECONDS")


def machine(identity: str, state: str = "started", **more: Any) -> Machine:  # noqa: ANN401 - fields
    return Machine(id=identity, state=state, **{"checks": {"web": "passing"}, "checks_configured": 1, **more})


BY_HAND = ByHand(machines="fly status", releases="", logs="", start="fly machine start {} -a toy")


def test_the_last_machine_of_a_group_is_chosen() -> None:
    found = chosen(state(machine("w", group="worker"), machine("a"), machine("b"), machine("c", "stopped")), BY_HAND)

    assert (found[0].id, found[1]) == ("b", ("a",))


@pytest.mark.parametrize(
    ("machines", "told"),
    [
        ((machine("a"),), "with one machine nobody can take over"),
        ((machine("a"), machine("w", group="worker")), "with one machine nobody can take over"),
        ((machine("a"), machine("b", "stopped")), "nobody is sure to take over"),
        ((machine("a", checks={"web": "critical"}), machine("b")), "a started (0 of 1 passing (web critical))"),
        ((machine("a", checks={}), machine("b")), "nobody is sure to take over"),
        ((machine("a", host_status="unreachable"), machine("b")), "nobody is sure to take over"),
        ((machine("a", cordoned=True), machine("b")), "nobody is sure to take over"),
        ((machine("a", config_known=False), machine("b")), "nobody is sure to take over"),
        ((machine("a"), machine("b", checks={"web": "critical"}), machine("c")), "nobody is sure to take over"),
    ],
)
def test_where_nobody_is_sure_to_take_over_no_machine_is_stopped(machines: tuple[Machine, ...], told: str) -> None:
    trouble = refused(lambda: chosen(state(*machines), BY_HAND))

    assert trouble.cause == Cause.PRECONDITION
    assert told in trouble.what
    assert ("fly machine start b -a toy" in trouble.remedy) == any(each.state == "stopped" for each in machines)


# ---- the real command


@pytest.fixture
def platform(deployment: Deployment) -> Iterator[Callable[[], list[str]]]:
    """Tells the states of the dashboard's machines, as the platform does."""
    token = deployment.told["credentials"]["FLY_API_TOKEN"]
    base = deployment.told["target"]["platform"]["machines_url"]
    with httpx.Client(base_url=base, headers={"authorization": f"Bearer {token}"}) as client:
        yield lambda: [each["state"] for each in client.get("/v1/apps/hotdash-sandbox/machines").json()]


@pytest.mark.parametrize(
    ("fault", "workers", "outcome", "ending"),
    [
        (None, "0", "passed", ("DONE", 0)),
        (None, "2", "passed", ("DONE", 0)),
        (SLOW, "2", "failed", ("NOT DONE", 1)),
    ],
)
def test_two_workers_see_what_one_process_sees(
    deployment: Deployment, fault: str | None, workers: str, outcome: str, ending: tuple[str, int]
) -> None:
    ended = deployment.judged(*([fault] if fault else []), words=("-n", workers), mark="monitoring", without=FAR)

    assert ended.outcomes == {**dict.fromkeys(FAR, "not applicable"), "release-unchanged": "passed", ITEM: outcome}
    assert ended.ending == ending, ended.output


@pytest.mark.parametrize(
    ("words", "number"),
    [((), signal.SIGTERM), (("-n", "2"), signal.SIGINT)],
    ids=["SIGTERM", "Ctrl-C with workers"],
)
def test_a_run_that_is_interrupted_starts_what_it_stopped(
    deployment: Deployment, platform: Callable[[], list[str]], words: tuple[str, ...], number: signal.Signals
) -> None:
    deployment.switch(SLOW)
    deployment.retarget(without=FAR)

    with deployment.suite.running(*words, mark="monitoring", target="warm") as process:
        stopping = Deadline(60).eventually(lambda: "stopping" in platform(), bool, pause=0.02)
        # A terminal sends Ctrl-C to all processes of the run, a supervisor its signal to the one that it started.
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        ended = deployment.suite.ended(process)

    assert stopping, ended.output
    assert platform() == ["started", "started"], ended.output
    assert ended.ending == ("UNVERIFIED", 6), ended.output
    assert "fly machine start" not in ended.output


def test_what_dead_workers_have_stopped_is_started_by_the_process_that_they_worked_for(
    deployment: Deployment, platform: Callable[[], list[str]]
) -> None:
    deployment.switch(SLOW)
    deployment.retarget(without=FAR)

    with deployment.suite.running("-n", "2", mark="monitoring", target="warm") as process:
        stopping = Deadline(60).eventually(lambda: "stopping" in platform(), bool, pause=0.02)
        workers = workers_of(process.pid)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        ended = deployment.suite.ended(process)

    assert (stopping, len(workers)) == (True, 2), ended.output
    assert platform() == ["started", "started"], ended.output
    assert "what this run stopped or replaced is being restored" in ended.output
    assert ended.ending == ("UNVERIFIED", 6), ended.output


def workers_of(process: int) -> list[int]:
    """The worker processes of pytest-xdist among the children of a process."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return [int(each) for each in children if b"exec(eval(" in Path(f"/proc/{each}/cmdline").read_bytes()]


LASTLY = """
_others = toy_probes


def observe_lastly(context) -> Toy:
    \"\"\"How many checks were judged before.\"\"\"
    context.wait_for_earlier()
    with context.run_exclusive(context.deadline), open("judged") as judged:
        lines = judged.readlines()
    return Toy(asked="Who was before?", where="here", at=now(), again="cat judged", sizes={"a": len(lines)})


def toy_probes():
    \"\"\"Those of the others, and one that comes when they have been judged.\"\"\"
    from verifier.core.subject import Probe

    return (*_others(), Probe("failover", observe_lastly, last=True))
"""
BEFORE = "with open('judged', 'a') as judged:\n    judged.write(f'{measured(1)}\\n')"


@pytest.mark.parametrize("words", [("-n", "0"), ("-n", "2")], ids=" ".join)
def test_what_disturbs_comes_when_all_else_has_been_judged(make_suite: MakeSuite, words: tuple[str, ...]) -> None:
    # The file of two checks would be handed out before those of one, and others after it to the same worker.
    others = {f"checks/test_{name}.py": checks(check(name, BEFORE, proves="kept")) for name in "bcdef"}
    lastly = [
        check(name, "assert measured(failover.sizes) == {'a': 5}", wants="failover, measured", proves=ITEM)
        for name in ("one", "two")
    ]

    ended = make_suite(
        {**others, "checks/test_a.py": checks(*lastly)}, contract=contract("kept", ITEM), conftest=LASTLY
    ).run(*words)

    assert ended.ending == ("DONE", 0), ended.output


# ---- cleanup tasks


@pytest.fixture
def cleanup(tmp_path: Path) -> Cleanup:
    return Cleanup(tmp_path / "cleanup")


TASK = CleanupTask("m1", "fly machine start m1 -a toy")


def test_a_task_is_left_until_it_is_done(cleanup: Cleanup) -> None:
    cleanup.add(TASK)
    assert (cleanup.left(), cleanup.running()) == ((TASK,), ("m1",))

    cleanup.done(TASK)
    assert (cleanup.left(), cleanup.running()) == ((), ())


def test_a_task_that_failed_stays_and_says_what_to_type(cleanup: Cleanup) -> None:
    cleanup.add(TASK)
    cleanup.fail(TASK)
    cleanup.finish(60)

    (left,) = cleanup.left()
    assert left.failed
    assert "machine m1 was stopped by this run" in str(left)
    assert str(left).endswith(": fly machine start m1 -a toy")


def test_a_run_that_ends_takes_no_task(cleanup: Cleanup) -> None:
    cleanup.close()

    assert refused(lambda: cleanup.add(TASK)).cause == Cause.INTERRUPTED
    assert cleanup.left() == ()


def test_the_end_of_a_run_waits_for_what_puts_itself_right(cleanup: Cleanup) -> None:
    begun, gone = threading.Event(), []

    def change() -> None:
        with cleanup.awaited("a row"):
            begun.set()
            threading.Event().wait(0.3)
            gone.append("the row")

    threading.Thread(target=change).start()
    assert begun.wait(10)
    assert cleanup.overdue() == ("a row was made by this run, and is not known to be gone",)

    cleanup.finish()

    assert (gone, cleanup.running(), cleanup.overdue()) == (["the row"], (), ())
    with pytest.raises(CouldNotLook), cleanup.awaited("another row"):
        pass


def test_another_process_sees_what_is_left(cleanup: Cleanup, tmp_path: Path) -> None:
    cleanup.add(TASK)

    other = Cleanup(tmp_path / "cleanup")

    assert (other.left(), other.running()) == ((TASK,), ())


# ---- the two orders


@pytest.fixture
def power(clock: Clock) -> Callable[..., Power]:
    """The switch of a platform that answers with these answers in turn."""
    _ = clock

    def make(*answers: httpx.Response) -> Power:
        turn = iter(answers)
        target = new_target(name="toy", title="a toy", app="toy", url="http://toy.test")
        made = Mock(spec=Context, target=target, deadline=Deadline(60))
        made.credentials = Credentials(given={"FLY_API_TOKEN": "fm2_marked-test-data"})
        return Power(made, httpx.Client(transport=httpx.MockTransport(lambda _: next(turn))))

    return make


def test_the_order_waits_as_long_as_the_platform_says(power: Callable[..., Power], clock: Clock) -> None:
    began = clock.now
    limited = httpx.Response(429, headers={"retry-after": "7"})

    sent = power(limited, httpx.Response(200, json={"ok": True})).stop("m1")

    assert sent - began >= 7


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_write_is_told_apart(power: Callable[..., Power], status: int) -> None:
    trouble = refused(lambda: power(httpx.Response(status, json={"error": "unauthorized"})).stop("m1"))

    assert trouble.cause == Cause.UNAUTHORIZED
    assert "not a read-only one: fly tokens create deploy -a toy" in trouble.remedy


@pytest.mark.parametrize(("status", "cause"), [(404, Cause.PRECONDITION), (412, Cause.PRECONDITION)])
def test_an_order_that_is_refused_is_given_once(power: Callable[..., Power], status: int, cause: Cause) -> None:
    assert refused(lambda: power(httpx.Response(status, json={"error": "no"})).start("m1")).cause == cause
