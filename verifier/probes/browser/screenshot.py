"""Takes pictures of pages, and none of a page whose text holds a secret: nothing can be masked in a picture."""

from __future__ import annotations

import io
from typing import Any

from playwright.sync_api import Page

from verifier.core.redaction import REDACTOR

_SAID = "No picture: the text of this page held a secret of this run."
_WORDS = """() => {
    const words = [document.title, document.body ? document.body.innerText : ""];
    const read = (root) => {
        for (const each of root.querySelectorAll("*")) {
            if (each.shadowRoot) {
                words.push(each.shadowRoot.textContent);
                read(each.shadowRoot);
            }
            if (/^(INPUT|TEXTAREA|SELECT)$/.test(each.tagName) && each.type !== "password") words.push(each.value);
        }
    };
    read(document);
    return words.join("\\n");
}"""
"""What a person can read on the page, in form fields and in open shadow trees, too."""


def screenshot(page: Page, **options: Any) -> bytes:  # noqa: ANN401 - those of Playwright's `screenshot`
    """The page as PNG; where its text holds a secret, a picture that says so.

    Closed shadow trees and what is drawn on a canvas cannot be read.

    Raises:
        playwright.sync_api.Error: the page cannot be read or pictured.
    """
    return withheld() if shows_secret(page) else page.screenshot(**options)


def shows_secret(page: Page) -> bool:
    """Whether a secret can be read in any frame of the page."""
    return any(REDACTOR.holds(frame.evaluate(_WORDS)) for frame in page.frames if not frame.is_detached())


def withheld() -> bytes:
    """What is published in the place of a picture that shows a secret."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - seldom needed, and collecting need not load it

    picture = Image.new("RGB", (440, 40), "white")
    ImageDraw.Draw(picture).text((10, 14), _SAID, fill="black")
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()
