"""What `definition-of-done.html` of 500 items, 20 machines and 5,000 findings weighs, and how long it takes."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from tests.support.pages.report_page import opened_page
from tests.support.pages.reports import ACCEPTED, faulty, giant, healthy
from tests.support.pages.tile_browser import context, target
from verifier.probes.browser.session import opened_browser
from verifier.reporting.model import Report
from verifier.reporting.page import write_page

OPENINGS = 5


def main() -> None:
    """Write and open each page some times, and print the figures."""
    with (
        opened_browser(context(target("http://127.0.0.1:9"), seconds=600)) as browser,
        tempfile.TemporaryDirectory() as folder,
    ):
        for name, made in {"healthy": healthy(), "faulty": faulty(), "giant": giant()}.items():
            print(f"{name:8} {told(browser, Path(folder), made)}")


def told(browser: Browser, folder: Path, report: Report) -> str:
    """Size, seconds until it is written, and seconds until it is laid out and its script has run."""
    began, busy = time.perf_counter(), time.process_time()
    path = write_page(folder, report, ACCEPTED)
    written, busy = time.perf_counter() - began, time.process_time() - busy
    shown, worked = zip(*(opening(browser, path) for _ in range(OPENINGS)), strict=True)
    return (
        f"{path.stat().st_size / 1e3:.0f} kB; written in {written:.2f} s (processor {busy:.2f} s); "
        f"opened in {statistics.median(shown):.2f} s, worst {max(shown):.2f} s "
        f"(processor {statistics.median(worked):.2f} s)"
    )


def opening(browser: Browser, path: Path) -> tuple[float, float]:
    """Seconds from the navigation until the page is drawn, and seconds of its main thread."""
    with opened_page(browser, path) as (page, _):
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.wait_for_load_state("load")
        drawn = "new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0)))"
        shown = page.evaluate(drawn) / 1000
        figures = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
        return shown, figures["TaskDuration"]


if __name__ == "__main__":
    main()
