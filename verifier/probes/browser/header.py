"""The browser in the header of the terminal and in `verdict.json`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from verifier.core.config.contract import Stage
from verifier.core.evidence import CouldNotLook
from verifier.core.execution.collector import Collector
from verifier.core.execution.run import Run
from verifier.probes.browser.path import choose_browser, version


def ask(run: Run, _stages: frozenset[Stage]) -> Iterator[CouldNotLook]:
    """Report that there is no browser."""
    try:
        choose_browser(run.browser, os.environ)
    except CouldNotLook as trouble:
        yield trouble


def lines(run: Run, _collector: Collector, _missing: list[CouldNotLook]) -> list[str]:
    """The browser, its version and its origin."""
    try:
        return [f"browser: {choose_browser(run.browser, os.environ)}"]
    except CouldNotLook:
        return ["browser: none"]


def facts(run: Run) -> dict[str, dict[str, str] | None]:
    """The browser for `verdict.json`; None if no page is opened, or there is no browser."""
    if run.files_only:
        return {"browser": None}
    try:
        found = choose_browser(run.browser, os.environ)
    except CouldNotLook:
        return {"browser": None}
    name, _, number = version(found.path).rpartition(" ")
    return {"browser": {"name": name or Path(found.path).name, "version": number, "origin": found.origin}}
