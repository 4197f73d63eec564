"""A state of a flow is judged, or it is said why it could not be; it is never passed over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.support.pages.condition_pages import serving
from tests.support.pages.tile_browser import TileBrowser, target
from verifier.core.deadline import Deadline
from verifier.core.verdict.results import CheckResult, Outcome
from verifier.probes.browser.section import Dashboard
from verifier.probes.operator import states
from verifier.probes.operator.person import Operator
from verifier.probes.operator.states import judge, watch_states

BLIND = "() => { Element.prototype.checkVisibility = () => { throw new Error('no such state'); }; }"
"""A page that cannot be looked at."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as served:
        yield served


def judged(tile_browser: TileBrowser, url: str, scratch: Path, *steps: tuple[str, str]) -> CheckResult:
    """Of a flow that opens each of these pages and runs a script in it."""
    run = cast("Any", SimpleNamespace(scratch=scratch, target=SimpleNamespace(url=url)))
    dashboard = target(url, path="/good/0", signed_in=None).section(Dashboard)
    with tile_browser.browser.new_context() as context:
        somebody = Operator(context.new_page(), url, dashboard, Deadline(60))
        watch_states(somebody, run)
        for route, script in steps:
            somebody.step(f"opens {route}")
            somebody.page.goto(url + route)
            somebody.page.evaluate(script)
        somebody.end_step()
    return judge(run, cast("Any", None))


def test_a_state_that_cannot_be_looked_at_leaves_the_promise_unverified(
    tile_browser: TileBrowser, url: str, tmp_path: Path
) -> None:
    seen = judged(tile_browser, url, tmp_path, ("/good/0", "1"), ("/good/1", BLIND))

    assert (seen.outcome, seen.cause) == (Outcome.UNVERIFIED, "precondition")
    assert "/good/1 after 'opens /good/1'" in seen.message
    assert "no such state" in seen.message
    assert seen.measured == "0 violations in 1 states of the flows"


def test_what_was_seen_elsewhere_is_broken_all_the_same(tile_browser: TileBrowser, url: str, tmp_path: Path) -> None:
    seen = judged(tile_browser, url, tmp_path, ("/broken/0", "1"), ("/good/1", BLIND))

    assert (seen.outcome, seen.cause) == (Outcome.FAILED, None)
    assert {each.problem for each in seen.findings} == {"breaks the rule label (critical)"}


def test_a_look_that_did_not_end_is_told(tile_browser: TileBrowser, url: str, tmp_path: Path) -> None:
    (tmp_path / "states").mkdir()
    (tmp_path / "states" / "begun.json").touch()

    seen = judged(tile_browser, url, tmp_path, ("/good/0", "1"))

    assert (seen.outcome, seen.cause) == (Outcome.UNVERIFIED, "interrupted")


def test_more_states_than_are_looked_at_are_told(
    tile_browser: TileBrowser, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "MOST", 1)

    seen = judged(tile_browser, url, tmp_path, ("/good/0", "1"), ("/good/1", "1"))

    assert seen.outcome == Outcome.PASSED
    assert seen.warnings == ("only 1 states of the flows were looked at, and there are more",)
