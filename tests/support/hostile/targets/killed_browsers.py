"""Browsers, their pages and their drivers that are killed, or stopped, in the middle of a look."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psutil

from tests.support.hostile.situation import Command, Situation
from tests.support.hostile.targets.pages import DASHBOARD, ERRORS, MINUTE, RED, UNSEEN, environment
from tests.support.servers.scripted import NOT_FOUND, Line, Scripted, head, scripted

PATIENCE = 40.0
Chosen = Callable[[list[str]], bool]
"""Whether a process is meant, by its command line."""


def browser(words: list[str]) -> bool:
    """The first process of a browser, which started all its others."""
    return any("--headless" in each for each in words) and not _of_a_kind(words)


def renderer(words: list[str]) -> bool:
    """One that shows a page."""
    return "--type=renderer" in words


def driver(words: list[str]) -> bool:
    """Playwright's, which runs on Node and starts the browser."""
    return "run-driver" in words


def _of_a_kind(words: list[str]) -> bool:
    return any(each.startswith("--type=") for each in words)


def begun(line: Line) -> None:
    """The head of a page, so that the browser has one, and nothing else."""
    line.send(head(content_type="text/html") + b"<!doctype html><title>x</title><nav></nav>")
    line.silent()


def sent(process: subprocess.Popen[str], _: Path, server: Scripted, chosen: Chosen, what: signal.Signals) -> None:
    """Send this to the chosen processes of the run, once its browser has asked for the page."""
    until = time.monotonic() + PATIENCE
    found: list[psutil.Process] = []
    while not found and process.poll() is None:
        if time.monotonic() > until:
            raise TimeoutError("there is no such process")
        time.sleep(0.05)
        if any(" /app" in each for each in server.asked):
            found = [each for each in psutil.Process(process.pid).children(recursive=True) if _is(each, chosen)]
    for each in found:
        with suppress(psutil.NoSuchProcess):
            each.send_signal(what)


def _is(process: psutil.Process, chosen: Chosen) -> bool:
    with suppress(psutil.Error):
        return chosen(process.cmdline())
    return False


@contextmanager
def killed(_: Path, chosen: Chosen, what: signal.Signals = signal.SIGKILL) -> Iterator[Command]:
    """An app whose page is on its way when this happens to the browser."""
    with scripted({"/app": begun, "*": NOT_FOUND}) as server:
        happens = partial(sent, server=server, chosen=chosen, what=what)
        target = DASHBOARD.format(url=server.url)
        yield Command(target, (ERRORS,), environment=environment(), anew=True, while_it_runs=happens)


SITUATIONS = tuple(
    Situation(name, partial(killed, **more), RED, says, MINUTE, slow=True)
    for name, says, more in (
        ("The browser is killed (SIGKILL)", UNSEEN, {"chosen": browser}),
        ("The process of the page is killed (SIGKILL)", UNSEEN, {"chosen": renderer}),
        ("The driver of the browser is killed (SIGKILL)", UNSEEN, {"chosen": driver}),
        ("The browser is stopped (SIGSTOP)", UNSEEN, {"chosen": browser, "what": signal.SIGSTOP}),
        ("The driver is stopped (SIGSTOP)", UNSEEN, {"chosen": driver, "what": signal.SIGSTOP}),
    )
)
