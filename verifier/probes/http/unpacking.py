"""Unpacks the body of an answer piece by piece, and never more of it than is wanted.

httpx unpacks each piece as a whole: 64 KB of brotli, or of a gzip in a gzip, become gigabytes at once.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from verifier.core.redaction import REDACTOR

ACCEPTED = "gzip, deflate"
"""Codings that a client offers: those that can be unpacked piece by piece, up to a limit."""
PIECE = 262_144
"""Bytes that are unpacked at a time."""


class UnknownCoding(Exception):  # noqa: N818 - reads as what it is
    """The body is in a coding that was not offered, or in several."""


def unpacked(pieces: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The body in pieces of at most `PIECE` bytes, or as it came where it is not packed.

    Args:
        pieces: the body as it came.
        coding: the header `content-encoding`; empty if there was none.

    Raises:
        UnknownCoding: it is none of those that were offered.
        zlib.error: it is damaged.
    """
    name = coding.strip().lower()
    if name in {"", "identity"}:
        return iter(pieces)
    if name not in {"gzip", "x-gzip", "deflate"}:
        raise UnknownCoding(f"a body in the coding {REDACTOR.cut(coding.strip(), 60)!r}, which was not asked for")
    return _inflated(pieces, raw=name == "deflate")


def _inflated(pieces: Iterable[bytes], *, raw: bool) -> Iterator[bytes]:
    inflater = None
    for piece in pieces:
        if inflater is None:
            inflater = zlib.decompressobj(_window(piece, raw=raw))
        while piece:
            yield inflater.decompress(piece, PIECE)
            piece = inflater.unconsumed_tail  # noqa: PLW2901 - what of this piece is left
    if inflater is not None:
        yield inflater.flush(PIECE)


def _window(first: bytes, *, raw: bool) -> int:
    """The format in zlib's words. Some servers send deflate without its wrapper (RFC 9110, section 8.4.1.2)."""
    if not raw:
        return 16 + zlib.MAX_WBITS
    wrapped = len(first) > 1 and first[0] & 0x0F == zlib.DEFLATED and int.from_bytes(first[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS
