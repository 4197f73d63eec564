"""One event stream: connection, received events, and how it ended."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from verifier.core.config.target import Target
from verifier.core.deadline import monotonic
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.platform import PlatformSection
from verifier.probes.http import EVENT_STREAM
from verifier.probes.http.client import naming, trust
from verifier.probes.sse.wire.body import AnswerReader, MalformedAnswer
from verifier.probes.sse.wire.parser import Comment, Event, EventParser
from verifier.probes.sse.wire.response_head import refused

LONGEST = 64 * 1024
"""Bytes of a line that are kept: enough for any approval, and little enough for ten thousand streams."""
_MOST_KEPT = 10_000

Hear = Callable[["Subscription", Event | Comment], None]


@dataclass(frozen=True)
class StreamEndpoint:
    """Where streams are opened: an address, how to trust it, and the path behind it."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    authority: str
    path: str
    agent: str
    entry: tuple[tuple[str, str], ...] = ()
    machine_header: str = ""

    @classmethod
    def of(cls, target: Target, address: str, path: str, entry: Mapping[str, str] | None = None) -> StreamEndpoint:
        """The endpoint of `address`, a URL with or without the beginning of a path; `entry`: headers that let in."""
        parts = urlsplit(address)
        tls = trust(target.tls.ca_file) if parts.scheme == "https" else None
        port = parts.port or (443 if tls else 80)
        brought = tuple((entry or {}).items())
        authority, whole = parts.netloc, parts.path.rstrip("/") + path
        header = target.section(PlatformSection).machine_header
        return cls(parts.hostname or "", port, tls, authority, whole, target.user_agent, brought, header)

    def request(self, machine: str, last_id: str) -> bytes:
        """The bytes that ask for the stream."""
        headers = {
            "host": self.authority,
            "user-agent": self.agent,
            "accept": EVENT_STREAM,
            "accept-encoding": "identity",
            "cache-control": "no-cache",
            **dict(self.entry),
            **naming(self.machine_header, machine),
            **({"last-event-id": last_id} if last_id else {}),
        }
        lines = [f"GET {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Subscription(asyncio.BufferedProtocol):
    """One stream. Its thread writes, everybody may read.

    Attributes:
        machine: which machine was asked for.
        status: of the answer; 0 if none has begun.
        asked, answered: when the request was sent, and when the head of the answer was there.
        ended: why the stream is over; empty while it is open.
        ended_at: when.
        heard: what it brought, unless somebody else listens.
        waiting: who waits for what becomes of the request.
    """

    __slots__ = (
        "_answer", "_buffer", "_hear", "_last_id", "_parser", "_transport",
        "answered", "asked", "ended", "ended_at", "endpoint", "heard", "machine", "waiting",
    )  # fmt: skip

    def __init__(
        self, machine: str, endpoint: StreamEndpoint, last_id: str, buffer: memoryview, hear: Hear | None
    ) -> None:
        self.machine = machine
        self.endpoint = endpoint
        self.waiting: asyncio.Future[None] | None = None
        self.asked = self.answered = self.ended_at = 0.0
        self.ended = ""
        self.heard: list[Event | Comment] = []
        self._hear = hear or self._keep
        self._last_id = last_id
        # One buffer for all: what is in it has been taken before the next stream is read.
        self._buffer = buffer
        self._answer = AnswerReader()
        self._parser = EventParser(LONGEST)
        self._transport: asyncio.Transport | None = None

    @property
    def status(self) -> int:
        """Of the answer; 0 if none has begun."""
        return self._answer.status

    @property
    def is_stream(self) -> bool:
        """Whether the answer is an event stream."""
        media_type = self._answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        return self.status == 200 and media_type == EVENT_STREAM  # noqa: PLR2004 - RFC 9110

    @property
    def settled(self) -> bool:
        """Whether it is known what became of the request."""
        return bool(self.answered or self.ended)

    @property
    def open(self) -> bool:
        """Whether it is an event stream that goes on."""
        return self.is_stream and not self.ended

    @property
    def connected(self) -> bool:
        """Whether its connection is still there, if only because the other side has not said farewell."""
        return self._transport is not None

    @property
    def cut(self) -> str:
        """What is missing at its end, in words; nothing, if it is open or ended whole."""
        if self.ended and self._parser.unfinished:
            return "in the middle of an event"
        return "without the end of the answer" if self.ended and self._answer.unfinished else ""

    @property
    def last_id(self) -> str:
        """What a browser would send as `Last-Event-ID` now."""
        return self._parser.last_id

    def events(self, name: str | None = None) -> list[Event]:
        """The events of this name that it brought, or all of them."""
        found = [each for each in tuple(self.heard) if isinstance(each, Event)]
        return [each for each in found if name is None or each.name == name]

    def refusal(self) -> CouldNotLook | None:
        """Why this stream cannot be listened to, if so."""
        if self.open:
            return None
        where = f"the event stream of machine {self.machine}"
        if refusal := refused(self.status, self._answer.headers.get("location", ""), where):
            return refusal
        if self.status and not self.is_stream:
            what = f"{where}: HTTP {self.status}, and no event stream"
            return CouldNotLook(Cause.PRECONDITION, what, remedy="see sse-heartbeat, which judges the answer")
        timed_out = not self.ended or "Timeout" in self.ended
        cause = Cause.TIMEOUT if timed_out else Cause.UNREACHABLE
        return CouldNotLook(cause, f"{where}: {self.ended or 'no answer'}", remedy="is the app up? Then run again")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the request."""
        self._transport = transport  # type: ignore[assignment]
        self.asked = monotonic()
        transport.write(self.endpoint.request(self.machine, self._last_id))  # type: ignore[attr-defined]

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where the next bytes go."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what has come."""
        at = monotonic()
        try:
            body = self._answer.feed(bytes(self._buffer[:nbytes]))
        except MalformedAnswer as trouble:
            self.end(f"cut off: {trouble}")
            return
        if not self.answered and self.status:
            self.answered = at
            self._settle()
        if body and self.is_stream:
            for each in self._parser.feed(body, at):
                self._hear(self, each)
        if self._answer.over or (self.answered and not self.is_stream):
            self.end("closed by the server" if self.is_stream else f"HTTP {self.status}")

    def eof_received(self) -> bool:
        """The server sends no more."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.end(f"cut off ({type(exc).__name__})" if exc else "closed by the server")
        self._transport = None

    def end(self, why: str, *, abrupt: bool = False) -> None:
        """Leave; the first reason counts. Only in the thread of the streams."""
        first = not self.ended
        if first:
            self.ended, self.ended_at = why, monotonic()
            self._settle()
        if self._transport is not None:
            # Over TLS a connection that is being closed waits for the other side's farewell, and can still be aborted;
            # closing it once more would keep asyncio from doing so.
            if abrupt:
                self._transport.abort()
            elif first:
                self._transport.close()

    def _settle(self) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(None)

    def _keep(self, _: Subscription, event: Event | Comment) -> None:
        if len(self.heard) < _MOST_KEPT:
            self.heard.append(event)
