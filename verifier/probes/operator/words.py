"""The words for what an operator looks at: what it is called, and what a page shows instead."""

from __future__ import annotations

import re

from playwright.sync_api import Error, Locator, Page

from verifier.core.deadline import Deadline
from verifier.core.evidence import CouldNotLook
from verifier.core.redaction import REDACTOR
from verifier.probes.browser.session import unstuck

_LAST_LOOK = 3.0
"""Seconds for what a page shows when it was waited for in vain."""
_SELECTOR = re.compile(r"selector='(.*)'>$")


def named(locator: Locator, what: str) -> str:
    """What a locator is called: by the flow, by its own description, or by its selector."""
    if what or locator.description:
        return what or str(locator.description)
    selector = _SELECTOR.search(str(locator))
    return selector[1] if selector else "what is looked for"


def seen(page: Page, deadline: Deadline) -> str:
    """What the page shows, in a line."""
    try:
        with unstuck(page, deadline, _LAST_LOOK):
            text = " ".join(page.locator("body").inner_text(timeout=0).split())
            return f"the page '{page.title()}': {REDACTOR.cut(text, 200)}…"
    except CouldNotLook:
        return "a page that does not answer: one of its scripts does not end"
    except Error as trouble:
        return f"a page of which nothing can be read: {trouble.message.partition(chr(10))[0]}"
