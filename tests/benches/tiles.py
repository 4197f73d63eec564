"""How exactly tiles are timed, on pages that know the truth, and what the measuring costs the page.

`python -m tests.benches.tiles` takes about a minute; `--full` does what docs/benchmarks/tiles.md reports (200 loads,
about 15 minutes); `--part cost` or `--part truth` does one half.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect
from scipy.stats import bootstrap, trim_mean

from tests.support.pages import tile_pages
from tests.support.pages.tile_browser import TileBrowser, context, target
from verifier.probes.browser.session import opened_browser, opened_context

LIMIT = 3000.0
KINDS = ("rendered", "fetched")
DELAYS = (100, 200, 400, 800, 1200, 1600, 2000, 2940, 3060, 5000)
SHORT = (100, 800, 2940)
NEAR = 50.0
"""Milliseconds around the limit within which either verdict is right."""
TRIMMED = 0.1
"""The part of the loads that is left out at each end."""
Way = Callable[[TileBrowser, str, float], tuple[float, dict[str, float]]]


@dataclass
class Errors:
    """Measured minus true milliseconds, by what counts as the truth; and verdicts that were wrong."""

    inserted: list[float] = field(default_factory=list)
    frame: list[float] = field(default_factory=list)
    painted: list[float] = field(default_factory=list)
    wrong: int = 0

    def add(self, measured: float, truth: dict[str, float]) -> None:
        """One load more."""
        for name in ("inserted", "frame", "painted"):
            getattr(self, name).append(measured - truth[name])
        far = abs(truth["inserted"] - LIMIT) > NEAR
        self.wrong += far and (measured <= LIMIT) != (truth["inserted"] <= LIMIT)


def probe(browser: TileBrowser, kind: str, ms: float) -> tuple[float, dict[str, float]]:
    """As the suite does."""
    load, truth = browser.load(kind, ms, overrun=10.0)
    seen = load.tiles["tile-a"].milliseconds
    if seen is None:
        raise SystemExit(f"{kind} {ms}: no content: {load}")
    return seen, truth["tile-a"]


def by_selector(browser: TileBrowser, kind: str, ms: float) -> tuple[float, dict[str, float]]:
    """As many do: from outside, with `wait_for_selector`."""
    return _outside(browser, kind, ms, lambda page: page.wait_for_selector(".ready"))


def by_expect(browser: TileBrowser, kind: str, ms: float) -> tuple[float, dict[str, float]]:
    """As many do: from outside, with `expect(...).to_be_visible()`."""
    return _outside(browser, kind, ms, lambda page: expect(page.locator(".ready")).to_be_visible(timeout=10_000))


def _outside(
    browser: TileBrowser, kind: str, ms: float, wait: Callable[[Page], object]
) -> tuple[float, dict[str, float]]:
    with opened_context(browser.browser, context(target(browser.url))) as opened:
        page = opened.new_page()
        began = time.perf_counter()
        page.goto(f"{browser.url}/page?kind={kind}&ms={ms:g}", wait_until="commit")
        wait(page)
        seen = 1000 * (time.perf_counter() - began)
        page.wait_for_timeout(200)  # the paint is told some time after it
        truth = page.evaluate("({ truth: window.truth['tile-a'], began: performance.timeOrigin })")
    return seen, {name: at - truth["began"] for name, at in truth["truth"].items()}


WAYS: dict[str, Way] = {"this suite": probe, "wait_for_selector": by_selector, "to_be_visible": by_expect}


def measured(
    browser: TileBrowser, delays: tuple[int, ...], rounds: dict[str, int], errors: dict[str, Errors], keep: Path | None
) -> None:
    """All ways on all pages, in turn; what is known is kept after each turn."""
    for turn in range(max(rounds.values())):
        for name, way in WAYS.items():
            for kind, ms in ((kind, ms) for kind in KINDS for ms in delays if turn < rounds[name]):
                errors[name].add(*way(browser, kind, ms))
        if keep:
            keep.write_text(json.dumps({name: vars(each) for name, each in errors.items()}), encoding="utf-8")


def print_errors(errors: dict[str, Errors]) -> None:
    """Median and 95 % of the errors without their sign, against each truth; and the bias."""
    print(f"{'':<19}{'loads':>6}{'truth':>11}{'median':>9}{'95 %':>9}{'worst':>9}{'bias':>9}{'wrong verdicts':>16}")
    for name, each in ((name, each) for name, each in errors.items() if each.inserted):
        for truth in ("inserted", "frame", "painted"):
            values = getattr(each, truth)
            sizes = sorted(map(abs, values))
            p95 = sizes[max(0, -(-95 * len(sizes) // 100) - 1)]
            figures = (statistics.median(sizes), p95, sizes[-1], statistics.median(values))
            shown = "".join(f"{figure:>6.1f} ms" for figure in figures)
            print(f"{name:<19}{len(values):>6}{truth:>11}{shown}{each.wrong:>16}")


class Watched:
    """A browser that counts what the main thread of its newest page does, from the beginning."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.told: CDPSession | None = None

    def new_context(self, **words: Any) -> BrowserContext:  # noqa: ANN401 - Playwright's own words
        """A context whose pages are counted."""
        opened = self._browser.new_context(**words)
        opened.on("page", self._count)
        return opened

    def _count(self, page: Page) -> None:
        self.told = page.context.new_cdp_session(page)
        self.told.send("Performance.enable")

    def own_time(self, page: Page, number: int) -> tuple[float, float]:
        """When the page itself says that its last tile was there; and the main thread's time until 1 s."""
        page.wait_for_function("performance.now() > 1000", polling=100)
        metrics = self.told.send("Performance.getMetrics")["metrics"] if self.told else []
        thread = next(each["value"] for each in metrics if each["name"] == "ThreadTime")
        if page.evaluate("Object.values(truth).length") != number:
            raise SystemExit("not every tile came")
        last = page.evaluate("Math.max(...Object.values(truth).map((each) => each.frame)) - performance.timeOrigin")
        return float(last), 1000 * thread


def cost(url: str, browser: Watched, number: int, rounds: int) -> Iterator[tuple[float, float, float, float]]:
    """Milliseconds until the page's own last tile, and of main-thread time, without and with the measuring.

    Both in each round, by turns the one or the other first: who comes second finds everything warm.
    """
    tiles = [{"id": f"tile-{at}", "heading": "Tile"} for at in range(number)]
    pages = TileBrowser(cast("Browser", browser), url)

    def alone() -> tuple[float, float]:
        with opened_context(cast("Browser", browser), context(target(url))) as opened:
            page = opened.new_page()
            page.evaluate("document.querySelector('body')")  # as the probe does: it starts the page's process
            page.goto(f"{url}/page?kind={number}", wait_until="commit")
            return browser.own_time(page, number)

    def measured() -> tuple[float, float]:
        with pages.arrival(str(number), tile=tiles) as arrival:
            return browser.own_time(arrival.page, number)

    for turn in range(rounds):
        if turn % 2:
            second, first = measured(), alone()
        else:
            first, second = alone(), measured()
        yield (*first, *second)


def more(alone: Any, measured: Any, axis: int = -1) -> Any:  # noqa: ANN401 - what scipy asks of a statistic
    """Per cent that the measuring adds to the mean, without the tenth that is fastest and the one that is slowest."""
    return 100 * (trim_mean(measured, TRIMMED, axis=axis) / trim_mean(alone, TRIMMED, axis=axis) - 1)


def print_costs(url: str, browser: Watched, rounds: int) -> None:
    """What the measuring adds, with its 90 % interval: the time of a page differs by frames from load to load."""
    head = f"{'page alone':>14}{'measured':>12}{'more':>9}{'90 %':>18}{'thread alone':>16}{'measured':>12}"
    print(f"{'tiles':<7}{'loads':>6}{head}")
    for number in (8, 80):
        columns = list(zip(*cost(url, browser, number, rounds), strict=True))
        alone, thread, looked, more_thread = (trim_mean(column, TRIMMED) for column in columns)
        pairs = (columns[0], columns[2])
        spread = bootstrap(
            pairs, more, paired=True, confidence_level=0.9, method="percentile", rng=1
        ).confidence_interval
        added = f"{more(*pairs):.1f} %"
        between = f"{spread.low:.1f} to {spread.high:.1f} %"
        page = f"{alone:>11.0f} ms{looked:>9.0f} ms{added:>9}{between:>18}"
        print(f"{number:<7}{rounds:>6}{page}{thread:>13.0f} ms{more_thread:>9.0f} ms")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="How exactly tiles are timed, and what it costs.")
    parser.add_argument("--full", action="store_true", help="200 loads instead of a few")
    parser.add_argument("--part", choices=("truth", "cost"), help="one of the two tables (default: both)")
    parser.add_argument("--keep", type=Path, help="a file to add the errors to; the table is then of all in it")
    parser.add_argument("--rounds", type=int, help="how many times the 20 pages are loaded (default with --full: 10)")
    asked, _ = parser.parse_known_args()
    rounds = asked.rounds or (10 if asked.full else 1)
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tile_pages.serving() as url, opened_browser(context(target(url), seconds=3600)) as browser:
        opened = TileBrowser(browser, url)
        if asked.part != "cost":
            turns = dict.fromkeys(WAYS, rounds // 5 if asked.full else 1) | {"this suite": rounds}
            errors = _known(asked.keep)
            measured(opened, DELAYS if asked.full else SHORT, turns, errors, asked.keep)
            print_errors(errors)
        if asked.part != "truth":
            print_costs(url, Watched(browser), asked.rounds or (100 if asked.full else 10))


def _known(path: Path | None) -> dict[str, Errors]:
    """The errors that the file has from earlier."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}
    return {name: Errors(**kept.get(name, {})) for name in WAYS}


if __name__ == "__main__":
    main()
