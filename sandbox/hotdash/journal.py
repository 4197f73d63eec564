"""The log of a machine: one JSON line for each event on standard output."""

import json
import sys
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.hotdash.metrics import MachineMetrics

SERVER_ERROR = 500


def write(msg: str, level: str = "info", **facts: object) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps({"level": level, "msg": msg, **facts}, default=str) + "\n")
    sys.stdout.flush()


class RequestJournal:
    """Counts and logs every request: a stream at its start, others at their end."""

    def __init__(self, app: ASGIApp, metrics: MachineMetrics, logs: Callable[[], bool] = lambda: True) -> None:
        self._app = app
        self._logs = logs
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request = Request(scope)

        async def noted(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                self._note(request, int(message["status"]), time.perf_counter() - began)

        await self._app(scope, receive, noted)

    def _note(self, request: Request, status: int, seconds: float) -> None:
        path = request.url.path
        self._metrics.request(request.method, path, status, seconds)
        if not self._logs():
            return
        query = f"?{request.url.query}" if request.url.query else ""
        write(
            "request",
            "warn" if status >= SERVER_ERROR else "info",
            method=request.method,
            path=path + query,
            status=status,
            duration_ms=round(seconds * 1000, 1),
            request_id=request.headers.get("fly-request-id", ""),
        )
