"""The spellings of known values, found in a text at the speed of the library's own search."""

from __future__ import annotations

import re
from collections.abc import Collection

_RUN = re.compile(r"[A-Za-z0-9]+")
_LONG = 6
"""Letters and digits in a row that few texts have by chance."""

_SHORT = 200
"""Characters of a text in which the alternation is as fast."""


class KnownSpellings:
    """Finds each of these spellings, the longest first.

    An alternation of hundreds of words is tried at every place of a text. So a long text is searched first for a few
    parts, of which each spelling has one: most spellings of a value have its longest row of letters and digits.
    """

    def __init__(self, spellings: Collection[str]) -> None:
        ordered = sorted(spellings, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered)))
        self._parts = tuple({_part(each) for each in ordered})

    def stands_in(self, text: str) -> bool:
        """Whether one stands in the text."""
        return self._may_stand_in(text) and self._pattern.search(text) is not None

    def masked(self, text: str, mask: str) -> str:
        """The text with `mask` in the place of each."""
        return self._pattern.sub(mask, text) if self._may_stand_in(text) else text

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where they stand: each begin and end."""
        return [each.span() for each in self._pattern.finditer(text)]

    def _may_stand_in(self, text: str) -> bool:
        return len(text) < _SHORT or any(each in text for each in self._parts)


def _part(spelling: str) -> str:
    longest = max(_RUN.findall(spelling), key=len, default="")
    return longest if len(longest) >= _LONG else spelling
