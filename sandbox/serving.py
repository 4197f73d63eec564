"""Serves an ASGI application inside the supervisor, on a free loopback port that can be cut off."""

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


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


def loopback_sockets() -> list[socket.socket]:
    """Listening sockets of one port, over IPv4 and, where this machine has it, over IPv6."""
    first = loopback_socket()
    with contextlib.suppress(OSError):
        second = socket.socket(socket.AF_INET6)
        second.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            second.bind(("::1", first.getsockname()[1]))
        except OSError as error:
            second.close()
            if error.errno == errno.EADDRINUSE:
                first.close()
                return loopback_sockets()
            raise
        second.listen(256)
        return [first, second]
    return [first]


class LoopbackServer:
    """One address for one application; two with the same port, if it is to be reached over IPv6, too."""

    def __init__(self, app: ASGIApp, tls: tuple[Path, Path] | None = None, *, both: bool = False) -> None:
        self.cut = False
        self._app = app
        self._sockets = loopback_sockets() if both else [loopback_socket()]
        self.port: int = self._sockets[0].getsockname()[1]
        self.hosts: list[str] = [each.getsockname()[0] for each in self._sockets]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        certificate, key = tls or (None, None)
        self._server = _SignalFreeServer(
            uvicorn.Config(
                app,
                http=_protocol_of(self),
                interface="asgi3",
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
        self._task = asyncio.create_task(self._server.serve(sockets=self._sockets))

    @property
    def tls(self) -> ssl.SSLContext:
        """What new connections are encrypted with."""
        if self._server.config.ssl is None:
            raise RuntimeError("not started, or not encrypted")
        return self._server.config.ssl

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

    class Guarded(HttpToolsProtocol):
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
