"""A machine that was stopped is started again from whatever state it is seen in, and counts as back only when it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.support.clock import Clock
from tests.support.clock import clock as clock  # noqa: PLC0414 - a fixture
from verifier.core.cleanup import Cleanup
from verifier.core.config.target import new_target
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.machine import Exit, Machine
from verifier.core.probe import Context
from verifier.probes.failover import recovery as comeback
from verifier.probes.failover.recovery import Restart, StoppedMachine, bring_back
from verifier.probes.fly.machines import read_machine

OLD_EXIT = {"type": "exit", "timestamp": 1, "request": {"exit_event": {"requested_stop": True}}}
NEW_EXIT = {**OLD_EXIT, "timestamp": 2}
ENDS = (Exit(at="1970-01-01T00:00:00.001Z", requested=True),)


def seen(state: str, *exits: dict[str, Any], check: str = "passing") -> dict[str, Any]:
    """A machine as the platform tells of it."""
    return {
        "id": "m1",
        "state": state,
        "config": {"checks": {"web": {}}},
        "checks": [{"name": "web", "status": check}],
        "events": [*exits, OLD_EXIT],
    }


class Platform:
    """Says one thing after the other of the machine, and the last for ever; takes orders to start."""

    def __init__(self, *told: dict[str, Any] | CouldNotLook, refusal: CouldNotLook | None = None) -> None:
        self._told = list(told)
        self._refusal = refusal
        self.orders = 0

    def machine(self, _: str) -> Machine:
        told = self._told.pop(0) if len(self._told) > 1 else self._told[0]
        if isinstance(told, CouldNotLook):
            raise told
        return read_machine(told)

    def start(self, _: str) -> None:
        self.orders += 1
        if self._refusal:
            raise self._refusal


Raise = Callable[..., Restart]


@pytest.fixture
def come_back(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Raise:
    """How a machine comes back of which the platform says this; its streams are not asked for."""
    monkeypatch.setattr(comeback, "monotonic", lambda: clock.now)

    @contextmanager
    def given(what: object) -> Iterator[object]:
        yield what

    def run(platform: Platform) -> Restart:
        monkeypatch.setattr(comeback, "opened", lambda _: given(platform))
        monkeypatch.setattr(comeback, "replace", _with_deadline)
        run_over = Deadline(60)
        run_over.stop()
        return bring_back(cast("Context", SimpleNamespace(target=None, deadline=run_over)), "m1", ENDS)

    return run


def _with_deadline(context: SimpleNamespace, deadline: Deadline) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(context), "deadline": deadline})


STUMBLE = CouldNotLook(Cause.UNREACHABLE, "HTTP 502")
RUNS = seen("started", NEW_EXIT)


@pytest.mark.parametrize(
    ("told", "orders"),
    [
        ([seen("stopped", NEW_EXIT), RUNS], 1),
        ([seen("started"), seen("stopping"), seen("stopped", NEW_EXIT), seen("starting", NEW_EXIT), RUNS], 1),
        ([STUMBLE, seen("stopped", NEW_EXIT), STUMBLE, RUNS], 1),
        ([seen("stopped", NEW_EXIT), seen("started", NEW_EXIT, check="critical"), RUNS], 1),
        ([seen("failed", NEW_EXIT), RUNS], 1),
        ([RUNS], 0),
        ([seen("started")], 0),
    ],
    ids=["at rest", "not yet at rest", "stumbling", "not yet well", "failed once", "by itself", "never stopped"],
)
def test_a_machine_is_back_when_it_runs_and_is_well(come_back: Raise, told: list[Any], orders: int) -> None:
    platform = Platform(*told)

    back = come_back(platform)

    assert (back.started is not None, platform.orders) == (True, orders)


def test_a_machine_that_is_seen_running_before_it_stops_is_not_back(come_back: Raise) -> None:
    back = come_back(Platform(seen("started"), seen("started"), seen("stopping")))

    assert (back.started, back.state) == (None, "stopping, checks: 1 of 1 passing")


def test_a_machine_that_fails_again_is_certain_not_to_come_back(come_back: Raise, clock: Clock) -> None:
    began, platform = clock.now, Platform(seen("failed", NEW_EXIT))

    back = come_back(platform)

    assert (back.started, back.cause, platform.orders) == (None, None, 2)
    assert clock.now - began < comeback.BACK / 2


@pytest.mark.parametrize(
    ("platform", "cause"),
    [
        (Platform(STUMBLE), Cause.UNREACHABLE),
        (Platform(CouldNotLook(Cause.UNAUTHORIZED, "HTTP 401")), Cause.UNAUTHORIZED),
    ],
    ids=["unreachable", "unauthorized"],
)
def test_what_cannot_be_seen_is_no_failure_of_the_machine(come_back: Raise, platform: Platform, cause: Cause) -> None:
    back = come_back(platform)

    assert (back.started, back.cause) == (None, cause)


# ---- whatever happens while it is stopped


class Trial:
    """A machine that is stopped and started by stand-ins, and its cleanup task."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.cleanup = Cleanup(folder / "cleanup")
        self.started = 0
        self.back = Restart(started=1.0, served=0.1)
        self.refusal: CouldNotLook | None = None
        monkeypatch.setattr(comeback, "opened", lambda _: nullcontext(SimpleNamespace(stop=self._stop)))
        monkeypatch.setattr(comeback, "bring_back", self._start)

    def _stop(self, _: str) -> float:
        if self.refusal:
            raise self.refusal
        return 7.0

    def _start(self, *_: object, **__: object) -> Restart:
        self.started += 1
        return self.back

    def stopped(self) -> StoppedMachine:
        target = new_target(name="toy", title="a toy", app="toy", url="http://toy.test")
        told: dict[str, Any] = {"target": target, "cleanup": self.cleanup, "tell": lambda _: None}
        return StoppedMachine(cast("Context", SimpleNamespace(**told)), Machine(id="m1", state="started"), greeted=True)


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Trial:
    return Trial(monkeypatch, tmp_path)


def test_there_is_a_task_while_it_is_stopped_and_not_after(trial: Trial) -> None:
    with trial.stopped() as stopped:
        left = trial.cleanup.left()

    assert ([each.name for each in left], trial.cleanup.left(), trial.started) == (["m1"], (), 1)
    assert (stopped.asked, stopped.back) == (7.0, trial.back)


@pytest.mark.parametrize("trouble", [CouldNotLook(Cause.INTERRUPTED, "Ctrl-C"), ZeroDivisionError("a slip")])
def test_it_is_started_again_when_the_watching_fails(trial: Trial, trouble: Exception) -> None:
    with pytest.raises(type(trouble)), trial.stopped():
        raise trouble

    assert (trial.started, trial.cleanup.left()) == (1, ())


def test_it_is_not_started_where_the_platform_refused_to_stop_it(trial: Trial) -> None:
    trial.refusal = CouldNotLook(Cause.UNAUTHORIZED, "HTTP 403")

    with pytest.raises(CouldNotLook, match="403"), trial.stopped():
        pass

    assert (trial.started, trial.cleanup.left()) == (0, ())


def test_it_is_started_where_nobody_knows_whether_it_was_stopped(trial: Trial) -> None:
    trial.refusal = CouldNotLook(Cause.TIMEOUT, "no answer")

    with pytest.raises(CouldNotLook, match="no answer"), trial.stopped():
        pass

    assert (trial.started, trial.cleanup.left()) == (1, ())


def test_what_does_not_come_back_stays_a_task(trial: Trial) -> None:
    trial.back = Restart(state="failed")

    with trial.stopped():
        pass

    assert [(each.remedy, each.failed) for each in trial.cleanup.left()] == [("fly machine start m1 -a toy", True)]


def test_a_run_that_ends_stops_nothing_any_more(trial: Trial) -> None:
    trial.cleanup.close()

    with pytest.raises(CouldNotLook, match="the run ends"), trial.stopped():
        pass

    assert trial.started == 0
