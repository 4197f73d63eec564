"""What records conclude from what was seen: pages, machines, traffic, and whether the release is still the same."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, require
from verifier.core.machine import Machine, Release
from verifier.core.verdict.results import Outcome
from verifier.probes.browser.visits import Complaint, Visit, VisitState
from verifier.probes.fly.auth import authorization
from verifier.probes.http.client import Reply
from verifier.probes.platform import release_pin
from verifier.probes.platform.state import MachineState, PlatformState
from verifier.probes.traffic.probe import TrafficState

ASKED: dict[str, Any] = {"asked": "?", "where": "here", "at": now(), "again": "curl"}


def complaint(text: str, *, first_party: bool = True, known: str | None = None) -> Complaint:
    return Complaint(kind="console", text=text, source="", first_party=first_party, known=known)


def visits(*seen: Visit) -> VisitState:
    return VisitState(**ASKED, visits={each.route: each for each in seen})


def state(*machines: Machine, version: int = 7) -> PlatformState:
    release = Release(id=f"r{version}", version=version, status="complete", created_at=now())
    return PlatformState(**ASKED, machines=machines, release=release)


def traffic(*statuses: int | None, milliseconds: float = 100.0) -> TrafficState:
    replies = tuple(
        Reply(method="GET", url="/", machine="m1", at=now(), status=status, milliseconds=milliseconds)
        for status in statuses
    )
    return TrafficState(**ASKED, expected={"m1": len(replies)}, replies=replies)


def test_own_complaints_are_told_apart_from_foreign_and_known_ones() -> None:
    told = (complaint("own"), complaint("foreign", first_party=False), complaint("old", known="ticket 7"))
    seen = visits(Visit(route="/app", status=200, complaints=told))

    assert seen.complaints(first_party=True) == {"/app": ["console: own ()"]}
    assert seen.complaints(first_party=False) == {"/app": ["console: foreign ()"]}


def test_a_page_that_told_more_than_was_read_is_not_seen_to_be_clean() -> None:
    assert visits(Visit(route="/app", status=200)).heard() is None
    with pytest.raises(CouldNotLook, match="truncated: of what /app told the browser, only the first 1000 messages"):
        require(visits(Visit(route="/app", status=200, cut=True), Visit(route="/", status=200)).heard())


def test_the_complaints_of_an_error_page_say_nothing_and_the_page_is_not_seen() -> None:
    seen = visits(Visit(route="/app", status=500, complaints=(complaint("HTTP 500"),)))

    assert seen.complaints(first_party=True) == {}
    with pytest.raises(CouldNotLook, match="not every route showed a page: /app: 500"):
        require(seen.pages_seen())


@pytest.mark.parametrize(
    ("machine", "down"),
    [
        (Machine(id="m", state="started"), False),
        (Machine(id="m", state="stopped", autostop=True, last_exit="requested"), False),
        (Machine(id="m", state="suspended", autostop=True), False),
        (Machine(id="m", state="stopped", autostop=True, last_exit="exit code 1"), True),
        (Machine(id="m", state="stopped"), True),
        (Machine(id="m", state="a word of next year"), True),
    ],
)
def test_a_machine_that_rests_is_not_down(machine: Machine, down: bool) -> None:  # noqa: FBT001 - a parameter
    assert machine.down is down


def test_a_group_below_its_minimum_is_named() -> None:
    resting = Machine(id="m1", state="stopped", autostop=True, minimum_running=1)

    assert state(resting).short_groups() == {"app": "0 of 1 started"}
    assert state(resting, Machine(id="m2", state="started")).short_groups() == {}


def test_no_started_machine_is_no_answer_for_every_machine() -> None:
    with pytest.raises(CouldNotLook, match="no-data: no machine is started: m1 stopped"):
        _ = state(Machine(id="m1", state="stopped")).started


def test_checks_that_were_not_reported_do_not_count_as_passing() -> None:
    machine = Machine(id="m", state="started", checks={"alive": "passing"}, checks_configured=2)
    seen = MachineState(**dict(state(machine)))

    assert (seen.machines[0].checks_passing, seen.machines[0].checks_configured) == (1, 2)


@pytest.mark.parametrize(
    ("token", "header"),
    [
        ("FlyV1 fm2_abc", "FlyV1 fm2_abc"),
        ("fm2_abc,fm2_def", "FlyV1 fm2_abc,fm2_def"),
        ("Bearer FlyV1 fm1r_abc", "FlyV1 fm1r_abc"),
        ("plain", "Bearer plain"),
        ("bearer plain", "Bearer plain"),
    ],
)
def test_a_token_finds_its_scheme(token: str, header: str) -> None:
    assert authorization(token) == header


def test_server_errors_do_not_count_as_fast_answers() -> None:
    assert dict(traffic(200, 200, 500).percentile_by_machine(0.95)) == {"m1": 0.1}
    with pytest.raises(CouldNotLook, match="answered more than half of the requests with server errors"):
        traffic(200, 500, 503).percentile_by_machine(0.95)


def test_silence_counts_in_full() -> None:
    assert dict(traffic(None, None, milliseconds=10_000).percentile_by_machine(0.95)) == {"m1": 10.0}


def test_the_same_release_at_the_end_is_passed() -> None:
    seen = state(Machine(id="m1", state="started", release="7"))

    assert release_pin.release_unchanged(lambda: seen, lambda: seen).outcome == Outcome.PASSED


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (state(Machine(id="m1", state="started", release="8"), version=8), "release 7 → 8; machine m1: release 7 → 8"),
        (state(Machine(id="m1", state="started", release="7", digest="other")), "machine m1"),
        (state(Machine(id="m1", state="started", release="7"), Machine(id="m2", state="started")), "machine m2 is new"),
        (state(Machine(id="m2", state="started")), "machine m1 is gone"),
        (
            state(Machine(id="m1", state="stopped", release="7", last_exit="exit code 137")),
            "m1 is stopped (exit code 137)",
        ),
    ],
)
def test_a_change_during_the_run_voids_it_and_names_the_machine(after: PlatformState, told: str) -> None:
    before = state(Machine(id="m1", state="started", release="7"))

    result = release_pin.release_unchanged(lambda: before, lambda: after)

    assert (result.outcome, result.cause) == (Outcome.UNVERIFIED, Cause.STALE_DATA)
    assert told in result.message


def test_a_machine_that_goes_to_rest_is_no_change() -> None:
    before = state(Machine(id="m1", state="started", autostop=True))
    after = state(Machine(id="m1", state="stopped", autostop=True, last_exit="requested"))

    assert release_pin.release_unchanged(lambda: before, lambda: after).outcome == Outcome.PASSED


def test_a_release_that_cannot_be_looked_at_again_is_unverified() -> None:
    def gone() -> PlatformState:
        raise CouldNotLook(Cause.UNREACHABLE, "no answer")

    result = release_pin.release_unchanged(lambda: state(Machine(id="m1", state="started")), gone)

    assert (result.outcome, result.cause) == (Outcome.UNVERIFIED, Cause.UNREACHABLE)
