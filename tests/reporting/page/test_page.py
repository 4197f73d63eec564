"""The Definition of Done as a page: the first screen, the filter, escaping, accessibility, printing and size."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support.pages.report_page import Asked, open_all, opened_page
from tests.support.pages.reports import (
    ACCEPTED,
    HOSTILE,
    MACHINES,
    broken,
    faulty,
    giant,
    healthy,
    held,
    lapsed,
    release,
    report,
)
from tests.support.pages.tile_browser import context, target
from tests.support.runs.records import item, record
from verifier.core.config.target import new_target
from verifier.core.evidence.finding import Finding
from verifier.core.verdict.results import Outcome
from verifier.probes.browser.session import by_hand, opened_browser
from verifier.reporting.model import JudgedCheck, Report
from verifier.reporting.page import write_page

REPORTS = {"healthy": healthy, "faulty": faulty, "giant": giant, "release": release}
Shown = Callable[[Report], AbstractContextManager[tuple[Page, Asked]]]
"""Opens the page of a report."""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>Beats &amp; pauses</title>{}</svg>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser(context(target("http://127.0.0.1:9"), seconds=600)) as opened:
        yield opened


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Shown:
    """Opens the page of a report at 1280 × 800."""

    @contextmanager
    def opened(made: Report) -> Iterator[tuple[Page, Asked]]:
        with opened_page(browser, write_page(tmp_path, made, ACCEPTED)) as (page, asked):
            page.set_viewport_size({"width": 1280, "height": 800})
            page.wait_for_load_state("load")
            yield page, asked

    return opened


def items(page: Page) -> list[str]:
    """The ids of the items that the checklist shows."""
    return [each.text_content() or "" for each in page.locator(".item:visible .promise > .id").all()]


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_asks_for_nothing_and_complains_of_nothing(shown: Shown, name: str) -> None:
    with shown(REPORTS[name]()) as (page, asked):
        open_all(page)
        page.wait_for_timeout(200)
        assert (asked.elsewhere, asked.refused, asked.errors) == ([], [], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["healthy", "faulty", "release"])
def test_the_page_is_accessible(shown: Shown, name: str, scheme: str) -> None:
    with shown(REPORTS[name]()) as (page, _):
        page.emulate_media(color_scheme=scheme)
        open_all(page)
        told = Axe().run(page)
        assert {each["id"]: [node["html"] for node in each["nodes"]] for each in told.response["violations"]} == {}


def test_the_first_screen_holds_the_verdict_what_it_covers_and_everything_that_is_broken(shown: Shown) -> None:
    with shown(faulty()) as (page, _):
        assert page.locator("h1").inner_text() == "NOT DONE"
        header = page.locator("body > header").inner_text()
        for words in (
            "1 of 10 items verified; 5 failed, 2 unverified, 1 waived, 1 not applicable", "toy, a toy",
            "41 (complete)", "deployment-01J", "2026-01-31 12:00 UTC, took 65 s", "release 40, accepted 2026-01-30",
        ):  # fmt: skip
            assert words in header
        cards = page.locator("#broken .card").all()
        assert len(cards) == 5
        for card in cards:
            box = card.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 800
            for words in ("The toy is broken-", "critical", "Escalate immediately, because it failed", "fly status"):
                assert words in card.inner_text()
        assert "problem 0 of the toy" in cards[0].inner_text()
        assert "public.table_0" in cards[0].inner_text()


def test_what_was_not_seen_is_told_once_with_its_items_and_what_to_do(shown: Shown) -> None:
    with shown(faulty()) as (page, _):
        causes = page.locator("#unseen .causes > li")
        assert causes.count() == 1
        for words in ("no TOY_TOKEN in the environment", "2 items: dark, dim", "export TOY_TOKEN=…"):
            assert words in causes.inner_text()


def test_a_release_shows_its_runs_and_what_nobody_judged(shown: Shown) -> None:
    with shown(release()) as (page, _):
        rows = page.locator("#runs tbody tr")
        assert [row.split("\t") for row in rows.all_inner_texts()] == [
            ["dead", "", "incomplete", "", "0", "it did not end"],
            ["0123", "postdeploy", "DONE", "2026-01-31 12:00 UTC", "1", ""],
        ]
        forgotten = page.locator(".item").filter(has_text="The toy is forgotten")
        assert "not judged" in forgotten.inner_text()
        page.get_by_label("Outcome").select_option("not judged")
        assert items(page) == ["forgotten"]
        open_all(page)
        assert "as run 0123 saw it" in (page.locator("#item-fine").text_content() or "")


def test_what_is_waived_or_not_applicable_stands_in_the_checklist_with_its_reason(shown: Shown) -> None:
    with shown(faulty()) as (page, _):
        rows = {name: page.locator(".item").filter(has_text=f"The toy is {name} ") for name in ("excused", "elsewhere")}
        assert "known until the move" in rows["excused"].inner_text()
        assert "the toy has no database" in rows["elsewhere"].inner_text()
        titles = page.locator(".stage > h3").all_inner_texts()
        assert [each.partition(" ")[0] for each in titles] == [
            "Pre-Deployment",
            "Deployment",
            "Post-Deployment",
            "Monitoring",
        ]
        assert "not judged in this run" in titles[0]
        assert page.locator("#machines tbody tr").count() == len(MACHINES)
        assert "old: blue: wall" in page.locator("main").inner_text()


def test_the_filter_works_by_keyboard(shown: Shown) -> None:
    with shown(faulty()) as (page, _):
        everything = items(page)
        page.get_by_label("Search").focus()
        page.keyboard.type("FINE toy")
        assert items(page) == ["fine"]
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.press("Delete")
        page.keyboard.press("Tab")
        page.keyboard.type("failed")
        assert items(page) == [f"broken-{number}" for number in range(5)]
        assert page.locator("#filter output").inner_text() == "5 of 10 items shown"
        page.keyboard.press("Tab")
        page.keyboard.type("minor")
        assert items(page) == []
        for _ in range(2):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#filter output")).to_have_text("10 of 10 items shown")
        assert items(page) == everything


def test_the_filter_by_machine_leaves_its_items_and_its_rows(shown: Shown) -> None:
    with shown(faulty()) as (page, _):
        page.locator("select[name=machine]").select_option(MACHINES[9])
        assert items(page) == ["broken-3", "broken-4", "fine"]
        open_all(page)
        rows = page.locator(".item .body tr[data-m]:visible").all_inner_texts()
        assert rows
        assert [each for each in rows if MACHINES[9] not in each] == []


def test_a_link_to_a_broken_item_opens_it(shown: Shown) -> None:
    with shown(faulty()) as (page, _):
        page.locator("#broken a").nth(2).click()
        expect(page.locator("#item-broken-2")).to_be_visible()


def test_a_command_is_copied_without_a_question(shown: Shown) -> None:
    with shown(faulty()) as (page, asked):
        button = page.locator("#broken .copy").first
        button.focus()
        page.keyboard.press("Enter")
        assert button.inner_text() == "Copied"
        assert page.get_by_role("status").last.inner_text() == "Copied to the clipboard"
        page.get_by_label("Search").focus()
        page.keyboard.press("ControlOrMeta+v")
        assert page.get_by_label("Search").input_value() == "fly logs -a toy"
        assert asked.errors == []


def test_the_command_that_opens_a_browser_is_one_to_copy_and_no_word_is_wider_than_the_page(shown: Shown) -> None:
    spki = "y76FAG0nF+Ow6wD31BqrfuNytI2+Oms3mp7i8EgdAEw="
    pinned = new_target(title="pinned", app="toy", url="https://127.0.0.1:9", tls={"spki": spki})
    by_browser = by_hand(pinned, "https://127.0.0.1:9/app")
    check = JudgedCheck(check="c", title="It is fast.", outcome=Outcome.FAILED, looked=(f"again: {by_browser}",))
    slow = item("slow", Outcome.FAILED, checks=(check,))
    wide = item("wide", Outcome.FAILED, checks=(check.model_copy(update={"looked": ("again: look at " + "x" * 400,)}),))
    with shown(record(slow, wide)) as (page, _):
        page.set_viewport_size({"width": 1000, "height": 800})
        assert by_browser in page.locator("#broken .command").all_inner_texts()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1000


def test_without_script_everything_can_be_read(browser: Browser, tmp_path: Path) -> None:
    plain = browser.new_context(java_script_enabled=False)
    try:
        page = plain.new_page()
        page.goto(write_page(tmp_path, faulty(), ACCEPTED).as_uri())
        assert page.locator(".item").count() == 10
        assert not page.locator("#filter").is_visible()
        assert page.get_by_role("button", name="Copy").count() == 0
        page.locator(".item > details > summary").filter(has_text="broken-0").click()
        assert page.locator("#item-broken-0").get_by_text("public.table_0").is_visible()
    finally:
        plain.close()


def test_what_a_target_says_is_text(shown: Shown) -> None:
    hostile = Finding(**dict.fromkeys(("subject", "problem", "detail", "remedy", "machine", "place"), HOSTILE))
    item = broken("broken", [hostile], promise=HOSTILE, reason=HOSTILE, value=HOSTILE, escalate={HOSTILE: HOSTILE})
    check = item.checks[0].model_copy(
        update={
            "title": HOSTILE,
            "table": {HOSTILE: HOSTILE, "b": HOSTILE},
            "looked": (f"again: fly {HOSTILE}",),
            "trace": HOSTILE,
        }
    )
    item = item.model_copy(update={"checks": (check, check)})
    cells = {"columns": [HOSTILE], "machines": {HOSTILE: {HOSTILE: {"said": HOSTILE, "well": False}}}}
    side = {"who": HOSTILE, "at": HOSTILE, "said": HOSTILE, "evidence": HOSTILE}
    disagreement = {"title": HOSTILE, "sides": [side, side], "next": f"`{HOSTILE}`"}
    made = report(
        item, title=HOSTILE, target=HOSTILE, matrix=cells, contradictions=(disagreement,), waivers=(lapsed(HOSTILE),)
    )
    with shown(made) as (page, asked):
        open_all(page)
        assert page.locator("script").count() == 1
        assert page.locator("img").count() == 0
        assert "taken" not in page.title().partition("<script>")[0]
        assert page.evaluate("document.title").startswith("NOT DONE")
        assert page.get_by_text(HOSTILE, exact=True).count() > 10
        assert (asked.elsewhere, asked.refused, asked.errors) == ([], [], [])


@pytest.mark.parametrize("name", ["healthy", "faulty"])
def test_it_prints_on_two_pages_with_details_closed(shown: Shown, name: str) -> None:
    made = REPORTS[name]()
    usual = (held(f"more-{number}") for number in range(22 - len(made.items)))
    with shown(made.model_copy(update={"items": (*made.items, *usual)})) as (page, _):
        open_all(page)
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) <= 2
        page.emulate_media(media="print")
        assert page.locator(".item .body:visible, #filter:visible, .copy:visible").count() == 0
        assert page.locator("h1").evaluate("it => getComputedStyle(it).color") == "rgb(0, 0, 0)"


def picture(folder: Path, name: str, content: str, test: str = "checks/test_toy.py::test_fine") -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.svg").write_text(content, encoding="utf-8")
    attached = [{"name": f"{name}.svg", "source": f"{name}.svg", "type": "image/svg+xml"}]
    (folder / f"{name}-result.json").write_text(
        json.dumps({"fullName": test, "attachments": attached}), encoding="utf-8"
    )


def test_a_picture_of_a_probe_is_shown_once_and_runs_nothing(shown: Shown, tmp_path: Path) -> None:
    for name in ("first", "second"):
        picture(tmp_path / "allure-results", name, SVG.format("<script>parent.document.title = 'taken'</script>"))
    with shown(report(held("fine"))) as (page, asked):
        page.locator(".item > details > summary").click()
        images = page.locator("img")
        assert images.count() == 1
        assert images.get_attribute("alt") == "Beats & pauses"
        assert images.evaluate("it => it.naturalWidth") == 9
        assert page.title().startswith("NOT DONE")
        assert (asked.elsewhere, asked.refused, asked.errors) == ([], [], [])
