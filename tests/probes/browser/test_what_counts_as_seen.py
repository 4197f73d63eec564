"""What a browser is led to may be no page, or one of another host: then nothing was seen of the target."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.pages.tile_browser import TileBrowser
from tests.support.probe_context import looking_at
from tests.support.servers.scripted import Line, Scripted, answer, scripted
from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.browser.crawl import observe_visits

PAGE = "<!doctype html><html lang=en><title>Dashboard</title><nav><a href='/'>Home</a></nav><h1>Dashboard</h1>"


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
        observe_visits(looking_at(server.url, {}, "led elsewhere", path=path, entry={}))

    assert caught.value.cause == cause
    assert told in caught.value.what


def test_the_tiles_of_another_host_count_where_the_target_names_it(tile_browser: TileBrowser) -> None:
    with pytest.raises(CouldNotLook, match="leads to another host: http://localhost") as caught:
        tile_browser.load("moved-to-another-host")
    assert caught.value.cause == Cause.PRECONDITION
    assert "own_origins" in caught.value.remedy

    other = tile_browser.url.replace("127.0.0.1", "localhost")
    load, _ = tile_browser.load("moved-to-another-host", own_origins=[other])
    assert load.tiles["tile-a"].state == "healthy"
