"""What a browser is led to, or told by a page, may be less than the target: then that is not called seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.pages.tile_browser import TileBrowser, target
from tests.support.probe_context import looking_at
from tests.support.servers.scripted import Line, Scripted, answer, scripted
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.threads import within
from verifier.probes.browser import console, visits
from verifier.probes.browser.console import PageListener
from verifier.probes.browser.section import Dashboard
from verifier.probes.browser.visits import observe_visits

PAGE = "<!doctype html><html lang=en><title>Dashboard</title><nav><a href='/'>Home</a></nav><h1>Dashboard</h1>"

MOST = 20
"""Of what a page tells its browser, instead of a thousand."""


@pytest.fixture(scope="module")
def server() -> Iterator[Scripted]:
    """A page at every address, but for one that leads to another host, and one that is a file."""
    page = answer(PAGE, kind="text/html")
    with scripted({"*": page, "/file": answer(PAGE, kind="text/html", content_disposition="attachment")}) as made:

        def moved(line: Line) -> None:
            answer("", "302 Found", location=f"http://localhost:{made.port}/")(line)

        made.scripts["/moved"] = moved
        yield made


@pytest.mark.parametrize(
    ("path", "cause", "told"),
    [
        ("/moved", Cause.PRECONDITION, "/moved leads to another host: http://localhost:"),
        ("/file", Cause.NO_DATA, "/file: it is a file to download, not a page"),
    ],
)
def test_what_is_no_page_of_the_target_is_not_judged(server: Scripted, path: str, cause: Cause, told: str) -> None:
    with pytest.raises(CouldNotLook) as caught:
        # In a thread of its own, because Playwright may be at work in this one for the tests below.
        within(60, lambda: observe_visits(looking_at(server.url, {}, "led elsewhere", path=path, entry={})))

    assert caught.value.cause == cause
    assert told in caught.value.what


def test_a_route_that_is_not_opened_is_told(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    links = PAGE.replace("</nav>", "<a href='/one'>One</a><a href='/two'>Two</a></nav>")
    server.scripts["/many"] = answer(links, kind="text/html")
    monkeypatch.setattr(visits, "_MOST", 2)

    many, alone = (
        within(60, lambda path=path: observe_visits(looking_at(server.url, {}, "led", path=path, entry={})))
        for path in ("/many", "/")
    )

    assert (list(many.visits), many.links, many.left_out) == (["/many", "/", "/one"], 3, ("/two",))
    assert (list(alone.visits), alone.links, alone.left_out, alone.all_opened()) == (["/"], 0, (), None)
    unseen = many.all_opened()
    assert unseen is not None
    assert (unseen.cause, unseen.what) == (Cause.TRUNCATED, "only 3 routes were opened, and not /two")


def test_the_tiles_of_another_host_count_where_the_target_names_it(tile_browser: TileBrowser) -> None:
    with pytest.raises(CouldNotLook, match="leads to another host: http://localhost") as caught:
        tile_browser.load("moved-to-another-host")
    assert caught.value.cause == Cause.PRECONDITION
    assert "own_origins" in caught.value.remedy

    other = tile_browser.url.replace("127.0.0.1", "localhost")
    load, _ = tile_browser.load("moved-to-another-host", own_origins=[other])
    assert load.tiles["tile-a"].state == "healthy"


@pytest.mark.parametrize(
    ("script", "kept", "full"),
    [
        ("for (let i = 0; i < 5; i++) console.error(i)", 5, False),
        ("for (let i = 0; i < 200; i++) console.error(i)", MOST, True),
        ("for (let i = 0; i < 200; i++) setTimeout(() => { throw new Error(i) })", MOST, True),
        ("for (let i = 0; i < 200; i++) console.log(i)", 0, True),
    ],
    ids=["few", "errors of the console", "exceptions", "lines that are no errors"],
)
def test_a_page_that_floods_the_browser_is_read_up_to_a_number(
    tile_browser: TileBrowser,
    script: str,
    kept: int,
    full: bool,  # noqa: FBT001 - a parameter
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(console, "MOST", MOST)
    page = tile_browser.browser.new_page()
    listener = PageListener(page, tile_browser.url, target(tile_browser.url).section(Dashboard))

    page.evaluate(f"() => {{ {script}; return new Promise((done) => setTimeout(done, 300)) }}")
    page.close()

    assert (len(listener.complaints), listener.full) == (kept, full)
