"""A fingerprint of a page as it is served, before scripts run: enough to tell it from a bounce page."""

from __future__ import annotations

import re
from hashlib import sha256

from playwright.sync_api import Error, Frame, Page, Response
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from verifier.core.evidence import Record

_KIND = ("class", "name", "type", "data-testid")
"""Attributes that are part of the fingerprint; ids are often generated for each response."""


class Outline(Record):
    """The structure of a page, without its data.

    Attributes:
        title: the title of the document.
        marked: whether it has the element that only a signed-in user sees.
        asks_password: whether it has a password field.
        shape: a digest of title, headings and kinds of elements; equal for two responses with the same page.
    """

    title: str
    marked: bool
    asks_password: bool
    shape: str


def outline(html: str, mark: str | None) -> Outline:
    """The outline of a page.

    Args:
        html: as it was served.
        mark: the CSS selector of what only a signed-in user sees; one that only a browser knows, such as `:visible`,
            matches nothing.
    """
    page = LexborHTMLParser(html)
    title = page.css_first("title")
    elements = page.root.traverse() if page.root else ()
    kinds = {" ".join([each.tag or "", *(each.attributes.get(name) or "" for name in _KIND)]) for each in elements}
    words = [each.text(strip=True) for each in page.css("title, h1")]
    return Outline(
        title=title.text(strip=True) if title else "",
        marked=bool(mark) and _stands_in(page, mark or ""),
        asks_password=page.css_first("input[type=password]") is not None,
        shape=sha256(re.sub(r"\d+", "", "\n".join([*words, *sorted(kinds)])).encode()).hexdigest()[:16],
    )


def _stands_in(page: LexborHTMLParser, mark: str) -> bool:
    try:
        return page.css_first(mark) is not None
    except SelectolaxError:
        return False


class ServedDocuments:
    """Collects the documents that the frames of a page are served."""

    def __init__(self, page: Page) -> None:
        self._documents: dict[Frame, Response] = {}
        page.on("response", self._hear)

    def outline(self, shown: Page | Frame, mark: str | None) -> Outline | None:
        """The outline of the document in this frame; None if the browser no longer has it."""
        answer = self._documents.get(shown.main_frame if isinstance(shown, Page) else shown)
        try:
            return outline(answer.text(), mark) if answer else None
        except (Error, UnicodeDecodeError):
            return None

    def _hear(self, answer: Response) -> None:
        if answer.request.is_navigation_request():
            self._documents[answer.frame] = answer
