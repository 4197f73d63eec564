"""Faults of the lines that machines write: errors, lines that only mention errors, silent jobs."""

import json
import sys
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from sandbox.fault import Active, Fault, Hook, declare, unverified
from sandbox.hotdash.answer_faults import ANSWERS
from sandbox.item_groups import LOG_ITEMS, POSTDEPLOY_AND_MONITORING

_STACK = (
    "TypeError: Cannot read properties of undefined (reading 'id')\n"
    "    at loadSession (/app/build/server/index.js:418:27)\n"
    "    at async handleRequest (/app/build/server/index.js:97:11)"
)
_NOISE = (
    "0 errors in 12 migrations",
    "error_count=0 retry_count=0",
    "GET /errors.css 200 0.9 ms",
    "ErrorBoundary registered for /app, /approvals, /settings",
    "Installed handlers for uncaughtException and unhandledRejection",
    "[tiles] error rate 0.00 % (limit 1 %)",
    "(node:29) MaxListenersExceededWarning: Possible EventEmitter memory leak detected. 11 error listeners added",
    "    at _addListener (node:events:588:17)",
    "npm warn deprecated error-ex@1.3.2: no longer maintained",
    '{"level":40,"msg":"trying again","err":{"type":"Error","stack":"Error: ECONNRESET\\n    at x.js:1:1"}}',
    '{"level":30,"msg":"FATAL errors exit with code 1","errors":[]}',
    "2026-01-15 12:00:00.000 UTC [88] LOG:  statement: SELECT * FROM errors WHERE level = 'ERROR'",
)
_TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "/srv/agent/jobs.py", line 41, in run',
    "    await job()",
    "KeyError: 'rows'",
)
_ONE_FAILURE = (
    '{"level":"error","msg":"could not connect to the session store: connect ECONNREFUSED 10.0.0.9:6379"}',
    "Error: connect ECONNREFUSED 10.0.0.9:6379",
    "    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16) {",
    "  errno: -111,",
    "  code: 'ECONNREFUSED',",
    "  syscall: 'connect',",
    "  address: '10.0.0.9',",
    "  port: 6379",
    "}",
    '{"level":"fatal","msg":"session store unreachable (ECONNREFUSED), shutting down"}',
    "worker 2 exited with code 1",
    "giving up: connect ECONNREFUSED 10.0.0.9:6379",
)
_FILLED_TO = 98
"""Lines of a machine before the traceback or the late error: the platform's and its own."""
LINES: Hook[Callable[[int], None]] = Hook()
"""Writes lines, given the number of lines of this machine in the log."""


def complain(faults: Active, written: int = 0) -> None:
    """Write the lines of these faults.

    Args:
        faults: the active faults.
        written: the number of lines of this machine in the log.
    """
    for write, _ in LINES.active(faults):
        write(written)


def _fill(lines: int) -> None:
    _say(*(f"warmed up the cache of tile {number}" for number in range(lines)))


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


@LINES.by(Fault("log-error", "an ERROR line with a stack trace when the machines start", ("logs-clean",)))
def _error(_written: int) -> None:
    _say(json.dumps({"level": "error", "msg": "ERROR: session store failed to load", "stack": _STACK}))


@LINES.by(
    Fault("log-fatal-on-one-machine", "one machine writes 'FATAL: …' as plain text", ("logs-clean",), one_machine=True)
)
def _fatal(_written: int) -> None:
    _say("FATAL: out of file descriptors, worker 3 is gone")


@LINES.by(Fault("log-noisy", "harmless lines that mention errors", green=LOG_ITEMS))
def _noisy(_written: int) -> None:
    _say(*_NOISE)


@LINES.by(Fault("log-traceback-on-line-99", "a traceback on line 99 of every machine", ("logs-clean",)))
def _traceback(written: int) -> None:
    _fill(_FILLED_TO - written)
    _say(*_TRACEBACK)


def _late_error(written: int) -> None:
    _fill(_FILLED_TO + 2 - written)
    _say("Error: the hundred-and-first line")


@LINES.by(
    Fault(
        "log-suspicious",
        "a line that speaks of failure, fits no rule, and was never written by an accepted release",
        (),
        unverified("precondition", "logs-clean"),
    )
)
def _suspicious(_written: int) -> None:
    _say("warehouse link 7 went away during the nightly import")


@LINES.by(Fault("log-one-failure-in-many-lines", "twelve lines tell of one error", ("logs-clean",)))
def _many_lines(_written: int) -> None:
    _say(*_ONE_FAILURE)


LINES.add(Fault("log-error-on-line-101", "an error on line 101 of every machine", green=LOG_ITEMS), _late_error)
LOG_ERROR_WHILE_WATCHED = LINES.add(
    Fault(
        "log-error-while-watched",
        "an error after the first hundred lines of every machine, and one with every look at its health",
        ("logs-watched",),
        stages="monitoring",
    ),
    _late_error,
)


@ANSWERS.by(LOG_ERROR_WHILE_WATCHED)
async def _error_with_every_look(request: Request, _figure: str) -> Response | None:
    if request.url.path == "/health":
        _say("Error: the session store lost its connection")
    return None


REQUESTS_NOT_LOGGED = declare(
    Fault(
        "requests-not-logged",
        "the app does not log requests, and the target does not say so",
        (),
        unverified("stale-data", "logs-clean", "no-server-errors"),
    )
)
GA_SILENT = declare(Fault("ga-silent", "nothing is logged about Google Analytics", ("ga-api-health",)))
GA_SILENT_AT_FIRST = declare(
    Fault(
        "ga-silent-at-first", "Google Analytics succeeds for the first time after 70 s", ("ga-api-health",), value="70"
    )
)
SYNC_SILENT = declare(
    Fault(
        "sync-silent-on-one-machine",
        "one machine logs nothing about its periodic job",
        ("periodic-success",),
        stages=POSTDEPLOY_AND_MONITORING,
        one_machine=True,
    )
)
