"""Searches a file, and every file within it, for what must not be published; in pieces, bounded in time and size."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import IO, cast

from verifier.core.deadline import Deadline
from verifier.core.redaction import REDACTOR
from verifier.reporting.leaks.needles import Needles
from verifier.reporting.leaks.views import views

PIECE = 4_000_000
"""Bytes that are looked at together."""
WIDEST = 12
"""Bytes that one byte of a value takes up at most, escaped; so much of the last piece is looked at again."""
DEEPEST = 6
"""Files within each other."""
LARGEST = 1_000_000_000
"""Bytes of one file, all that is packed in it included."""
SHORTEST_RUN = 96
"""Bytes of a text in base64 that is unpacked; in a shorter one, a value is found as it stands."""
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_PACKED_RUN = (b"UEs", b"H4sI", b"Qlpo", b"/Td6", b"_Td6")
"""How archives begin in base64; these are unpacked however short they are."""
_ZIP, _EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_ZIPS = (_ZIP, _EMPTY_ZIP)
_PACKED: dict[bytes, Callable[[IO[bytes]], IO[bytes]]] = {
    b"\x1f\x8b": lambda packed: cast("IO[bytes]", gzip.GzipFile(mode="rb", fileobj=packed)),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}
_DAMAGED = (
    zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, zlib.error, lzma.LZMAError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Leak:
    """Why a file must not be published.

    Attributes:
        place: where within it, from the outside in; empty for the file itself.
        why: nothing where it holds a secret, else why that could not be looked at.
    """

    place: tuple[str, ...] = ()
    why: str = ""

    def __str__(self) -> str:
        where = f" ({' → '.join(self.place)})" if self.place else ""
        return f"{where} could not be searched for secrets: {self.why}" if self.why else f"{where} held a secret"


class _NotSearched(Exception):  # noqa: N818 - it is no error of this program
    """A part of the file cannot be looked at."""

    def __init__(self, place: tuple[str, ...], why: str) -> None:
        self.leak = Leak(place, why)
        super().__init__(why)


class Search:
    """One search of one file.

    Args:
        wanted: what to look for.
        deadline: when to give up; what was not looked at until then counts as a leak.
    """

    def __init__(self, wanted: Needles, deadline: Deadline) -> None:
        self._wanted, self._deadline = wanted, deadline
        self._left = LARGEST
        self._again = max(WIDEST * wanted.longest, SHORTEST_RUN)

    def of(self, content: IO[bytes]) -> Leak | None:
        """The first reason not to publish this content, if there is one.

        Args:
            content: at its beginning; it must be possible to seek in it.
        """
        if not self._wanted.coded:
            return None
        try:
            return self._inside(content, ())
        except _NotSearched as trouble:
            return trouble.leak

    def _inside(self, content: IO[bytes], place: tuple[str, ...]) -> Leak | None:
        """Look at the content as it is, and then into what is packed in it."""
        if len(place) > DEEPEST:
            raise _NotSearched(place, f"more than {DEEPEST} files within each other")
        head = content.read(len(_ZIP) + 2)
        content.seek(0)
        packed = head.startswith(_ZIPS) or any(map(head.startswith, _PACKED))
        found = self._pieces(content, place, packed=packed)
        content.seek(0)
        if found:
            return found
        archive = head.startswith(_ZIPS) or zipfile.is_zipfile(content)
        content.seek(0)
        if archive:
            return self._archive(content, place, certain=head.startswith(_ZIPS))
        unpack = next((each for magic, each in _PACKED.items() if head.startswith(magic)), None)
        return self._unpacked(partial(unpack, content), (*place, "unpacked")) if unpack else None

    def _archive(self, content: IO[bytes], place: tuple[str, ...], *, certain: bool) -> Leak | None:
        """Look at names and contents of an archive; what only ends like one was looked at already."""
        try:
            with zipfile.ZipFile(content) as archive:
                for entry in archive.infolist():
                    name = entry.filename.encode(errors="surrogatepass")
                    if self._piece(name, place, 0, len(name)):
                        return Leak((*place, "the name of a file in it"))
                    found = self._unpacked(partial(archive.open, entry), (*place, REDACTOR.text(entry.filename)))
                    if found:
                        return found
        except _DAMAGED as trouble:
            if certain:
                raise _NotSearched(place, f"damaged ({type(trouble).__name__})") from None
        return None

    def _unpacked(self, opens: Callable[[], IO[bytes]], place: tuple[str, ...]) -> Leak | None:
        """Look at one packed file, kept meanwhile where it can be read twice."""
        with tempfile.SpooledTemporaryFile(max_size=2 * PIECE) as spooled:
            try:
                with opens() as packed:
                    while piece := packed.read(PIECE):
                        self._spend(len(piece), place)
                        spooled.write(piece)
            except _DAMAGED as trouble:
                raise _NotSearched(place, f"damaged or encrypted ({type(trouble).__name__})") from None
            spooled.seek(0)
            return self._inside(spooled, place)

    def _pieces(self, content: IO[bytes], place: tuple[str, ...], *, packed: bool) -> Leak | None:
        """Look at the content as it is; what is packed can be seen only unpacked, but for what stands beside it."""
        kept, left = b"", False
        while (fresh := content.read(PIECE)) or left:
            self._spend(len(fresh), place)
            piece, left = kept + fresh, False
            # What it begins with may be the end of a text in base64, which was looked at as a whole.
            since = len(piece) - len(piece.lstrip(_ALPHABET)) if kept else 0
            kept = piece[-self._again :]
            if packed:
                found = Leak(place) if self._coded_in(piece) else None
            else:
                # What the piece ends with may go on; it is looked at together with what follows.
                begins = len(piece.rstrip(_ALPHABET)) if fresh else len(piece)
                left = begins < len(piece)
                found = self._piece(piece, place, since, begins)
                if len(piece) - begins >= SHORTEST_RUN and not found:
                    found, kept = self._long_run(piece[begins:], content, place)
            if found:
                return found
        return None

    def _piece(self, piece: bytes, place: tuple[str, ...], since: int, until: int) -> Leak | None:
        """Look at a piece in each view, and into the texts in base64 from `since` to `until`."""
        for view, wanted in views(piece, self._wanted):
            if any(each in view for each in wanted):
                return Leak(place)
            self._spend(0, place)
        for run in _RUN.finditer(piece, since, until):
            if len(run[0]) >= SHORTEST_RUN or run[0].startswith(_PACKED_RUN):
                found = self._inside(io.BytesIO(_decoded(run[0])), (*place, "in base64"))
                if found:
                    return found
        return None

    def _long_run(self, text: bytes, content: IO[bytes], place: tuple[str, ...]) -> tuple[Leak | None, bytes]:
        """Look into a text in base64 that goes on in the content; also what of the content is still to be looked at."""
        seen = text[-self._again :]
        with tempfile.SpooledTemporaryFile(max_size=2 * PIECE) as spooled:
            while fresh := content.read(PIECE):
                whole = len(text) - len(text) % 4
                spooled.write(_decoded(text[:whole]))
                run = fresh[: len(fresh) - len(fresh.lstrip(_ALPHABET))]
                self._spend(len(fresh) + whole, place)
                if self._coded_in(seen + run):
                    return Leak(place), b""
                text, seen = text[whole:] + run, (seen + run)[-self._again :]
                if len(run) < len(fresh):
                    break
            spooled.write(_decoded(text))
            spooled.seek(0)
            return self._inside(spooled, (*place, "in base64")), seen + fresh[len(run) :] if fresh else seen

    def _coded_in(self, piece: bytes) -> bool:
        return any(each in piece for each in self._wanted.coded)

    def _spend(self, size: int, place: tuple[str, ...]) -> None:
        self._left -= size
        if self._left < 0:
            raise _NotSearched(place, f"more than {LARGEST:,} bytes, unpacked")
        if self._deadline.over:
            raise _NotSearched(place, "no time was left")


def _decoded(run: bytes) -> bytes:
    """What stands there in base64, in either alphabet, as far as it goes."""
    text = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    text = text[: len(text) - (len(text) % 4 == 1)]
    return base64.b64decode(text + b"=" * (-len(text) % 4))
