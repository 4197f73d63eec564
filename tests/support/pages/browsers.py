"""The browsers of the tests: most use the cheapest, some the one of an ordinary run."""

from __future__ import annotations

import os

from verifier.probes.browser import npm_chromium
from verifier.probes.browser.path import VARIABLE, find_browser, version


def prefer_the_headless_shell() -> None:
    """Use the npm package's browser in this process and its children, unless another one is named.

    It needs a third less CPU time than a full Chromium for the same pages.
    """
    shell = npm_chromium.installed()
    if shell and version(shell):
        os.environ.setdefault(VARIABLE, shell)


def usual_browser() -> str:
    """The default browser of the command: a full Chromium, if there is one."""
    return find_browser(None, {name: value for name, value in os.environ.items() if name != VARIABLE})
