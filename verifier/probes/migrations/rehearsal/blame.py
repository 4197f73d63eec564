"""Finds the earlier refused file that causes a refusal."""

from __future__ import annotations

import re

from verifier.probes.migrations.catalogue import ObjectCatalogue
from verifier.probes.migrations.reading import read
from verifier.probes.migrations.rules.judging import judge
from verifier.probes.migrations.rules.static import MigrationFile

_ABSENT = {"42P01", "42703", "42704", "42883", "3F000"}
"""SQLSTATE: an undefined table, column, object, function or schema."""
_PRESENT = {"42P06", "42P07", "42701", "42710", "42723"}
"""SQLSTATE: a duplicate schema, table, column, object or function."""
_NAMED = re.compile(r'"([^"]+)"|(?:function|column) ([\w.$]+)')


class Blame:
    """The names that refused files would have created, dropped or renamed.

    A later file that lacks what a refused file would have created fails because of it; so does one that meets what
    it would have dropped or renamed.
    """

    def __init__(self) -> None:
        self._catalogue = ObjectCatalogue()
        self._absent: dict[str, str] = {}
        self._present: dict[str, str] = {}

    def cause(self, source: MigrationFile, code: str, message: str) -> str:
        """The path of the refused file that causes this failure; empty if it has its own cause.

        Args:
            source: the file; code and message are empty if it applied.
            code: SQLSTATE.
            message: of the server.
        """
        made, gone = self._changes(source)
        if not code:
            for name in made:
                self._absent.pop(name, None)
            return ""
        # The server names the missing or duplicate object first.
        named = _NAMED.search(message)
        blamed = self._absent if code in _ABSENT else self._present if code in _PRESENT else {}
        cause = blamed.get(_last(named[1] or named[2]), "") if named else ""
        for name in made:
            self._absent.setdefault(name, cause or source.path)
        for name in gone:
            self._present.setdefault(name, cause or source.path)
        return cause

    def _changes(self, source: MigrationFile) -> tuple[set[str], set[str]]:
        """The unqualified names that a file creates, and those that it drops or renames."""
        before = set(self._catalogue.things)
        judge(read(source.content), self._catalogue, source.path)
        self._catalogue.ship()
        after = set(self._catalogue.things)
        return _short(after - before), _short(before - after)


def _short(keys: set[tuple[str, str]]) -> set[str]:
    return {_last(name) for _, name in keys}


def _last(name: str) -> str:
    return re.split(r"[./]", name.partition("(")[0])[-1]
