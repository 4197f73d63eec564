"""What is wrong with a comparison that a check asserted, as findings instead of Python's own words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet

from verifier.core.evidence.finding import Finding, cut
from verifier.core.evidence.readings import Readings

_WORDS = {
    "==": "is not", "!=": "is", "<": "is not less than", "<=": "is more than", ">": "is not more than",
    ">=": "is less than", "in": "is not among", "not in": "is among", "is": "is not", "is not": "is",
}  # fmt: skip
_MOST = 200
"""Characters of a value in words."""


def compared(operator: str, left: object, right: object) -> list[Finding]:
    """The findings of `left operator right`, which does not hold.

    The subject is what differs: a key, an element; empty where it is the comparison as a whole.
    """
    if operator == "<=" and isinstance(left, Readings) and isinstance(right, Readings):
        return left.findings(right)
    if operator == "==" and isinstance(left, Mapping) and isinstance(right, Mapping):
        return _of_mappings(left, right)
    if (isinstance(left, AbstractSet) and isinstance(right, AbstractSet)) or _are_lists(left, right):
        found = _of_collections(operator, left, right)  # type: ignore[arg-type]  # both are collections
        if found:
            return found
    return [Finding(subject="", problem="not as expected", detail=f"{_told(left)} {_WORDS[operator]} {_told(right)}")]


def _are_lists(left: object, right: object) -> bool:
    return all(isinstance(each, (list, tuple)) for each in (left, right))


def _of_mappings(seen: Mapping[object, object], wanted: Mapping[object, object]) -> list[Finding]:
    found = []
    for key in dict.fromkeys([*wanted, *seen]):
        if key not in seen:
            found.append(Finding(subject=_told(key), problem="missing", detail=f"expected {_told(wanted[key])}"))
        elif key not in wanted:
            found.append(Finding(subject=_told(key), problem="not expected", detail=_told(seen[key])))
        elif seen[key] != wanted[key]:
            told = f"{_told(seen[key])} instead of {_told(wanted[key])}"
            found.append(Finding(subject=_told(key), problem="not as expected", detail=told))
    return found


def _of_collections(operator: str, seen: Collection[object], wanted: Collection[object]) -> list[Finding]:
    missing = [each for each in wanted if each not in seen] if operator in {"==", ">="} else []
    surplus = [each for each in seen if each not in wanted] if operator in {"==", "<="} else []
    return [Finding(subject=_told(each), problem="missing") for each in missing] + [
        Finding(subject=_told(each), problem="not expected") for each in surplus
    ]


def _told(value: object) -> str:
    """The value as a person writes it; strings without quotes, and nothing as a word."""
    if isinstance(value, Mapping):
        text = ", ".join(f"{key} {each}" for key, each in value.items())
    elif isinstance(value, (list, tuple, AbstractSet)):
        text = ", ".join(map(str, value))
    else:
        text = str(value)
    return cut(text, _MOST) or "nothing"
