"""The agent service: the second app, which drafts replies for HotDash."""

import threading

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import child
from sandbox.fault import Active
from sandbox.hotdash import journal
from sandbox.hotdash.journal import RequestJournal
from sandbox.hotdash.metrics import MachineMetrics
from sandbox.services.agent_faults import FAILING, LOG_ERROR, UNHEALTHY


class AgentService:
    """One process of the service."""

    def __init__(self, machine: str, version: str, faults: Active) -> None:
        self.machine = machine
        self.version = version
        self.faults = faults
        self._metrics = MachineMetrics()

    def set_faults(self, faults: Active) -> None:
        """Set the active faults."""
        self.faults = faults

    def asgi(self) -> Starlette:
        """The application that serves it."""
        routes = [Route("/health", self._health), Route("/metrics", self._scrape)]
        return Starlette(routes=routes, middleware=[Middleware(RequestJournal, metrics=self._metrics)])

    async def _scrape(self, _request: Request) -> Response:
        return Response(self._metrics.text(), media_type="text/plain; version=0.0.4")

    async def _health(self, _request: Request) -> Response:
        status = "degraded" if UNHEALTHY.on(self.faults) else "ok"
        return JSONResponse(
            {
                "status": status,
                "openai": "configured",
                "machine": self.machine,
                "version": self.version,
                "threads": threading.active_count(),
            },
            status_code=500 if FAILING.on(self.faults) else 200,
        )


def main(descriptor: int) -> None:
    """Serve on this socket until the supervisor ends."""
    settings = child.configuration()
    agent = AgentService(settings["machine"], settings["version"], settings["faults"])
    child.follow(agent.set_faults)
    journal.write("agent service listening", version=agent.version)
    if LOG_ERROR.on(agent.faults):
        journal.write("draft failed", "error", error="openai: 401 incorrect API key")
    child.serve(agent.asgi(), descriptor)
