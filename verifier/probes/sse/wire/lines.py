"""Cuts the bytes of an event stream into lines, each with the time of its first byte and of its last.

Source of the rules: WHATWG HTML, section 9.2.5 'Parsing an event stream'. Knows nothing of sockets and of clocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 1024 * 1024
"""Bytes of a line, and of an event, that are kept; the rest of a longer one is dropped, and the cut is counted."""
_BOM = b"\xef\xbb\xbf"


class StreamLine(NamedTuple):
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


class LineSplitter:
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

    def feed(self, chunk: bytes, at: float) -> Iterator[StreamLine]:
        """The lines that `chunk` completes.

        Args:
            chunk: any number of bytes, as they came.
            at: when they came, in seconds of a clock that never goes back.
        """
        for first, others in self.cut(chunk, at):
            if first is not None:
                yield first
            for raw in others:
                yield decoded(raw, at, at)

    def cut(self, chunk: bytes, at: float) -> Iterator[tuple[StreamLine | None, list[bytes]]]:
        """The same, as the first line and the others in raw form, which came whole and at once; for who is in haste."""
        for begin in range(0, len(chunk), self._longest):
            yield self._cut(chunk[begin : begin + self._longest], at)

    def _cut(self, chunk: bytes, at: float) -> tuple[StreamLine | None, list[bytes]]:
        if self._after_cr:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")  # the second half of a CRLF that the chunk before began
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        pieces = chunk.split(b"\n")
        last = pieces.pop()
        first = None
        if pieces and (self._rest or self._first):
            self._keep(pieces.pop(0), at)
            first = self._take(at)
        self._keep(last, at)
        return first, pieces

    def _keep(self, piece: bytes, at: float) -> None:
        if not piece:
            return
        if not self._rest:
            self._rest_began = at
        room = self._longest - len(self._rest)
        self._rest += piece[:room]
        self._rest_cut = self._rest_cut or len(piece) > room

    def _take(self, at: float) -> StreamLine:
        raw = bytes(self._rest)
        if self._first:
            self._first = False
            raw = raw.removeprefix(_BOM)
        line = decoded(raw, self._rest_began if self._rest else at, at, whole=not self._rest_cut)
        self._rest.clear()
        self._rest_cut = False
        return line


def decoded(raw: bytes, began: float, ended: float, *, whole: bool = True) -> StreamLine:
    """A line of these bytes."""
    try:
        return StreamLine(raw.decode(), began, ended, whole)
    except UnicodeDecodeError as fault:
        # A character that our own cut went through is no fault of the stream.
        ours = not whole and fault.reason == "unexpected end of data"
        return StreamLine(raw.decode(errors="replace"), began, ended, whole, ours)
