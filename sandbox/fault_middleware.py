"""ASGI middleware: faults answer instead of an application, or delay its answer."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.fault import Active, Fault, Hook

Answer = Callable[[Request, str], Awaitable[Response | None]]
"""A fault's response to a request, given its figure; None lets the application answer."""


class Answers(Hook[Answer]):
    """Responses instead of one application's; paths are patterns for the whole path."""

    def at(self, path: str, fault: Fault, respond: Callable[[], Response]) -> Fault:
        """Declare a fault that answers every request for this path."""

        async def answer(request: Request, _figure: str) -> Response | None:
            return respond() if re.fullmatch(path, request.url.path) else None

        return self.add(fault, answer)

    def late(self, path: str, fault: Fault) -> Fault:
        """Declare a fault that delays the answers of this path by its figure, in seconds."""

        async def answer(request: Request, seconds: str) -> None:
            if re.fullmatch(path, request.url.path):
                await asyncio.sleep(float(seconds))

        return self.add(fault, answer)


class FaultMiddleware:
    """Asks the faults before the application.

    Args:
        app: the application.
        answers: the responses of faults.
        faults: returns the active ones.
    """

    def __init__(self, app: ASGIApp, answers: Answers, faults: Callable[[], Active]) -> None:
        self._app, self._answers, self._faults = app, answers, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        found = await self._found(Request(scope)) if scope["type"] == "http" else None
        await (found or self._app)(scope, receive, send)

    async def _found(self, request: Request) -> Response | None:
        for answer, figure in self._answers.active(self._faults()):
            found = await answer(request, figure)
            if found is not None:
                return found
        return None
