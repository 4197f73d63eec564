"""Runs axe-core on what a page shows: each rule of WCAG 2.2 AA that a program can test."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page

from verifier.probes.browser.condition.defect import Defect, named
from verifier.probes.browser.condition.pictures import box_of, cropped

WCAG_22_AA = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
"""axe-core's tags that together are WCAG 2.2 level AA."""
_PICTURED = 12
"""Elements of one page that are pictured; the others are told by their selectors."""


def broken_rules(page: Page, app: Page | Frame, where: str) -> list[Defect]:
    """The elements that break a rule, one for each rule and element.

    Args:
        page: what is pictured.
        app: the page itself, or the frame that shows the app.
        where: as findings call what is shown.

    Raises:
        playwright.sync_api.Error: the page cannot be read.
    """
    found = [
        _defect(rule, node, where)
        for rule in Axe().run(app, options=WCAG_22_AA).response["violations"]
        for node in rule["nodes"]
    ]
    boxes = [box_of(app, each.selector) if app is page else None for each in found[:_PICTURED]]
    return named(found, [*cropped(page, boxes), *([b""] * (len(found) - len(boxes)))], where)


def _defect(rule: dict[str, Any], node: dict[str, Any], where: str) -> Defect:
    return Defect(
        kind=rule["id"],
        problem=f"breaks the rule {rule['id']} ({rule.get('impact') or 'no impact told'})",
        where=where,
        selector=" ".join(str(each) for each in node["target"]),
        told=rule["help"],
    )
