"""What visitors ask for: the cheapest answer there is, which fails as often as a fault says."""

import itertools

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.hotdash.site import Site

FAILING = ("errors-half-percent", "errors-2-percent", "errors-6-percent", "few-visitors")


class Visits:
    """Counts the visits of this machine."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._visits = itertools.count(1)

    async def endpoint(self, _request: Request) -> Response:
        """Serve /api/visits."""
        every = max(int(self._site.seconds(fault)) for fault in FAILING)
        visit = next(self._visits)
        if every and visit % every == 0:
            return JSONResponse({"error": "Internal Server Error"}, 500)
        return JSONResponse({"visit": visit})
