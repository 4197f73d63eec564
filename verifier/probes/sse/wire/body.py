"""Takes an HTTP/1.1 answer apart as it comes: its head, and then its body without the framing.

Source of the rules: RFC 9112, sections 2 to 7. Written by hand, because an HTTP library costs several times the memory
and the time of a stream that is held ten thousand times; it knows no more than what an answer to GET needs.
"""

from __future__ import annotations

from verifier.core.redaction import REDACTOR

_HEAD = 64 * 1024
_SIZE_LINE = 4096


class MalformedAnswer(Exception):  # noqa: N818 - reads as what it is
    """The bytes are no answer in HTTP/1.1."""


class AnswerReader:
    """The state between two pieces of one answer.

    Attributes:
        status: the HTTP status; 0 until the head is complete.
        headers: by lower-case name; the last of several counts.
        over: whether the body has come to its end as its framing tells it.
    """

    __slots__ = ("_chunked", "_left", "_rest", "_skip", "headers", "over", "status")

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.over = False
        self._chunked = False
        self._left: int | None = None
        self._skip = 0
        self._rest = b""

    @property
    def unfinished(self) -> bool:
        """Whether less has come than was announced; an answer as long as its connection announces nothing."""
        return not self.over and (self._chunked or self._left is not None or not self.status)

    def feed(self, piece: bytes) -> bytes:
        """The bytes of the body that `piece` brings.

        Raises:
            MalformedAnswer: it is none.
        """
        if not self.status:
            head, end, piece = (self._rest + piece).partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                if len(head) > _HEAD:
                    raise MalformedAnswer("the head of the answer has no end")
                return b""
            self._rest = b""
            self._read_head(head)
        return self._dechunked(piece) if self._chunked else self._counted(piece)

    def _read_head(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        words = first.split(" ", 2)
        if not first.startswith("HTTP/1.") or len(words) < 2 or not words[1].isdigit():  # noqa: PLR2004 - version, status
            raise MalformedAnswer(f"the answer begins with '{REDACTOR.cut(first, 60)}'")
        self.status = int(words[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self._chunked = "chunked" in self.headers.get("transfer-encoding", "").lower()
        length = self.headers.get("content-length", "")
        self._left = 0 if self._chunked else int(length) if length.isdigit() else None
        self.over = not self._chunked and self._left == 0

    def _counted(self, piece: bytes) -> bytes:
        if self._left is not None:
            piece = piece[: self._left]
            self._left -= len(piece)
            self.over = self._left == 0
        return piece

    def _dechunked(self, piece: bytes) -> bytes:
        piece, self._rest = self._rest + piece, b""
        body, at = [], 0
        while at < len(piece) and not self.over:
            if self._left:
                part = piece[at : at + self._left]
                at, self._left = at + len(part), self._left - len(part)
                self._skip = 0 if self._left else 2
                body.append(part)
            elif self._skip:
                at, self._skip = at + 1, self._skip - 1
            else:
                end = piece.find(b"\r\n", at)
                if end < 0:
                    self._rest = piece[at:]
                    break
                self._left, at = _size(piece[at:end]), end + 2
                self.over = self._left == 0
        if len(self._rest) > _SIZE_LINE:
            raise MalformedAnswer("a chunk without a size")
        return body[0] if len(body) == 1 else b"".join(body)


def _size(line: bytes) -> int:
    try:
        return int(line.partition(b";")[0].strip(), 16)
    except ValueError:
        raise MalformedAnswer(f"a chunk of the size {REDACTOR.cut(repr(line), 40)}") from None
