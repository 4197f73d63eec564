"""No picture is taken of a page whose text holds a secret, and none of it stays in a trace."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from html import escape

import pytest
from playwright.sync_api import Browser, Page

from tests.support.pages.tile_browser import context, target
from verifier.core.redaction import REDACTOR
from verifier.probes.browser.artifacts import masked
from verifier.probes.browser.screenshot import screenshot, withheld
from verifier.probes.browser.session import opened_browser

SECRET = "plAnted-s3cret&word"
SHADOW = f"<div id=a></div><script>a.attachShadow({{mode: 'open'}}).innerHTML = '<p>{escape(SECRET)}</p>'</script>"
SHOWN = {
    "text": f"<p>your key is {escape(SECRET)}</p>",
    "title": f"<title>{escape(SECRET)}</title>",
    "parts": f"<p><b>{SECRET[:7]}</b><i>{escape(SECRET[7:])}</i></p>",
    "lines": f"<p>{SECRET[:7]}<br>{escape(SECRET[7:])}</p>",
    "field": f'<input value="{escape(SECRET)}">',
    "area": f"<textarea>{escape(SECRET)}</textarea>",
    "frame": f'<iframe srcdoc="<p>{escape(escape(SECRET))}</p>"></iframe>',
    "shadow": SHADOW,
}
HIDDEN = {
    "nothing": "<p>your key is well kept</p>",
    "password": f'<input type="password" value="{escape(SECRET)}">',
    "not shown": f'<p style="display: none">{escape(SECRET)}</p><p>your key</p>',
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser(context(target("http://127.0.0.1:9"), seconds=600)) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    REDACTOR.learn(SECRET)
    return browser.new_page(viewport={"width": 300, "height": 100})


@pytest.mark.parametrize("how", SHOWN)
def test_a_page_that_shows_a_secret_is_not_pictured(page: Page, how: str) -> None:
    page.set_content(SHOWN[how], wait_until="load")
    assert screenshot(page) == withheld()


@pytest.mark.parametrize("how", HIDDEN)
def test_a_page_that_shows_none_is(page: Page, how: str) -> None:
    page.set_content(HIDDEN[how], wait_until="load")
    assert screenshot(page) not in {withheld(), b""}


@pytest.mark.parametrize(("words", "kept"), [(SECRET, False), ("your key", True)])
def test_a_trace_of_a_page_that_shows_a_secret_keeps_no_picture(words: str, kept: bool) -> None:  # noqa: FBT001
    REDACTOR.learn(SECRET)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        line = {"type": "frame-snapshot", "snapshot": {"html": ["P", {}, words]}}
        archive.writestr("trace.trace", json.dumps(line, separators=(",", ":")))
        archive.writestr("resources/page.jpeg", b"\xff\xd8\xff a picture")
    with zipfile.ZipFile(io.BytesIO(masked(made.getvalue()))) as archive:
        assert ("resources/page.jpeg" in archive.namelist()) is kept
        assert SECRET.encode() not in archive.read("trace.trace")
