"""Whether a test of the shell holds, as far as the files tell: yes, no, or nothing."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from verifier.probes.deploy_files.places import holes

_EQUAL: dict[str, bool] = {"=": True, "==": True, "!=": False}
_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "-eq": operator.eq,
    "-ne": operator.ne,
    "-gt": operator.gt,
    "-lt": operator.lt,
    "-ge": operator.ge,
    "-le": operator.le,
}


def negated(truth: bool | None) -> bool | None:  # noqa: FBT001 - three values
    """The opposite; nothing stays nothing."""
    return None if truth is None else not truth


def both(left: bool | None, right: bool | None) -> bool | None:  # noqa: FBT001 - three values
    """Whether both hold."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def either(left: bool | None, right: bool | None) -> bool | None:  # noqa: FBT001 - three values
    """Whether one of them holds."""
    return negated(both(negated(left), negated(right)))


def holds(words: Sequence[str], *, patterns: bool = False) -> bool | None:
    """Whether a test of these words holds, as in `[ WORDS ]`.

    Args:
        words: expanded; a text that is not known has a hole.
        patterns: whether the right side of a comparison is a pattern, as in `[[ … ]]`.
    """
    if not words:
        return False
    for joint, combine in (("-o", either), ("||", either), ("-a", both), ("&&", both)):
        if joint in words[1:-1]:
            at = words.index(joint, 1)
            return combine(holds(words[:at], patterns=patterns), holds(words[at + 1 :], patterns=patterns))
    if words[0] == "!":
        return negated(holds(words[1:], patterns=patterns))
    return _simple(words, patterns=patterns)


def _simple(words: Sequence[str], *, patterns: bool) -> bool | None:
    match list(words):
        case [text]:
            return _not_empty(text)
        case ["-n", text]:
            return _not_empty(text)
        case ["-z", text]:
            return negated(_not_empty(text))
        case [left, sign, right] if sign in _EQUAL:
            same = _same(left, right, patterns=patterns)
            return same if _EQUAL[sign] else negated(same)
        case [left, sign, right] if sign in _NUMBERS and left.isdigit() and right.isdigit():
            return _NUMBERS[sign](int(left), int(right))
    return None


def _not_empty(text: str) -> bool | None:
    return None if holes(text) else bool(text)


def _same(left: str, right: str, *, patterns: bool) -> bool | None:
    if holes(left) or holes(right):
        return None
    return fnmatchcase(left, right) if patterns else left == right
