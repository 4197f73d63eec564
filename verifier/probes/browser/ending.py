"""Ends a browser with the run: nothing of it goes on, and nothing of what it kept stays on the machine.

Playwright's driver stops its browser and removes its folders itself. It does not where it was killed, or has no time
because the process ends; what stays then is a profile with the cookies of a signed-in session.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser

from verifier.core.deadline import Deadline

LEAVE = 3.0
"""Seconds that the exit of the process waits for a thread to leave Playwright."""
_ENDING = 1.0
"""Seconds for killed processes to be gone."""
_PROFILE = "--user-data-dir="
_SOCKET = "SingletonSocket"
"""A link in the profile to the socket by which a second Chromium finds the first; it has a folder of its own."""


@dataclass
class Traces:
    """What a browser leaves on this machine.

    Attributes:
        folder: for recordings and downloads.
        deadline: of the run.
        left: the thread has left Playwright.
        processes: the browser and its driver, once they run.
        profile: the folder of its profile, which the driver makes elsewhere.
        socket: what the browser listens at, in a folder that it makes for it; the headless shell has none.
    """

    folder: Path
    deadline: Deadline
    left: threading.Event = field(default_factory=threading.Event)
    processes: tuple[psutil.Process, ...] = ()
    profile: Path | None = None
    socket: Path | None = None

    def of(self, browser: Browser) -> int:
        """Note what belongs to a browser that was started; the id of its first process."""
        process = process_of(browser)
        with suppress(psutil.Error):
            first = psutil.Process(process)
            driver = first.parent()
            self.processes = (first, *([driver] if driver and driver.ppid() == psutil.Process().pid else []))
            told = next((each for each in first.cmdline() if each.startswith(_PROFILE)), "")
            self.profile = Path(told.removeprefix(_PROFILE)) if told else None
        if self.profile:
            with suppress(OSError):
                self.socket = (self.profile / _SOCKET).readlink()
        return process

    def remove(self) -> None:
        """End what still runs, and remove the folders."""
        running = list(self.processes)
        for each in self.processes:
            with suppress(psutil.Error):
                running += each.children(recursive=True)
        for each in running:
            with suppress(psutil.Error):
                each.kill()
        psutil.wait_procs(running, timeout=_ENDING)  # what still runs could write into what is removed
        for folder in (self.profile, self.folder):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
        if self.socket:
            with suppress(OSError):  # what else stands there is not the browser's
                self.socket.unlink(missing_ok=True)
                self.socket.with_name("SingletonCookie").unlink(missing_ok=True)
                self.socket.parent.rmdir()


_INSIDE: list[Traces] = []
"""Of the browsers whose threads are inside of Playwright."""


@contextmanager
def left_before_exit(deadline: Deadline) -> Iterator[Traces]:
    """Keep the interpreter from exiting before this thread has left Playwright, whose greenlets would crash.

    What the browser has left on this machine is removed at the end, or at the exit of the process if that comes first.
    """
    traces = Traces(Path(tempfile.mkdtemp(prefix="hotdash-browser-")), deadline)
    _INSIDE.append(traces)
    try:
        yield traces
    finally:
        traces.remove()
        _INSIDE.remove(traces)
        traces.left.set()


@atexit.register
def _leave() -> None:
    inside = list(_INSIDE)
    for each in inside:
        each.deadline.stop()
    for each in inside:
        if not each.left.wait(LEAVE):
            each.remove()


def process_of(browser: Browser) -> int:
    """The id of the browser's first process."""
    session: Any = browser.new_browser_cdp_session()
    told = session.send("SystemInfo.getProcessInfo")
    session.detach()
    return int(next(each["id"] for each in told["processInfo"] if each["type"] == "browser"))
