"""What conditions compare columns with, and want them to be, read from their text.

Function bodies are in any language, so this is no parser.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from verifier.probes.row_security.copy.values import Column, literals

_KEYS = re.compile(r"(?:->>?|\?) *'([A-Za-z_][\w.-]*)'")
_COMPARED = re.compile(
    r"\b(\w+)\)?(?:::[\w ]+)? *(?:=|<>|<=|>=|<|>|~~|IN|= ANY) *\(?(?:ARRAY\[)?((?:'[^']*'|-?\d+)[^)]*)", re.IGNORECASE
)
_LOOKED_UP = re.compile(
    r"SELECT (?:\w+\.)?(\w+)\s+FROM [^;']{1,200}?\){1,4}(?:::\w+)? *(?:=|<>|IN|= ANY) *\(?(?:ARRAY\[)?('[^)]*)",
    re.IGNORECASE,
)
_PARTED = re.compile(
    r"(?:foldername|split_part|string_to_array|starts_with)\(\(*(?:\w+\.)?\"?(\w+)\"?\)*(?:::\w+)?(?:, *\(?'(\W)')?"
)
_LIKE = re.compile(r"(\w+)\"?\)? ~~\*? \(*[^;']{0,80}'(\W)%'")
_ENTRY = re.compile(r"->>? *\(*(?:SELECT )?\(?auth\.uid\(\)[^=;']{0,60}= *'([^']*)'")
_COLUMN = r"\(*(?:\w+\.)?\"?(\w+)\"?\)?(?:::\w+)?\)?"
_END = r"(?:\)|::[\w ]+)+"
_ABSENT = re.compile(
    rf"NOT \({_COLUMN} IS DISTINCT FROM (?!'|\d|true|false)|NOT \([^;]{{1,200}}? IS DISTINCT FROM {_COLUMN}|"
    rf"\b{_COLUMN} IS NOT DISTINCT FROM (?!'|\d|true|false)|IS NOT DISTINCT FROM {_COLUMN}|"
    rf"COALESCE\({_COLUMN}, [^()]+{_END} = \(*COALESCE|COALESCE\([^;=]{{1,200}}\) = \(*COALESCE\({_COLUMN}, ",
    re.IGNORECASE,
)
"""Columns whose absent value equals the absent value of something else, such as a header that nobody sent."""
_NOW = r"\(?(?:now\(\)|CURRENT_|LOCALTIME|clock_timestamp|statement_timestamp|timezone\()"
_POLARITY = {
    "empty": re.compile(r"\b(\w+)\"?\)? IS NULL", re.IGNORECASE),
    "filled": re.compile(r"\b(\w+)\"?\)? IS NOT NULL", re.IGNORECASE),
    "past": re.compile(rf"\b(\w+)\"?\)? *<=? *{_NOW}|{_NOW}[^<>=]*>=? *\(?\"?(\w+)", re.IGNORECASE),
    "future": re.compile(rf"\b(\w+)\"?\)? *>=? *{_NOW}|{_NOW}[^<>=]*<=? *\(?\"?(\w+)", re.IGNORECASE),
    "false": re.compile(r"\bNOT \(?\"?(\w+)|\b(\w+)\"?\)? *(?:= *false|IS FALSE|IS NOT TRUE|<> *true)", re.IGNORECASE),
}


def parted(texts: str) -> dict[str, str]:
    """Columns that are taken apart, such as the path of a file → the sign between their parts."""
    return {name: sign or "/" for name, sign in [*_PARTED.findall(texts), *_LIKE.findall(texts)]}


def digest(texts: str) -> Literal["md5", "sha256", "sha512"]:
    """The function by which secrets are compared."""
    return "sha256" if "sha256" in texts else "sha512" if "sha512" in texts else "md5"


def compared(texts: str) -> dict[str, tuple[str, ...]]:
    """Column → the constants that it is compared with."""
    found: dict[str, list[str]] = {}
    for column, rest in (*_COMPARED.findall(texts), *_LOOKED_UP.findall(texts)):
        found.setdefault(column, []).extend(literals(rest))
    return {column: tuple(dict.fromkeys(each)) for column, each in found.items()}


def polarity(texts: str) -> dict[str, frozenset[str]]:
    """What columns are wanted to be; a name that is wanted both ways is taken as usual."""
    found = {name: frozenset(map("".join, pattern.findall(texts))) for name, pattern in _POLARITY.items()}
    timed = found["past"] | found["future"]
    return found | {"past": found["past"] - found.pop("future"), "either": found["empty"] & timed}


def absent(texts: str) -> frozenset[str]:
    """Columns whose absent value equals another absent value."""
    return frozenset(name for names in _ABSENT.findall(texts) for name in names if name)


def keys(texts: str) -> tuple[str, ...]:
    """JSON keys that are looked up."""
    return tuple(dict.fromkeys(_KEYS.findall(texts)))


def entry(texts: str) -> str:
    """What is asked for at the key of somebody's id in JSON."""
    found = _ENTRY.search(texts)
    return found.group(1) if found else "true"


def unasked(column: Column, value: str | None, asked: Collection[str]) -> str | None:
    """The value, or another of the few that the column may have if conditions ask for this one."""
    others = [each for each in column.labels or literals(*column.checks) if each not in asked]
    return others[-1] if value in asked and others else value
