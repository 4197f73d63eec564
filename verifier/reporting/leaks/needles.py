"""What a search looks for: learnt values, also in the encodings that depend on where a value begins."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_CERTAIN = 12
"""Letters and digits of a value that no other text has by chance, when all other signs are left out."""
_END = 6
"""Letters and digits at the beginning or the end of a value that stand together, where it is split."""
_SIGNS = bytes(each for each in range(256) if not chr(each).isalnum() or each > 127)  # noqa: PLR2004 - ASCII
Kind = tuple[bytes, ...]


@dataclass(frozen=True)
class Needles:
    """What to look for in each view of a content.

    Attributes:
        coded: in bytes as they are: values, and their forms in base64, hexadecimal digits and UTF-16.
        plain: in text whose escapes are undone: values, and their forms in base64.
        squeezed: in text of which only letters and digits are left: the same, as far as they are certain then.
        split: values alone, where several texts are read as one.
        ends: the ends of these; without one of them there is no value that is split.
    """

    coded: Kind = ()
    plain: Kind = ()
    squeezed: Kind = ()
    split: Kind = ()
    ends: Kind = ()

    @property
    def longest(self) -> int:
        """Bytes of the longest one."""
        return max(map(len, self.coded), default=0)


@lru_cache(maxsize=8)
def needles(values: frozenset[str]) -> Needles:
    """What to look for, so that none of these values is published."""
    raw = {each.encode(errors="surrogatepass") for each in values}
    based = {form for each in raw for form in _base64(each)}
    plain = raw | based
    coded = plain | {form for each in values for form in _other_bytes(each)}
    split = _certain(raw)
    ends = {end for each in split for end in (each[:_END], each[-_END:])}
    return Needles(*(tuple(sorted(each)) for each in (coded, plain, _certain(plain), split, ends)))


def _certain(values: Iterable[bytes]) -> set[bytes]:
    return {kept for each in values if len(kept := squeeze(each)) >= _CERTAIN and not kept.isdigit()}


def squeeze(content: bytes) -> bytes:
    """Letters and digits of ASCII alone: what stays of a value however it is split, quoted or escaped by signs."""
    return content.translate(None, _SIGNS)


def _base64(raw: bytes) -> Iterable[bytes]:
    """The middle of the value in base64 at each alignment, in both alphabets; its ends depend on the neighbours."""
    for alignment in range(3):
        encoded = base64.b64encode(b"\0" * alignment + raw).rstrip(b"=")
        middle = encoded[(0, 2, 3)[alignment] : len(encoded) - (1 if (alignment + len(raw)) % 3 else 0)]
        yield middle
        yield middle.translate(bytes.maketrans(b"+/", b"-_"))


def _other_bytes(value: str) -> Iterable[bytes]:
    raw = value.encode(errors="surrogatepass")
    yield from (raw.hex().encode(), raw.hex().upper().encode())
    yield from (value.encode(coding, errors="surrogatepass") for coding in ("utf-16-le", "utf-16-be"))
    if value.isprintable() and all(ord(each) < 256 for each in value):  # noqa: PLR2004 - what Latin-1 has
        yield value.encode("latin-1")
