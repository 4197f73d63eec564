"""The health endpoints."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("health-endpoint")
@pytest.mark.remedy("read that machine's log of the same time; restart the machine if it alone does not answer")
def test_every_health_endpoint_answers(health, measured, require):
    """Every health endpoint answers 200, at the edge and on every machine."""
    statuses = measured(health.statuses(), "places")
    told = {place: statuses.get(place, "not asked") for place in health.expected_places}
    fail_on(
        *findings(
            "health endpoint does not answer 200",
            {place: answer for place, answer in told.items() if answer != 200},
        )
    )
    require(health.machines_known())


@pytest.mark.proves("health-endpoint")
@pytest.mark.remedy("mend what the answer names as not well; its log says since when")
def test_every_health_endpoint_says_that_all_is_well(health, measured, require):
    """Every health endpoint reports the healthy values that the target declares."""
    claimed = health.claims()
    measured({place: in_words(said) for place, said in claimed.items()}, "places")
    other = {
        place: f"{in_words(claimed.get(place, 'nothing'))} instead of {in_words(health.wanted[place])}"
        for place in health.expected_places
        if claimed.get(place) != health.wanted[place]
    }
    fail_on(*findings("health endpoint does not say that all is well", other))
    require(health.machines_known())


def in_words(claim):
    """What an endpoint claims, as one line."""
    return ", ".join(f"{key}: {value}" for key, value in claim.items()) if isinstance(claim, dict) else str(claim)
