"""Where a command stands, and by which way a deploy comes to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

OPEN, CLOSE = "\ue000", "\ue001"
"""Marks around the name of a value that is set elsewhere: private-use characters, which no deploy file contains."""
_OVERRIDDEN = ":-"
_HOLE = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")


def hole(name: str) -> str:
    """Stands, within a text, for a value that the files do not tell."""
    return f"{OPEN}{name}{CLOSE}"


def holes(text: str) -> tuple[str, ...]:
    """The names of the values in `text` that the files do not tell."""
    return tuple(_HOLE.findall(text))


def instead_of(name: str) -> str:
    """Stands for what a variable with a default may be instead, where it is set elsewhere."""
    return hole(f"{name}{_OVERRIDDEN}")


def overridden(text: str) -> bool:
    """Whether `text` has a value that the files tell, and that may be another where a variable is set elsewhere."""
    return any(each.endswith(_OVERRIDDEN) for each in holes(text))


def only_holes(text: str) -> bool:
    """Whether nothing of `text` is known, so that it may be any word, or none."""
    return bool(text) and not _HOLE.sub("", text)


def shown(text: str) -> str:
    """`text` as a person writes it: `$NAME` for a value that the files do not tell."""
    return _HOLE.sub(lambda found: f"${found[1]}" if re.fullmatch(r"\w+|[@*#?!]", found[1]) else found[1], text)


@dataclass(frozen=True)
class FilePlace:
    """A line of a file, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def below(self, lines: int) -> FilePlace:
        """The place so many lines further down."""
        return FilePlace(self.file, self.line + lines)


@dataclass(frozen=True)
class Text:
    """Something that is run, and where its first line stands."""

    text: str
    place: FilePlace


@dataclass(frozen=True)
class ChainLink:
    """One link of a chain: what is run, and where that is written."""

    said: str
    place: FilePlace


Chain = tuple[ChainLink, ...]


def line_of(text: str, pattern: str, start: int = 0) -> int:
    """The line of the first match of `pattern` after the offset `start`; 1 if there is none."""
    found = re.compile(pattern, re.MULTILINE).search(text, start)
    return text.count("\n", 0, found.start()) + 1 if found else 1
