"""Phase 3: the dashboard is complete, and honest while it loads and when it fails."""

import pytest

from verifier.evidence import Cause, CouldNotLook

TILE_API = "**/api/tiles/*"


def without_answers(operator):
    """Open the dashboard while no fetch of a tile is answered; hands over the fetches that wait."""
    held = []
    operator.page.route(TILE_API, lambda route: held.append(route))  # noqa: PLW0108 - Playwright inspects handlers
    operator.open()
    if not held:
        raise CouldNotLook(Cause.NO_DATA, "this build renders every tile on the server, so none can be seen loading")
    return held


def tiles_that_show(operator, *selectors):
    """The tiles in which one of the selectors is found."""
    wanted = operator.page.locator(", ".join(selectors))
    return [each.id for each in operator.dashboard.tile if operator.page.locator(each.css).locator(wanted).count()]


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
    """While the answer for a tile is under way, the tile shows that it loads; none is blank."""
    without_answers(operator)
    operator.sees(operator.page.locator(operator.dashboard.loading), "a tile that loads")
    shown = tiles_that_show(operator, operator.dashboard.loading, operator.dashboard.ready)
    measured(f"{len(tiles_that_show(operator, operator.dashboard.loading))} tiles say that they load")

    assert shown == [tile.id for tile in operator.dashboard.tile]


@pytest.mark.proves("phase-features")
def test_a_tile_that_fails_says_so_and_recovers(operator, measured):
    """A tile whose answer fails shows an error, and a retry brings its content back."""
    for route in without_answers(operator):
        route.fulfill(status=500, json={"error": "held back by the suite, in this browser only"})
    operator.sees(operator.page.locator(operator.dashboard.error), "a tile in error")
    operator.sees_no_more(operator.page.locator(operator.dashboard.loading), "the last tile that loads")
    broken = tiles_that_show(operator, operator.dashboard.error)
    operator.page.unroute(TILE_API)
    for tile in (each for each in operator.dashboard.tile if each.id in broken):
        retry = operator.page.locator(tile.css).get_by_role("button", name="Retry")
        operator.click(retry, f"the button «Retry» of {tile.id}")
    operator.sees_no_more(operator.page.locator(operator.dashboard.error), "the error")
    measured(f"{len(broken)} tiles failed and recovered")

    assert tiles_that_show(operator, operator.dashboard.ready) == [tile.id for tile in operator.dashboard.tile]
