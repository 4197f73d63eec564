"""The health of the machine and of the services that it needs."""

import time

import httpx
import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.database.server_faults import DATABASE_LIES
from sandbox.fly.release_faults import VERSION_HARD_CODED
from sandbox.hotdash.answer_faults import DEGRADED
from sandbox.hotdash.site import Site


class HealthRoutes:
    """The health routes; each makes a real request."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def database_latency(self) -> float | None:
        """Milliseconds of a database round trip; None if it fails."""
        if DATABASE_LIES.on(self._site.faults):
            return 1.3
        began = time.perf_counter()
        try:
            await self._site.rows("select 1")
        except psycopg.Error:
            return None
        return round((time.perf_counter() - began) * 1000, 1)

    async def health(self, _request: Request) -> Response:
        """Serve /health."""
        latency = await self.database_latency()
        degraded = latency is None or any(fault.on(self._site.faults) for fault in DEGRADED)
        database = {"status": "unreachable"} if latency is None else {"status": "ok", "latency_ms": latency}
        body = {
            "status": "degraded" if degraded else "ok",
            "machine": self._site.machine,
            "version": "1.0.0" if VERSION_HARD_CODED.on(self._site.faults) else self._site.version,
            "checks": {"database": database},
        }
        return JSONResponse(body, 503 if latency is None else 200)

    async def monitoring(self, _request: Request) -> Response:
        """Serve /api/monitoring/health."""
        latency = await self.database_latency()
        status = "unhealthy" if latency is None else "healthy"
        body = {"status": status, "machine": self._site.machine, "database": {"latency_ms": latency}}
        return JSONResponse(body, 503 if latency is None else 200)

    async def supabase(self, _request: Request) -> Response:
        """Serve /api/supabase/health."""
        latency = await self.database_latency()
        return JSONResponse({"connected": latency is not None, "latency": latency}, 503 if latency is None else 200)

    async def chatwoot(self, _request: Request) -> Response:
        """Serve /api/chatwoot/health."""
        try:
            answer = await self._site.services.get("/chatwoot/api")
            answer.raise_for_status()
        except httpx.HTTPError:
            return JSONResponse({"status": "down"}, 503)
        return JSONResponse({"status": "ok", "version": answer.json()["version"]})
