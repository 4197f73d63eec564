"""By which marks a page tells what its tiles show, and whether a browser can read them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from verifier.core.config.target import Target
from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.browser.section import Dashboard

_SCRIPT = Path(__file__).with_name("selectors.js")


def need_readable_marks(target: Target, dashboard: Dashboard, page: Page) -> None:
    """Make sure that every selector and pattern of the target is one, on a page that is not looked at.

    Raises:
        CouldNotLook: precondition, with the first that is none.
    """
    marks = [dashboard.marks(), *(dashboard.marks(tile) for tile in dashboard.tile)]
    selectors = [each[name] for each in marks for name in each if name != "text"]
    selectors += [dashboard.pattern, dashboard.signed_in, *(tile.selector for tile in dashboard.tile)]
    asked = {"selectors": selectors, "patterns": [each["text"] for each in marks]}
    given = {name: [each for each in dict.fromkeys(values) if each] for name, values in asked.items()}
    if wrong := page.evaluate(_SCRIPT.read_text(encoding="utf-8"), given):
        what = f"{target.file}: dashboard: {wrong}"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="correct it, and run again")
