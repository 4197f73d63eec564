"""What is wrong with pages: every defect of the broken ones is found, and none on the good ones."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest

from tests.support.pages.condition_pages import PAGES, serving
from tests.support.pages.tile_browser import context, target
from verifier.core.deadline import now
from verifier.core.evidence import Cause
from verifier.probes.browser.condition import probe
from verifier.probes.browser.condition.defect import Defect
from verifier.probes.browser.condition.looks import SHIFT
from verifier.probes.browser.condition.probe import WHOLE, Looking, PageCondition, PageConditions, condition_of, tried
from verifier.probes.browser.session import opened_browser, opened_context
from verifier.probes.browser.visits import SETTLED, Vitals, vitals_of

GOOD, BROKEN = (
    tomllib.loads((PAGES / f"{kind}.toml").read_text(encoding="utf-8"))["page"] for kind in ("good", "broken")
)
ROUTES = [f"/{kind}/{number}" for kind, all_ in (("good", GOOD), ("broken", BROKEN)) for number in range(len(all_))]
BROWSERS = 4
"""Side by side, because a look at a page mostly waits for the page."""


def looked_at(url: str, routes: list[str]) -> dict[str, PageCondition]:
    """What is seen on these pages, in a browser of this thread: Playwright's objects cannot leave theirs."""
    given = context(target(url), seconds=600)
    seen = {}
    with opened_browser(given) as browser:
        for route in routes:
            with opened_context(browser, given) as opened:
                seen[route] = condition_of(given, opened, url + route, route, Looking(given, thorough=10))
    return seen


def defects(seen: PageCondition) -> list[Defect]:
    """All of them."""
    return [*seen.rules, *(seen.walk.defects if seen.walk else ()), *seen.looks]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as served:
        yield served


@pytest.fixture(scope="module")
def conditions(url: str) -> dict[str, PageCondition]:
    """Every page of the corpus, looked at once."""
    with ThreadPoolExecutor(BROWSERS) as pool:
        parts = pool.map(lambda first: looked_at(url, ROUTES[first::BROWSERS]), range(BROWSERS))
        return {route: seen for part in parts for route, seen in part.items()}


def test_nothing_is_found_on_good_pages(conditions: dict[str, PageCondition]) -> None:
    seen = {each["name"]: conditions[f"/good/{number}"] for number, each in enumerate(GOOD)}

    assert {name: [str(it.finding()) for it in defects(each)] for name, each in seen.items() if defects(each)} == {}
    assert [name for name, each in seen.items() if not each.walk or not each.walk.whole or each.walk.unseen] == []
    assert seen["modal dialogs that close and give the focus back"].walk.dialogs == 3  # type: ignore[union-attr]


def test_what_is_broken_is_found_and_nothing_else(conditions: dict[str, PageCondition]) -> None:
    seen = {each["name"]: conditions[f"/broken/{number}"] for number, each in enumerate(BROKEN)}
    expected = {each["name"]: sorted(each["expected"]) for each in BROKEN}

    assert {name: sorted({it.kind for it in defects(each)}) for name, each in seen.items()} == expected
    pictured = Counter(bool(it.content) for it in chain.from_iterable(map(defects, seen.values())))
    assert pictured[False] == 0


def test_a_visit_tells_the_layout_shifts_that_came_before_it_was_read(url: str) -> None:
    shifting = next(number for number, each in enumerate(BROKEN) if each["expected"] == ["layout-shift"])
    still = next(number for number, each in enumerate(GOOD) if each["name"].startswith("content that comes later"))

    moved, kept = vitals(url, f"/broken/{shifting}"), vitals(url, f"/good/{still}")

    assert moved.shift is not None
    assert moved.shift > SHIFT
    assert kept.shift is not None
    assert kept.shift <= SHIFT
    assert moved.largest_paint is not None


def vitals(url: str, route: str) -> Vitals:
    """Of the page, read as a visit reads it."""
    given = context(target(url))
    with opened_browser(given) as browser, opened_context(browser, given) as opened:
        page = opened.new_page()
        page.goto(url + route)
        page.evaluate(SETTLED)
        return vitals_of(page)


def test_what_there_is_no_time_for_is_told(url: str) -> None:
    given = context(target(url))
    overlapping = next(number for number, each in enumerate(BROKEN) if "overlapping-text" in each["expected"])
    route = f"/broken/{overlapping}"
    with opened_browser(given) as browser:
        looking = Looking(given, thorough=0)
        first, later = (tried(given, browser, route, looking) for _ in range(2))
        late = tried(given, browser, route, Looking(given, thorough=10, whole=0))
    together = PageConditions(asked="", where="", at=now(), again="look", pages={"/a": first, "/b": later}, thorough=10)

    assert [it.kind for it in first.looks] != []
    assert first.walk is not None
    assert (later.looks, later.walk, later.trouble) == ((), None, "")
    assert [each.told for each in together.not_tried()] == ["/b: 10 s had passed"]
    unlooked = together.looked()
    assert unlooked is not None
    assert (unlooked.cause, "on /b:" in unlooked.what) == (Cause.TIMEOUT, True)
    assert together.seen() is None
    assert "before it was opened" in late.trouble


def test_a_walk_that_is_cut_leaves_the_dashboard_unverified_and_of_another_page_is_a_warning(
    url: str, conditions: dict[str, PageCondition], monkeypatch: pytest.MonkeyPatch
) -> None:
    route = next(route for route, seen in conditions.items() if seen.walk and seen.walk.whole and seen.walk.stops > 3)
    monkeypatch.setattr(probe, "STOPS_OF_FIRST", 1)
    monkeypatch.setattr(probe, "STOPS", 2)
    given = context(target(url))
    with opened_browser(given) as browser:
        looking = Looking(given, thorough=10)
        cut_first, cut_later = (tried(given, browser, route, looking) for _ in range(2))
        monkeypatch.setattr(probe, "STOPS_OF_FIRST", 100)
        whole = tried(given, browser, route, Looking(given, thorough=10))
    first, later = (
        PageConditions(asked="", where="", at=now(), again="look", pages={"/app": seen, "/b": cut_later}, thorough=10)
        for seen in (cut_first, whole)
    )

    unwalked = first.walked()
    assert unwalked is not None
    assert (unwalked.cause, unwalked.what) == (Cause.TRUNCATED, "/app: the walk ended after 1 stops")
    assert later.walked() is None
    assert first.not_tried() == later.not_tried()
    assert [each.told for each in later.not_tried()] == ["/b: the walk ended after 2 stops"]


def test_time_that_this_machine_takes_is_not_counted(url: str) -> None:
    given = context(target(url))
    without, on_top = (Looking(given, thorough=0.0, delay=delay) for delay in (lambda _: 0.0, lambda _: 3600.0))
    for each in (without, on_top):
        each.next_page()

    late = Looking(given, thorough=0.0, whole=0.0, delay=lambda _: 0.0)

    assert (without.in_full(), on_top.in_full()) == (False, True)
    assert late.left() == 0.0
    assert on_top.left() > WHOLE  # as much as the run's own deadline leaves
