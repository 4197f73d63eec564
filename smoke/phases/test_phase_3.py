"""Phase 3: the dashboard is complete, and honest while it loads and when it fails."""

import pytest

from verifier.evidence import Cause, CouldNotLook

TILE_API = "**/api/tiles/*"


def tiles_fetched(operator):
    """The tiles that the browser fetches by itself, from a load in which none of them gets an answer."""
    held = []
    operator.page.route(TILE_API, lambda route: held.append(route))  # noqa: PLW0108 - Playwright inspects handlers
    operator.open()
    if not held:
        raise CouldNotLook(Cause.NO_DATA, "this build renders every tile on the server, so none can be seen loading")
    return held


@pytest.mark.proves("phase-features")
def test_the_dashboard_is_complete(operator, measured):
    """Every tile of the plan is there, under its heading."""
    operator.open()
    found = {}
    for tile in operator.dashboard.tile:
        heading = operator.page.locator(tile.css).get_by_role("heading")
        found[tile.id] = heading.first.inner_text() if heading.count() else "missing"

    assert measured(found) == {tile.id: tile.heading for tile in operator.dashboard.tile}


@pytest.mark.proves("phase-features")
def test_a_tile_that_waits_says_that_it_loads(operator, measured):
    """While the answer for a tile is under way, the tile shows that it loads."""
    held = tiles_fetched(operator)
    loading = operator.page.locator(operator.dashboard.loading)
    operator.sees(loading, "a tile that loads")
    measured(f"{loading.count()} of {len(held)} tiles that wait show it")

    assert loading.count() == len(held)


@pytest.mark.proves("phase-features")
def test_a_tile_that_fails_says_so_and_recovers(operator, measured):
    """A tile whose answer fails shows an error, and a retry brings its content back."""
    held = tiles_fetched(operator)
    for route in held:
        route.fulfill(status=500, json={"error": "held back by the suite, in this browser only"})
    failed = operator.page.locator(operator.dashboard.error)
    operator.sees(failed.nth(len(held) - 1), f"{len(held)} tiles in error")
    operator.page.unroute(TILE_API)
    broken = [tile for tile in operator.dashboard.tile if operator.page.locator(tile.css).locator(failed).count()]
    for tile in broken:
        retry = operator.page.locator(tile.css).get_by_role("button", name="Retry")
        operator.click(retry, f"the button «Retry» of {tile.id}")
    operator.sees_no_more(failed, "the error")
    measured(f"{len(broken)} tiles failed and recovered")

    assert len(broken) == len(held)
