"""Scrapes the machines of an app when somebody asks, and keeps the samples."""

import asyncio
import time
from collections import deque
from typing import NamedTuple

import httpx
from prometheus_client.parser import text_string_to_metric_families

from sandbox.fault import Active
from sandbox.fly.app import App
from sandbox.fly.machine import SandboxMachine
from sandbox.prometheus.scrape_faults import FROZEN, OUT_OF_REACH

JOB = "hotdash"
Labels = tuple[tuple[str, str], ...]
"""Names and values, in order of the names; that of the metric is `__name__`."""
Point = tuple[float, float]
"""Unix time and value."""
_APART = 0.25
"""Seconds between two scrapes, at least."""
_KEPT = 2000


class Scraped(NamedTuple):
    """The last scrape of a machine."""

    machine: str
    url: str
    at: float
    error: str


class Samples:
    """The samples of one app.

    Attributes:
        series: labels → points, oldest first.
        targets: machine → its last scrape.
    """

    def __init__(self, app: App) -> None:
        self.series: dict[Labels, deque[Point]] = {}
        self.targets: dict[str, Scraped] = {}
        self._app = app
        self._client = httpx.AsyncClient(timeout=2.0, trust_env=False)
        self._turn = asyncio.Lock()
        self._first: dict[str, str] = {}
        """Machine → what its first scrape brought, where a fault keeps it."""
        self._at = 0.0

    def forget(self) -> None:
        """Begin anew."""
        self.series.clear()
        self.targets.clear()
        self._first.clear()
        self._at = 0.0

    async def scrape(self, faults: Active) -> None:
        """Scrape every started machine, unless that was done just now."""
        async with self._turn:
            if time.monotonic() - self._at < _APART:
                return
            machines = [each for each in self._app.machines if each.state == "started"]
            self.targets = {each: told for each, told in self.targets.items() if each in {m.id for m in machines}}
            first = self._app.machines[0]
            await asyncio.gather(*(self._one(each, faults, first=each is first) for each in machines))
            self._at = time.monotonic()

    async def _one(self, machine: SandboxMachine, faults: Active, *, first: bool) -> None:
        url, at = f"http://127.0.0.1:{machine.port}/metrics", time.time()
        try:
            if first and OUT_OF_REACH.on(faults):
                raise httpx.ConnectTimeout("context deadline exceeded")
            answer = await self._client.get(url)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            self.targets[machine.id] = Scraped(machine.id, url, at, str(error) or type(error).__name__)
            self._add({"__name__": "up"}, machine.id, at, 0.0)
            return
        self.targets[machine.id] = Scraped(machine.id, url, at, "")
        self._add({"__name__": "up"}, machine.id, at, 1.0)
        text = self._first.setdefault(machine.id, answer.text) if FROZEN.on(faults) else answer.text
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                self._add(sample.labels | {"__name__": sample.name}, machine.id, at, sample.value)

    def _add(self, labels: dict[str, str], machine: str, at: float, value: float) -> None:
        key = tuple(sorted((labels | {"instance": machine, "job": JOB}).items()))
        self.series.setdefault(key, deque(maxlen=_KEPT)).append((at, value))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
