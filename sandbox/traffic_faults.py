"""Faults of the traffic: the number of visitors, and the rate of errors."""

import itertools

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.fault import Fault, Hook, declare, unverified
from sandbox.fault_middleware import Answer
from sandbox.hotdash.answer_faults import ANSWERS

VISITS: Hook[int] = Hook()
"""The number of visitors: enough for a rate, or too few."""


def _failing() -> Answer:
    """Every nth visit of this machine gets a 500; n is the fault's figure."""
    visits = itertools.count(1)

    async def answer(request: Request, every: str) -> Response | None:
        failed = request.url.path == "/api/visits" and next(visits) % int(every) == 0
        return JSONResponse({"error": "Internal Server Error"}, 500) if failed else None

    return answer


def _rate(fault: Fault, visits: int) -> None:
    ANSWERS.add(fault, _failing())
    VISITS.add(fault, visits)


_rate(
    Fault(
        "errors-half-percent",
        "0.5 % of 1600 requests were answered 500: an error rate within the limit, and errors nevertheless",
        ("no-server-errors",),
        value="200",
        stages="monitoring",
    ),
    1600,
)
_rate(
    Fault(
        "errors-2-percent",
        "2 % of 500 requests were answered 500",
        ("error-rate", "no-server-errors"),
        value="50",
        stages="monitoring",
    ),
    500,
)
_rate(
    Fault(
        "errors-6-percent",
        "6 % of 136 requests were answered 500",
        ("error-rate", "no-server-errors"),
        value="17",
        stages="monitoring",
    ),
    136,
)
SLOW_VISITS = declare(
    Fault(
        "visits-slow",
        "120 requests of visitors waited 6 s at the edge, and ours did not (seen where the target has no event "
        "streams, whose times the edge counts, too)",
        ("response-time",),
        value="6",
        stages="monitoring",
    )
)
VISITS.add(SLOW_VISITS, 120)
_rate(
    Fault(
        "few-visitors",
        "12 requests, and two of them were answered 500: too few for a rate, and nothing of ours makes up for it",
        ("no-server-errors",),
        unverified("no-data", "error-rate"),
        value="6",
        stages="monitoring",
    ),
    12,
)
