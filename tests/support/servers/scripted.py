"""A server that does with a connection what a script says, byte by byte; also what no HTTP server would do."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PIECE = bytes(65_536)


@dataclass
class Line:
    """One connection, whose request was read.

    Attributes:
        request: the head of the request.
        body: its body, where its length was told.
        over: set when the server stops; whatever goes on without end looks at it.
    """

    peer: socket.socket
    request: str
    over: threading.Event
    body: bytes = b""

    def send(self, content: bytes | str) -> None:
        """Send this now."""
        self.peer.sendall(content.encode() if isinstance(content, str) else content)

    def endless(self, content: bytes, every: float = 0.0) -> None:
        """Send it again and again, so many seconds apart, until nobody reads or the server stops."""
        while not self.over.wait(every) if every else not self.over.is_set():
            self.send(content)

    def silent(self) -> None:
        """Keep the connection open and say nothing, until the server stops."""
        self.over.wait()


Script = Callable[[Line], None]


def head(status: str = "200 OK", **headers: object) -> bytes:
    """The head of an answer; `_` in the name of a header stands for a hyphen."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode()


def answer(
    body: bytes | str | Mapping[str, object], status: str = "200 OK", kind: str = "application/json", **headers: object
) -> Script:
    """A script that answers with this body, a mapping as JSON, and closes."""
    content = json.dumps(body) if isinstance(body, Mapping) else body
    content = content.encode() if isinstance(content, str) else content
    told = head(status, content_type=kind, content_length=len(content), connection="close", **headers)
    return lambda line: line.send(told + content)


NOT_FOUND = answer("", "404 Not Found", "text/plain")


@dataclass
class Scripted:
    """Answers by path; what has no script of its own is answered by that of `*`.

    Attributes:
        scripts: path, without its query → what to do.
        asked: the first lines of all requests, in their order.
        port: its port on the loopback interface.
        tls: with which it serves; without it in plain text.
    """

    scripts: dict[str, Script]
    tls: ssl.SSLContext | None = None
    port: int = 0
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http{'s' * bool(self.tls)}://127.0.0.1:{self.port}"

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                peer, _ = listener.accept()
                threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def _answer(self, peer: socket.socket) -> None:
        with suppress(OSError, ValueError):  # whoever asked has had enough
            if self.tls:
                peer = self.tls.wrap_socket(peer, server_side=True)
            with peer:
                request, body = _read(peer)
                first = request.split(b"\r\n", 1)[0].decode(errors="replace")
                self.asked.append(first)
                path = first.split(" ")[1].split("?")[0]
                script = self.scripts.get(path) or self.scripts.get("*") or NOT_FOUND
                script(Line(peer, request.decode(errors="replace"), self.over, body))


def _read(peer: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of one request.

    Raises:
        ConnectionError: it ended before its head did.
    """
    request = b""
    while b"\r\n\r\n" not in request:
        request += _more(peer)
        if not request[:1].isalpha():  # as web servers do when somebody speaks TLS to them
            peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            raise ConnectionError
    asked, _, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\ncontent-length: *(\d+)", asked)
    while length and len(body) < int(length[1]):
        body += _more(peer)
    return asked, body


def _more(peer: socket.socket) -> bytes:
    more = peer.recv(65_536)
    if not more:
        raise ConnectionError
    return more


@contextmanager
def scripted(scripts: Mapping[str, Script], tls: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    """A server that serves."""
    with listening() as listener:
        server = Scripted(dict(scripts), tls, listener.getsockname()[1])
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        try:
            yield server
        finally:
            server.over.set()


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A listening socket on a free port of the loopback interface."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        try:
            yield listener
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # what waits for the next connection ends
