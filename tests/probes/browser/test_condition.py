"""What is wrong with pages: every defect of the broken ones is found, and none on the good ones."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain

import pytest
from playwright.sync_api import Browser

from tests.support.pages.condition_pages import PAGES, serving
from tests.support.pages.tile_browser import context, target
from verifier.probes.browser.condition.defect import Defect
from verifier.probes.browser.condition.probe import PageCondition, condition_of
from verifier.probes.browser.session import opened_browser, opened_context

GOOD, BROKEN = (
    tomllib.loads((PAGES / f"{kind}.toml").read_text(encoding="utf-8"))["page"] for kind in ("good", "broken")
)


class Pages:
    """Every page of the corpus, looked at once."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.look = cache(self._look)

    def _look(self, route: str) -> PageCondition:
        given = context(target(self._url), seconds=120)
        with opened_context(self._browser, given) as opened:
            return condition_of(given, opened, self._url + route, route, {})


def defects(seen: PageCondition) -> list[Defect]:
    """All of them."""
    return [*seen.rules, *(seen.walk.defects if seen.walk else ()), *seen.looks]


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with serving() as url, opened_browser(context(target(url), seconds=600)) as browser:
        yield Pages(browser, url)


def test_nothing_is_found_on_good_pages(pages: Pages) -> None:
    seen = {each["name"]: pages.look(f"/good/{number}") for number, each in enumerate(GOOD)}

    assert {name: [str(it.finding()) for it in defects(each)] for name, each in seen.items() if defects(each)} == {}
    assert [name for name, each in seen.items() if not each.walk or not each.walk.whole or each.walk.unseen] == []
    assert seen["modal dialogs that close and give the focus back"].walk.dialogs == 3  # type: ignore[union-attr]


def test_what_is_broken_is_found_and_nothing_else(pages: Pages) -> None:
    seen = {each["name"]: pages.look(f"/broken/{number}") for number, each in enumerate(BROKEN)}
    expected = {each["name"]: sorted(each["expected"]) for each in BROKEN}

    assert {name: sorted({it.kind for it in defects(each)}) for name, each in seen.items()} == expected
    pictured = Counter(bool(it.content) for it in chain.from_iterable(map(defects, seen.values())))
    assert pictured[False] == 0
