"""Weighs what a line says against the level that it states."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from verifier.probes.logs.weighing.circumstances import (
    COUNTED,
    COUNTS,
    FOREIGN_FAILURE,
    FOREIGN_NONE,
    MENDED,
    PEOPLE,
    REFUSAL,
    SUCCESS,
    bared,
    of_a_caller,
)
from verifier.probes.logs.weighing.levels import Level
from verifier.probes.logs.weighing.vocabulary import (
    WORD,
    code_names,
    foreign_phrase_in,
    foreign_words,
    phrase_in,
    phrase_words,
)
from verifier.probes.logs.weighing.words import (
    ANSWERED,
    BEGIN,
    DEADLY,
    ENDED,
    EVENT,
    GAVE_UP,
    GRAVE,
    HANDLED,
    HARMLESS,
    LIGHT,
    NAMES,
    NOT_DONE,
    OUTCOME,
    PHRASE,
    QUOTES_ANOTHER,
    STATEMENT,
    SYMBOL,
    is_said_to_be,
    strongest,
)

_LOOKED_AT = 2000
"""Characters of a line that are weighed."""
_KEPT = 4096
"""Texts whose weight is remembered: most lines of a log are like others."""


_WARNS = re.compile(r"(?:^|\s|\()(?:\w*Warning|warning|npm warn|warn)(?:: | )")
_BEGINNING = 120
"""Characters in which a line calls itself a warning."""


class Weight(NamedTuple):
    """What the words of a line are worth.

    Attributes:
        level: error or fatal, if they leave no doubt.
        doubt: the words that speak of failure where that is not certain, or nothing.
        weak: whether the doubt rests on single words alone, which the rest of the line may put right.
        handled: whether the line says that the failure has been dealt with.
    """

    level: Level | None = None
    doubt: str = ""
    weak: bool = False
    handled: bool = False


NOTHING = Weight()
_HANDLED = Weight(handled=True)
_FIGURES = frozenset(
    {"exit", "exited", "code", "status", "signal", "sig", "rc", "ended", "returned", "terminated", "errno", "severity"}
    | {"completed", "sent", "upstream", "says", "answered", "responded", "sqlstate"}
)
"""Words whose figures matter."""
NUMBERS = re.compile(r"(?<![A-Za-z0-9])(?!(?:10|127|172|192)\.\d)0*[1-9][0-9]*")
"""Figures in which lines may differ and say the same; whether an address is a private one matters."""
_FAILING = GRAVE | LIGHT
_CODED = re.compile(
    r"\b(?:un|ir|in|non-?)\w{3,}[ai]ble\b|\b(?:un|mis)\w{4,}(?:ed|ing)\b|0x[89cC]|\bMsg \d|\d ?% |_[A-Z]{4}|"
    r"\.p[lm] line |"
    r"(?i:(?:ok|success|succeeded|healthy)\W{1,4}false)|\b[A-Z]+-?\d{3}|<<|\b(?:sig|rc|exit)=|_ERR|\[P[A-Z]|"
    r"\bup=0\b|\+[os]down\b| \*\* |\b0 of |\bhas 0 |EAI_|SQLSTATE|\bevent on\b"
)
_BEGIN = BEGIN | foreign_words() | phrase_words() | {name.lower() for name in code_names()}


def weigh(text: str, stated: Level | None, *, suspected: bool = False) -> Weight:
    """What the words of `text` are worth beside the level that it states.

    Args:
        text: what the line says, without the level.
        stated: the level, if it states one.
        suspected: whether whoever passed the line on takes it for an error, which it does with all of standard error.
    """
    if stated is not None and stated.bad:
        return NOTHING
    text = text[:_LOOKED_AT]
    words = WORD.findall(text)
    if text.isascii() and not suspected and not _speak(words, text):
        return NOTHING
    if _FIGURES.isdisjoint(map(str.lower, words)) and "=" not in text and "%" not in text:
        text = NUMBERS.sub("7", text)  # lines that differ in figures only weigh the same, but for how many are none
    return _weigh(text, stated, suspected)


def _speak(words: list[str], text: str) -> bool:
    """Whether a text holds anything that may speak of failure: nearly all lines do not."""
    return not (_BEGIN.isdisjoint(map(str.lower, words)) and "!!!" not in text and _CODED.search(text) is None)


@lru_cache(_KEPT)
def _weigh(  # noqa: PLR0911 - one answer for each kind of evidence, the strongest first
    text: str,
    stated: Level | None,
    suspected: bool,  # noqa: FBT001 - part of the key
) -> Weight:
    told = PEOPLE.sub(" ", STATEMENT.sub(" ", text))
    if stated is None and _WARNS.search(told[:_BEGINNING]):
        stated = Level.WARNING
    handled = bool(HANDLED.search(told))
    bare = bared(HARMLESS.sub(" ", NAMES.sub(" ", told)))
    deadly = DEADLY.search(bare) or ENDED.search(told)
    if deadly:
        sure = stated is not Level.WARNING and not handled
        return Weight(Level.ERROR if sure else None, deadly[0])
    if stated is Level.WARNING:
        final = None if handled else GAVE_UP.search(bare) or OUTCOME.search(told) or QUOTES_ANOTHER.search(bare)
        return Weight(None, final[0] if final else "")
    if stated is None and not handled and (known := _known(told)):
        return Weight(Level.ERROR, known)
    if suspected and stated is None:
        return _suspected(bare)
    if not MENDED.search(told) and (counted := COUNTED.search(bare) or COUNTS.search(told)):
        return Weight(None, counted[0])
    if handled:
        return _HANDLED
    outcome = OUTCOME.search(told) or FOREIGN_FAILURE.search(FOREIGN_NONE.sub(" ", told))
    if outcome:
        return Weight(None, outcome[0])
    calm = stated is Level.CLEAN or (SUCCESS.search(told) is not None)
    failing = {each.lower() for each in WORD.findall(bare)} & _FAILING
    if not calm and failing and failing <= REFUSAL and of_a_caller(bare) and not SYMBOL.search(bare):
        return NOTHING
    weight = _of_calm(bare) if calm else _of_none(bare)
    return NOTHING if weight.doubt.startswith("too many") and of_a_caller(bare) else weight


def _of_calm(text: str) -> Weight:
    """What speaks of failure although the line states a calm level: what happened, not what something is called."""
    found = GAVE_UP.search(text) or NOT_DONE.search(text) or ANSWERED.search(text)
    if found:
        return Weight(None, found[0])
    event = EVENT.search(text)
    words = {each.lower() for each in WORD.findall(text)}
    grave = event and not GRAVE.isdisjoint(words.union(event[0].lower().split()))
    return Weight(None, event[0], weak=True) if event and grave else NOTHING


def _of_none(text: str) -> Weight:
    """What speaks of failure on a line that states no level."""
    found = GAVE_UP.search(text) or NOT_DONE.search(text) or SYMBOL.search(text) or PHRASE.search(text)
    if found:
        return Weight(None, found[0].strip())
    told = strongest({each.lower() for each in WORD.findall(text)}) or is_said_to_be(text)
    return Weight(None, told, weak=True) if told else NOTHING


def _known(text: str) -> str:
    """What a system's own list calls a failure."""
    words = [each.lower() for each in WORD.findall(text)]
    codes = code_names()
    code = next((each for each in text.replace("'", " ").split() if each.strip('[](){}.,;:`"') in codes), "")
    return (
        code
        or phrase_in(text, words)
        or (foreign_phrase_in(text) if not text.isascii() or not foreign_words().isdisjoint(words) else "")
    )


def _suspected(text: str) -> Weight:
    found = _of_none(text).doubt
    return Weight(Level.ERROR, found) if found else NOTHING
