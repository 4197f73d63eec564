"""The health endpoints."""

import pytest

from verifier.core.evidence import BrokenPromise


@pytest.mark.proves("health-endpoint")
def test_every_health_endpoint_answers(health, measured, require):
    """Every health endpoint answers 200, at the edge and on every machine."""
    statuses = measured(health.statuses())
    expected = dict.fromkeys(health.expected_places, 200)
    if statuses != expected:
        raise BrokenPromise(expected=f"200 at each of {len(expected)} places", seen=differing(statuses, expected))
    require(health.machines_known())


@pytest.mark.proves("health-endpoint")
def test_every_health_endpoint_says_that_all_is_well(health, measured, require):
    """Every health endpoint claims what the target says it claims in good health."""
    claimed, wanted = measured(health.claims()), {place: health.wanted[place] for place in health.expected_places}
    if claimed != wanted:
        raise BrokenPromise(expected=differing(wanted, claimed), seen=differing(claimed, wanted))
    require(health.machines_known())


def differing(found: dict[str, object], expected: dict[str, object]) -> str:
    """The places where the two differ, with what was found."""
    places = [place for place in {**found, **expected} if found.get(place) != expected.get(place)]
    return "; ".join(f"{place}: {found.get(place, 'nothing')}" for place in places)
