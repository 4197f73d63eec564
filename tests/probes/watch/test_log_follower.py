"""The log of a watch: each line once, whoever watched when it was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from unittest.mock import Mock

import pytest

from tests.support.machines import state
from tests.support.probe_context import looking_at
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.machine import Machine
from verifier.core.platform import LogLine, LogPage
from verifier.core.probe import Context
from verifier.probes.logs.reader import CONTROL_SECONDS
from verifier.probes.watch import log_follower as log_follower_module
from verifier.probes.watch.log_follower import LogFollower
from verifier.probes.watch.signal_reading import SignalReading

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
SECOND = 10**9
GA = [{"name": "google-analytics", "success": "ga ok", "trouble": "ga failed"}]


class Log:
    """A log to which lines are added while it is read; a page holds three."""

    def __init__(self) -> None:
        self.lines: list[LogLine] = []

    def write(self, seconds: float, message: str) -> None:
        moment = int(NOON.timestamp()) * SECOND + int(seconds * SECOND)
        at = NOON + timedelta(seconds=seconds)
        self.lines.append(LogLine("m1", "app", at, "info", message, f"m1-{moment}", moment))

    def log_page(self, cursor: str, machine: str | None = None) -> LogPage:
        assert machine is None
        found = [each for each in self.lines if not cursor or (each.nanoseconds or 0) > int(cursor)][:3]
        return LogPage(tuple(found), str(found[-1].nanoseconds) if found else cursor)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    made = Log()

    @contextmanager
    def opened(_: Context) -> Iterator[Log]:
        yield made

    monkeypatch.setattr(log_follower_module, "opened", opened)
    return made


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    here = [NOON]
    monkeypatch.setattr(log_follower_module, "now", lambda: here[0])
    return here


def follower(context: Context) -> LogFollower:
    return LogFollower(context, state(Machine(id="m1", state="started")), NOON)


@pytest.fixture
def context() -> Context:
    logs: dict[str, Any] = {"periodic": GA}
    made = looking_at("http://toy.test", {}, "run", logs=logs)
    return replace(made, ceiling=lambda _: 65.0, deadline=Deadline(60))


def seen(follower: LogFollower, context: Context) -> dict[str, SignalReading]:
    return cast("dict[str, SignalReading]", follower.look(context))


def test_another_process_finds_the_same_and_nothing_twice(log: Log, time: list[datetime], context: Context) -> None:
    killed = follower(context)
    log.write(-5, "ERROR: before the watch")
    for second in range(1, 9):
        log.write(second, f"request {second}")
    log.write(9, "ERROR: the store is gone")
    time[0] = NOON + timedelta(seconds=10)
    assert len(seen(killed, context)["log"].findings) == 1
    assert seen(killed, context)["log"].findings == ()
    log.write(11, "ERROR: nobody watched as this came")
    time[0] = NOON + timedelta(seconds=12)

    first = seen(killed, context)["log"]
    whole = seen(follower(context), context)["log"]

    assert [each.subject for each in first.findings] == ["ERROR: nobody watched as this came"]
    assert len(whole.findings) == 2
    assert whole.said == "2 new errors, 10 lines in all"
    assert first.said == "1 new errors, 10 lines in all"


def test_requests_that_were_answered_with_an_error_are_told_once(
    log: Log, time: list[datetime], context: Context
) -> None:
    followed = follower(context)
    log.write(1, '{"msg": "request", "method": "GET", "path": "/a?x=1", "status": 502}')
    time[0] = NOON + timedelta(seconds=2)

    (found,) = seen(followed, context)["logged requests"].findings

    assert found.subject == "GET /a"
    assert seen(followed, context)["logged requests"].findings == ()


def test_a_job_that_pauses_too_long_is_found_also_over_a_gap(log: Log, time: list[datetime], context: Context) -> None:
    for second in (1, 30, 60, 160):
        log.write(second, "ga ok")
    time[0] = NOON + timedelta(seconds=161)

    shown = seen(follower(context), context)["google analytics"]

    assert shown.figure == pytest.approx(100)
    assert [each.subject for each in shown.findings] == ["m1"]


def test_a_log_that_does_not_tell_of_the_last_requests_is_not_seen(
    log: Log, time: list[datetime], context: Context
) -> None:
    followed = follower(context)
    log.write(1, "request")
    for seconds in (2.0, 2.0 + CONTROL_SECONDS):
        time[0] = NOON + timedelta(seconds=seconds)
        shown = followed.look(context)["log"]
    assert isinstance(shown, CouldNotLook)
    assert shown.cause == Cause.STALE_DATA

    log.write(3, "request")
    assert isinstance(followed.look(context)["log"], SignalReading)


def test_an_app_that_logs_no_requests_may_be_silent(log: Log, time: list[datetime]) -> None:
    quiet = replace(looking_at("http://toy.test", {}, "run", logs={"requests": "not-logged"}), deadline=Deadline(60))
    followed = follower(quiet)
    log.write(1, "started")
    for seconds in (2.0, 60.0):
        time[0] = NOON + timedelta(seconds=seconds)
        shown = followed.look(quiet)

    assert isinstance(shown["log"], SignalReading)
    assert isinstance(shown["google analytics"], CouldNotLook)


def test_the_end_of_the_log_is_waited_for_and_a_log_that_ends_early_is_said(
    log: Log, time: list[datetime], context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_follower_module, "CONTROL_SECONDS", 0.01)
    monkeypatch.setattr(log_follower_module, "by_hand", lambda _: Mock(logs="fly logs"))
    asked: list[str] = []
    monkeypatch.setattr(log_follower_module, "send_controls", lambda *_: asked.append("m1"))
    followed = follower(context)
    log.write(1, "request")
    time[0] = NOON + timedelta(seconds=5)

    gap = followed.read_to_the_end()
    log.write(6, "request")

    assert gap is not None
    assert gap.cause == Cause.STALE_DATA
    assert followed.read_to_the_end() is None
    assert asked == ["m1", "m1"]


def test_a_log_that_ignores_its_cursor_is_no_whole_log(
    log: Log, time: list[datetime], context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        log, "log_page", lambda *_: LogPage(tuple(log.lines[-3:]), str(log.lines[-1].nanoseconds)), raising=True
    )
    followed = follower(context)
    for second in range(1, 9):
        log.write(second, "request" if second != 4 else "ERROR: the store is gone")
    time[0] = NOON + timedelta(seconds=8)

    followed.look(context)

    gap = followed.lost()
    assert gap is not None
    assert (gap.cause, "ignores the cursor" in str(gap)) == (Cause.TRUNCATED, True)
