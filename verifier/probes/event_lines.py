"""Takes an event stream apart as it comes off the wire; knows nothing of sockets.

Source of the rules: WHATWG HTML, section 9.2 «Server-sent events».
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 64 * 1024
"""Bytes of a line that are kept; the rest of a longer one is dropped, and the cut is counted."""
_BOM = b"\xef\xbb\xbf"


class Arrival(NamedTuple):
    """Something that the stream brought: an event with its name, or a comment line."""

    form: str
    name: str = ""


class Lines:
    """Bytes, cut anywhere, into lines that end in LF, CR or CRLF; what memory it takes is bounded.

    A line is handed out at its CR, because a stream that ends lines so would otherwise lag by one line.
    """

    def __init__(self) -> None:
        self.cut = 0
        self._line = bytearray()
        self._is_cut = False
        self._after_cr = False
        self._first = True

    def feed(self, chunk: bytes) -> Iterator[str]:
        """The lines that `chunk` completes, without their ends."""
        if chunk and self._after_cr:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        pieces = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._after_cr = chunk.endswith(b"\r")
        for piece in pieces[:-1]:
            self._append(piece)
            yield self._take()
        self._append(pieces[-1])

    def _append(self, piece: bytes) -> None:
        room = LONGEST - len(self._line)
        self._line += piece[:room]
        if len(piece) > room and not self._is_cut:
            self._is_cut = True
            self.cut += 1

    def _take(self) -> str:
        line = bytes(self._line)
        self._line.clear()
        self._is_cut = False
        if self._first:
            line = line.removeprefix(_BOM)
            self._first = False
        return line.decode("utf-8", errors="replace")


class EventLines:
    """What a stream brings, in the order in which it is complete.

    An event without a data line is none to a browser; those are counted in `without_data` and not handed out.
    """

    def __init__(self) -> None:
        self.without_data = 0
        self._lines = Lines()
        self._name = ""
        self._has_data = False

    @property
    def cut(self) -> int:
        """How many lines were too long to be kept whole."""
        return self._lines.cut

    def feed(self, chunk: bytes) -> Iterator[Arrival]:
        """The events and comments that `chunk` completes."""
        for line in self._lines.feed(chunk):
            if line.startswith(":"):
                yield Arrival("comment")
            elif line:
                self._field(line)
            else:
                yield from self._dispatch()

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        if name == "data":
            self._has_data = True
        elif name == "event":
            self._name = value.removeprefix(" ")

    def _dispatch(self) -> Iterator[Arrival]:
        name, has_data = self._name, self._has_data
        self._name, self._has_data = "", False
        if has_data:
            yield Arrival("event", name or "message")
        elif name:
            self.without_data += 1
