"""Nothing of a browser goes on or stays on the machine, also where its driver cannot see to that."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.support.pages.tile_browser import context, target
from verifier.core.evidence import CouldNotLook
from verifier.probes.browser import ending
from verifier.probes.browser.ending import process_of
from verifier.probes.browser.session import opened_browser

NOWHERE = "http://127.0.0.1:9"
PATIENCE = 60.0


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files, empty; with a short path, because sockets are made in it."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


class Opened:
    """A browser of another thread.

    Attributes:
        driver: its driver.
        processes: the driver, and all that it has started.
    """

    def __init__(self) -> None:
        self.ready, self.over = threading.Event(), threading.Event()
        self.driver = psutil.Process()
        self.processes: list[psutil.Process] = []

    def run(self) -> None:
        """Open it, and keep it until it is over."""
        with opened_browser(context(target(NOWHERE))) as browser:
            self.driver = psutil.Process(process_of(browser)).parent() or self.driver
            self.processes = [self.driver, *self.driver.children(recursive=True)]
            self.ready.set()
            assert self.over.wait(PATIENCE)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run, a moment later."""
    _, running = psutil.wait_procs(processes, timeout=5)
    return [each for each in running if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def test_a_browser_whose_driver_is_killed_goes_with_it(temporary: Path) -> None:
    opened = Opened()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(opened.run)
        assert opened.ready.wait(PATIENCE)
        kept = list(temporary.iterdir())
        opened.driver.kill()
        opened.over.set()
        assert isinstance(future.exception(PATIENCE), CouldNotLook | None)

    assert kept != []
    assert list(temporary.iterdir()) == []
    assert alive(opened.processes) == []


def test_the_exit_of_the_process_ends_a_browser_whose_driver_hangs(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "LEAVE", 0.1)
    opened = Opened()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(opened.run)
        assert opened.ready.wait(PATIENCE)
        opened.driver.send_signal(signal.SIGSTOP)
        try:
            ending._leave()
            kept, running = list(temporary.iterdir()), alive(opened.processes)
        finally:
            with suppress(psutil.NoSuchProcess):
                opened.driver.kill()  # else the thread would wait for it
            opened.over.set()
        assert isinstance(future.exception(PATIENCE), CouldNotLook | None)

    assert kept == []
    assert running == []
