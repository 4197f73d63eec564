"""Tells which earlier, refused file a file could not do without."""

from __future__ import annotations

import re

from verifier.probes.migrations.catalogue import ObjectCatalogue
from verifier.probes.migrations.reading import read
from verifier.probes.migrations.rules.judging import judge
from verifier.probes.migrations.rules.static import Source

_ABSENT = {"42P01", "42703", "42704", "42883", "3F000"}
"""Something is not there: a table, a column, an object, a function, a schema (SQLSTATE)."""
_PRESENT = {"42P06", "42P07", "42701", "42710", "42723"}
"""Something is there already: a schema, a table, a column, an object, a function."""
_NAMED = re.compile(r'"([^"]+)"|(?:function|column) ([\w.$]+)')


class Blame:
    """What the refused files of a history would have made and taken away, by their statements.

    A file that is refused for lack of something that a refused file before it would have made fails because of that
    one; so does a file that meets what a refused file would have dropped or renamed. Every other refusal is its own.
    """

    def __init__(self) -> None:
        self._catalogue = ObjectCatalogue()
        self._absent: dict[str, str] = {}
        self._present: dict[str, str] = {}

    def cause(self, source: Source, code: str, message: str) -> str:
        """The path of the refused file with which it began that this one fails; empty if it fails by itself.

        Args:
            source: the file; it may be applied well, and then code and message are empty.
            code: SQLSTATE.
            message: the server's own words.
        """
        made, gone = self._changes(source)
        if not code:
            for name in made:
                self._absent.pop(name, None)
            return ""
        # The server names first what is not there, or is there already, and then where.
        named = _NAMED.search(message)
        blamed = self._absent if code in _ABSENT else self._present if code in _PRESENT else {}
        cause = blamed.get(_last(named[1] or named[2]), "") if named else ""
        for name in made:
            self._absent.setdefault(name, cause or source.path)
        for name in gone:
            self._present.setdefault(name, cause or source.path)
        return cause

    def _changes(self, source: Source) -> tuple[set[str], set[str]]:
        """The last parts of the names that a file makes, and of those that it takes away."""
        before = set(self._catalogue.things)
        judge(read(source.content), self._catalogue, source.path)
        self._catalogue.ship()
        after = set(self._catalogue.things)
        return _short(after - before), _short(before - after)


def _short(keys: set[tuple[str, str]]) -> set[str]:
    return {_last(name) for _, name in keys}


def _last(name: str) -> str:
    return re.split(r"[./]", name.partition("(")[0])[-1]
