"""The tiles of the dashboard."""

import pytest

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import fail_on
from verifier.probes.browser.tiles.timeline import CONTENT


@pytest.mark.proves("tiles-under-3s")
@pytest.mark.remedy("open the dashboard with the developer tools, and follow the tile's request under Network")
def test_every_tile_shows_content_in_every_load(tiles, limit, measured, require):
    """In every cold load, every tile of the page shows content that stays, and is neither missing nor in error."""
    states = tiles.states()
    measured(states | {tile: f"left out: {why}" for tile, why in tiles.left_out.items()}, "tiles")
    require(tiles.at_rest())
    require(tiles.runner_quick(limit))
    if not set(states.values()) <= set(CONTENT):
        fail_on(*tiles.troubles())
    require(tiles.all_seen())


@pytest.mark.proves("tiles-under-3s")
@pytest.mark.remedy("time the tile's request under Network in the developer tools, and speed up the slowest part")
def test_every_tile_shows_its_content_within_the_limit(tiles, limit, measured, require):
    """Every tile of the page shows its content within the limit, counted from the beginning of the navigation."""
    require(tiles.at_rest())
    seconds = tiles.seconds_by_tile(limit.statistic)
    measured(seconds or "no tile showed content in every load")
    require(tiles.runner_quick(limit))
    assert seconds <= limit.for_each(tiles.expected_tiles)
    if len(tiles.loads) < (limit.loads or 1):
        raise CouldNotLook(Cause.NO_DATA, f"{len(tiles.loads)} cold loads were seen, {limit.loads} are asked for")


@pytest.mark.proves("tiles-under-3s")
@pytest.mark.remedy("look at the tile's request in a second load: what was cached, and what was asked again?")
def test_every_tile_is_there_in_time_for_a_browser_that_was_here_before(tiles, limit, measured, require):
    """With a warm cache, too, every expected tile shows its content within the limit."""
    require(tiles.at_rest())
    seconds = tiles.seconds_by_tile(limit.statistic, warm=True)
    measured(seconds or "no warm load was asked for")
    require(tiles.runner_quick(limit, warm=True))
    if tiles.warm:
        assert seconds <= limit.for_each(tiles.expected_tiles)


@pytest.mark.proves("tiles-under-3s")
def test_a_tile_that_became_clearly_slower_is_told(tiles, accepted, measured, warn):
    """A tile that is clearly slower than in the last accepted release is a warning, even within the limit."""
    samples = tiles.samples()
    slower = accepted.slower(samples)
    measured(accepted.compared(samples))
    if slower:
        warn(f"clearly slower than with {accepted.baseline}: {', '.join(map(str, slower))}")
