"""Which browsers the tests use: most of them the cheapest, some the one that a person's run would use."""

from __future__ import annotations

import os

from verifier.probes.browser import npm_chromium
from verifier.probes.browser.path import VARIABLE, find_browser, version


def prefer_the_headless_shell() -> None:
    """Let this process, and what it starts, use the npm package's browser, if it is there and nobody names another.

    It needs a third less processor time than a whole Chromium for the same pages.
    """
    shell = npm_chromium.installed()
    if shell and version(shell):
        os.environ.setdefault(VARIABLE, shell)


def usual_browser() -> str:
    """The one that the command finds by itself: a whole Chromium, where there is one."""
    return find_browser(None, {name: value for name, value in os.environ.items() if name != VARIABLE})
