"""What the edge counted: each response with its time, so that any window of the past can be asked for."""

import time
from collections import deque
from typing import NamedTuple

KEPT = 50_000


class Response(NamedTuple):
    """One response: when it began (Unix time), its status, how long it took, and which machine gave it, if one did."""

    at: float
    status: int
    seconds: float
    machine: str


class EdgeCounts:
    """The responses of one app, in order of time."""

    def __init__(self) -> None:
        self._responses: deque[Response] = deque(maxlen=KEPT)

    def note(self, status: int, seconds: float, machine: str) -> None:
        """Take one response down."""
        self._responses.append(Response(time.time(), status, seconds, machine))

    def between(self, since: float, until: float) -> list[Response]:
        """The responses after `since`, up to `until`."""
        return [each for each in self._responses if since < each.at <= until]
