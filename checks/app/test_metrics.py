"""Every machine is scraped by the target's Prometheus."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("metrics-collecting")
@pytest.mark.remedy("compare [metrics] of fly.toml (port and path) with what the app serves, and deploy again")
def test_every_machine_is_measured(collection, limit, measured):
    """Every started machine is scraped, its newest sample is young, and its counters count our own requests."""
    grown = len(collection.counters) - len(collection.still())
    machines = f"{len(collection.collected)} of {len(collection.expected)} machines told of"
    measured(f"{machines}, {grown} of {len(collection.counters)} counters grew")

    within = f"{limit.seconds:g} s"
    missing, old, scraping = collection.missing(), collection.old(limit.seconds), collection.scraped_again
    fail_on(
        *findings(f"no metrics within {within} of the release", missing, on_machines=True),
        *findings("scrape target is down", collection.down(), remedy=scraping),
        *findings("fewer scrape targets than machines", collection.unscraped(), remedy=scraping),
        *findings("newest sample is too old", old),
        *findings("counter stands still after requests", collection.still(), remedy=scraping or collection.again),
    )
