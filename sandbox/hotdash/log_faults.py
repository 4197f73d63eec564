"""The lines of those faults that are about lines: errors, and lines that only talk of errors."""

import sys
from collections.abc import Collection

from sandbox.hotdash import journal

STACK = (
    "TypeError: Cannot read properties of undefined (reading 'id')\n"
    "    at loadSession (/app/build/server/index.js:418:27)\n"
    "    at async handleRequest (/app/build/server/index.js:97:11)"
)
NOISE = (
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
TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "/srv/agent/jobs.py", line 41, in run',
    "    await job()",
    "KeyError: 'rows'",
)
FILLED_TO = 98
"""The lines that a machine has written before the traceback or the late error: the platform's and its own."""


def complain(faults: Collection[str], written: int = 0) -> None:
    """Write the lines of these faults.

    Args:
        faults: which faults there are.
        written: how many lines of this machine are in the log already.
    """
    if "log-error" in faults:
        journal.write("ERROR: session store failed to load", "error", stack=STACK)
    if "log-fatal-on-one-machine" in faults:
        _say("FATAL: out of file descriptors, worker 3 is gone")
    if "log-noisy" in faults:
        _say(*NOISE)
    if "log-traceback-on-line-99" in faults:
        _fill(FILLED_TO - written)
        _say(*TRACEBACK)
    if {"log-error-on-line-101", "log-error-while-watched"} & set(faults):
        _fill(FILLED_TO + 2 - written)
        _say("Error: the hundred-and-first line")


def _fill(lines: int) -> None:
    _say(*(f"warmed up the cache of tile {number}" for number in range(lines)))


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
