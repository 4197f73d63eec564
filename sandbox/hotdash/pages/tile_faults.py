"""Faults of tiles; faults of a single tile all affect the same one."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse

from sandbox.fault import Fault, Hook, declare
from sandbox.hotdash.answer_faults import ANSWERS

SHOWN = "hotdash_shown"
"""The cookie of a browser that has loaded a tile before."""
_SUBJECT = "fulfillment-health"
OMITTED = "cx-escalations"
_PATH = f"/api/tiles/{_SUBJECT}"
_TILES = ("tiles-under-3s",)
_TILES_AND_FLOWS = ("tiles-under-3s", "phase-features")
_SLOW = "3.4"
_NEVER = 3600.0
SCRIPT: Hook[str] = Hook()
"""JavaScript that runs on the tile once its content is shown; `figure` is the fault's figure."""

ANSWERS.late(_PATH, Fault("tile-slow", "one tile takes 3.4 s", _TILES, value=_SLOW))
TILES_SLOW = ANSWERS.late("/api/tiles/.*", Fault("tiles-slow", "every tile takes 3.4 s", _TILES, value=_SLOW))


async def _late(request: Request, seconds: str, *, known: bool) -> None:
    """Delay the tile for browsers that have loaded it before, or for those that have not."""
    if request.url.path == _PATH and (SHOWN in request.cookies) == known:
        await asyncio.sleep(float(seconds))


@ANSWERS.by(Fault("tile-slow-cold", "one tile takes 3.4 s in a new browser", _TILES, value=_SLOW))
async def _slow_cold(request: Request, seconds: str) -> None:
    await _late(request, seconds, known=False)


@ANSWERS.by(Fault("tile-slow-warm", "one tile takes 3.4 s from the second load on", _TILES, value=_SLOW))
async def _slow_warm(request: Request, seconds: str) -> None:
    await _late(request, seconds, known=True)


@ANSWERS.by(Fault("tile-never-settles", "one tile stays a skeleton", _TILES_AND_FLOWS))
async def _never_settles(request: Request, _figure: str) -> None:
    if request.url.path == _PATH:
        await asyncio.sleep(_NEVER)


ANSWERS.at(
    _PATH,
    Fault("tile-in-error", "one tile is visible, and in error", _TILES_AND_FLOWS),
    lambda: JSONResponse({"error": "The carrier's figures could not be read."}),
)
ANSWERS.at(
    _PATH,
    Fault("tile-unconfigured", "one tile asks for configuration", _TILES_AND_FLOWS),
    lambda: JSONResponse(
        {
            "status": "unconfigured",
            "figure": "–",
            "caption": "Connect a carrier to see this tile.",
            "rows": [],
            "badge": "Configuration required",
        }
    ),
)
ANSWERS.at(
    _PATH,
    Fault(
        "server-errors",
        "every request for one tile answers 500",
        ("no-server-errors", *_TILES_AND_FLOWS, "no-console-errors"),
    ),
    lambda: JSONResponse({"error": "Internal Server Error"}, 500),
)
TILE_MISSING = declare(Fault("tile-missing", "one tile is not on the dashboard", _TILES_AND_FLOWS))
WITH_THE_PAGE = declare(
    Fault(
        "tiles-come-with-the-page", "every tile is rendered on the server, and none is fetched", green=_TILES_AND_FLOWS
    )
)
SCRIPT.add(Fault("tile-empty", "one tile claims to be healthy, and is blank", _TILES), "body.replaceChildren();")
SCRIPT.add(
    Fault("tile-shows-then-fails", "one tile shows content, and soon after an error", _TILES),
    """setTimeout(() => showError(tile, "The carrier's figures could not be read."), 200);""",
)
SCRIPT.add(
    Fault("tile-begins-anew", "one tile shows content, and then loads for another 3.4 s", _TILES, value=_SLOW),
    "setTimeout(() => { body.innerHTML = skeleton; setTimeout(() => fillTile(tile), 1000 * figure); }, 200);",
)
