"""Each observation is made once, at once with the others, and its trouble reaches all who want it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from verifier.core.deadline import Deadline, now
from verifier.core.evidence import Cause, CouldNotLook, Evidence
from verifier.core.evidence.store import EvidenceStore
from verifier.core.execution.collector import Collector, run_lock
from verifier.core.execution.progress import RunningObservations
from verifier.core.probe import Context
from verifier.core.subject import Probe

Observing = Callable[[Context], Any]


class One(Evidence):
    """The first kind of toy evidence."""


class Two(Evidence):
    """The second kind of toy evidence."""


def seen(kind: type[Evidence], where: str = "here") -> Evidence:
    return kind(asked="what", where=where, at=now(), again="ls")


@pytest.fixture
def observe(tmp_path: Path) -> Callable[..., Collector]:
    """Makes a collector of two probes, given by their functions."""

    def make(
        one: Observing,
        two: Observing = lambda _: seen(Two),
        *,
        deadline: Deadline | None = None,
        obstacle: CouldNotLook | None = None,
        late: bool = False,
    ) -> Collector:
        given = deadline or Deadline(30)

        def context(collector: Collector) -> Context:
            return cast(
                "Context", SimpleNamespace(get=collector.get, peek=collector.peek, ceiling={}.get)
            )  # toy probes use nothing else

        probes = (Probe("one", one, late=late), Probe("two", two))
        running = RunningObservations(tmp_path / "running")
        return Collector(probes, context, given, folder=tmp_path, running=running, obstacle=obstacle)

    return make


Observe = Callable[..., Collector]


def test_an_observation_is_made_once_for_all_who_want_it(observe: Observe) -> None:
    calls: list[Evidence] = []

    def count(_: Context) -> Evidence:
        calls.append(seen(One))
        return calls[-1]

    collector = observe(count)
    askers = [threading.Thread(target=collector.get, args=("one", One)) for _ in range(8)]
    for each in askers:
        each.start()
    for each in askers:
        each.join()
    assert (len(calls), collector.get("one", One) is collector.get("one", One)) == (1, True)


def test_observations_are_made_at_the_same_time(observe: Observe) -> None:
    both = threading.Barrier(2, timeout=20)

    def meet(kind: type[Evidence]) -> Observing:
        return lambda _: (both.wait(), seen(kind))[1]

    collector = observe(meet(One), meet(Two))
    collector.start("one")
    collector.start("two")
    assert {type(collector.get(each, Evidence)) for each in ("one", "two")} == {One, Two}


def test_a_probe_may_look_at_the_evidence_of_another(observe: Observe) -> None:
    collector = observe(lambda context: seen(One, context.get("two", Two).where), lambda _: seen(Two, "over there"))
    assert collector.get("one", One).where == "over there"


def raise_it(trouble: BaseException) -> Callable[[Context], Evidence]:
    def observe_trouble(_: Context) -> Evidence:
        raise trouble

    return observe_trouble


def test_who_could_not_look_is_told_to_all_who_ask(observe: Observe) -> None:
    collector = observe(raise_it(CouldNotLook(Cause.UNREACHABLE, "the box is shut", remedy="open it")))
    for _ in range(2):
        with pytest.raises(CouldNotLook) as caught:
            collector.get("one", One)
        assert (caught.value.cause, caught.value.what, caught.value.remedy) == (
            "unreachable",
            "the box is shut",
            "open it",
        )


def test_a_trouble_is_passed_on_through_the_probe_that_needed_it(observe: Observe) -> None:
    collector = observe(
        lambda context: seen(One, context.get("two", Two).where), raise_it(CouldNotLook(Cause.TIMEOUT, "late"))
    )
    with pytest.raises(CouldNotLook, match="timeout: late"):
        collector.get("one", One)


@pytest.mark.parametrize("fault", [ZeroDivisionError("oops"), AssertionError("oops"), SystemExit("oops")])
def test_a_probe_that_fails_itself_is_internal_and_named(observe: Observe, fault: BaseException) -> None:
    with pytest.raises(CouldNotLook) as caught:
        observe(raise_it(fault)).get("one", One)
    assert caught.value.cause == Cause.INTERNAL
    assert caught.value.what.startswith("the probe 'one' itself failed at test_collector.py:")
    assert caught.value.what.endswith(f"{type(fault).__name__}: oops")


def test_an_obstacle_answers_every_question_and_no_probe_is_tried(observe: Observe) -> None:
    collector = observe(raise_it(KeyError("tried")), obstacle=CouldNotLook(Cause.PRECONDITION, "no toys left"))
    with pytest.raises(CouldNotLook, match="precondition: no toys left"):
        collector.get("one", One)


def test_a_probe_that_hangs_is_a_timeout_with_its_name(observe: Observe) -> None:
    end = threading.Event()
    collector = observe(lambda _: end.wait() and seen(One), deadline=Deadline(0.05))
    with pytest.raises(CouldNotLook, match=r"timeout: no answer from the observation 'one' within 0\.05 s"):
        collector.get("one", One)
    end.set()


def test_a_late_probe_waits_until_the_others_have_looked(observe: Observe) -> None:
    order: list[str] = []
    begun = threading.Event()

    def look_back(_: Context) -> Evidence:
        begun.set()
        made[0].wait_for_earlier()
        order.append("late")
        return seen(One)

    def look(_: Context) -> Evidence:
        begun.wait()
        threading.Event().wait(0.05)  # long enough for an impatient one to be first
        order.append("other")
        return seen(Two)

    made = [observe(look_back, look, late=True)]
    made[0].start("two")
    made[0].get("one", One)
    assert order == ["other", "late"]


def test_the_thread_of_a_probe_does_not_keep_the_process_alive(observe: Observe) -> None:
    daemons: list[bool] = []
    observe(lambda _: (daemons.append(threading.current_thread().daemon), seen(One))[1]).get("one", One)  # type: ignore[func-returns-value]
    assert daemons == [True]


def test_each_record_is_kept_as_json(observe: Observe, tmp_path: Path) -> None:
    observe(lambda _: seen(One)).get("one", One)
    record = json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    assert (record["asked"], record["where"], record["again"]) == ("what", "here", "ls")


def test_what_was_tried_is_kept_whatever_came_of_it(observe: Observe, tmp_path: Path) -> None:
    collector = observe(raise_it(CouldNotLook(Cause.UNREACHABLE, "nobody answers")))
    assert collector.done("one", within=30)
    assert collector.done("two", within=30)
    with (tmp_path / "attempts.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"probe": "three", "at"')  # one that is being written
    told = {each.probe: (each.cause, each.answer, each.asked) for each in EvidenceStore(tmp_path).attempts()}
    assert told == {"one": ("unreachable", "nobody answers", ""), "two": (None, "", "what")}


def test_where_nothing_can_be_looked_at_nothing_was_tried(observe: Observe, tmp_path: Path) -> None:
    collector = observe(raise_it(KeyError("tried")), obstacle=CouldNotLook(Cause.PRECONDITION, "it did not start"))
    assert collector.done("one", within=30)
    assert EvidenceStore(tmp_path).attempts() == []


@pytest.mark.parametrize(("mine", "others"), [(False, False), (False, True), (True, False)])
def test_a_lock_that_one_holds_alone_lets_nobody_else_in(tmp_path: Path, *, mine: bool, others: bool) -> None:
    order: list[str] = []

    def other() -> None:
        with run_lock(tmp_path / "lock", shared=others):
            order.append("other")

    with run_lock(tmp_path / "lock", shared=mine):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_a_shared_lock_lets_others_in_that_share_it(tmp_path: Path) -> None:
    with run_lock(tmp_path / "lock", shared=True), run_lock(tmp_path / "lock", shared=True):
        assert (tmp_path / "lock").exists()
