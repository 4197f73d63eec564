"""Cuts the bytes of an event stream into lines, each with the time of its first byte and of its last.

Source of the rules: WHATWG HTML, section 9.2.5 «Parsing an event stream». Knows nothing of sockets and of clocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 1024 * 1024
"""Bytes of a line, and of an event, that are kept; the rest of a longer one is dropped, and the cut is counted."""
_BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One line without its end.

    Attributes:
        text: decoded as UTF-8; what is none is U+FFFD, as a browser shows it.
        began: when its first byte arrived.
        ended: when its end arrived.
        whole: whether all of it was kept.
        valid: whether all of it was UTF-8.
    """

    text: str
    began: float
    ended: float
    whole: bool = True
    valid: bool = True


class Lines:
    """Bytes, cut anywhere, into lines that end in LF, CR or CRLF; what memory it takes is bounded.

    A line is handed out at its CR, because a stream that ends lines so would otherwise lag by one line.

    Args:
        longest: bytes of a line that are kept.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._rest = bytearray()
        self._rest_began = 0.0
        self._rest_cut = False
        self._after_cr = False
        self._first = True

    @property
    def unfinished(self) -> bool:
        """Whether bytes have come since the last line's end; a browser drops them when the stream ends."""
        return bool(self._rest)

    def feed(self, chunk: bytes, at: float) -> Iterator[Line]:
        """The lines that `chunk` completes.

        Args:
            chunk: any number of bytes, as they came.
            at: when they came, in seconds of a clock that never goes back.
        """
        if self._after_cr and chunk:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")  # the second half of a CRLF that the chunk before began
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        pieces = chunk.split(b"\n")
        last = pieces.pop()
        if pieces and self._rest:
            self._keep(pieces[0], at)
            yield self._line(bytes(self._rest), self._rest_began, at, cut=self._rest_cut)
            self._rest.clear()
            self._rest_cut = False
            del pieces[0]
        for piece in pieces:
            yield self._line(piece[: self._longest], at, at, cut=len(piece) > self._longest)
        self._keep(last, at)

    def _keep(self, piece: bytes, at: float) -> None:
        if not piece:
            return
        if not self._rest:
            self._rest_began = at
        room = self._longest - len(self._rest)
        self._rest += piece[:room]
        self._rest_cut = self._rest_cut or len(piece) > room

    def _line(self, raw: bytes, began: float, ended: float, *, cut: bool) -> Line:
        if self._first:
            self._first = False
            raw = raw.removeprefix(_BOM)
        try:
            return Line(raw.decode(), began, ended, not cut)
        except UnicodeDecodeError as fault:
            # A character that our own cut went through is no fault of the stream.
            ours = cut and fault.reason == "unexpected end of data"
            return Line(raw.decode(errors="replace"), began, ended, not cut, ours)
