"""What must stay so in the hour after a deploy: the dashboard answers, and every machine is measured."""

import pytest

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import Finding, fail_on, findings


@pytest.mark.proves("uptime")
def test_the_dashboard_answers_all_the_time(uptime, limit, measured):
    """For the whole time that it is watched, the dashboard answers whoever asks."""
    looks = f"{uptime.asked_times} looks within {uptime.watched:.0f} s"
    unseen = f", {uptime.unseen} more met no network" if uptime.unseen else ""
    measured(f"{uptime.asked_times - uptime.failed} of {looks} were answered{unseen}")
    if uptime.failed:
        told = "; ".join(f"{each.at:%H:%M:%S} UTC: {each}" for each in uptime.failures[:5])
        detail = f"{uptime.failed} of {looks} failed, longest outage {uptime.longest_outage:.1f} s: {told}"
        fail_on(Finding(subject="dashboard", problem="dashboard did not answer", detail=detail, remedy=uptime.again))
    if uptime.watched < limit.seconds:
        raise CouldNotLook(Cause.TIMEOUT, f"watched for {uptime.watched:.0f} s only", remedy="give more --deadline")


@pytest.mark.proves("metrics-collecting")
def test_every_machine_is_measured(collection, limit, measured):
    """Every started machine is scraped, its newest sample is young, and its counters count our own requests."""
    grown = len(collection.counters) - len(collection.still())
    machines = f"{len(collection.collected)} of {len(collection.expected)} machines told of"
    measured(f"{machines}, {grown} of {len(collection.counters)} counters grew")

    within = f"{limit.seconds:g} s"
    missing, old, scraping = collection.missing(), collection.old(limit.seconds), collection.scraped_again
    fail_on(
        *findings(f"no metrics within {within} of the release", missing, on_machines=True, remedy=collection.again),
        *findings("scrape target is down", collection.down(), remedy=scraping),
        *findings("fewer scrape targets than machines", collection.unscraped(), remedy=scraping),
        *findings("newest sample is too old", old, remedy=collection.again),
        *findings("counter stands still after requests", collection.still(), remedy=scraping or collection.again),
    )
