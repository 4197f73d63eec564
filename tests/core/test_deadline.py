"""Whatever waits, ends: at its deadline, or when the run is stopped."""

from __future__ import annotations

import threading

import pytest

from tests.support.clock import Clock
from tests.support.clock import clock as clock  # noqa: PLC0414 - a fixture
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook


def raising(*causes: Cause) -> list[CouldNotLook]:
    return [CouldNotLook(cause, "not yet") for cause in causes]


class Asked:
    """Answers in turn; an exception among the answers is raised."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)

    def __call__(self) -> object:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_wait_never_goes_past_the_deadline(clock: Clock) -> None:
    Deadline(3).wait(10)
    assert clock.waits == [3]


def test_a_pause_moves_the_deadline(clock: Clock) -> None:
    deadline = Deadline(3)
    clock.now = 1.0
    deadline.pause()
    clock.now = 100.0
    assert (deadline.paused, deadline.over, deadline.remaining()) == (True, False, 2.0)
    deadline.pause()
    deadline.resume()
    clock.now = 101.5
    deadline.resume()
    assert (deadline.paused, deadline.over, deadline.remaining()) == (False, False, 0.5)
    clock.now = 102.0
    assert deadline.over


def test_a_shorter_deadline_ends_with_the_longer_one(clock: Clock) -> None:
    assert (Deadline(3).shorter(10).seconds, Deadline(10).shorter(3).seconds, clock.now) == (3, 3, 0)


def test_a_deadline_passes(clock: Clock) -> None:
    deadline = Deadline(3)
    deadline.wait(2)
    assert (deadline.over, deadline.remaining()) == (False, 1)
    deadline.wait(2)
    assert (deadline.over, deadline.remaining(), clock.now) == (True, 0, 3)


def test_stopping_ends_every_wait_that_hangs_on_it() -> None:
    deadline = Deadline(60)
    part = deadline.shorter(30)
    deadline.stop()
    with pytest.raises(CouldNotLook) as caught:
        part.wait(30)
    assert (caught.value.cause, part.stopped, part.over) == (Cause.INTERRUPTED, True, True)


@pytest.mark.usefixtures("clock")
def test_what_never_comes_is_a_timeout_with_its_name() -> None:
    with pytest.raises(CouldNotLook, match="timeout: no answer from the toy within 3 s"):
        Deadline(3).wait_for(threading.Event(), "the toy")


def test_what_is_there_needs_no_waiting(clock: Clock) -> None:
    there = threading.Event()
    there.set()
    Deadline(0).wait_for(there, "the toy")
    assert clock.waits == []


def test_waiting_for_something_ends_when_the_run_is_stopped() -> None:
    deadline = Deadline(60)
    deadline.stop()
    with pytest.raises(CouldNotLook) as caught:
        deadline.wait_for(threading.Event(), "the toy")
    assert caught.value.cause == Cause.INTERRUPTED


@pytest.mark.parametrize("cause", list(Cause))
def test_only_causes_of_the_way_are_asked_again(clock: Clock, cause: Cause) -> None:
    ask = Asked(*raising(cause), "answer")
    if cause in {Cause.UNREACHABLE, Cause.RATE_LIMITED}:
        assert Deadline(10).retry(ask) == "answer"
        assert clock.waits == [0.5]
    else:
        with pytest.raises(CouldNotLook):
            Deadline(10).retry(ask)


def test_the_pauses_between_two_tries_grow_and_end_with_the_deadline(clock: Clock) -> None:
    with pytest.raises(CouldNotLook, match="unreachable"):
        Deadline(4).retry(Asked(*raising(*[Cause.UNREACHABLE] * 9)))
    assert clock.waits == [0.5, 1.0, 2.0]


def test_an_exception_that_is_no_trouble_of_the_way_is_not_retried() -> None:
    with pytest.raises(KeyError):
        Deadline(4).retry(Asked(KeyError("what")))


def test_asking_until_it_is_so_hands_over_the_first_answer_that_is(clock: Clock) -> None:
    assert Deadline(9).eventually(Asked(1, 2, 3), lambda answer: answer == 3, pause=1) == 3
    assert clock.waits == [1, 1]


def test_seconds_count_and_not_rounds_where_asking_takes_time(clock: Clock) -> None:
    asked, slept = [], []

    def ask() -> None:
        asked.append(clock.now)
        clock.now += 2

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.now += seconds

    Deadline(6).eventually(ask, lambda _: False, pause=1, sleep=sleep)
    assert (asked, slept, clock.waits) == ([0, 3], [1], [0])


def test_asking_ends_when_the_run_is_stopped_however_the_seconds_pass() -> None:
    deadline = Deadline(60)
    with pytest.raises(CouldNotLook, match="interrupted"):
        deadline.eventually(lambda: None, bool, sleep=lambda _: deadline.stop())


@pytest.mark.usefixtures("clock")
def test_asking_until_it_is_so_hands_over_the_last_answer_at_the_deadline() -> None:
    assert Deadline(2).eventually(Asked(1, 2, 3), lambda _: False, pause=1) == 2
