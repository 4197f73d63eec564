"""Pictures of one place of a page, with a frame around what is meant."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Error, Frame, Page

from verifier.probes.browser.screenshot import screenshot, shows_secret, withheld

if TYPE_CHECKING:
    from PIL import Image

HERE = Path(__file__).parent
COMMON = (HERE / "common.js").read_text(encoding="utf-8")
Box = tuple[float, float, float, float]
"""Left, top, width and height in the page, in CSS pixels."""
_AROUND = 60
_HIGHEST = 700
"""Pixels of the picture of a place; a region may be as long as its page."""
_BOX = "(element) => hotdashLook.box(element)"


def box_of(page: Page | Frame, selector: str) -> Box | None:
    """Where the first element of this selector is; nothing, where there is none (or it is in a frame)."""
    page.evaluate(COMMON)
    try:
        found = page.query_selector(selector)
        left, top, width, height = found.evaluate(_BOX) if found else (0, 0, 0, 0)
    except Error:
        return None
    return (left, top, width, height) if width and height else None


def cropped(page: Page, boxes: Sequence[Box | None]) -> list[bytes]:
    """A picture for each box, cut from one of the whole page; an empty one, where there is no box.

    Raises:
        playwright.sync_api.Error: the page cannot be read or pictured.
    """
    if not any(boxes):
        return [b""] * len(boxes)
    if shows_secret(page):
        return [withheld() if each else b"" for each in boxes]
    from PIL import Image  # noqa: PLC0415 - collecting need not load it

    whole = Image.open(io.BytesIO(screenshot(page, full_page=True, timeout=5000))).convert("RGB")
    return [_cut(whole, each) if each else b"" for each in boxes]


def _cut(whole: Image.Image, box: Box) -> bytes:
    left, top, width, height = box
    height = min(height, _HIGHEST)
    place = (
        max(0, int(left) - _AROUND),
        max(0, int(top) - _AROUND),
        min(whole.width, int(left + width) + _AROUND),
        min(whole.height, int(top + height) + _AROUND),
    )
    if place[2] <= place[0] or place[3] <= place[1]:
        return b""  # beside the page
    from PIL import ImageDraw  # noqa: PLC0415 - collecting need not load it

    picture = whole.crop(place)
    x, y = left - place[0], top - place[1]
    ImageDraw.Draw(picture).rectangle((x - 4, y - 4, x + width + 3, y + height + 3), outline="#d4006a", width=3)
    made = io.BytesIO()
    picture.save(made, "PNG", optimize=True)
    return made.getvalue()
