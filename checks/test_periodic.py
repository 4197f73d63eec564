"""Jobs that tell of their success in a rhythm: Google Analytics, and whatever else the target declares."""

import pytest

from verifier.core.evidence import BrokenPromise, Cause, CouldNotLook, Readings

ANALYTICS = "google-analytics"


@pytest.mark.proves("ga-api-health")
def test_analytics_succeeds_often_enough(later_logs, limit, measured, require):
    """On every machine the log tells of a success of Google Analytics at least as often as the definition asks."""
    job = later_logs.job(ANALYTICS)
    gaps, limits = measured(job.gaps()), limit.for_each(later_logs.expected_machines)
    require(later_logs.rhythm_known())
    if not gaps <= limits:
        over = "; ".join([*gaps.objections(limits), job.told(), *job.failures()])
        raise BrokenPromise(expected=f"a success line at least every {limit.ceiling:g} s", seen=over)
    require(job.succeeded(limit.ceiling))


@pytest.mark.proves("ga-api-health")
def test_analytics_does_not_fail(later_logs, measured, require):
    """Between the successes of Google Analytics the log tells of no failure."""
    job = later_logs.job(ANALYTICS)
    measured(job.told())
    if not job.failures():
        require(later_logs.rhythm_known())

    assert job.failures() == []


@pytest.mark.proves("periodic-success")
def test_every_other_job_succeeds_often_enough(later_logs, measured, require):
    """On every machine each other periodic job succeeds as often as the target says, and fails never."""
    jobs = [job for job in later_logs.jobs.values() if job.name != ANALYTICS]
    if not jobs:
        raise CouldNotLook(
            Cause.PRECONDITION,
            "the target declares no other periodic job",
            remedy="declare one under [[logs.periodic]], or declare the item not applicable with a reason",
        )
    measured("; ".join(f"{job.name}: {job.told()}" for job in jobs))
    require(later_logs.rhythm_known())
    over = [line for job in jobs for line in [*_objections(job), *job.failures()]]
    if over:
        raise BrokenPromise(expected="a success of every job in time, and no failure", seen="; ".join(over))
    for job in jobs:
        require(job.succeeded(job.every or 0))


def _objections(job):
    if job.every is None:
        raise CouldNotLook(Cause.PRECONDITION, f"the target does not say how often '{job.name}' succeeds: every")
    return [f"{job.name}, {line}" for line in job.gaps().objections(Readings(dict.fromkeys(job.machines, job.every)))]
