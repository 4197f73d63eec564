"""The control API for tests: set faults, kill machines, read the state."""

import secrets
import traceback
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.deployment import SandboxDeployment
from sandbox.failure import StartFailed
from sandbox.faults import REGISTRY, UnknownFault, parse

Endpoint = Callable[[Request], Awaitable[Response]]


async def _traceback(_request: Request, error: Exception) -> Response:
    """An error of the sandbox itself, as a response: nobody reads its output."""
    return JSONResponse({"error": "".join(traceback.format_exception(error))}, 500)


class ControlApi:
    """The routes; the deployment is set before the first request."""

    def __init__(self) -> None:
        self.deployment: SandboxDeployment | None = None

    def asgi(self) -> Starlette:
        """The application that serves them."""
        return Starlette(
            exception_handlers={Exception: _traceback},
            routes=[
                Route("/faults", self._guarded(self._show_faults)),
                Route("/faults", self._guarded(self._put_faults), methods=["PUT"]),
                Route("/machines/{machine}/kill", self._guarded(self._kill), methods=["POST"]),
                Route("/state", self._guarded(self._state)),
            ],
        )

    @property
    def _subject(self) -> SandboxDeployment:
        if self.deployment is None:
            raise RuntimeError("no deployment yet")
        return self.deployment

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            sent = request.headers.get("authorization", "")
            if not secrets.compare_digest(sent.encode(), f"Bearer {self._subject.control_token}".encode()):
                return JSONResponse({"error": "unauthorized"}, 401)
            return await endpoint(request)

        return guarded

    async def _show_faults(self, _request: Request) -> Response:
        known = [fault.as_json() for fault in REGISTRY.values()]
        return JSONResponse({"active": self._subject.faults, "known": known})

    async def _put_faults(self, request: Request) -> Response:
        sent = await request.json()
        try:
            faults = parse(sent["names"])
        except UnknownFault as error:
            return JSONResponse({"error": str(error), "known": sorted(REGISTRY)}, 422)
        except (KeyError, TypeError, AttributeError):
            return JSONResponse({"error": 'send {"names": […], "redeploy": true}'}, 422)
        try:
            await self._subject.set_faults(faults, redeploy=bool(sent.get("redeploy", True)))
        except StartFailed as error:
            return JSONResponse({"error": str(error)}, 500)
        return await self._state(request)

    async def _kill(self, request: Request) -> Response:
        deployment = self._subject
        for app in (deployment.dashboard, deployment.agent):
            machine = app.machine(request.path_params["machine"])
            if machine is not None:
                await machine.kill()
                await app.check()
                return await self._state(request)
        return JSONResponse({"error": "machine not found"}, 404)

    async def _state(self, _request: Request) -> Response:
        deployment = self._subject
        return JSONResponse(
            {
                "faults": deployment.faults,
                "secret_values_asked": deployment.platform.values_asked,
                "folder": str(deployment.folder),
                "redirect_url": deployment.listeners["redirect"].url,
                "database": {"running": deployment.postgres.running, "port": deployment.postgres.port},
                "apps": {
                    app.name: {
                        "release": app.current.version,
                        "machines": [
                            {"id": machine.id, "state": machine.state, "pid": machine.pid, "port": machine.port}
                            for machine in app.machines
                        ],
                    }
                    for app in (deployment.dashboard, deployment.agent)
                },
            }
        )
