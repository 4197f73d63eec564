"""The agent service: the second app, which HotDash asks for drafts."""

import json
import sys
import threading

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import child


class Agent:
    """One process of the service."""

    def __init__(self, machine: str, version: str, faults: dict[str, str | None]) -> None:
        self.machine = machine
        self.version = version
        self.faults = faults

    def hear(self, faults: dict[str, str | None]) -> None:
        """Take over the faults of the moment."""
        self.faults = faults

    def asgi(self) -> Starlette:
        """The application that serves it."""
        return Starlette(routes=[Route("/health", self._health)])

    async def _health(self, _request: Request) -> Response:
        status = "degraded" if "agent-unhealthy" in self.faults else "ok"
        return JSONResponse(
            {
                "status": status,
                "openai": "configured",
                "machine": self.machine,
                "version": self.version,
                "threads": threading.active_count(),
            }
        )


def main() -> None:
    """Serve until the supervisor ends."""
    settings = child.configuration()
    agent = Agent(settings["machine"], settings["version"], settings["faults"])
    child.follow(agent.hear)
    line = {"level": "info", "msg": "agent service listening", "version": agent.version}
    sys.stdout.write(json.dumps(line) + "\n")
    child.serve(agent.asgi(), int(sys.argv[1]))


if __name__ == "__main__":
    main()
