"""One open stream: what waits to be sent to it, never more than a bounded amount."""

import asyncio
from dataclasses import dataclass, field

MOST_WAITING = 256
"""Frames; a reader that is further behind than this is let go, and reads the rest when it comes back."""


@dataclass(frozen=True)
class Frame:
    """An event as bytes, made once for all streams of a machine."""

    name: str
    content: bytes


@dataclass(eq=False)
class Subscriber:
    """The waiting frames of one stream.

    Attributes:
        seen: the id of the newest change that it must not get: it was before its time, or is read from the table.
        ended: whether it gets nothing more; what waits is thrown away.
    """

    seen: int
    ended: bool = False
    _waiting: asyncio.Queue[Frame | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING + 1))

    @property
    def waiting(self) -> bool:
        """Whether frames wait to be sent."""
        return not self._waiting.empty()

    def offer(self, frame: Frame) -> bool:
        """Let it wait for its turn; false if this reader is too far behind, and has been let go."""
        if not self.ended and self._waiting.qsize() >= MOST_WAITING:
            self.end()
            return False
        if not self.ended:
            self._waiting.put_nowait(frame)
        return True

    def end(self) -> None:
        """Send nothing more: the frame that is being sent is finished, then the stream closes."""
        self.ended = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def next(self, seconds: float) -> Frame | None:
        """The next frame; nothing if none comes in time, or no more will."""
        if self.ended or (seconds <= 0 and self._waiting.empty()):
            return None
        try:
            return await asyncio.wait_for(self._waiting.get(), max(seconds, 0.001))
        except TimeoutError:
            return None
