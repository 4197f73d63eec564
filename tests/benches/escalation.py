"""What it costs to tell people, and to write the direction's forms."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial

from tests.support.pages.reports import broken, faulty, found, giant, report
from tests.support.servers.receiver import receiver
from verifier.core.config.contract import EscalationLevel
from verifier.reporting.escalation.alarms import alarms, due
from verifier.reporting.escalation.delivery import NotDelivered, deliver, library
from verifier.reporting.escalation.messages import Message, message
from verifier.reporting.escalation.receipt import News
from verifier.reporting.forms import forms

TIMES = 20
LOAD = (
    "import time; from verifier.reporting.escalation.delivery import library; "
    "a, b = time.perf_counter(), time.process_time(); library(); "
    "print(f'{time.perf_counter() - a:.2f} s, processor {time.process_time() - b:.2f} s')"
)


def main() -> None:
    """Print the figures."""
    large = giant()
    print(f"the forms of a small run: {took(lambda: forms(faulty())):.1f} ms")
    print(f"the forms of 500 items and 5,000 findings: {took(lambda: forms(large)):.0f} ms")
    print(f"what is due of these: {took(lambda: due(large, (), repeat=1, at=large.run.finished)):.0f} ms")
    command = [sys.executable, "-W", "ignore", "-c", LOAD]
    print(f"loading Apprise: {subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library()
    seen = report(broken("broken-1", [found(1)]))
    told = message(seen, EscalationLevel.IMMEDIATE, News.NEW, tuple(alarms(seen)))
    for name, status in {"accepted": 200, "HTTP 500": 500, "never answered": None}.items():
        with receiver(status) as there:
            taken = took(partial(sent, there.url, told), 1 if status is None else TIMES)
        print(f"a message, {name}: {taken:.1f} ms")


def sent(address: str, told: Message) -> None:
    """Send it, whatever comes of it."""
    try:
        deliver(address, told, 30)
    except NotDelivered:
        return


def took(work: Callable[[], object], times: int = TIMES) -> float:
    """The median of its time, in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


if __name__ == "__main__":
    main()
