"""Readings compare with limits for the same things, and an unseen thing never passes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.core.config.contract import Limit
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence
from verifier.core.evidence.finding import BrokenPromise, Finding
from verifier.core.evidence.readings import Readings

FIGURES = st.dictionaries(st.text(max_size=3), st.floats())


@pytest.mark.parametrize(
    ("seen", "limits", "told"),
    [
        ({}, {}, "nothing was measured: pause"),
        ({"a": 1}, {}, "pause of something unexpected: a"),
        ({}, {"a": 1}, "no pause was seen: a: limit 1 s"),
        ({"a": 2}, {"a": 1}, "pause over the limit: a: 2 s (limit 1 s)"),
        ({"a": math.nan}, {"a": 1}, "pause over the limit: a: nan s (limit 1 s)"),
        ({"a": 1}, {"a": math.nan}, "pause over the limit: a: 1 s (limit nan s)"),
        ({"a": math.inf}, {"a": 1}, "pause over the limit: a: inf s (limit 1 s)"),
        ({"a": 3.4878}, {"a": 3}, "pause over the limit: a: 3.49 s (limit 3 s)"),
        ({"a": 3.00041}, {"a": 3}, "pause over the limit: a: 3.0004 s (limit 3 s)"),
        ({"a": 12345}, {"a": 12344.5}, "pause over the limit: a: 12345 s (limit 12344 s)"),
        ({"a": 1e-9}, {"a": 0}, "pause over the limit: a: 1e-09 s (limit 0 s)"),
    ],
)
def test_readings_that_do_not_hold_say_why(seen: dict[str, float], limits: dict[str, float], told: str) -> None:
    assert [str(each) for each in Readings(seen, what="pause").findings(Readings(limits))] == [told]
    assert not Readings(seen) <= Readings(limits)


def test_every_reading_is_told_not_only_the_first() -> None:
    found = Readings({"a": 2, "b": 2, "c": 0}).findings(Readings({"a": 1, "c": 1, "d": 1}))
    assert [each.subject for each in found] == ["d", "b", "a"]


@pytest.mark.parametrize("reading", [0.0, 0.999, 1.0])
def test_a_reading_up_to_its_limit_holds(reading: float) -> None:
    assert Readings({"a": reading}) <= Readings({"a": 1.0})


@given(FIGURES, FIGURES)
def test_readings_hold_only_for_the_same_things_each_within_its_limit(
    seen: dict[str, float], limits: dict[str, float]
) -> None:
    holds = seen.keys() == limits.keys() and bool(seen) and all(seen[each] <= limits[each] for each in seen)
    assert (Readings(seen) <= Readings(limits)) == holds


def test_a_limit_for_each_thing_includes_the_tolerance() -> None:
    limits = Limit(seconds=30, tolerance=5).for_each(["a", "b"])
    assert dict(limits) == {"a": 35.0, "b": 35.0}


def test_a_limit_for_nothing_holds_for_nothing() -> None:
    assert not Readings({}) <= Limit(seconds=3).for_each([])


def test_evidence_cannot_be_changed_afterwards() -> None:
    seen = Evidence(asked="what", where="here", at=now(), again="ls")
    with pytest.raises(ValueError, match="frozen"):
        seen.asked = "something else"  # type: ignore[misc]


def test_evidence_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        Evidence(asked="what", where="here", at=now().replace(tzinfo=None), again="ls")


def test_what_could_not_be_looked_at_is_no_broken_promise() -> None:
    assert not isinstance(CouldNotLook(Cause.TIMEOUT, "too late"), AssertionError)
    assert isinstance(BrokenPromise(Finding(subject="one", problem="is two")), AssertionError)
