"""The words of failure: the systems' own lists, as data with their sources, and what they are in other languages.

`failures.json` and `translations.json` are written by `tests.support.corpora.log_words.vocabulary`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FAILURES = Path(__file__).parent / "failures.json"
TRANSLATIONS = Path(__file__).parent / "translations.json"
WORD = re.compile(r"[A-Z]?[a-z']+|[A-Z]+(?![a-z])|[A-Z]+(?=[A-Z][a-z])")
"""A word; of a name in camel case, each of its words."""
_PARTS = re.compile(r"[:;,()\"„“”»«]\s*|\s[-–]\s")
_PLACE = re.compile(r"%(?:\d+\$)?-?\d*l?[a-z]")
"""A placeholder of printf."""
_ANYTHING = r".{0,200}?"
_ENGLISH = frozenset(
    {"connection", "system", "process", "message", "service", "segment", "version", "client", "operation", "character"}
)
"""Words that other languages share with English."""
_PHRASES = ("kernel", "init", "openssl", "redis", "s3")
_CODES = ("prisma", "node")


@cache
def failures() -> Mapping[str, Any]:
    """What the systems say when they fail, by system; `sources` tells where each list is from."""
    found: dict[str, Any] = json.loads(FAILURES.read_text(encoding="utf-8"))
    return found


@cache
def translations() -> Mapping[str, Any]:
    """Levels, texts of codes and messages in other languages."""
    found: dict[str, Any] = json.loads(TRANSLATIONS.read_text(encoding="utf-8"))
    return found


@cache
def code_names() -> frozenset[str]:
    """Names that stand for a failure wherever they stand: ECONNREFUSED, P2002, ERR_INVALID_ARG_TYPE, SIGSEGV."""
    told = failures()
    return frozenset((*told["errno"], *(name for each in _CODES for name in told[each])))


@cache
def _phrases() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    """The texts that English systems print, by their longest word: of a line's words few begin a search."""
    told = failures()
    fixed = [*told["errno"].values(), *(phrase for each in _PHRASES for phrase in told[each])]
    names = [name for name in told["sqlstate"] if len(re.findall("[A-Z]", name)) > 1]
    texts = [*map(re.escape, (*fixed, *names)), *map(_as_pattern, (*told["postgresql"], *told["libpq"]))]
    found: dict[str, list[re.Pattern[str]]] = {}
    for text, source in zip((*fixed, *names, *told["postgresql"], *told["libpq"]), texts, strict=True):
        found.setdefault(_longest(text), []).append(re.compile(rf"(?<!\w){source}(?!\w)", re.IGNORECASE))
    return {word: tuple(patterns) for word, patterns in found.items()}


@cache
def phrase_words() -> frozenset[str]:
    """Words without which a line holds none of these texts."""
    return frozenset(_phrases())


def phrase_in(text: str, words: Iterable[str]) -> str:
    """What `text` holds of these texts, or nothing.

    Args:
        text: what is searched.
        words: its words, lower-case.
    """
    known = _phrases()
    for word in words:
        for pattern in known.get(word, ()):
            if told := pattern.search(text):
                return str(told[0])
    return ""


@cache
def _foreign_codes() -> frozenset[str]:
    return frozenset(each.lower() for each in translations()["codes"])


@cache
def _foreign_messages() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """PostgreSQL's messages in other languages, each with its longest fixed part."""
    return tuple(
        (max(_PLACE.split(each.strip()), key=len).lower().strip(), re.compile(_as_pattern(each), re.IGNORECASE))
        for each in translations()["messages"]
    )


@cache
def foreign_words() -> frozenset[str]:
    """Words, in plain letters, without which a line in plain letters holds no text of another language."""
    told = (*translations()["codes"], *translations()["messages"])
    return frozenset(_longest(each) for each in told if each.isascii() and WORD.search(each)) - _ENGLISH


def foreign_phrase_in(text: str) -> str:
    """What `text` holds of glibc's and PostgreSQL's texts in other languages, or nothing."""
    lower = text.lower()
    codes = _foreign_codes()
    for part in (*_PARTS.split(lower), lower.rpartition(": ")[2]):
        if part.strip(" .!") in codes:
            return part.strip()
    found = (each.search(text) for fixed, each in _foreign_messages() if fixed in lower)
    return next((str(told[0]) for told in found if told), "")


def _longest(text: str) -> str:
    words: list[str] = WORD.findall(_PLACE.sub(" ", text))
    return max(words, key=len).lower()


def _as_pattern(message: str) -> str:
    return _ANYTHING.join(re.escape(part) for part in _PLACE.split(message.strip()))
