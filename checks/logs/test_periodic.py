"""Jobs that tell of their success in a rhythm: Google Analytics, and whatever else the target declares."""

import pytest

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import Finding, fail_on
from verifier.core.evidence.readings import Readings

ANALYTICS = "google-analytics"


@pytest.mark.proves("ga-api-health")
@pytest.mark.remedy("see whether the job is scheduled and its credentials for Google Analytics are valid")
def test_analytics_succeeds_often_enough(later_logs, limit, measured, require):
    """On every machine the log tells of a success of Google Analytics at least as often as the definition asks."""
    job = later_logs.job(ANALYTICS)
    gaps, limits = measured(job.gaps()), limit.for_each(later_logs.expected_machines)
    require(later_logs.rhythm_known())
    if not gaps <= limits:
        fail_on(*gaps.findings(limits), *failures(job))
    require(job.succeeded(limit.ceiling))


@pytest.mark.proves("ga-api-health")
@pytest.mark.remedy("see whether the credentials for Google Analytics are valid and its quota is left")
def test_analytics_does_not_fail(later_logs, measured, require):
    """Between the successes of Google Analytics the log tells of no failure."""
    job = later_logs.job(ANALYTICS)
    measured({machine: str(rhythm) for machine, rhythm in job.machines.items()}, "machines")
    if not job.failures():
        require(later_logs.rhythm_known())
    fail_on(*failures(job))


@pytest.mark.proves("periodic-success")
@pytest.mark.remedy("look in the log for the job's last run: it did not start, or ended with an error")
def test_every_other_job_succeeds_often_enough(later_logs, measured, require):
    """On every machine each other periodic job succeeds as often as the target says, and fails never."""
    jobs = [job for job in later_logs.jobs.values() if job.name != ANALYTICS]
    if not jobs:
        raise CouldNotLook(
            Cause.PRECONDITION,
            "the target declares no other periodic job",
            remedy="declare one under [[logs.periodic]], or declare the item not applicable with a reason",
        )
    measured(
        {f"{job.name}, {machine}": str(rhythm) for job in jobs for machine, rhythm in job.machines.items()}, "jobs"
    )
    require(later_logs.rhythm_known())
    fail_on(*(each for job in jobs for each in [*_late(job), *failures(job)]))
    for job in jobs:
        require(job.succeeded(job.every or 0))


def _late(job):
    if job.every is None:
        raise CouldNotLook(Cause.PRECONDITION, f"the target does not say how often '{job.name}' succeeds: every")
    late = job.gaps().findings(Readings(dict.fromkeys(job.machines, job.every)))
    return [each.model_copy(update={"subject": f"{job.name}, {each.subject}"}) for each in late]


def failures(job):
    """A finding for each machine on which the job failed, with the first of its failures."""
    return [
        Finding(
            subject=f"{job.name}, {machine}",
            machine=machine,
            problem="periodic job failed",
            detail=f"{rhythm}: {rhythm.quoted[0]}",
        )
        for machine, rhythm in job.machines.items()
        if rhythm.quoted
    ]
