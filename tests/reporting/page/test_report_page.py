"""The page of a report: it asks no other host, shows what it carries, and carries each content once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, expect

from tests.support.pages.report_page import opened_page, opened_report
from tests.support.pages.tile_browser import context, target
from tests.support.runs.toy import KEPT, Ended, MakeSuite, check, checks, contract
from verifier.probes.browser.session import opened_browser
from verifier.reporting.allure_report.attachments import publish_attachments
from verifier.reporting.allure_report.html import closed_page, once_each

BULK = 300_000
"""Bytes of what several checks attach."""
TEMPLATE = 4_000_000
"""Bytes of a page that carries nothing; with 3 MB of attachments, as base64, it stays below 8 MB."""
MADE = f"""
import io, random
import allure
from PIL import Image, ImageDraw

@pytest.fixture
def attached():
    picture = Image.new("RGB", (640, 480), "white")
    ImageDraw.Draw(picture).rectangle((40, 40, 300, 200), fill="red")
    png = io.BytesIO()
    picture.save(png, "PNG", compress_level=1)
    allure.attach(png.getvalue(), name="screenshot.png", attachment_type=allure.attachment_type.PNG, extension="png")
    bulk = random.Random(1).randbytes({BULK}).hex()[:{BULK}]
    allure.attach(bulk, name="evidence: bulk", attachment_type=allure.attachment_type.TEXT)
"""
ATTACHING = [check(f"number-{each}".replace("-", "_"), "measured(1)", wants="attached, measured") for each in range(5)]
FAILING = check("wrong", "measured(1); raise BrokenPromise(Finding(subject='paint', problem='blue instead of red'))")
NAMES = ["kept", "wrong", *(f"number-{each}" for each in range(5))]
OPEN = "from verifier.reporting.allure_report import html\nhtml.closed_page = lambda page: page\n"
"""Leaves the page as Allure wrote it."""


def written(make_suite: MakeSuite, conftest: str = "") -> Ended:
    files = {"checks/test_toy.py": checks(KEPT, MADE, *ATTACHING, FAILING)}
    return make_suite(files, contract=contract(*NAMES), conftest=conftest).run("--html", "write")


@pytest.fixture(scope="module")
def run(make_suite: MakeSuite) -> Ended:
    ended = written(make_suite)
    assert (ended.folder / "index.html").is_file(), ended.output
    return ended


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser(context(target("http://127.0.0.1:9"), seconds=600)) as opened:
        yield opened


def test_the_page_asks_no_other_host(run: Ended, browser: Browser) -> None:
    with opened_report(browser, run.folder / "index.html") as (page, asked):
        page.wait_for_timeout(500)
        assert (asked.elsewhere, asked.refused, asked.errors) == ([], [], [])


def test_the_page_as_allure_writes_it_is_seen_to_ask(make_suite: MakeSuite, browser: Browser) -> None:
    with opened_report(browser, written(make_suite, OPEN).folder / "index.html") as (page, asked):
        page.wait_for_timeout(500)
        assert [each for each in asked.elsewhere if "googletagmanager" in each] != []


def test_what_a_later_template_asks_for_is_stopped(browser: Browser, tmp_path: Path) -> None:
    asks = (
        '<script src="http://127.0.0.1:9/a.js"></script><img src="http://127.0.0.1:9/b.png">'
        '<link rel="stylesheet" href="http://127.0.0.1:9/c.css">'
        '<script>fetch("http://127.0.0.1:9/d").catch(() => {})</script>'
    )
    (tmp_path / "page.html").write_text(
        closed_page(f"<html><head></head><body>{asks}</body></html>") or "", encoding="utf-8"
    )
    with opened_page(browser, tmp_path / "page.html") as (page, asked):
        page.wait_for_load_state("load")
        page.wait_for_timeout(500)
        assert asked.elsewhere == []
        assert len(set(asked.refused)) == 4


def test_a_page_without_a_head_is_not_published() -> None:
    assert closed_page("<body>no head</body>") is None


@pytest.mark.parametrize("number", [0, 4])
def test_every_check_shows_what_it_attached(run: Ended, browser: Browser, number: int) -> None:
    with opened_report(browser, run.folder / "index.html") as (page, asked):
        page.get_by_test_id("tree-section-title").filter(has_text=f"number-{number}").click()
        page.get_by_test_id("tree-leaf").filter(has_text=f"It is number_{number}.").click()
        page.get_by_text("screenshot.webp").click()
        shown = page.locator("img[src^='blob:'], img[src^='data:image/webp']").first
        expect(shown).to_be_visible()
        assert shown.evaluate("it => [it.naturalWidth, it.naturalHeight]") == [640, 480]
        assert page.get_by_text("missed").count() == 0
        assert (asked.elsewhere, asked.refused, asked.errors) == ([], [], [])


def test_the_page_begins_with_what_failed(run: Ended, browser: Browser) -> None:
    with opened_report(browser, run.folder / "index.html") as (page, _):
        stage, first, *others = page.get_by_test_id("tree-section-title").all_inner_texts()
        assert (stage, "wrong" in first, len(others)) == ("postdeploy", True, len(NAMES) - 1)
        assert "It is wrong." in page.get_by_test_id("tree-leaf").first.inner_text()


def test_the_page_carries_each_content_once(run: Ended) -> None:
    assert (run.folder / "index.html").stat().st_size < TEMPLATE + 1.5 * BULK


def published(tmp_path: Path, *contents: bytes, kind: str = "image/png") -> list[tuple[dict[str, Any], bytes]]:
    """What becomes of attachments: their entries in the result, and what the published files hold."""
    raw, folder = tmp_path / "raw", tmp_path / "published"
    raw.mkdir()
    folder.mkdir()
    entries = []
    for number, content in enumerate(contents):
        (raw / f"{number}.png").write_bytes(content)
        entries.append({"name": "page.png", "source": f"{number}.png", "type": kind})
    result: dict[str, Any] = {"attachments": entries}
    publish_attachments(raw, folder, result)
    return [(each, (folder / each["source"]).read_bytes()) for each in result["attachments"]]


def png(colour: str, mode: str = "RGBA") -> bytes:
    picture = Image.new(mode, (300, 200), "white")
    ImageDraw.Draw(picture).rectangle((20, 20, 120, 90), fill=colour)
    made = io.BytesIO()
    picture.save(made, "PNG", compress_level=0)
    return made.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_keeps_every_pixel_and_loses_weight(tmp_path: Path, mode: str) -> None:
    before = png("#12345678" if mode == "RGBA" else "#123456", mode)
    ((entry, content),) = published(tmp_path, before)
    assert (entry["name"], entry["type"]) == ("page.webp", "image/webp")
    assert len(content) < len(before) / 3
    with Image.open(io.BytesIO(content)) as shown, Image.open(io.BytesIO(before)) as taken:
        assert shown.convert("RGBA").tobytes() == taken.convert("RGBA").tobytes()


def test_a_repeated_content_stands_once_and_each_name_stays() -> None:
    page = 'd("data/attachments/a","QQ=="),d("data/attachments/b","Qg=="),d("data/attachments/c","QQ==")'
    assert once_each(page) == (
        'd("data/attachments/a","QQ=="),d("data/attachments/b","Qg=="),'
        'd("data/attachments/c",window.allureReportData["data/attachments/a"])'
    )


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\xff damaged", b"no picture at all"])
def test_what_is_no_picture_is_kept_as_it_is(tmp_path: Path, content: bytes) -> None:
    ((entry, kept),) = published(tmp_path, content)
    assert (entry["name"], entry["type"], kept) == ("page.png", "image/png", content)


def test_a_picture_too_tall_for_webp_is_kept_as_it_is(tmp_path: Path) -> None:
    made = io.BytesIO()
    Image.new("L", (1, 16_384)).save(made, "PNG")
    ((entry, kept),) = published(tmp_path, made.getvalue())
    assert (entry["type"], kept) == ("image/png", made.getvalue())
