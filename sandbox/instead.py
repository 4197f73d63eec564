"""Lets faults answer in an application's place, or hold its answer up."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.fault import Active, Fault, Hook

Answer = Callable[[Request, str], Awaitable[Response | None]]
"""What a fault answers to a request, given its figure; nothing, if the application is to answer."""


class Answers(Hook[Answer]):
    """What is answered in the place of one application; paths are patterns that must fit the whole path."""

    def at(self, path: str, fault: Fault, respond: Callable[[], Response]) -> Fault:
        """Declare a fault that answers every request for this path."""

        async def answer(request: Request, _figure: str) -> Response | None:
            return respond() if re.fullmatch(path, request.url.path) else None

        return self.add(fault, answer)

    def late(self, path: str, fault: Fault) -> Fault:
        """Declare a fault that holds the answers of this path up for as many seconds as its figure says."""

        async def answer(request: Request, seconds: str) -> None:
            if re.fullmatch(path, request.url.path):
                await asyncio.sleep(float(seconds))

        return self.add(fault, answer)


class Instead:
    """Stands before an application and asks the faults first.

    Args:
        app: the application.
        answers: what faults answer.
        faults: tells which of them are switched on.
    """

    def __init__(self, app: ASGIApp, answers: Answers, faults: Callable[[], Active]) -> None:
        self._app, self._answers, self._faults = app, answers, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        found = await self._found(Request(scope)) if scope["type"] == "http" else None
        await (found or self._app)(scope, receive, send)

    async def _found(self, request: Request) -> Response | None:
        for answer, figure in self._answers.active(self._faults()):
            found = await answer(request, figure)
            if found is not None:
                return found
        return None
