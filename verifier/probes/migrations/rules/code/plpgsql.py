"""The expressions in a body in PL/pgSQL, each with where it stands and what is known there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

Turns = dict[str, str]
"""Variable of a loop over whole numbers → its value in one turn, as text."""
_MOST_TURNS = 100
_BRANCHES = {"then_body", "else_body", "stmts", "else_stmts", "exceptions", "PLpgSQL_exception"}
"""Statements that may not run; for the body of a loop or of a block with handlers it depends on what it belongs to."""
LOOPS = {
    "PLpgSQL_stmt_while", "PLpgSQL_stmt_fori", "PLpgSQL_stmt_fors", "PLpgSQL_stmt_forc", "PLpgSQL_stmt_foreach_a",
    "PLpgSQL_stmt_dynfors", "PLpgSQL_stmt_loop",
}  # fmt: skip
_WRITES = {*LOOPS, "PLpgSQL_stmt_assign", "PLpgSQL_stmt_fetch", "PLpgSQL_stmt_getdiag"}
_LEAVES = {"PLpgSQL_stmt_return", "PLpgSQL_stmt_exit"}


@dataclass(frozen=True)
class Piece:
    """An expression.

    Attributes:
        expression: its query and how it is parsed.
        line: of the body, counted from 1; None where it is not told.
        executed: whether its value is executed as SQL.
        known: the turn of the loops around it.
        branch: the ways that the code must take to get there, the outermost first.
        moment: the number of assignments before it in the text; where it is the same, variables have the same values.
        portion: whether the loop around it ends a transaction in each turn.
    """

    expression: dict[str, Any]
    line: int | None
    executed: bool
    known: Turns
    branch: tuple[str, ...]
    moment: int
    portion: bool = False


def pieces(function: dict[str, Any]) -> Iterator[Piece]:
    """All expressions of a function, as pglast's `parse_plpgsql` tells it, in the order of the text."""
    yield from _Walk(function["datums"]).walk(function, Piece({}, None, executed=False, known={}, branch=(), moment=0))


class _Walk:
    def __init__(self, datums: list[dict[str, Any]]) -> None:
        self._datums = datums
        self._ways = count(1)
        self._moment = 0

    def walk(self, tree: object, at: Piece) -> Iterator[Piece]:
        """The pieces of a part of the tree; `at` has what holds where it begins."""
        if isinstance(tree, list):
            for each in tree:
                yield from self.walk(each, at)
                if _holds(each, _LEAVES):
                    at = self._branched(at)  # what follows runs only if that has not been left
        elif isinstance(tree, dict):
            at = replace(at, line=tree.get("lineno", at.line))
            self._moment += "into" in tree
            for key, value in tree.items():
                yield from self._part(key, value, tree, at)

    def _part(self, key: str, value: Any, tree: dict[str, Any], at: Piece) -> Iterator[Piece]:  # noqa: ANN401 - JSON
        if key == "PLpgSQL_expr":
            yield replace(at, expression=value, moment=self._moment)
            return
        self._moment += key in _WRITES
        opens = key in {"PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors"}
        opens = opens or (isinstance(value, dict) and "dynquery" in value)
        at = replace(at, executed=opens or (key in {"query", "dynquery"} and at.executed))
        if key in _BRANCHES or (key == "body" and "exceptions" in tree and not _runs_or_is_there(tree)):
            at = self._branched(at)
        if key not in LOOPS:
            yield from self.walk(value, at)
            return
        turns = self._turns(value) if key == "PLpgSQL_stmt_fori" else []
        hidden = {value["var"]["PLpgSQL_var"]["refname"]: ""} if key == "PLpgSQL_stmt_fori" else {}
        for turn in turns or [hidden]:
            own = _commits(value.get("body", []))
            known = replace(at, known=at.known | turn, line=value.get("lineno", at.line), portion=own)
            for part, inside in value.items():
                there = self._branched(known) if part == "body" and not turns else known
                yield from self._part(part, inside, value, there)

    def _branched(self, at: Piece) -> Piece:
        return replace(at, branch=(*at.branch, str(next(self._ways))))

    def _turns(self, loop: dict[str, Any]) -> list[Turns]:
        """The turns of a loop between two constants; none where they cannot be known."""
        name, line = loop["var"]["PLpgSQL_var"]["refname"], loop.get("lineno", 0)
        bounds = [str(loop[each]["PLpgSQL_expr"]["query"]).strip() for each in ("lower", "upper")]
        places = [
            place
            for place, datum in enumerate(self._datums)
            if any(each.get("refname") == name and each.get("lineno", 0) >= line for each in datum.values())
        ]
        if all(map(str.isdecimal, bounds)) and "step" not in loop and len(places) == 1:
            low, high = sorted(map(int, bounds))
            if high - low < _MOST_TURNS and not _is_in(loop["body"], places[0]):
                return [{name: str(each)} for each in range(low, high + 1)]
        return []


def _commits(body: list[dict[str, Any]]) -> bool:
    """Whether every turn of a loop comes past a COMMIT, unless it leaves the loop."""
    return any("PLpgSQL_stmt_commit" in each for each in body) and not _continues(body)


def _continues(tree: object) -> bool:
    """Whether a part of the tree has CONTINUE."""
    if isinstance(tree, dict):
        own = "PLpgSQL_stmt_exit" in tree and not tree["PLpgSQL_stmt_exit"].get("is_exit")
        return own or any(map(_continues, tree.values()))
    return isinstance(tree, list) and any(map(_continues, tree))


def _runs_or_is_there(block: dict[str, Any]) -> bool:
    """Whether a block has one statement, and handlers for nothing but that it would make what is there."""
    handlers = block["exceptions"]["PLpgSQL_exception_block"]["exc_list"]
    conditions = [each for handler in handlers for each in handler["PLpgSQL_exception"]["conditions"]]
    names = [str(each["PLpgSQL_condition"]["condname"]) for each in conditions]
    return len(block["body"]) == 1 and all(each.startswith("duplicate_") for each in names)


def _holds(tree: object, keys: set[str]) -> bool:
    """Whether a part of the tree has one of these keys."""
    if isinstance(tree, dict):
        return not keys.isdisjoint(tree) or any(_holds(each, keys) for each in tree.values())
    return isinstance(tree, list) and any(_holds(each, keys) for each in tree)


def _is_in(tree: object, place: int) -> bool:
    """Whether statements name a variable by its place, as those do that write it."""
    if isinstance(tree, dict):
        return any(_is_in(each, place) for key, each in tree.items() if key not in {"lineno", "parseMode"})
    return any(_is_in(each, place) for each in tree) if isinstance(tree, list) else tree == place
