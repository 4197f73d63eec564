"""The services that HotDash depends on and does not own: Chatwoot and Google Analytics, as small as they can be."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


class Services:
    """Both services, and what is wrong with them."""

    def __init__(self) -> None:
        self.faults: Mapping[str, str | None] = {}

    def asgi(self) -> Starlette:
        """The application that serves them."""
        return Starlette(
            routes=[
                Route("/chatwoot/api", self._chatwoot),
                Route("/analytics/report", self._analytics),
            ]
        )

    async def _chatwoot(self, _request: Request) -> Response:
        if "chatwoot-down" in self.faults:
            return JSONResponse({"error": "service unavailable"}, 503)
        return JSONResponse({"version": "4.6.0", "queue_services": "ok", "data_services": "ok"})

    async def _analytics(self, _request: Request) -> Response:
        if "ga-failing" in self.faults:
            return JSONResponse({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}, 429)
        return JSONResponse({"rows": [{"path": f"/landing/{place}", "sessions": 40 * place} for place in range(1, 13)]})
