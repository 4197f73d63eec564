"""A rehearsed rollback ends with what ran before, whatever happens on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from tests.support.clock import Clock
from tests.support.clock import clock as clock  # noqa: PLC0414 - a fixture
from tests.support.machines import state
from verifier.core.cleanup import Cleanup, CleanupTask
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.machine import Machine
from verifier.core.platform import ByHand, Platform
from verifier.core.verdict.results import Outcome
from verifier.probes.failover import recovery
from verifier.probes.platform.release_pin import release_unchanged
from verifier.probes.rollback import rehearsal
from verifier.probes.rollback.rehearsal import _turn, undo

OWN, BEFORE = "registry.fly.io/toy:v9", "registry.fly.io/toy:v8"
TASK = CleanupTask("m1", "fly machine update m1", image=OWN)


class Replaceable:
    """A platform with one machine, which is well with all images but the broken ones."""

    def __init__(self, *broken: str) -> None:
        self.broken, self.orders = broken, list[str]()

    def machine(self, name: str) -> Machine:
        image = self.orders[-1] if self.orders else OWN
        well = "failed" if image in self.broken else "started"
        return Machine(id=name, state=well, instance=str(len(self.orders)), source=image)

    def replace(self, _machine: str, image: str) -> None:
        if image in self.broken and image == OWN:
            raise CouldNotLook(Cause.UNREACHABLE, "no answer")
        self.orders.append(image)


@pytest.fixture
def context(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mock:
    """A target that permits it."""
    _ = clock
    made = Mock(cleanup=Cleanup(tmp_path / "cleanup"))
    made.deadline.shorter.return_value.eventually = lambda ask, _until, **_: ask()
    hand = ByHand(machines="", releases="", logs="", replace="fly machine update {machine} --image {image}")
    monkeypatch.setattr(rehearsal, "by_hand", lambda _: hand)
    monkeypatch.setattr(rehearsal, "client", lambda _: Mock(__enter__=Mock(), __exit__=Mock(return_value=False)))
    monkeypatch.setattr(rehearsal, "get", lambda *_, **__: Mock(down=False))
    monkeypatch.setattr(rehearsal, "replace", lambda context, **_: context)
    return made


def gone(context: Mock, platform: Replaceable, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a record
    opened = Mock(__enter__=Mock(return_value=platform), __exit__=Mock(return_value=False))
    monkeypatch.setattr(rehearsal, "opened", lambda _: opened)
    return _turn(context, platform.machine("m1"), BEFORE)


def test_a_machine_goes_there_and_back(context: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = Replaceable()
    turn = gone(context, platform, monkeypatch)

    assert (turn.there is not None, turn.back is not None) == (True, True)
    assert platform.orders == [BEFORE, OWN]
    assert (context.cleanup.left(), context.cleanup.replaced()) == ((), {"m1"})


def test_an_image_that_does_not_start_is_told_and_the_own_one_runs_again(
    context: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = Replaceable(BEFORE)
    turn = gone(context, platform, monkeypatch)

    assert (turn.there, turn.trouble.startswith("failed"), turn.back is not None) == (None, True, True)
    assert platform.orders == [BEFORE, OWN]


def test_a_machine_that_is_not_brought_back_is_named_with_what_to_type(
    context: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = gone(context, Replaceable(OWN), monkeypatch)

    (left,) = context.cleanup.left()
    assert (turn.back, turn.left) == (None, "unreachable: no answer")
    assert left.failed
    assert str(left).endswith(f"may still run it: fly machine update m1 --image {OWN}")
    assert context.cleanup.replaced() == frozenset()


def test_each_subject_undoes_what_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("this is another subject's")

    monkeypatch.setattr(recovery, "bring_back", never)
    monkeypatch.setattr(rehearsal, "_brought", never)

    assert not recovery.undo(Mock(), TASK)
    assert not undo(Mock(), CleanupTask("m1", "fly machine start m1"))


def test_a_machine_that_the_run_itself_replaced_does_not_make_it_void() -> None:
    before, after = (state(Machine(id="m1", state="started", digest="sha256:a", instance=each)) for each in "12")
    other = state(Machine(id="m1", state="started", digest="sha256:b", instance="2"))

    assert release_unchanged(lambda: before, lambda: after).outcome == Outcome.UNVERIFIED
    assert release_unchanged(lambda: before, lambda: after, replaced={"m1"}).outcome == Outcome.PASSED
    assert release_unchanged(lambda: before, lambda: other, replaced={"m1"}).outcome == Outcome.UNVERIFIED


def test_a_platform_that_cannot_replace_says_so() -> None:
    with pytest.raises(CouldNotLook, match="replaces no machine for us"):
        Platform.replace(Mock(spec=Platform, _lacks=lambda what: Platform._lacks(Mock(), what)), "m1", OWN)
