"""A server of scripted event streams over TLS, with HTTP/1.1 and HTTP/2."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from sandbox.fly.edge.certificates import Certificates, issue
from sandbox.serving import loopback_socket

Script = list[tuple[float, bytes]]
"""Seconds to wait, and the bytes to send then; after the last the stream ends."""
HEADERS = {"content-type": "text/event-stream", "cache-control": "no-store"}


class StreamServer:
    """Answers every path with its script.

    Attributes:
        url: its address.
        certificates: the authority to trust.
        asked: the headers of every request.
    """

    def __init__(self, folder: Path, *, protocols: tuple[str, ...] = ("h2", "http/1.1")) -> None:
        self.certificates: Certificates = issue(folder)
        self.asked: list[dict[str, str]] = []
        self._scripts: dict[str, tuple[Script, dict[str, str]]] = {}
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._socket = loopback_socket()
        self._config = Config()
        self._config.certfile, self._config.keyfile = str(self.certificates.leaf), str(self.certificates.key)
        self._config.alpn_protocols = list(protocols)
        self._config.errorlog = self._config.accesslog = None
        self._config.graceful_timeout = 0
        self.url = f"https://127.0.0.1:{self._socket.getsockname()[1]}"

    def at(self, path: str, script: Script, **headers: str) -> None:
        """Set the script of `path`."""
        self._scripts[path] = script, {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}

    async def __call__(self, scope: dict[str, Any], _receive: object, send: Callable[..., Any]) -> None:
        if scope["type"] != "http":
            return
        self.asked.append({name.decode(): value.decode() for name, value in scope["headers"]})
        script, headers = self._scripts[scope["path"]]
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        for seconds, content in script:
            await asyncio.sleep(seconds)
            await send({"type": "http.response.body", "body": content, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def serve(self) -> None:
        """Serve until `stop`; for a thread."""
        self._config.bind = [f"fd://{self._socket.detach()}"]
        self._loop.run_until_complete(serve(self, self._config, shutdown_trigger=self._ended.wait))  # type: ignore[arg-type]
        self._loop.close()

    def stop(self) -> None:
        """End every stream and the thread."""
        self._loop.call_soon_threadsafe(self._ended.set)


@contextmanager
def stream_server(folder: Path) -> Iterator[StreamServer]:
    """A server that serves."""
    server = StreamServer(folder)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.stop()
    thread.join()
