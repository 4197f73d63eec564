"""What goes wrong with the platform's API itself: limits, flaps, closed doors, somebody else's pages, a wrong clock."""

import time
from collections import Counter
from collections.abc import Mapping
from email.utils import formatdate

from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.fly.identity import ulid

_BURST, _FLAP = 2, 3
_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1>the proxy had no answer</body></html>"


class Weather:
    """Stands before the API: every answer gets a request id and the time of day, some get no further than here."""

    def __init__(self, app: ASGIApp) -> None:
        self.faults: Mapping[str, str | None] = {}
        self._app = app
        self._asked: Counter[str] = Counter()

    def change(self, faults: Mapping[str, str | None]) -> None:
        """Begin anew with these faults."""
        self.faults = dict(faults)
        self._asked.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        path = str(scope.get("path", ""))
        self._asked[path] += 1

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["fly-request-id"] = f"{ulid()}-ord"
                headers["date"] = formatdate(time.time() + float(self.faults.get("clock-skew") or 0), usegmt=True)
            await send(message)

        await (self._instead(path, self._asked[path]) or self._app)(scope, receive, stamped)

    def _instead(self, path: str, number: int) -> Response | None:
        """What is answered instead of the truth."""
        limited = "resource_exhausted: rate limit exceeded"
        if "platform-429-burst" in self.faults and number <= _BURST:
            return PlainTextResponse(limited, 429, {"retry-after": "1"})
        if "platform-429" in self.faults:
            return PlainTextResponse(limited, 429)
        if "platform-5xx-flaps" in self.faults and number % _FLAP == 1:
            return JSONResponse({"error": "internal: try again"}, 503)
        if "platform-html-error" in self.faults:
            return HTMLResponse(_PAGE, 502)
        if "releases-closed" in self.faults and "/releases" in path:
            return PlainTextResponse("Unauthorized", 401)
        return self._of_the_app() if "/apps/" in path else None

    def _of_the_app(self) -> Response | None:
        if "token-for-another-app" in self.faults:
            return JSONResponse({"error": "unauthorized"}, 403)
        return JSONResponse({"error": "app not found"}, 404) if "app-unknown" in self.faults else None
