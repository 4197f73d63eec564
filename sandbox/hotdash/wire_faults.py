"""What a careless server or proxy does to an event stream on its way out: the faults of the wire.

Each is a step between the response and the socket, so that the producer behind it stays the same.
"""

import asyncio
import contextlib
import zlib
from collections.abc import Callable, Mapping

from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Message, Receive, Scope, Send

Faults = Mapping[str, str | None]
_FLOOD = b"x" * 16384
_FLOOD_PAUSE = 0.05
_TYPES = {
    "stream-wrong-type": b"application/json",
    "stream-almost-right-type": b"text/event-streamish",
}


def refusal(faults: Faults) -> Response | None:
    """The answer of a machine that opens no stream at all, if it is one."""
    if "stream-error" in faults:
        return PlainTextResponse("Internal Server Error", 500)
    if "stream-redirects-to-login" in faults:
        return RedirectResponse("/auth/login?return=%2Fapp", 302)
    if "stream-unauthorized" in faults:
        return JSONResponse({"error": "unauthorized"}, 401)
    return None


class Spoiled(Response):
    """A stream that is sent on with what the faults do to it; without faults it is sent on as it is."""

    def __init__(self, stream: Response, faults: Faults) -> None:
        self._stream = stream
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        for name, step in _STEPS.items():
            if name in self._faults:
                send = step(self._faults[name] or "", dict(scope["headers"]), send)
        streaming = self._stream(scope, receive, send)
        seconds = self._faults.get("stream-drops")
        # Whoever gives up in the middle leaves an answer without an end, as a proxy does whose time is over.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(streaming, float(seconds) if seconds else None)


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


def _in_blocks(value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    """As a proxy that fills a buffer before it sends it on."""
    held, size = bytearray(), int(value)

    def fill(body: bytes) -> bytes:
        held.extend(body)
        full = bytes(held[: len(held) // size * size])
        del held[: len(full)]
        return full

    return _on_body(fill, send)


def _gzip(_value: str, headers: dict[bytes, bytes], send: Send) -> Send:
    """As a compressing middleware that never flushes."""
    if b"gzip" not in headers.get(b"accept-encoding", b""):
        return send
    compressor = zlib.compressobj(wbits=31)
    sent = _on_body(compressor.compress, send)
    return _on_head(lambda found: found.update({b"content-encoding": b"gzip", b"vary": b"accept-encoding"}), sent)


def _typed(name: str) -> Callable[[str, dict[bytes, bytes], Send], Send]:
    return lambda _value, _headers, send: _on_head(lambda found: found.update({b"content-type": _TYPES[name]}), send)


def _cacheable(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    return _on_head(lambda found: found.update({b"cache-control": b"public, max-age=60"}), send)


def _broken_frames(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    """JSON written for people, where only the first line says that it is data."""
    return _on_body(lambda body: body.replace(b'", "', b'",\r\n  "').replace(b'": {', b'": {\r\n  '), send)


def _half_character(_value: str, _headers: dict[bytes, bytes], send: Send) -> Send:
    """A text that was cut by bytes: of the last character, a euro sign, the last byte is missing."""
    return _on_body(lambda body: body.replace(b'"machine": "', b'"price": "12 \xe2\x82", "machine": "'), send)


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


_STEPS: dict[str, Callable[[str, dict[bytes, bytes], Send], Send]] = {
    "stream-in-blocks": _in_blocks,
    "stream-gzip-buffered": _gzip,
    **{name: _typed(name) for name in _TYPES},
    "stream-cacheable": _cacheable,
    "stream-broken-frames": _broken_frames,
    "stream-half-character": _half_character,
    "stream-endless-line": _endless,
}
