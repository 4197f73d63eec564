"""The services that HotDash depends on and does not own, as small as they can be."""

import asyncio
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PROJECT = "hotdashsandboxproject"
"""The reference of the project, as Supabase has one for each."""


HANGS = 60.0


class Services:
    """Chatwoot, Google Analytics, the shop and Supabase's management; and what is wrong with them."""

    def __init__(self) -> None:
        self.faults: Mapping[str, str | None] = {}
        self.supabase_token = secrets.token_urlsafe(32)
        self._began = datetime.now(UTC)

    def asgi(self) -> Starlette:
        """The application that serves them."""
        return Starlette(
            routes=[
                Route("/chatwoot/api", self._chatwoot),
                Route("/analytics/report", self._analytics),
                Route("/strangers/hangs.js", self._hangs),
                Route(f"/v1/projects/{PROJECT}/database/backups", self._backups),
                Route("/inventory/levels", self._inventory),
            ]
        )

    async def _chatwoot(self, _request: Request) -> Response:
        if "chatwoot-down" in self.faults:
            return JSONResponse({"error": "service unavailable"}, 503)
        return JSONResponse({"version": "4.6.0", "queue_services": "ok", "data_services": "ok"})

    async def _hangs(self, _request: Request) -> Response:
        """Accept the request, and say nothing for longer than anybody waits."""
        await asyncio.sleep(HANGS)
        return Response("", media_type="text/javascript")

    async def _analytics(self, _request: Request) -> Response:
        if "ga-failing" in self.faults:
            return JSONResponse({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}, 429)
        return JSONResponse({"rows": [{"path": f"/landing/{place}", "sessions": 40 * place} for place in range(1, 13)]})

    async def _backups(self, request: Request) -> Response:
        """Tell of one backup a day, the newest two hours old."""
        if request.headers.get("authorization") != f"Bearer {self.supabase_token}" or "backups-refused" in self.faults:
            return JSONResponse({"message": "Unauthorized"}, 401)
        hours = float(self.faults.get("backup-old") or 2)
        statuses = ["FAILED"] * 7 if "backups-failed" in self.faults else ["COMPLETED"] * 7
        backups = [
            {
                "id": 100 - day,
                "inserted_at": (self._began - timedelta(days=day, hours=hours)).isoformat(),
                "is_physical_backup": False,
                "status": status,
            }
            for day, status in enumerate(statuses)
        ]
        none = "backups-none" in self.faults
        return JSONResponse(
            {
                "region": "us-east-2",
                "walg_enabled": True,
                "pitr_enabled": False,
                "backups": [] if none else backups,
                "physical_backup_data": {},
            }
        )

    async def _inventory(self, _request: Request) -> Response:
        return JSONResponse({"levels": [{"sku": f"HD-{number}", "available": 3 * number} for number in range(1, 9)]})
