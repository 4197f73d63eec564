"""What the tile probe sees on pages whose truth is known: when content comes, whether it stays, and where it is."""

from __future__ import annotations

import pytest

from tests.support.pages.tile_browser import TILE, TileBrowser
from verifier.core.evidence import Cause, CouldNotLook, require
from verifier.core.redaction import MASK, REDACTOR
from verifier.core.redaction.known import KnownSpellings
from verifier.probes.browser.tiles import dashboard
from verifier.probes.browser.tiles.dashboard import picture
from verifier.probes.browser.tiles.probe import load_of

COMES = (
    "rendered", "streamed", "fetched", "replaced-in-one-frame", "shown-by-style", "shown-by-sheet", "below-the-fold",
    "skipped-below-the-fold", "in-a-frame", "in-a-frame-of-another-origin", "in-a-frame-out-of-sight",
    "a-frame-in-the-tile", "in-open-shadow", "in-closed-shadow", "in-parsed-shadow", "hydrated", "document-replaced",
    "beside-a-stream", "beside-an-image-that-hangs", "around",
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
NEAR = 500.0
"""Milliseconds; far more than the probe errs on an idle machine, and far less than what is told apart here."""


@pytest.mark.parametrize("kind", COMES)
def test_a_tile_is_timed_wherever_it_is_and_however_it_comes(tile_browser: TileBrowser, kind: str) -> None:
    load, truth = tile_browser.load(kind, 300)

    seen = load.tiles["tile-a"]
    assert seen.state == "healthy", seen
    assert seen.milliseconds == pytest.approx(truth["tile-a"]["inserted"], abs=NEAR)
    assert seen.milliseconds >= 290


@pytest.mark.parametrize("kind", ["nested-and-renamed", "nested-and-replaced"])
def test_a_tile_inside_another_is_found_again_when_its_element_changes(tile_browser: TileBrowser, kind: str) -> None:
    around = [TILE, {"id": "tile-new", "heading": "Around"}]
    load, truth = tile_browser.load(kind, 300, tile=around)

    seen = load.tiles["tile-a"]
    assert seen.state == "healthy", seen
    assert seen.milliseconds == pytest.approx(truth["tile-a"]["inserted"], abs=NEAR)


@pytest.mark.parametrize("kind", NEVER)
def test_a_tile_without_content_is_told_by_what_it_shows(tile_browser: TileBrowser, kind: str) -> None:
    load, _ = tile_browser.load(kind, 200, overrun=1.0)

    seen = load.tiles["tile-a"]
    assert (seen.state, seen.went_back, seen.milliseconds) == (*NEVER[kind], None)


@pytest.mark.parametrize(
    ("marks", "state"),
    [
        ({"ready": None, "text": "^Tile Healthy 4[0-9]$"}, "healthy"),
        ({"ready": ".tile:not(:has(.loading))"}, "healthy"),
        ({"tile": [{"id": "tile-a", "heading": "Tile", "selector": "section", "ready": "h2"}]}, "healthy"),
        ({"text": "43"}, "unmarked"),
        ({"content": ".chart"}, "empty"),
        ({"unconfigured": ".figure"}, "unconfigured"),
    ],
)
def test_a_tile_is_ready_by_selector_by_words_or_by_its_own_state(
    tile_browser: TileBrowser, marks: dict[str, object], state: str
) -> None:
    load, _ = tile_browser.load("fetched", 100, overrun=5.0 if state == "healthy" else 1.0, **marks)
    assert load.tiles["tile-a"].state == state


@pytest.mark.parametrize(
    ("kind", "pattern", "states"),
    [
        ("unexpected", '[data-testid^="tile-"]', {"tile-a": "healthy", "tile-new": "healthy"}),
        ("unexpected-in-error", '[data-testid^="tile-"]', {"tile-a": "healthy", "tile-new": "error"}),
        ("unexpected-by-id", ".tile", {"tile-a": "healthy", "new.one": "error"}),
    ],
)
def test_tiles_that_the_target_does_not_name_are_judged_too(
    tile_browser: TileBrowser, kind: str, pattern: str, states: dict[str, str]
) -> None:
    seen = tile_browser.state(kind, 0, limit=1.0, pattern=pattern)

    assert (seen.states(), seen.expected_tiles) == (states, tuple(states))
    require(seen.all_seen())


def test_a_tile_whose_name_holds_a_secret_is_judged_without_it(
    tile_browser: TileBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(REDACTOR, "_known", KnownSpellings({"new"}))
    monkeypatch.setattr(REDACTOR, "_again", REDACTOR._redacted)  # nothing that was kept before

    seen = tile_browser.state("unexpected-in-error", 0, limit=1.0)

    assert seen.states() == {"tile-a": "healthy", f"tile-{MASK}": "error"}


def test_a_tile_may_be_left_out_with_a_reason(tile_browser: TileBrowser) -> None:
    reason = {"tile-new": "the team of the new tile tries it out", "tile-gone": "it went away long ago"}

    seen = tile_browser.state("unexpected-in-error", 0, limit=1.0, leave_out=reason)

    assert (seen.states(), seen.left_out) == ({"tile-a": "healthy"}, {"tile-new": reason["tile-new"]})
    require(seen.all_seen())


@pytest.mark.parametrize(
    ("kind", "dashboard"),
    [
        ("unexpected-without-a-name", {"pattern": ".tile"}),
        ("unexpected", {"ready": None, "tile": [{**TILE, "ready": ".ready"}]}),
    ],
)
def test_a_tile_that_cannot_be_judged_is_no_pass(
    tile_browser: TileBrowser, kind: str, dashboard: dict[str, object]
) -> None:
    with pytest.raises(CouldNotLook, match="on the page matches the pattern of a tile, and cannot be judged"):
        require(tile_browser.state(kind, 0, limit=1.0, **dashboard).all_seen())


def test_tiles_whose_names_never_end_do_not_hold_the_run_up(tile_browser: TileBrowser) -> None:
    seen = tile_browser.state("unexpected-and-never-the-same", 0, limit=1.0)

    assert set(seen.states().values()) == {"healthy", "missing"}


@pytest.mark.parametrize("marks", [{"error": "..no"}, {"text": "(?P<figure>4)"}, {"pattern": "["}])
def test_marks_that_the_browser_cannot_read_are_named(tile_browser: TileBrowser, marks: dict[str, str]) -> None:
    with pytest.raises(CouldNotLook, match=r"(no CSS selector|no regular expression of JavaScript)") as told:
        tile_browser.load("fetched", **marks)
    assert told.value.cause == Cause.PRECONDITION
    assert next(iter(marks.values())) in told.value.what


@pytest.mark.parametrize(
    ("kind", "cause", "told"),
    [
        ("around-nothing", Cause.UNAUTHORIZED, "shows no frame with http://127.0.0.1"),
        ("around-an-error", Cause.UNREACHABLE, "/broken answers HTTP 500"),
    ],
)
def test_a_page_that_embeds_no_dashboard_says_nothing_of_its_tiles(
    tile_browser: TileBrowser, kind: str, cause: Cause, told: str
) -> None:
    with pytest.raises(CouldNotLook) as caught:
        tile_browser.load(kind, overrun=1.0)

    assert caught.value.cause == cause
    assert told in caught.value.what
    if cause == Cause.UNAUTHORIZED:
        assert caught.value.pictures["page.png"].startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", ["fetched", "around", "in-open-shadow"])
def test_the_time_of_a_tile_is_drawn_on_it_wherever_it_is(tile_browser: TileBrowser, kind: str) -> None:
    with tile_browser.arrival(kind, 100) as arrival:
        label = {"css": "[data-testid='tile-a']", "text": "0.10 s", "content": True}
        shot = picture(arrival, [label, label | {"css": ".nowhere"}])
        drawn = arrival.page.locator("html > div", has_text="0.10 s")

        assert drawn.count() == 1
        assert shot.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("kind", "limit", "kept"), [("fetched", 30.0, False), ("fetched", 0.2, True), ("empty", 0.2, True)]
)
def test_of_a_tile_that_is_late_or_never_comes_a_recording_is_kept(
    tile_browser: TileBrowser, kind: str, limit: float, *, kept: bool
) -> None:
    pictures = tile_browser.state(kind, 400, limit=limit).pictures

    assert {"screenshot.png", "waterfall.svg"} <= set(pictures)
    assert {"tiles-trace.zip", "tiles-requests.har"} <= set(pictures) or not kept
    assert kept or not any(name.startswith("tiles-") for name in pictures)


def test_a_tile_of_the_first_flush_is_seen_without_a_beat(
    tile_browser: TileBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "BEAT", 60.0)

    load, _ = tile_browser.load("rendered", 100, overrun=5.0)

    assert load.tiles["tile-a"].state == "healthy"


@pytest.mark.parametrize(("ms", "settle", "state"), [(1500, 5.0, "unsettled"), (2500, 0.3, "healthy")])
def test_a_page_that_gets_stuck_is_not_waited_for(
    tile_browser: TileBrowser, ms: float, settle: float, state: str
) -> None:
    with tile_browser.arrival("shown-then-stuck", ms, overrun=3.0, settle=settle) as arrival:
        arrival.page.wait_for_timeout(ms)
        assert load_of(arrival).tiles["tile-a"].state == state
        assert picture(arrival, []) == b""


def test_a_page_that_gets_stuck_before_it_reports_is_not_missing_its_tiles(tile_browser: TileBrowser) -> None:
    with pytest.raises(CouldNotLook, match="one of its scripts did not end") as told:
        tile_browser.load("shown-then-stuck", 20, overrun=1.0)
    assert told.value.cause == Cause.TIMEOUT
