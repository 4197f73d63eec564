"""Tells whether two lines speak of one failure."""

from __future__ import annotations

import re
from datetime import timedelta

AT_ONCE = timedelta(seconds=1)
"""How soon after a line of a failure another line of it comes."""
_LEAST = 12
"""Characters that two failures hardly share by chance."""
_NAMES = re.compile(
    r"\bE[A-Z]{4,15}\b|\b[A-Z]\w*(?:Error|Exception|Failure)\b|\b(?:P\d{4}|[A-Z]{2,5}-\d{3,6}|ERR_\w+)\b|\b[0-9a-f]{8}-[0-9a-f-]{27}\b"
)
"""Names of errors, and ids of requests."""
_QUOTED = re.compile(r"[\"'`«“]([^\"'`»”]{4,120})[\"'`»”]")
_OUTCOME = re.compile(
    r"\b(?:exiting|shutting down|shut down|going down|exited|giving up|gave up|aborting|aborted|"
    r"terminating|stopping|stopped|cannot continue|startup failed|failed to start|start failed|failed with result|"
    r"main process exited|entered failed state|will restart|"
    r"rolling back|rolled back|caused by|reason|because|see (?:above|below|the)|exit (?:code|status))\b",
    re.IGNORECASE,
)
"""What becomes of a failure that has been told already."""


def one_failure(first: str, second: str) -> bool:
    """Whether `second`, a line right after `first`, speaks of the same failure: by a name, or as its outcome."""
    if _OUTCOME.search(second) or not _of(first).isdisjoint(_of(second)):
        return True
    said = _last(first)
    return (len(said) >= _LEAST and said in second) or (len(_last(second)) >= _LEAST and _last(second) in first)


def _of(text: str) -> set[str]:
    return {*_NAMES.findall(text), *_QUOTED.findall(text)}


def _last(text: str) -> str:
    return text.rpartition(": ")[2].strip(" .!)")
