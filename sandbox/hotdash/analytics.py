"""Asks Google Analytics in a steady rhythm, and writes down how it went."""

import asyncio
import time

import httpx

from sandbox.hotdash import journal
from sandbox.hotdash.site import Site


async def fetch_in_rhythm(site: Site) -> None:
    """Fetch at once, and then in every period."""
    while True:
        if "ga-silent" not in site.faults:
            await _fetch(site)
        await asyncio.sleep(site.ga_period)


async def _fetch(site: Site) -> None:
    began = time.perf_counter()
    try:
        answer = await site.services.get("/analytics/report")
        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        journal.write(f"[ga] fetch failed: {error.response.status_code} quota exceeded", "warn")
        return
    except httpx.HTTPError as error:
        journal.write(f"[ga] fetch failed: {type(error).__name__}", "warn")
        return
    rows = len(answer.json()["rows"])
    journal.write(f"[ga] fetch ok: {rows} rows in {(time.perf_counter() - began) * 1000:.0f}ms")
