"""Validates the selectors and patterns of the target in a browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from verifier.core.config.target import Target
from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.browser.section import Dashboard

_SCRIPT = Path(__file__).with_name("selectors.js")


def need_readable_marks(target: Target, dashboard: Dashboard, page: Page) -> None:
    """Require valid selectors and patterns, tried on an empty page.

    Raises:
        CouldNotLook: precondition, with the first that is invalid.
    """
    marks = [dashboard.marks(), *(dashboard.marks(tile) for tile in dashboard.tile)]
    selectors = [each[name] for each in marks for name in each if name != "text"]
    selectors += [dashboard.pattern, dashboard.signed_in, *(tile.selector for tile in dashboard.tile)]
    asked = {"selectors": selectors, "patterns": [each["text"] for each in marks]}
    given = {name: [each for each in dict.fromkeys(values) if each] for name, values in asked.items()}
    if wrong := page.evaluate(_SCRIPT.read_text(encoding="utf-8"), given):
        what = f"{target.file}: dashboard: {wrong}"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="correct it, and run again")
