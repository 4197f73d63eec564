"""What tells the states of tiles that nobody has described: classes that mean a state, and not those of data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection

import pytest

from tests.support.pages.tile_browser import TileBrowser
from verifier.core.config.contract import Contract
from verifier.core.config.proposal import target_text
from verifier.core.config.target import new_target
from verifier.core.redaction import Redactor
from verifier.core.survey import Survey
from verifier.probes.browser.console import PageListener
from verifier.probes.browser.survey import pages
from verifier.probes.browser.survey.pages import SeenPage, SeenPages, SeenTile, observe_pages
from verifier.probes.browser.survey.proposal import propose
from verifier.probes.browser.survey.states import States, states_of


def tile(name: str, rest: str, *tokens: str) -> SeenTile:
    return SeenTile(
        id=name, heading=name.title(), selector=f"#{name}", words=f"{name.title()} {rest}".strip(),
        tokens=frozenset((".card", *tokens)), own=frozenset({".card"}),
    )  # fmt: skip


def states(served: Collection[SeenTile], held: Collection[SeenTile], failing: Collection[SeenTile]) -> States:
    page = SeenPage(route="/", status=200, tiles=tuple(served))
    return states_of(SeenPages(pages=(page,), dashboard=page, held=tuple(held), failing=tuple(failing)))


LOADED = (tile("orders", "12 open", ".loaded"), tile("docks", "2 free", ".loaded"))


def test_classes_of_each_state_are_told_apart() -> None:
    held = [tile("orders", "one moment", ".waiting"), tile("docks", "one moment", ".waiting")]
    failing = [tile("orders", "no figure", ".broken"), tile("docks", "no figure", ".broken")]
    found = states(LOADED, held, failing)
    assert (found.loading, found.error, found.ready) == (".waiting", ".broken", ".loaded")
    assert found.moving == ("orders", "docks")


@pytest.mark.parametrize(
    ("token", "loading"),
    [
        (".is-loading", ".is-loading"),
        ('[aria-busy="true"]', '[aria-busy="true"]'),
        (".late", ""),  # one tile alone has it: its data may be late
        (".css-1x2y3z", ""),  # named anew with every build
        (".Card_loading__x8F2a", ""),
    ],
)
def test_a_class_of_one_tile_counts_only_if_it_names_the_state(token: str, loading: str) -> None:
    held = [tile("orders", "12 open", token), LOADED[1]]
    assert states(LOADED, held, LOADED).loading == loading


def test_data_that_changes_between_two_loads_is_no_state() -> None:
    """The queue of the first load must not become a text that no later load may show."""
    later = [tile("orders", "13 open", ".attention"), tile("docks", "1 free", ".loaded")]
    found = states(LOADED, later, LOADED)
    assert (found.moving, found.loading, found.error) == ((), "", "")
    assert all(re.search(found.text[each.id], each.words) for each in (*LOADED, *later))


def test_words_that_several_tiles_say_while_they_wait_are_no_content() -> None:
    held = [tile("orders", "one moment"), tile("docks", "one moment")]
    found = states(LOADED, held, LOADED)
    assert not any(re.search(found.text[each.id], each.words) for each in held)
    assert all(re.search(found.text[each.id], each.words) for each in LOADED)


def test_a_heading_alone_is_no_content() -> None:
    assert not re.search(states(LOADED, (), ()).text["orders"], "Orders")


@pytest.mark.parametrize("heading", ["SEO & Content (a/b)", "1.5 $ [net]", "C:\\x {y} | z^*+?"])
def test_a_heading_is_taken_as_it_is(heading: str) -> None:
    seen = SeenTile(id="x", heading=heading, selector="", words=f"{heading} 7", tokens=frozenset(), own=frozenset())
    text = states([seen], (), ()).text["x"]
    assert re.search(text, seen.words)
    assert set(re.findall(r"\\(.)", text)) <= set("\\^$.|?*+()[]{}/sS")  # JavaScript's `u` refuses other escapes


def proposed(seen: SeenPages, start: str = "/") -> str:
    survey = Survey(None, Contract.model_construct(item=()), start)  # type: ignore[arg-type] - what was seen needs no context
    survey._looks[observe_pages] = seen
    return target_text(propose(survey), head=["#:schema x"], end=["the end"])


def test_a_page_without_tiles_counts_as_one() -> None:
    page = SeenPage(route="/hours", status=200, heading="Opening hours", main="main")
    content = tomllib.loads(proposed(SeenPages(pages=(page,), dashboard=page)))
    assert content["dashboard"]["tile"] == [
        {"id": "page", "heading": "Opening hours", "selector": "main", "text": "Opening hours"}
    ]
    assert new_target(title="a page", app="page", url="http://127.0.0.1:9", **content)


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (SeenPage(route="/", status=200, password=True), "the page behind the login: add [entry]"),
        (SeenPage(route="/", status=404), "call init with the address that you open"),
        (SeenPage(route="/", status=410), "call init with the address that you open"),
    ],
)
def test_a_page_that_is_not_shown_is_not_described(page: SeenPage, told: str) -> None:
    text = proposed(SeenPages(pages=(page,)))
    assert tomllib.loads(text) == {}
    assert told in " ".join(text.replace("\n#", "").split())


def test_what_a_page_says_never_leaves_its_comment() -> None:
    page = SeenPage(route="/", status=200, heading='x\nwrites = "allowed"\r\N{LINE SEPARATOR}y\x00', tiles=LOADED)
    content = tomllib.loads(proposed(SeenPages(pages=(page,), dashboard=page)))
    assert content.keys() == {"dashboard"}


SECRET = "marked-test-data-of-a-token"


@pytest.mark.parametrize("cut", [80, 500])
def test_what_is_cut_of_a_page_holds_no_half_of_a_secret(
    tile_browser: TileBrowser, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    redactor = Redactor()
    redactor.learn(SECRET)
    monkeypatch.setattr(pages, "REDACTOR", redactor)
    told = f"{'y ' * ((cut - 12) // 2)}{SECRET} {'z ' * 400}"
    page = tile_browser.browser.new_page()
    listener = PageListener(page, tile_browser.url, pages._PLAIN)
    page.set_content(f"<main><h1>{told}</h1><section><h2>{told}</h2><p>{told}</p></section></main>")
    looked = page.evaluate(pages.LOOK, pages._WORDS + redactor.longest)
    page.close()

    seen = pages._page(tile_browser.url, "/", 200, looked, listener)

    (only,) = seen.tiles
    for text in (seen.heading, seen.words, only.id, only.heading, only.words):
        assert SECRET[:4] not in text, text
    assert len(seen.words) > cut - 30
