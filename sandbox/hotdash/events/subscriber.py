"""One open stream and its bounded queue."""

import asyncio
from dataclasses import dataclass, field

MOST_WAITING = 256
"""Frames; a client that falls further behind is disconnected, and resumes later."""


@dataclass(frozen=True)
class Frame:
    """An event as bytes, encoded once for all streams of a machine."""

    name: str
    content: bytes


@dataclass(eq=False)
class Subscriber:
    """The queue of one stream.

    Attributes:
        seen: the newest change that it must not get, because it is older, or part of the replay.
        ended: whether it is closed; queued frames are dropped.
    """

    seen: int
    ended: bool = False
    _waiting: asyncio.Queue[Frame | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING + 1))

    @property
    def waiting(self) -> bool:
        """Whether frames wait to be sent."""
        return not self._waiting.empty()

    def offer(self, frame: Frame) -> bool:
        """Add a frame; false if the client is too far behind, and was disconnected."""
        if not self.ended and self._waiting.qsize() >= MOST_WAITING:
            self.end()
            return False
        if not self.ended:
            self._waiting.put_nowait(frame)
        return True

    def end(self) -> None:
        """Close the stream after the current frame."""
        self.ended = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def next(self, seconds: float) -> Frame | None:
        """The next frame; None if there is none in time, or the stream is closed."""
        if self.ended or (seconds <= 0 and self._waiting.empty()):
            return None
        try:
            return await asyncio.wait_for(self._waiting.get(), max(seconds, 0.001))
        except TimeoutError:
            return None
