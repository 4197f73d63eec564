"""Parses a file into statements, and says what cannot be parsed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import pglast
from pglast.parser import scan

Node = Any
"""A node of PostgreSQL's syntax tree; pglast's classes are not typed."""
_GAP = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)+", re.DOTALL)
_META = re.compile(r"^\s*\\[A-Za-z!?]", re.MULTILINE)
_BOM = b"\xef\xbb\xbf"
_BETWEEN = {"TEMP", "TEMPORARY", "LOCAL", "GLOBAL", "UNLOGGED", "FOREIGN", "OR", "REPLACE", "MATERIALIZED", "RECURSIVE"}
"""Tokens that may stand between CREATE and TABLE or VIEW."""


@dataclass(frozen=True)
class Statement:
    """One statement: its tree, its text, and the line of its first token."""

    node: Node
    text: str
    line: int


@dataclass(frozen=True)
class ParseProblem:
    """Why a file, or a part of it, cannot be parsed; and the remedy.

    Attributes:
        makes: the tables and views that it would create, as parts of names, as far as its tokens tell.
    """

    line: int
    what: str
    instead: str
    makes: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class ParsedFile:
    """The statements of a file; complete if there are no problems."""

    text: str
    statements: tuple[Statement, ...]
    troubles: tuple[ParseProblem, ...] = ()


class LineIndex:
    """Maps a character offset to its line."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(each.end() for each in re.finditer("\n", text))]

    def at(self, place: int) -> int:
        """The line, counted from 1."""
        return bisect_right(self._starts, place)


def read(content: bytes) -> ParsedFile:
    """Parse a whole file; never raises for its content."""
    try:
        text = content.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as trouble:
        line = content.count(b"\n", 0, trouble.start) + 1
        what = f"byte {trouble.start} is not UTF-8"
        return ParsedFile("", (), (ParseProblem(line, what, "save the file as UTF-8"),))
    reading = _read(text)
    first = list(_before_the_parser(content, text))
    if not reading.statements and not reading.troubles and not first:
        first.append(ParseProblem(0, "the file holds no statement", "remove it, or find out what should be in it"))
    return ParsedFile(reading.text, reading.statements, (*first, *reading.troubles))


def _before_the_parser(content: bytes, text: str) -> Iterator[ParseProblem]:
    if content.startswith(_BOM):
        yield ParseProblem(1, "the file begins with a byte-order mark", "save it as UTF-8 without one")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        yield ParseProblem(line, "a NUL byte: programs disagree about what follows it", "remove it")


def _read(text: str) -> ParsedFile:
    # The parser silently stops at a NUL.
    text = text.replace("\0", " ")
    lines = LineIndex(text)
    try:
        raw = pglast.parse_sql(text)
    except pglast.Error as trouble:
        return _piecewise(text, lines, trouble)
    return ParsedFile(text, tuple(_statement(text, lines, each) for each in raw))


def _statement(text: str, lines: LineIndex, raw: Node, offset: int = 0) -> Statement:
    begin = offset + (raw.stmt_location or 0)
    end = begin + raw.stmt_len if raw.stmt_len else len(text)
    gap = _GAP.match(text, begin, end)
    begin = gap.end() if gap else begin
    return Statement(raw.stmt, text[begin:end], lines.at(begin))


def _piecewise(text: str, lines: LineIndex, whole: Exception) -> ParsedFile:
    """Parse statement by statement: a DROP beside a syntax error is still a DROP."""
    statements: list[Statement] = []
    troubles: list[ParseProblem] = []
    for begin, end in _pieces(text):
        try:
            raw = pglast.parse_sql(text[begin:end])
        except pglast.Error as trouble:
            gap = _GAP.match(text, begin, end)
            troubles.append(_unreadable(text[begin:end], lines.at(gap.end() if gap else begin), trouble))
        else:
            statements += [_statement(text[:end], lines, each, begin) for each in raw]
    if not troubles:
        troubles.append(_unreadable(text, 0, whole))
    return ParsedFile(text, tuple(statements), tuple(troubles))


def _pieces(text: str) -> list[tuple[int, int]]:
    try:
        slices = pglast.split(text, with_parser=False, only_slices=True)
    except pglast.Error:
        return [(0, len(text))]
    return [(each.start, each.stop) for each in slices]


def _unreadable(piece: str, line: int, trouble: Exception) -> ParseProblem:
    if _META.search(piece):
        return ParseProblem(line, "a command of psql, which no other runner knows", "write it in SQL, or leave it out")
    said = str(trouble.args[0] if trouble.args else trouble)
    what = f"PostgreSQL cannot read it: {said}"
    return ParseProblem(line, what, "mend it; a person must say what was meant", tuple(_makes(piece)))


def _makes(piece: str) -> Iterator[tuple[str, ...]]:
    """The names after CREATE TABLE and CREATE VIEW in a text that does not parse, by its tokens."""
    try:
        tokens = [(each.name, piece[each.start : each.end + 1]) for each in scan(piece)]
    except pglast.Error:
        return
    for place, (name, _) in enumerate(tokens):
        rest = tokens[place + 1 :] if name == "CREATE" else []
        between = [each for each, _ in takewhile(lambda token: token[0] in _BETWEEN, rest)]
        rest = rest[len(between) :]
        if not rest or rest[0][0] not in {"TABLE", "VIEW"}:
            continue
        guarded = [each for each, _ in rest[1:4]] == ["IF_P", "NOT", "EXISTS"]
        parts = tuple(_name(rest[4 if guarded else 1 :]))
        if parts:
            yield ("pg_temp", *parts) if {"TEMP", "TEMPORARY"} & {*between} else parts


def _name(tokens: list[tuple[str, str]]) -> Iterator[str]:
    """The parts of the name at the start of the tokens."""
    for index in range(0, len(tokens), 2):
        text = tokens[index][1]
        yield text[1:-1].replace('""', '"') if text.startswith('"') else text.lower()
        if index + 1 >= len(tokens) or tokens[index + 1][1] != ".":
            return
