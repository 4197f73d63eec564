"""A piece of a file as its readers see it: with its escapes undone, without tags, and attribute values in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote_to_bytes

from verifier.reporting.leaks.needles import Kind, Needles, squeeze

_ROUNDS = 4
"""How many layers of escapes are undone: a URL within JSON within an attribute within JSON."""
_BACKSLASH = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[^ux])")
_ENTITY = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});")
_TAG = re.compile(rb"<[^<>]*>")
_QUOTE = re.compile(rb"\\+([\"'])")
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def views(content: bytes, wanted: Needles) -> Iterator[tuple[bytes, Kind]]:
    """Each view of the content, and what to look for in it; the quick ones first."""
    yield content, wanted.coded
    text = undone(content)
    if text is not content:
        yield text, wanted.plain
    if not wanted.squeezed:
        return
    letters = squeeze(text)
    yield letters, wanted.squeezed
    if any(each in letters for each in wanted.ends):
        yield from ((squeeze(each), wanted.split) for each in _read_as_one(content, text))


def _read_as_one(content: bytes, text: bytes) -> Iterator[bytes]:
    """What is left without tags, and what stands between quotes, in a row."""
    yield _TAG.sub(b"", text)
    plain = _QUOTE.sub(rb"\1", content)
    for quote in (b'"', b"'"):
        parts = plain.split(quote)
        # Which parts stand between quotes depends on where the piece begins.
        yield from (undone(b"".join(parts[first::2])) for first in (0, 1))


def undone(content: bytes) -> bytes:
    """The content without escapes of URLs, JSON and HTML, in whatever order they were laid over each other."""
    for _ in range(_ROUNDS):
        before = content
        if b"%" in content:
            content = unquote_to_bytes(content)
        if b"\\" in content:
            content = _BACKSLASH.sub(_unescaped, content)
        if b"&" in content:
            content = _ENTITY.sub(_character, content)
        if content == before:
            return before
    return content


def _unescaped(found: re.Match[bytes]) -> bytes:
    what = found[0][1:]
    if what[:1] in b"ux" and len(what) > 1:
        return chr(int(what[1:], 16)).encode(errors="surrogatepass")
    return _CONTROLS.get(what, what)


def _character(found: re.Match[bytes]) -> bytes:
    return unescape(found[0].decode("ascii")).encode(errors="surrogatepass")
