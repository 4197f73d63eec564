"""What the log proves, and what it does not: each doubt has its cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from verifier.core.config.target import new_target
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.platform import APP, LogLine
from verifier.core.probe import Context
from verifier.probes.http.client import Reply
from verifier.probes.logs.canary import Control, send_controls
from verifier.probes.logs.errors import LogError
from verifier.probes.logs.evidence import WEAKER, LogState, MachineLog
from verifier.probes.logs.periodic import JobWatch
from verifier.probes.logs.probe import RecentLogState
from verifier.probes.logs.section import Periodic
from verifier.probes.logs.weighing.levels import Level

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=60)


def control(machine: str = "m1", *, logged: bool = True, answered: bool = True, at: datetime = LATER) -> Control:
    status = {"status": 200} if answered else {"cause": Cause.UNREACHABLE, "trouble": "refused"}
    reply = Reply(method="GET", url="https://toy.example/health", at=at, milliseconds=3, **status)
    return Control(machine=machine, mark=f"{machine}-{at}", reply=reply, logged=at if logged else None)


def machine(lines: int = 200, first: float = 1.0, **facts: object) -> MachineLog:
    begin, last = NOON + timedelta(seconds=first), LATER + timedelta(seconds=1)
    told = {"since": NOON, "lines": lines, "first": begin, "last": last, **facts}
    return MachineLog.model_validate(told)


def state(kind: type[LogState] = LogState, **facts: object) -> Any:  # noqa: ANN401 - of that kind
    whole = {
        "asked": "?",
        "where": "the log",
        "at": NOON,
        "again": "fly logs -a toy --no-tail",
        "since": NOON,
        "until": LATER,
        "first": NOON,
        "last": LATER,
        "pages": 3,
        "expected_machines": ("m1",),
        "members": ("m1",),
        "machines": {"m1": machine()},
        "controls": (control(),),
    }
    return kind(**{**whole, **facts})


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({}, None),
        ({"controls": ()}, None),
        ({"machines": {"m1": machine(lines=7)}}, None),
        ({"gaps": ("after 20 pages, reading went on at the present",)}, None),
        ({"gaps": ("reading stopped",), "machines": {"m1": machine(lines=7)}}, Cause.TRUNCATED),
        ({"machines": {}}, Cause.NO_DATA),
        ({"machines": {"m1": machine(lines=0)}}, Cause.NO_DATA),
        ({"controls": (control(logged=False),)}, Cause.STALE_DATA),
        ({"controls": (control(logged=False),), "gaps": ("reading stopped",)}, Cause.TRUNCATED),
        ({"controls": (control(logged=False, at=NOON), control())}, Cause.TRUNCATED),
        ({"controls": (control(answered=False, logged=False),)}, Cause.UNREACHABLE),
        ({"whole_beginning": False}, Cause.TRUNCATED),
        ({"cursor_heeded": False}, Cause.TRUNCATED),
        ({"machines": {"m1": machine(first=31)}}, Cause.TRUNCATED),
        ({"machines": {"m1": machine(first=31, from_start=False)}}, None),
    ],
)
def test_the_first_hundred_lines_are_proved_or_the_doubt_has_a_cause(
    facts: dict[str, Any], cause: Cause | None
) -> None:
    assert doubt(lambda: state(**facts).proved(100)) == cause


def test_all_lines_are_proved_only_without_a_gap() -> None:
    assert doubt(state().whole) is None
    assert doubt(state(gaps=("after 20 pages, reading went on at the present",)).whole) == Cause.TRUNCATED


def test_a_rhythm_needs_a_log_that_goes_on_and_no_control() -> None:
    silent = control(logged=False, at=LATER + timedelta(seconds=30))

    assert doubt(state(controls=(control(logged=False),)).rhythm_known) is None
    assert doubt(state(controls=(control(answered=False, logged=False),)).rhythm_known) is None
    assert doubt(state(controls=(silent,)).rhythm_known) == Cause.STALE_DATA
    assert doubt(state(controls=(control(logged=False, at=NOON), control())).rhythm_known) == Cause.TRUNCATED


def test_an_app_that_does_not_log_requests_has_the_weaker_claim_on_its_checklist() -> None:
    assert WEAKER in state(controls=()).remarks()
    assert WEAKER not in state().remarks()


def test_errors_of_machines_that_are_gone_are_counted_and_not_judged() -> None:
    error = LogError(
        machine="gone",
        provider="app",
        line=3,
        at=NOON,
        last=NOON,
        level=Level.ERROR,
        text="npm error",
        headline="npm",
    )
    seen = state(found=(error,), machines={"m1": machine(), "gone": machine(lines=4)})

    assert seen.errors_within(100) == ()
    assert seen.facts()["not judged"] == "4 lines of machines that are gone"


@pytest.mark.parametrize(("asked_for", "cause"), [(60.0, None), (3600.0, Cause.NO_DATA)])
def test_an_hour_is_watched_only_when_it_is_over(asked_for: float, cause: Cause | None) -> None:
    seen = state(RecentLogState, asked_for=asked_for, lately={"m1": 100})

    assert doubt(seen.watched_whole) == cause


def test_the_newest_lines_of_every_machine_are_needed() -> None:
    assert doubt(state(RecentLogState, asked_for=60.0, lately={"m1": 3}).read_lately) is None
    assert doubt(state(RecentLogState, asked_for=60.0, lately={}).read_lately) == Cause.NO_DATA


def doubt(known: Callable[[], CouldNotLook | None]) -> Cause | None:
    """The cause of the doubt, if there is one."""
    gap = known()
    return gap.cause if gap else None


JOB = Periodic(name="google-analytics", success=r"\[ga\] fetch ok", trouble=r"\[ga\] fetch failed")


def watched(*lines: tuple[float, str]) -> JobWatch:
    watch = JobWatch(JOB)
    for seconds, message in lines:
        watch(LogLine("m1", APP, NOON + timedelta(seconds=seconds), "info", message))
    return watch


def test_the_longest_gap_is_found_wherever_it_is_with_the_failures_in_it() -> None:
    ok, failed = "[ga] fetch ok: 3 rows", "[ga] fetch failed: 403"
    lines = [(0, "listening"), (2, ok), (60, ok), (70, failed), (80, failed), (131, ok), (150, failed)]

    rhythm = watched(*lines).rhythm("m1", NOON, NOON + timedelta(seconds=160), whole=True)

    assert (rhythm.gap, rhythm.failures_in_gap, rhythm.successes, rhythm.failures) == (71.0, 2, 3, 3)
    assert f"{rhythm.gap_from:%H:%M:%S}" == "12:01:00"


@pytest.mark.parametrize(
    ("lines", "until", "gap"),
    [
        ([(0, "listening")], 70, 70.0),
        ([(9, "listening"), (10, "[ga] fetch ok")], 20, 10.0),
        ([(9, "listening"), (79, "[ga] fetch ok")], 80, 70.0),
        ([(0, "listening"), (1, "[ga] fetch ok")], 71, 70.0),
    ],
)
def test_silence_counts_from_the_apps_first_word_to_where_the_log_is_known(
    lines: list[tuple[float, str]], until: float, gap: float
) -> None:
    assert watched(*lines).rhythm("m1", NOON, NOON + timedelta(seconds=until), whole=True).gap == gap


def test_what_came_before_a_lost_beginning_is_no_gap() -> None:
    watch = watched((50, "listening"), (55, "[ga] fetch ok"), (60, "[ga] fetch ok"))

    assert watch.rhythm("m1", NOON - timedelta(hours=1), NOON + timedelta(seconds=61), whole=False).gap == 5.0


def test_two_looks_of_one_run_do_not_take_each_others_requests_for_their_own() -> None:
    target = new_target(title="a test", app="a-test", url="http://127.0.0.1:9")
    context = cast("Context", SimpleNamespace(target=target, url=target.url, run="run"))
    with httpx.Client() as session:
        marks = [each.mark for _ in range(2) for each in send_controls(context, session, ("m1", "m2"), "before")]

    assert len(set(marks)) == 4
    assert all(mark.startswith("run-before-") for mark in marks)
