"""Opens one event stream, and returns its bytes with their arrival times."""

from __future__ import annotations

import contextlib
import socket
import zlib
from collections import deque
from collections.abc import Iterator
from typing import Any, Generic, NamedTuple, TypeVar

import httpx

from verifier.core.config.target import Target
from verifier.core.deadline import monotonic
from verifier.probes.http import EVENT_STREAM
from verifier.probes.http.client import TIMEOUT, client, routed
from verifier.probes.sse.wire.response_head import CODINGS, Head, head_of

_PIECE = 64 * 1024
_RAW = 256 * 1024
_FEW = 100

Kept = TypeVar("Kept")


class Chunk(NamedTuple):
    """Bytes that arrived together: seconds of a clock that never goes back, and how many they were."""

    at: float
    size: int


class Ends(Generic[Kept]):
    """The first and the last of what may be endless.

    Args:
        few: how many of each are kept.
    """

    def __init__(self, few: int = _FEW) -> None:
        self.count = 0
        self._few = few
        self._first: list[Kept] = []
        self._last: deque[Kept] = deque(maxlen=few)

    def add(self, one: Kept) -> None:
        """Keep it, and drop one of the middle if there are too many."""
        self.count += 1
        (self._first if self.count <= self._few else self._last).append(one)

    def kept(self) -> list[Kept]:
        """What is left, in order."""
        return [*self._first, *self._last]

    @property
    def dropped(self) -> int:
        """How many of the middle are gone."""
        return self.count - len(self._first) - len(self._last)


class ReceivedBytes:
    """What came off the wire: its first bytes as they came, where its chunks ended, and how much it was in all."""

    def __init__(self) -> None:
        self.raw = bytearray()
        self.size = 0
        self.chunks: Ends[Chunk] = Ends()

    @property
    def first_byte(self) -> float | None:
        """When the first byte of the body came."""
        kept = self.chunks.kept()
        return kept[0].at if kept else None

    def add(self, chunk: bytes, at: float) -> None:
        """Note a chunk."""
        self.size += len(chunk)
        self.raw += chunk[: _RAW - len(self.raw)]
        self.chunks.add(Chunk(at, len(chunk)))


class Wire:
    """One request for events. One thread iterates over `chunks`; any other may `close`.

    Attributes:
        began: when the request was out; before that, when this was made.
        sent: whether the request is out.
        head: the answer's head, once it is there.
        received: what came after it, as it came: still compressed, if it was.

    Args:
        target: whose client, trust and user agent are used.
        url: the stream.
        machine: the machine that is to answer.
        silence: seconds without a byte after which reading fails with `httpx.ReadTimeout`.
        http2: offer HTTP/2 as a browser does; else speak HTTP/1.1.
        headers: more headers, as `last-event-id`.
    """

    def __init__(  # noqa: PLR0913 - one word for each thing that a request may need
        self,
        target: Target,
        url: str,
        machine: str,
        *,
        silence: float,
        http2: bool = False,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.began = monotonic()
        self.sent = False
        self.head: Head | None = None
        self.received = ReceivedBytes()
        self._target, self._url, self._http2 = target, url, http2
        self._headers = {
            **routed(target, machine),
            "accept": EVENT_STREAM,
            "accept-encoding": ", ".join(CODINGS),
            "cache-control": "no-store",
            **(headers or {}),
        }
        self._limits = httpx.Timeout(TIMEOUT, read=silence)
        self._socket: socket.socket | None = None

    def chunks(self) -> Iterator[tuple[bytes, float]]:
        """First one empty chunk, when the head is there; then what comes, decompressed as far as it can be.

        Raises:
            httpx.HTTPError: the connection was not made, or broke.
        """
        extensions = {"trace": self._watch_connection}
        with (
            client(self._target, http2=self._http2) as session,
            session.stream(
                "GET", self._url, headers=self._headers, timeout=self._limits, extensions=extensions
            ) as answer,
        ):
            self.head = head_of(answer, monotonic() - self.began)
            yield b"", monotonic()
            unpack = _unpacking(self.head.coding)
            for chunk in answer.iter_raw():
                at = monotonic()
                self.received.add(chunk, at)
                for piece in unpack(chunk):
                    yield piece, at

    def close(self) -> None:
        """Wake whoever reads, by the end of its connection."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # Not the method of a TLS socket: that one would take the session away from under the reader.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _watch_connection(self, event: str, info: dict[str, Any]) -> None:
        """Keep the socket as soon as there is one, and the moment when the request was out."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            found = info["return_value"].get_extra_info("socket")
            self._socket = found if isinstance(found, socket.socket) else None
        elif event.endswith(".send_request_headers.complete"):
            self.began = monotonic()
            self.sent = True


class _Unpacked:
    """Decompresses as much as has come; what a compressor holds back cannot be seen, and that is the point.

    Raises:
        httpx.DecodingError: what came is not compressed as its head says.
    """

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=47)  # 47: gzip or zlib, whichever comes

    def __call__(self, chunk: bytes) -> Iterator[bytes]:
        try:
            while chunk:
                yield self._inner.decompress(chunk, _PIECE)
                chunk = self._inner.unconsumed_tail
        except zlib.error as trouble:
            raise httpx.DecodingError(f"not compressed as its head says: {trouble}") from None


def _unpacking(coding: str) -> Any:  # noqa: ANN401 - a callable from bytes to pieces
    return _Unpacked() if coding in CODINGS else lambda chunk: (chunk,)
