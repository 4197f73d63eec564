"""Shares, quantiles and what they may claim, held to scipy's figures."""

from __future__ import annotations

import math

import pytest
from scipy.stats import binom, binomtest

from verifier.core.evidence import Cause, CouldNotLook, require
from verifier.probes.stats.histogram import Durations, cumulative, measured_times
from verifier.probes.stats.proportion import Position, Sample, Share

NOTHING = Share(hits=0, total=0)
LIMIT, SMALLEST = 0.01, 30


@pytest.mark.parametrize("total", [1, 2, 30, 381, 1600, 100_000])
@pytest.mark.parametrize("share", [0.0, 0.005, 0.02, 0.5, 1.0])
def test_the_interval_is_wilsons(total: int, share: float) -> None:
    hits = round(share * total)
    expected = binomtest(hits, total).proportion_ci(method="wilson")

    assert Share(hits=hits, total=total).interval == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(
    ("hits", "total", "side"),
    [
        (0, 0, Position.TOO_FEW),
        (0, 380, Position.TOO_FEW),
        (0, 381, Position.BELOW),
        (8, 1600, Position.BELOW),
        (1, 5, Position.TOO_FEW),
        (5, 500, Position.TOO_FEW),
        (10, 500, Position.ABOVE),
        (30, 30, Position.ABOVE),
    ],
)
def test_a_share_lies_below_above_or_cannot_be_told(hits: int, total: int, side: Position) -> None:
    assert Share(hits=hits, total=total).side(LIMIT, SMALLEST) == side


@pytest.mark.parametrize(("hits", "total"), [(0, 0), (0, 40), (1, 400), (2, 100), (3, 29)])
def test_the_number_of_missing_requests_is_the_smallest_that_tells(hits: int, total: int) -> None:
    share = Share(hits=hits, total=total)
    missing = share.missing(LIMIT, SMALLEST)
    assert missing is not None

    # The same share of more requests is no whole number of hits.
    before, then = (
        Share.model_construct(hits=share.value * grown, total=grown) for grown in (total + missing - 1, total + missing)
    )
    assert before.side(LIMIT, SMALLEST) == Position.TOO_FEW
    assert then.side(LIMIT, SMALLEST) != Position.TOO_FEW


def test_no_number_tells_a_share_from_a_limit_that_it_equals() -> None:
    assert Share(hits=1, total=100).missing(LIMIT, SMALLEST) is None


def sample(others: tuple[int, int], own: tuple[int, int], **machines: tuple[int, int]) -> Sample:
    shares = {name: Share(hits=hits, total=total) for name, (hits, total) in machines.items()}
    one, two = (Share(hits=hits, total=total) for hits, total in (others, own))
    return Sample(one, two, shares, sample=SMALLEST)


def test_requests_of_our_own_stand_in_for_traffic_that_is_too_thin() -> None:
    sample((0, 12), (0, 381)).enough(LIMIT, "wait")


def test_requests_of_our_own_never_thin_out_the_errors_of_others() -> None:
    seen = sample((2, 12), (0, 2000))

    assert seen.above(LIMIT) == {}
    with pytest.raises(CouldNotLook) as told:
        require(seen.enough(LIMIT, "wait"))
    assert told.value.cause == Cause.NO_DATA
    assert "more would tell" in told.value.what


def test_errors_of_our_own_count_beside_good_traffic_of_others() -> None:
    assert list(sample((0, 4000), (10, 400)).above(LIMIT)) == ["the suite"]


def test_a_bad_machine_is_not_excused_by_good_ones() -> None:
    assert list(sample((10, 4000), (0, 0), a=(10, 400), b=(0, 3600)).above(LIMIT)) == ["machine a"]


@pytest.mark.parametrize(
    ("others", "figure"), [((1, 5), None), ((8, 136), pytest.approx(0.0588, abs=1e-3)), ((0, 40), 0.0)]
)
def test_only_a_sufficient_sample_escalates(others: tuple[int, int], figure: object) -> None:
    assert sample(others, (0, 0)).figure == figure


SECONDS = [0.1] * 90 + [0.4] * 6 + [7.0] * 4


@pytest.mark.parametrize(("limit", "least", "most"), [(5.0, 4, 4), (0.4, 4, 10), (10.0, 0, 0), (0.001, 100, 100)])
def test_a_histogram_bounds_how_many_were_slower(limit: float, least: int, most: int) -> None:
    low, high = measured_times(SECONDS).slower_than(limit)

    assert (low.hits, high.hits) == (least, most)


def test_buckets_of_prometheus_bound_a_limit_between_them() -> None:
    times = cumulative({0.1: 50, 1.0: 80, 10.0: 100, math.inf: 100})

    assert [each.hits for each in times.slower_than(5.0)] == [0, 20]
    assert [each.hits for each in times.slower_than(1.0)] == [20, 20]


def test_counts_that_fall_are_lifted_to_the_ones_before() -> None:
    assert cumulative({0.1: 5, 1.0: 4.4, math.inf: 6}) == Durations(within=((0.1, 5), (1.0, 5), (math.inf, 6)))


@pytest.mark.parametrize("total", [200, 400, 10_000])
def test_a_quantile_lies_between_the_ranks_of_the_binomial(total: int) -> None:
    times = measured_times(number / total for number in range(1, total + 1))
    low, high = times.quantile(0.95)
    exact = binom.ppf([0.025, 0.975], total, 0.95) / total

    assert low <= exact[0] <= 0.95 <= exact[1] <= high
    assert high - low < 0.4 * (exact[1] - exact[0]) + 0.2


def test_a_small_sample_does_not_bound_a_p95() -> None:
    assert measured_times([0.1] * 40).quantile(0.95)[1] == math.inf
    assert "no upper bound" in measured_times([0.1] * 40).described(0.95)
