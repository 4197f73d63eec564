"""Faults of the platform's log API. For the lines that machines write: `sandbox.hotdash.log_faults`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, PlainTextResponse, Response

from sandbox.fault import Fault, Hook, declare, unverified
from sandbox.fly.api.errors import unauthorized
from sandbox.fly.api.server_faults import ANSWERS, Asked
from sandbox.fly.app_faults import DASHBOARD
from sandbox.fly.identity import nanoseconds
from sandbox.item_groups import LOG_ITEMS

if TYPE_CHECKING:  # keeps the list of faults fast
    from sandbox.fly.app import App
    from sandbox.fly.logbook import LogbookLine

_HOLE_AFTER = 8
"""Lines since the release after which the log ends; machines write more before they serve."""
_SHORT_PAGE = 60
"""Lines of a page after which the cursor skips lines."""
_LEAP_NS = 400_000_000
_LOST_NS = 4_000_000_000
"""The period of lost lines of one machine, from the verifier's first request on."""
_CONTROL = "probe="
_BACKDATED_SECONDS = 1800
_END_OF_TIME = 1 << 63
NOTHING_HIDDEN = ("", 0, 0)


@dataclass
class Page:
    """A page of an app's log, which faults change before it is returned.

    Attributes:
        again: whether this cursor was requested before.
        following: the cursor of the next page.
    """

    app: App
    token: str
    again: bool
    lines: list[LogbookLine]
    following: str


PAGE: Hook[Callable[[Page], None]] = Hook()
HIDDEN: Hook[Callable[[App], tuple[str, int, int]]] = Hook()
"""The machine whose lines are missing, and the first and last nanosecond."""


def _harmless(name: str, summary: str) -> Fault:
    return Fault(name, summary, green=LOG_ITEMS)


def _unseen(name: str, summary: str, cause: str, *, one_machine: bool = False) -> Fault:
    return Fault(name, summary, (), unverified(cause, *LOG_ITEMS), one_machine=one_machine)


NPM_ERROR_AT_SHUTDOWN = declare(
    _harmless("log-npm-error-at-shutdown", "the previous release ends with npm errors, after this one was created")
)


@ANSWERS.by(_unseen("logs-unauthorized", "the log API answers 401", "unauthorized"))
def _refused(asked: Asked) -> Response | None:
    return unauthorized(asked.path) if asked.path.endswith(f"/{asked.dashboard}/logs") else None


@ANSWERS.by(_harmless("log-api-flaps", "every second page of the log is refused first, with 429 or 502"))
def _flaps(asked: Asked) -> Response | None:
    if not asked.path.endswith(f"/{asked.dashboard}/logs"):
        return None
    limited, broken = (
        PlainTextResponse("Too Many Requests", 429),
        HTMLResponse("<html><h1>502 Bad Gateway</h1></html>", 502),
    )
    return {1: limited, 3: broken}.get(asked.number % 4)


@PAGE.by(_unseen("logs-silent", "the log API answers with empty pages", "no-data"))
def _silent(page: Page) -> None:
    page.lines, page.following = [], page.token


@PAGE.by(_harmless("log-page-empty", "every page of the log but the first is empty once"))
def _empty_once(page: Page) -> None:
    if not page.again and page.token.isdigit() and page.app.logbook.known(int(page.token)):
        page.lines, page.following = [], page.token


@PAGE.by(_harmless("log-cursor-leaps", "the cursor of the log skips lines"))
def _cursor_leaps(page: Page) -> None:
    if page.lines:
        page.lines = page.lines[:_SHORT_PAGE]
        page.following = str(page.lines[-1].ns + _LEAP_NS)


@PAGE.by(_unseen("log-cursor-ignored", "the log hands out its newest ten lines, whatever the cursor", "truncated"))
def _cursor_ignored(page: Page) -> None:
    newest, page.following = page.app.logbook.page("", None)
    page.lines = newest[-10:]


@PAGE.by(_unseen("log-hole", "the log has no further page after some lines, although it holds newer ones", "truncated"))
def _hole(page: Page) -> None:
    if page.token.isdigit():
        end = page.app.logbook.nth_since(nanoseconds(page.app.current.created_at), _HOLE_AFTER)
        page.lines = [line for line in page.lines if line.ns < end]
        page.following = str(page.lines[-1].ns) if page.lines else page.token


@HIDDEN.by(
    Fault(
        "log-loses-lines",
        "for 4 s the log loses the lines of one machine",
        (),
        {**unverified("truncated", *LOG_ITEMS), "logs-clean": "stale-data"},
    )
)
def _loses_lines(app: App) -> tuple[str, int, int]:
    first = app.machines[0].id
    control = app.logbook.first_with(_CONTROL, first, nanoseconds(app.current.created_at))
    return (first, control, control + _LOST_NS) if control else NOTHING_HIDDEN


@HIDDEN.by(_unseen("log-missing-on-one-machine", "the log holds no line of one machine", "no-data", one_machine=True))
def _missing(app: App) -> tuple[str, int, int]:
    return app.machines[0].id, nanoseconds(app.current.created_at), _END_OF_TIME


@DASHBOARD.by(
    _unseen("log-beginning-lost", "the release is half an hour old, and the log does not reach back to it", "truncated")
)
@asynccontextmanager
async def _beginning_lost(app: App, _figure: str) -> AsyncIterator[None]:
    app.backdate(_BACKDATED_SECONDS)
    yield
