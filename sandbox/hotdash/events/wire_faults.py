"""Faults of the wire: what a careless server or proxy does to an event stream on its way out.

Each is a step between the response and the socket, so that the producer behind it stays the same.
"""

import asyncio
import contextlib
import zlib
from collections.abc import Callable

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Message, Receive, Scope, Send

from sandbox.fault import Active, Fault, Hook, declare, unverified
from sandbox.hotdash.answer_faults import ANSWERS
from sandbox.hotdash.events.delivery_faults import STREAM
from sandbox.items import COMING_AND_GOING, STREAM_ITEMS

_FLOOD = b"x" * 16384
_FLOOD_PAUSE = 0.05
_BEAT = ("sse-heartbeat",)
Step = Callable[[str, dict[bytes, bytes], Send], Send]
WIRE: Hook[Step] = Hook()
"""What comes between a stream and its socket, given the fault's figure, the request's headers and how to send."""
DROPS = declare(
    Fault("stream-drops", "the event stream is cut after 20 s", _BEAT, value="20", perhaps=("sse-delivers",))
)


class FaultyStream(Response):
    """A stream that is sent on with what the faults do to it; without faults it is sent on as it is."""

    def __init__(self, stream: Response, faults: Active) -> None:
        self._stream = stream
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        for step, figure in WIRE.active(self._faults):
            send = step(figure, dict(scope["headers"]), send)
        streaming = self._stream(scope, receive, send)
        # Whoever gives up in the middle leaves an answer without an end, as a proxy does whose time is over.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(streaming, DROPS.figure(self._faults) or None)


def _on_head(change: Callable[[dict[bytes, bytes]], None], send: Send) -> Send:
    """Change the headers."""

    async def step(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message["headers"])
            change(headers)
            message = {**message, "headers": list(headers.items())}
        await send(message)

    return step


def _on_body(change: Callable[[bytes], bytes], send: Send) -> Send:
    """Change the bytes of the body; nothing is sent where nothing is left."""

    async def step(message: Message) -> None:
        if message["type"] == "http.response.body" and message.get("more_body"):
            body = change(message["body"])
            if not body:
                return
            message = {**message, "body": body}
        await send(message)

    return step


@WIRE.by(Fault("stream-in-blocks", "a proxy holds the event stream back until it has 8 KB", STREAM_ITEMS, value="8192"))
def _in_blocks(value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    """As a proxy that fills a buffer before it sends it on."""
    held, size = bytearray(), int(value)

    def fill(body: bytes) -> bytes:
        held.extend(body)
        full = bytes(held[: len(held) // size * size])
        del held[: len(full)]
        return full

    return _on_body(fill, send)


@WIRE.by(Fault("stream-gzip-buffered", "the event stream is compressed, and never flushed", _BEAT))
def _gzip(_value: str, headers: dict[bytes, bytes], send: Send) -> Send:
    """As a compressing middleware that never flushes."""
    if b"gzip" not in headers.get(b"accept-encoding", b""):
        return send
    compressor = zlib.compressobj(wbits=31)
    sent = _on_body(compressor.compress, send)
    return _on_head(lambda found: found.update({b"content-encoding": b"gzip", b"vary": b"accept-encoding"}), sent)


def _typed(name: str, summary: str, content_type: bytes) -> None:
    """Declare a fault that sends the stream as something else."""
    WIRE.add(
        Fault(name, summary, _BEAT, unverified("precondition", "sse-delivers")),
        lambda _value, _headers, send: _on_head(lambda found: found.update({b"content-type": content_type}), send),
    )


_typed("stream-wrong-type", "the event stream is sent as application/json", b"application/json")
_typed("stream-almost-right-type", "the event stream is sent as text/event-streamish", b"text/event-streamish")


@WIRE.by(Fault("stream-cacheable", "caches may keep the event stream for a minute", _BEAT))
def _cacheable(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    return _on_head(lambda found: found.update({b"cache-control": b"public, max-age=60"}), send)


@WIRE.by(Fault("stream-broken-frames", "the data of events goes on in lines that do not say so", STREAM_ITEMS))
def _broken_frames(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    """JSON written for people, where only the first line says that it is data."""
    return _on_body(lambda body: body.replace(b'", "', b'",\r\n  "').replace(b'": {', b'": {\r\n  '), send)


@WIRE.by(Fault("stream-half-character", "a character of the event stream is cut in half", _BEAT))
def _half_character(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    """A text that was cut by bytes: of the last character, a euro sign, the last byte is missing."""
    return _on_body(lambda body: body.replace(b'"machine": "', b'"price": "12 \xe2\x82", "machine": "'), send)


@WIRE.by(Fault("stream-endless-line", "the event stream is one line without an end", STREAM_ITEMS))
def _endless(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    """One line that never ends."""
    begun = False

    async def flood(message: Message) -> None:
        nonlocal begun
        if begun or message["type"] != "http.response.body":
            await send(message)
            return
        begun = True
        await send({**message, "body": b"data: "})
        while True:
            await send({**message, "body": _FLOOD})
            await asyncio.sleep(_FLOOD_PAUSE)

    return flood


ANSWERS.at(
    STREAM,
    Fault(
        "stream-error",
        "the event stream answers 500",
        ("sse-heartbeat", "no-server-errors"),
        unverified("precondition", "sse-delivers"),
    ),
    lambda: PlainTextResponse("Internal Server Error", 500),
)
ANSWERS.at(
    STREAM,
    Fault(
        "stream-redirects-to-login",
        "the event stream leads to a login page",
        (),
        unverified("unauthorized", *STREAM_ITEMS),
    ),
    lambda: RedirectResponse("/auth/login?return=%2Fapp", 302),
)
ANSWERS.at(
    STREAM,
    Fault(
        "stream-unauthorized",
        "the event stream answers 401",
        ("no-console-errors", "phase-features"),
        unverified("unauthorized", *STREAM_ITEMS, *COMING_AND_GOING),
    ),
    lambda: JSONResponse({"error": "unauthorized"}, 401),
)
ANSWERS.at(
    STREAM,
    Fault(
        "stream-not-a-stream",
        "the event stream answers 200 with a page",
        ("sse-heartbeat", "no-console-errors", "phase-features"),
        unverified("precondition", "sse-delivers", *COMING_AND_GOING),
    ),
    lambda: HTMLResponse("<!doctype html><title>HotDash</title><p>Sign in to continue.</p>"),
)
