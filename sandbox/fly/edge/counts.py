"""The edge's counts: each response with its time, for queries over any window."""

import time
from collections import deque
from typing import NamedTuple

KEPT = 50_000


class Response(NamedTuple):
    """One response: its start (Unix time), status, seconds, and machine, if one answered."""

    at: float
    status: int
    seconds: float
    machine: str


class EdgeCounts:
    """The responses of one app, in order of time."""

    def __init__(self) -> None:
        self._responses: deque[Response] = deque(maxlen=KEPT)

    def note(self, status: int, seconds: float, machine: str) -> None:
        """Add one response."""
        self._responses.append(Response(time.time(), status, seconds, machine))

    def between(self, since: float, until: float) -> list[Response]:
        """The responses after `since`, up to `until`."""
        return [each for each in self._responses if since < each.at <= until]
