"""A slow machine is not a slow deployment: the same pages on machines of different speed, judged by the checks."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from tests.support.pages.tile_browser import TileBrowser
from tests.support.runs.toy import CHECKOUT
from verifier.core.config.contract import Limit
from verifier.core.evidence import Cause, CouldNotLook, require
from verifier.core.verdict.outcomes import Notes
from verifier.plugin.fixtures import Measured
from verifier.probes.browser.tiles.calibration import REFERENCE_BUSY, REFERENCE_IDLE, Runner
from verifier.probes.browser.tiles.evidence import TileState

SECONDS = 1.5
MUCH, LONG = 40.0, 2.5
"""How many times slower a machine is, and seconds for which the page that only computes is waited for, and longer."""


@pytest.fixture(scope="module")
def checks() -> ModuleType:
    """The product's own checks of the tiles."""
    spec = importlib.util.spec_from_file_location("the_checks_of_tiles", CHECKOUT / "checks" / "app" / "test_tiles.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge(checks: ModuleType, tiles: TileState, seconds: float = SECONDS) -> None:
    """All that the checks say of these tiles; raises what they raise."""
    limit = Limit(seconds=seconds, statistic="worst", loads=1)
    checks.test_every_tile_shows_content_in_every_load(tiles, limit, Measured(Notes()), require)
    checks.test_every_tile_shows_its_content_within_the_limit(tiles, limit, Measured(Notes()), require)


def test_a_page_that_is_in_time_is_green_although_it_computes(checks: ModuleType, tile_browser: TileBrowser) -> None:
    tiles = tile_browser.state("computed", 0, limit=SECONDS)
    judge(checks, tiles)
    assert tiles.runner


def test_a_page_that_is_late_only_because_the_machine_is_slow_is_unverified(
    checks: ModuleType, tile_browser: TileBrowser
) -> None:
    tiles = tile_browser.state("computed", 0, limit=LONG, slower=MUCH)
    late = max(tiles.seconds_by_tile("worst").values())
    with pytest.raises(CouldNotLook, match="too slow to tell") as told:
        judge(checks, tiles, 0.6 * late)
    assert told.value.cause == Cause.PRECONDITION


@pytest.mark.parametrize("slower", [1.0, 4.0])
def test_a_page_that_waits_for_its_server_is_red_on_any_machine(
    checks: ModuleType, tile_browser: TileBrowser, slower: float
) -> None:
    tiles = tile_browser.state("fetched", 4500, limit=SECONDS, slower=slower)
    with pytest.raises(AssertionError):
        judge(checks, tiles)


def test_a_broken_tile_is_red_on_a_slow_machine_too(checks: ModuleType, tile_browser: TileBrowser) -> None:
    tiles = tile_browser.state("in-error", 0, limit=SECONDS, slower=4.0)
    with pytest.raises(AssertionError, match="It broke"):
        judge(checks, tiles)


@pytest.mark.parametrize(
    ("seconds", "busy", "page", "expected"),
    [
        (REFERENCE_BUSY + REFERENCE_IDLE, REFERENCE_BUSY, 2.0, 0.0),
        (0.1, REFERENCE_BUSY / 2, 2.0, 0.0),
        (4 * REFERENCE_BUSY, 4 * REFERENCE_BUSY, 2.0, 1.5),
        (4 * REFERENCE_BUSY, 4 * REFERENCE_BUSY, 0.0, 0.0),
        (REFERENCE_BUSY + REFERENCE_IDLE + 1, REFERENCE_BUSY, 2.0, 1.0),
    ],
)
def test_only_work_is_stretched_and_only_by_a_slow_machine(
    seconds: float, busy: float, page: float, expected: float
) -> None:
    runner = Runner(seconds=seconds, busy=busy, cpu_share=1.0)
    assert runner.part_of(page) == pytest.approx(expected)
