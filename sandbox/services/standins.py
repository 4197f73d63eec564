"""Minimal stand-ins for the services that HotDash depends on and does not own."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.fault import Active
from sandbox.fault_middleware import FaultMiddleware
from sandbox.services.standin_faults import ANSWERS, BACKUP_OLD, BACKUPS

PROJECT = "hotdashsandboxproject"
"""The reference of the Supabase project."""


HANGS = 60.0


class Services:
    """Chatwoot, Google Analytics, the shop and Supabase's management API, with their faults."""

    def __init__(self) -> None:
        self.faults: Active = {}
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
            ],
            middleware=[Middleware(FaultMiddleware, answers=ANSWERS, faults=lambda: self.faults)],
        )

    async def _chatwoot(self, _request: Request) -> Response:
        return JSONResponse({"version": "4.6.0", "queue_services": "ok", "data_services": "ok"})

    async def _hangs(self, _request: Request) -> Response:
        """Accept the request, and send nothing for longer than any client waits."""
        await asyncio.sleep(HANGS)
        return Response("", media_type="text/javascript")

    async def _analytics(self, _request: Request) -> Response:
        return JSONResponse({"rows": [{"path": f"/landing/{place}", "sessions": 40 * place} for place in range(1, 13)]})

    async def _backups(self, request: Request) -> Response:
        """Serve a list with one backup a day, the newest two hours old."""
        if request.headers.get("authorization") != f"Bearer {self.supabase_token}":
            return JSONResponse({"message": "Unauthorized"}, 401)
        hours = BACKUP_OLD.figure(self.faults) or 2
        backups: list[dict[str, object]] = [
            {
                "id": 100 - day,
                "inserted_at": (self._began - timedelta(days=day, hours=hours)).isoformat(),
                "is_physical_backup": False,
                "status": "COMPLETED",
            }
            for day in range(7)
        ]
        for change, _ in BACKUPS.active(self.faults):
            backups = change(backups)
        return JSONResponse(
            {
                "region": "us-east-2",
                "walg_enabled": True,
                "pitr_enabled": False,
                "backups": backups,
                "physical_backup_data": {},
            }
        )

    async def _inventory(self, _request: Request) -> Response:
        return JSONResponse({"levels": [{"sku": f"HD-{number}", "available": 3 * number} for number in range(1, 9)]})
