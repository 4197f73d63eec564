"""A fault of the edge: one writer for all event streams, blocked by the slowest reader."""

import array
import asyncio
import fcntl
import termios

from starlette.types import Message, Scope, Send

STREAMS = "/api/realtime/"
LOOK_SECONDS = 0.01


class OneWriter:
    """Passes messages on; while `on`, those of event streams strictly one after the other."""

    def __init__(self) -> None:
        self.on = False
        self._writing = asyncio.Lock()

    def through(self, scope: Scope, send: Send) -> Send:
        """The `send` for the response to this request."""
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if not self.on or transport is None or not scope["path"].startswith(STREAMS):
            return send

        async def one_by_one(message: Message) -> None:
            async with self._writing:
                await send(message)
                while _unread(transport.get_extra_info("socket").fileno()):  # noqa: ASYNC110 - the system tells nobody
                    await asyncio.sleep(LOOK_SECONDS)

        return one_by_one


def _unread(descriptor: int) -> int:
    """Bytes in the send queue of the socket."""
    waiting = array.array("i", [0])
    try:
        fcntl.ioctl(descriptor, termios.TIOCOUTQ, waiting)
    except (OSError, ValueError):
        return 0
    return waiting[0]
