"""The route of simulated visitors: the cheapest response, counted."""

import itertools

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class Visits:
    """Counts the visits of this machine."""

    def __init__(self) -> None:
        self._visits = itertools.count(1)

    async def endpoint(self, _request: Request) -> Response:
        """Serve /api/visits."""
        return JSONResponse({"visit": next(self._visits)})
