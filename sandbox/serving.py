"""Serves an ASGI application inside the supervisor, on a free loopback port that can be cut off."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol


class _SignalFreeServer(uvicorn.Server):
    """A server without signal handlers; the supervisor has them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no handler."""
        yield


def loopback_socket() -> socket.socket:
    """A listening socket on a port chosen by the system, so that no other process can take it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    return listener


class LoopbackServer:
    """One address for one application."""

    def __init__(self, app: ASGIApp, tls: tuple[Path, Path] | None = None) -> None:
        self.cut = False
        self._app = app
        self._socket = loopback_socket()
        self.port: int = self._socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        certificate, key = tls or (None, None)
        self._server = _SignalFreeServer(
            uvicorn.Config(
                app,
                http=_protocol_of(self),
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                ws="none",
                ssl_certfile=certificate,
                ssl_keyfile=key,
                server_header=False,
                date_header=False,
                proxy_headers=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=1,
            )
        )
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start serving; until then, connections wait in the backlog of the socket."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))

    def cut_off(self, *, cut: bool) -> None:
        """Cut every connection, present and future, until `cut` is false again."""
        self.cut = cut
        for connection in list(self._server.server_state.connections) if cut else ():
            connection.transport.abort()

    async def stop(self) -> None:
        """Stop serving; open streams are cut."""
        self._server.should_exit = True
        self._server.force_exit = True
        self.cut_off(cut=True)
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._task


def _protocol_of(server: LoopbackServer) -> type[asyncio.Protocol]:
    """The HTTP protocol class that checks for each new connection whether it is cut off."""

    class Guarded(H11Protocol):
        """Aborts connections while the address is cut off."""

        refused = False

        def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - asyncio's own signature
            self.refused = server.cut
            if self.refused:
                transport.abort()
            else:
                super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            if not self.refused:
                super().connection_lost(exc)

    return Guarded
