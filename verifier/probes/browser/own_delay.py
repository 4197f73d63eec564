"""Measures for how long this machine kept the browser waiting for a processor, so that it is not taken for the app.

Linux counts for each thread the time in which it could have run and had no processor (the second figure of
`/proc/PID/schedstat`: Documentation/scheduler/sched-stats.rst of the kernel); here that of each process's main thread.
On other systems only the delay of this process is known, by how late it wakes.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import psutil
from playwright.sync_api import Browser

from verifier.core.deadline import Deadline, monotonic
from verifier.probes.browser.ending import process_of

TICK = 2.0
"""Seconds between two looks; each takes some milliseconds."""
_KEPT = 120
"""Looks that are kept: longer than any single wait."""
NOISE = 0.1
"""The share of a wait below which a delay means nothing: an idle machine delays by some milliseconds a second."""
REMEDY = "run again on a machine that has nothing else to do"


class OwnDelay:
    """The delay of this process, the browser, and what else this process has started; kept up by a thread of its own.

    At any time the process counts that was delayed the most: a page is waited for by one after the other, and never
    for longer than the wait took.

    Args:
        processes: those that are looked at, asked for each time, because a page may get another one.
    """

    def __init__(self, processes: Callable[[], list[int]]) -> None:
        self._processes = processes
        self._lock = threading.Lock()
        self._waited = self._counters()
        self._total = 0.0
        self._looks = deque([(monotonic(), 0.0)], _KEPT)

    def since(self, began: float) -> float:
        """Seconds of delay since then, by the clock of `deadline.monotonic`; at most the seconds that have passed.

        What came between two looks is shared out evenly over the time between them.
        """
        self.look()
        with self._lock:
            looks = list(self._looks)
        lost = 0.0
        for (start, before), (end, after) in pairwise(looks):
            if end > max(start, began):
                lost += (after - before) * min(1.0, (end - began) / (end - start))
        return min(lost, max(0.0, looks[-1][0] - began))

    def look(self, planned: float = 0.0) -> None:
        """Add what has come since the last look.

        Args:
            planned: seconds after which this look was to come; it is late by the rest.
        """
        with self._lock:
            counters, at = self._counters(), monotonic()
            passed = at - self._looks[-1][0]
            delays = [value - self._waited.get(process, 0.0) for process, value in counters.items()]
            late = passed - planned if planned else 0.0
            self._total += min(passed, max([late, *delays], default=0.0))
            self._waited = counters
            self._looks.append((at, self._total))

    @contextmanager
    def kept(self, deadline: Deadline) -> Iterator[None]:
        """Look every other second until the block ends, or the run is stopped."""
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(TICK) and not deadline.stopped:
                self.look(TICK)

        thread = threading.Thread(target=watch, name="own delay", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _counters(self) -> dict[int, float]:
        """Process → seconds that its first thread has waited for a processor since it began."""
        found = {}
        for process in self._processes():
            with suppress(OSError, ValueError, IndexError):  # it has ended, or this is no Linux
                found[process] = int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
        return found


def of_browser(browser: Browser | None) -> OwnDelay:
    """The delay of this browser and its driver, of this process, and of the deployment that it may have started.

    Other browsers of this process are left out: they may be delayed by what they do themselves.
    """
    driver = psutil.Process(process_of(browser)).parent() if browser else None
    return OwnDelay(lambda: _beside(driver))


def _beside(driver: psutil.Process | None) -> list[int]:
    me = psutil.Process()
    below = me.children(recursive=True)  # parents before their children
    left_out: set[int] = set()
    for each in below:
        with suppress(psutil.Error):  # it has ended
            parent = each.ppid()
            another = parent == me.pid and driver is not None and each != driver and each.name() == driver.name()
            if another or parent in left_out:
                left_out.add(each.pid)
    return [me.pid, *(each.pid for each in below if each.pid not in left_out)]
