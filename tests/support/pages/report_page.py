"""A report, opened as a file in a browser that records its requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as TookTooLong

CARRIED = ("file:", "data:", "blob:", "about:")
_NOTE_REFUSALS = """
addEventListener("securitypolicyviolation", (event) => console.error(`refused: ${event.blockedURI}`));
"""


@dataclass
class Asked:
    """The requests of a page.

    Attributes:
        elsewhere: addresses outside of the page, answered or not, without those that its policy blocked.
        refused: addresses that the page's own policy blocked.
        errors: other errors of the page.
    """

    elsewhere: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def opened_report(browser: Browser, path: Path) -> Iterator[tuple[Page, Asked]]:
    """As `opened_page`, when the report shows its results."""
    with opened_page(browser, path) as (page, asked):
        results = page.get_by_test_id("tree-section").first
        try:
            results.wait_for(timeout=30_000)
        except TookTooLong:
            # Once in some hundred openings, beside three other browsers, a page of 5 MB is committed and never drawn.
            page.reload(wait_until="commit")
            results.wait_for(timeout=60_000)
        yield page, asked


@contextmanager
def opened_page(browser: Browser, path: Path) -> Iterator[tuple[Page, Asked]]:
    """The page without a network, and its requests until the block ends."""
    asked = Asked()

    def note(text: str) -> None:
        refused = text.removeprefix("refused: ")
        if refused != text:
            asked.refused.append(refused)
        elif "Content Security Policy" not in text:  # recorded already, as refused
            asked.errors.append(text)

    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    try:
        context.add_init_script(_NOTE_REFUSALS)
        context.on("request", lambda it: it.url.startswith(CARRIED) or asked.elsewhere.append(it.url))
        context.on("requestfailed", lambda it: it.failure == "csp" and asked.elsewhere.remove(it.url))
        context.on("console", lambda it: note(it.text) if it.type == "error" else None)
        context.on("weberror", lambda it: asked.errors.append(str(it.error)))
        context.route(lambda url: not url.startswith(CARRIED), lambda route: route.abort())
        page = context.new_page()
        page.goto(path.resolve().as_uri(), wait_until="commit")
        yield page, asked
    finally:
        context.close()


def open_all(page: Page) -> None:
    """Unfold whatever is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
