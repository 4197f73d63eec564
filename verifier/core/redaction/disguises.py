"""Finds a known text although its letters are escaped, or white space stands between them, and masks it in place."""

from __future__ import annotations

import re
from html import unescape

from verifier.core.redaction.known import KnownSpellings

_ESCAPED = re.compile(r"&#\d+;?|&#[xX][0-9a-fA-F]+;?|&[a-zA-Z]+;|\\+u[0-9a-fA-F]{4}|\\+x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}")
_TOKEN = re.compile(rf"{_ESCAPED.pattern}|\\+[nrt]|\s+|.", re.DOTALL)
_CONTROL = re.compile(r"\\+[nrt]")
_SIGNS = ("\n", "&", "\\", "%")
"""Without one of these a text reads as it stands; what is merely spaced out is not looked for here."""


def mask_disguised(text: str, known: KnownSpellings, mask: str) -> str:
    """The text with `mask` in the place of whatever reads as `known` once escapes are undone and blanks left out.

    That reading is made at the speed of the library's own code; only a text that holds something is taken apart.
    """
    if not any(each in text for each in _SIGNS) or not known.stands_in(_plain(text)):
        return text
    letters, places = [], []
    for token in _TOKEN.finditer(text):
        for letter in _plain(token[0]):
            letters.append(letter)
            places.append(token.span())
    masked, at = [], 0
    for first, after in known.places("".join(letters)):
        begin, end = places[first][0], places[after - 1][1]
        masked += [text[at:begin], mask]
        at = end
    return "".join([*masked, text[at:]])


def _plain(text: str) -> str:
    if "&" in text or "\\" in text or "%" in text:
        text = _CONTROL.sub("", _ESCAPED.sub(_letter, text))
    return "".join(text.split())


def _letter(escape: re.Match[str]) -> str:
    written = escape[0]
    if written[0] == "&":
        return unescape(written)
    return chr(int(written[-4:] if "u" in written else written[-2:], 16))
