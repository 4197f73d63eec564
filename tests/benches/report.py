"""What the page of the last run weighs, what it asks other hosts for, and how long it takes to open.

`python -m tests.benches.report [PATH]`; without a path the page of reports/latest.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.support.pages.report_page import opened_page
from tests.support.pages.tile_browser import context, target
from verifier.probes.browser.session import opened_browser

ROOT = Path(__file__).resolve().parents[2]
OPENINGS = 10


def main(words: list[str]) -> None:
    """Open the page some times, each in a browser context of its own, and print the figures."""
    path = Path(words[0]) if words else ROOT / "reports" / "latest" / "index.html"
    if not path.is_file():
        raise SystemExit(f"there is no {path}: run `make postdeploy` first")
    with opened_browser(context(target("http://127.0.0.1:9"), seconds=600)) as browser:
        openings = [opening(browser, path) for _ in range(OPENINGS)]
    shown, busy, asked = zip(*openings, strict=True)
    print(f"size                       {path.stat().st_size / 1e6:.2f} MB")
    print(f"requests to other hosts    {max(asked)}")
    print(f"until the results show     median {statistics.median(shown):.2f} s, worst {max(shown):.2f} s")
    print(f"processor time of the page median {statistics.median(busy):.2f} s, worst {max(busy):.2f} s")


def opening(browser: Browser, path: Path) -> tuple[float, float, int]:
    """Seconds from the navigation until the results show, seconds of the page's main thread, requests elsewhere."""
    with opened_page(browser, path) as (page, asked):
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.get_by_test_id("tree-section").first.wait_for(timeout=60_000)
        shown = page.evaluate("performance.now()") / 1000
        figures = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
        return shown, figures["TaskDuration"], len(asked.elsewhere) + len(asked.refused)


if __name__ == "__main__":
    main(sys.argv[1:])
