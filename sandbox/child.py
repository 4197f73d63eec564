"""The life of a process that the supervisor started: configured by one line, told about faults, gone at the end."""

import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from io import FileIO
from types import FrameType
from typing import Any

import uvicorn

from sandbox.fault import Active

GRACE_SECONDS = 1
"""Time for what is being answered when the process is to stop; open event streams are ended by the application."""
# Unbuffered: a thread that waits in a buffered reader holds its lock, and the interpreter could not end in peace.
_INPUT = FileIO(0, closefd=False)


def configuration() -> dict[str, Any]:
    """The first line of the input; a process whose supervisor ends before that ends too."""
    line = _INPUT.readline()
    if not line:
        sys.exit(0)
    return dict(json.loads(line))


def follow(hear: Callable[[Active], None]) -> None:
    """Hear about faults from now on, and leave at once when the supervisor is gone."""

    def listen() -> None:
        for line in _INPUT:
            hear(json.loads(line)["faults"])
        # Not sys.exit: nothing in this process may delay the end, not even a stuck event loop.
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()


class _MachineServer(uvicorn.Server):
    """A server that tells the application as soon as it is to stop: connections that never end would hold it up."""

    leave: Callable[[], None] = staticmethod(lambda: None)
    deaf: Callable[[], bool] = staticmethod(lambda: False)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end, unless this process hears no signal."""
        if not self.deaf():
            super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop taking connections, and wait a little for those that there are."""
        self.leave()
        await super().shutdown(sockets)


def serve(
    app: Any,  # noqa: ANN401 - any ASGI application
    descriptor: int,
    leave: Callable[[], None] = lambda: None,
    deaf: Callable[[], bool] = lambda: False,
) -> None:
    """Serve on the socket that the supervisor made, until SIGTERM; then `leave` is called, on the server's loop.

    A process that is `deaf` goes on until it is killed.
    """
    # What goes wrong in a request is written down by the application, and streams that are cut are no news.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    listener = socket.socket(fileno=descriptor)
    server = _MachineServer(
        uvicorn.Config(
            app,
            loop="asyncio",
            log_config=None,
            access_log=False,
            ws="none",
            server_header=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    server.leave, server.deaf = leave, deaf
    # The server hands a signal on when it has finished; an orderly end is not a death by signal.
    signal.signal(signal.SIGTERM, lambda *_: None)
    server.run(sockets=[listener])
