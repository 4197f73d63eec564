"""What the tile probe sees on pages whose truth is known: when content comes, whether it stays, and where it is."""

from __future__ import annotations

import pytest

from tests.rooms.tile_browser import TileBrowser

COMES = (
    "rendered", "streamed", "fetched", "replaced-in-one-frame", "shown-by-style", "shown-by-sheet", "below-the-fold",
    "skipped-below-the-fold", "in-a-frame", "in-a-frame-of-another-origin", "in-a-frame-out-of-sight",
    "a-frame-in-the-tile", "in-open-shadow", "in-closed-shadow", "in-parsed-shadow", "hydrated", "document-replaced",
    "beside-a-stream",
)  # fmt: skip
"""Kinds of pages whose tile comes after a while, and stays."""
NEVER = {
    "missing": ("missing", False),
    "hidden": ("hidden", False),
    "loading": ("loading", False),
    "in-error": ("error", False),
    "shown-then-in-error": ("error", True),
    "shown-then-removed": ("missing", True),
    "empty": ("empty", False),
    "unmarked": ("unmarked", False),
}
"""Kinds of pages whose tile has no content in the end: how it ends, and whether it had content before."""
NEAR = 150.0
"""Milliseconds; far more than the probe errs on an idle machine, and far less than what is told apart here."""


@pytest.mark.parametrize("kind", COMES)
def test_a_tile_is_timed_wherever_it_is_and_however_it_comes(tile_browser: TileBrowser, kind: str) -> None:
    load, truth = tile_browser.load(kind, 300)

    seen = load.tiles["tile-a"]
    assert seen.state == "healthy", seen
    assert seen.milliseconds == pytest.approx(truth["tile-a"]["inserted"], abs=NEAR)
    assert seen.milliseconds >= 290


@pytest.mark.parametrize("kind", NEVER)
def test_a_tile_without_content_is_told_by_what_it_shows(tile_browser: TileBrowser, kind: str) -> None:
    load, _ = tile_browser.load(kind, 200, overrun=1.0)

    seen = load.tiles["tile-a"]
    assert (seen.state, seen.went_back, seen.milliseconds) == (*NEVER[kind], None)
