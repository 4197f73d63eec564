"""Faults of the wire: what a faulty server or proxy does to an event stream.

Each is a step between the response and the socket, so that the producer stays unchanged.
"""

import asyncio
import contextlib
import re
import zlib
from collections.abc import Callable

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Message, Receive, Scope, Send

from sandbox.fault import Active, Fault, Hook, declare, unverified
from sandbox.hotdash.answer_faults import ANSWERS
from sandbox.hotdash.events.delivery_faults import STREAM
from sandbox.item_groups import COMING_AND_GOING, STREAM_ITEMS

_FLOOD = b"x" * 16384
_FLOOD_PAUSE = 0.05
_BEAT = ("sse-heartbeat",)
Step = Callable[[str, dict[bytes, bytes], Send], Send]
WIRE: Hook[Step] = Hook()
"""Wraps the `send` of a stream, given the fault's figure and the request's headers."""
DROPS = declare(
    Fault("stream-drops", "the event stream is cut after 20 s", _BEAT, value="20", perhaps=("sse-delivers",))
)


class FaultyStream(Response):
    """A stream that is sent through the active faults."""

    def __init__(self, stream: Response, faults: Active) -> None:
        self._stream = stream
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        for step, figure in WIRE.active(self._faults):
            send = step(figure, dict(scope["headers"]), send)
        streaming = self._stream(scope, receive, send)
        # Abort without the end of the body, as a proxy does at its timeout.
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
    """Change the bytes of the body; empty chunks are not sent."""

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
    """As by a proxy that buffers."""
    held, size = bytearray(), int(value)

    def fill(body: bytes) -> bytes:
        held.extend(body)
        full = bytes(held[: len(held) // size * size])
        del held[: len(full)]
        return full

    return _on_body(fill, send)


@WIRE.by(Fault("stream-gzip-buffered", "the event stream is compressed, and never flushed", _BEAT))
def _gzip(_value: str, headers: dict[bytes, bytes], send: Send) -> Send:
    """As by compression that never flushes."""
    if b"gzip" not in headers.get(b"accept-encoding", b""):
        return send
    compressor = zlib.compressobj(wbits=31)
    sent = _on_body(compressor.compress, send)
    return _on_head(lambda found: found.update({b"content-encoding": b"gzip", b"vary": b"accept-encoding"}), sent)


def _typed(name: str, summary: str, content_type: bytes) -> None:
    """Declare a fault that sends the stream with other bytes."""
    WIRE.add(
        Fault(name, summary, _BEAT, unverified("precondition", "sse-delivers")),
        lambda _value, _headers, send: _on_head(lambda found: found.update({b"content-type": content_type}), send),
    )


_typed("stream-wrong-type", "the event stream is sent as application/json", b"application/json")
_typed("stream-almost-right-type", "the event stream is sent as text/event-streamish", b"text/event-streamish")


@WIRE.by(Fault("stream-in-latin-1", "the event stream says charset=iso-8859-1", _BEAT))
def _latin_1(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    """UTF-8 all the same, as the standard reads it; Chromium does not read it at all."""
    return _on_head(lambda found: found.update({b"content-type": b"text/event-stream; charset=iso-8859-1"}), send)


@WIRE.by(Fault("stream-misspelt", "a field of the event stream is called 'evnt', and 'retry' is no number", _BEAT))
def _misspelt(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    """Beside what is well, so that nothing else is missing."""
    return _on_body(lambda body: b"evnt: approval-update\r\nretry: 3s\r\n" + body, send)


@WIRE.by(Fault("stream-without-ids", "the events carry no id, so that nobody can come back", ("sse-reconnect",)))
def _without_ids(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    return _on_body(lambda body: re.sub(rb"(?m)^id:.*\r?\n", b"", body), send)


@WIRE.by(Fault("stream-cacheable", "caches may keep the event stream for a minute", _BEAT))
def _cacheable(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    return _on_head(lambda found: found.update({b"cache-control": b"public, max-age=60"}), send)


@WIRE.by(Fault("stream-broken-frames", "the data of events goes on in lines without the field name", STREAM_ITEMS))
def _broken_frames(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    """Indented JSON, where only the first line has the field `data`."""
    return _on_body(lambda body: body.replace(b'", "', b'",\r\n  "').replace(b'": {', b'": {\r\n  '), send)


@WIRE.by(Fault("stream-half-character", "a character of the event stream is cut in half", _BEAT))
def _half_character(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    """A text cut inside a character: the last byte of a euro sign is missing."""
    return _on_body(lambda body: body.replace(b'"machine": "', b'"price": "12 \xe2\x82", "machine": "'), send)


@WIRE.by(Fault("stream-endless-line", "the event stream is one endless line", STREAM_ITEMS))
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
        "the event stream redirects to a login page",
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
