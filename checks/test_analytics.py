"""Google Analytics, as the log tells of it."""

import pytest

from verifier.evidence import BrokenPromise, Cause, CouldNotLook


@pytest.mark.proves("ga-api-health")
def test_success_is_told_often_enough(analytics, limit, measured):
    """On every machine the log tells of a success at least as often as the definition asks."""
    gaps = measured(analytics.longest_gap_by_machine())
    if not gaps <= limit.for_each(analytics.expected_machines):
        between = f"; between: {'; '.join(analytics.troubles)}" if analytics.troubles else ""
        over = "; ".join(gaps.objections(limit.for_each(analytics.expected_machines)))
        raise BrokenPromise(expected=f"a success line at least every {limit.ceiling:g} s", seen=over + between)
    silent = [machine for machine, count in analytics.successes.items() if count == 0]
    if silent:
        window = (analytics.until - analytics.since).total_seconds()
        what = f"no success line of machine {', '.join(silent)} yet, and the window is only {window:.0f} s long"
        raise CouldNotLook(Cause.NO_DATA, what, remedy=f"run again {limit.ceiling:g} s after the release")


@pytest.mark.proves("ga-api-health")
def test_no_failure_is_told(analytics, measured):
    """Between the successes the log tells of no failure."""
    measured(f"{len(analytics.troubles)} failures, {sum(analytics.successes.values())} successes")

    assert analytics.troubles == ()
