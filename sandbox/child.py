"""A child process of the supervisor: configured by a line of its input, then faults; ends with the input."""

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
"""Seconds for requests in progress at SIGTERM; the application ends open event streams itself."""
# Unbuffered: a thread blocked in a buffered reader holds its lock, which crashes the interpreter's exit.
_INPUT = FileIO(0, closefd=False)


def configuration() -> dict[str, Any]:
    """The first line of the input; exits if the supervisor ends before."""
    line = _INPUT.readline()
    if not line:
        sys.exit(0)
    return dict(json.loads(line))


def follow(set_faults: Callable[[Active], None]) -> None:
    """Receive changes of the faults; exit at once when the supervisor is gone."""

    def listen() -> None:
        for line in _INPUT:
            set_faults(json.loads(line)["faults"])
        # Not sys.exit: not even a stuck event loop may delay the exit.
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()


class _MachineServer(uvicorn.Server):
    """A server that notifies the application of SIGTERM, because endless connections would delay the shutdown."""

    on_stop: Callable[[], None] = staticmethod(lambda: None)
    ignores_sigterm: Callable[[], bool] = staticmethod(lambda: False)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin the shutdown, unless this process ignores signals."""
        if not self.ignores_sigterm():
            super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting connections, and drain for a short time."""
        self.on_stop()
        await super().shutdown(sockets)


def serve(
    app: Any,  # noqa: ANN401 - any ASGI application
    descriptor: int,
    on_stop: Callable[[], None] = lambda: None,
    ignores_sigterm: Callable[[], bool] = lambda: False,
) -> None:
    """Serve on the supervisor's socket until SIGTERM; then `on_stop` is called, on the server's loop.

    While `ignores_sigterm` is true, SIGTERM is ignored.
    """
    # The application logs its own errors, and cut streams are normal.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    listener = socket.socket(fileno=descriptor)
    server = _MachineServer(
        uvicorn.Config(
            app,
            http="httptools",
            loop="asyncio",
            log_config=None,
            access_log=False,
            ws="none",
            server_header=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    server.on_stop, server.ignores_sigterm = on_stop, ignores_sigterm
    # uvicorn raises the signal again after the shutdown; the exit status must be 0.
    signal.signal(signal.SIGTERM, lambda *_: None)
    server.run(sockets=[listener])
