"""Fetches from Google Analytics and the shop periodically, and logs the result."""

import asyncio
import time

import httpx

from sandbox.hotdash import journal
from sandbox.hotdash.log_faults import GA_SILENT, GA_SILENT_AT_FIRST, SYNC_SILENT
from sandbox.hotdash.site import Site


async def fetch_in_rhythm(site: Site) -> None:
    """Fetch at once, and then once in every period."""
    began = time.monotonic()
    while True:
        silent = GA_SILENT.on(site.faults) or time.monotonic() - began < GA_SILENT_AT_FIRST.figure(site.faults)
        if not silent:
            await _fetch(site, "ga", "fetch", "/analytics/report", "rows")
        if not SYNC_SILENT.on(site.faults):
            await _fetch(site, "sync", "inventory", "/inventory/levels", "levels")
        await asyncio.sleep(site.ga_period)


async def _fetch(site: Site, tag: str, what: str, path: str, key: str) -> None:
    began = time.perf_counter()
    try:
        answer = await site.services.get(path)
        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        journal.write(f"[{tag}] {what} failed: {error.response.status_code} quota exceeded", "warn")
        return
    except httpx.HTTPError as error:
        journal.write(f"[{tag}] {what} failed: {type(error).__name__}", "warn")
        return
    count = len(answer.json()[key])
    journal.write(f"[{tag}] {what} ok: {count} {key} in {(time.perf_counter() - began) * 1000:.0f}ms")
