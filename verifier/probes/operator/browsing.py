"""The browser of a person: the run's own, let in as the target wants, and with a trace of what goes wrong.

Built on the fixtures of pytest-playwright, so that its options (--headed, --slowmo, --tracing) work as known.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import allure
import pytest
from playwright.sync_api import Browser, BrowserContext, Error

from verifier.core.evidence import CouldNotLook
from verifier.core.execution.run import COLLECTOR, RUN
from verifier.plugin.fixtures import FAILED, TRACE
from verifier.probes.browser.artifacts import masked
from verifier.probes.browser.auth import brought_along
from verifier.probes.browser.own_delay import OwnDelay, of_browser
from verifier.probes.browser.path import choose_browser, find_browser
from verifier.probes.browser.session import VIEWPORT, arguments


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse `--headed` where the browser can open no window."""
    if not config.option.headed:
        return
    with suppress(CouldNotLook):  # told by the preflight
        found = choose_browser(config.option.browser_path, os.environ)
        if found.headless_only:
            message = (
                f"--headed: the browser is {found}, which can open no window; "
                "install another one (sudo apt-get install chromium), or name it with --browser-path"
            )
            raise pytest.UsageError(message)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], pytestconfig: pytest.Config) -> dict[str, Any]:
    """The browser that the run found, trusting what the target says is to be trusted."""
    run = pytestconfig.stash[RUN]
    path = find_browser(run.browser, os.environ)
    return {**browser_type_launch_args, "executable_path": path, "args": arguments(run.target)}


@pytest.fixture(scope="session")
def browser_context_args(
    browser_context_args: dict[str, Any], browser: Browser, pytestconfig: pytest.Config
) -> dict[str, Any]:
    """A desktop browser, as the target wants to see one, with what lets it in."""
    run = pytestconfig.stash[RUN]
    brought = {} if run.obstacle else brought_along(run.context(pytestconfig.stash[COLLECTOR]), browser)
    return {**browser_context_args, "user_agent": run.target.user_agent, "viewport": VIEWPORT, **brought}


@pytest.fixture(scope="session")
def own_delay(browser: Browser, pytestconfig: pytest.Config) -> Iterator[OwnDelay]:
    """For how long this machine kept that browser waiting; one for all flows, because each look takes milliseconds."""
    delay = of_browser(browser)
    with delay.kept(pytestconfig.stash[RUN].deadline):
        yield delay


@contextmanager
def traced(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep a trace of a flow that fails, masked; unless the caller asked pytest-playwright for one."""
    if request.config.getoption("--tracing") != "off":
        yield
        return
    # Without the film strip: it doubles what a flow costs, and the snapshots show the page at every step.
    context.tracing.start(snapshots=True)
    try:
        yield
    finally:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "trace.zip"
            with suppress(Error):  # a browser that Ctrl-C has closed has none
                context.tracing.stop(path=path if request.node.stash.get(FAILED, False) else None)
            if path.is_file():
                allure.attach(masked(path.read_bytes()), name=path.name, attachment_type=TRACE, extension="zip")
