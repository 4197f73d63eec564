"""How likely it is that a line tells of a failure, judged by its wording alone.

The rules know forms and words; a sentence of which they know neither is weighed here as a whole, by what its words,
pairs of words, runs of letters, beginning, end and stated level are worth in labelled records (logistic regression).
The weights are learned by `tests.support.corpora.log_words.likelihood`; `docs/benchmarks/logs.md` has what they find in
records that nothing was learned from.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

WEIGHTS = Path(__file__).parent / "likelihood.json"
LOOKED_AT = 500
"""Characters of a line whose words are weighed."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[A-Z]+(?=[A-Z][a-z])|(?<=[ =:])0(?![\w.,:/-])|[^\W\d_]+")
"""A word, each word of a name in camel case, and a zero that stands alone. Other figures say nothing: they change."""
_FIRST, _LAST = 3, 2
_STEM, _RUN = 5, 4
"""Letters of a longer word by which its forms are known, and of a run that may reach from one word into the next."""
_GAP = re.compile("[^a-z]+")
_ENOUGH = 5
"""Blanks from which on a wording decides something."""
_TELLS = re.compile(r"(?:no|not|[^\W\d_]{4,})(?: \w+)?")
_SHOWN = 40


@cache
def weights() -> Mapping[str, Any]:
    """The learned weights.

    `words` has for each feature its weight and the square of how rare it is, both in thousandths; `records` tells from
    how many records of which files they were learned.
    """
    found: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return found


def features(text: str, stated: str) -> set[str]:
    """What is weighed of a line: `word`, `two words`, `stem*`, `^first`, `last$`, `#run`, and `=clean`, its level."""
    text = text[:LOOKED_AT]
    words = [each.lower() for each in _WORD.findall(text)]
    letters = f" {_GAP.sub(' ', text.lower())} "
    return {
        f"={stated}",
        *words,
        *map(" ".join, pairwise(words)),
        *(f"^{each}" for each in words[:_FIRST]),
        *(f"{each}$" for each in words[-_LAST:]),
        *(f"{each[:_STEM]}*" for each in words if len(each) > _STEM),
        *(f"#{letters[place : place + _RUN]}" for place in range(len(letters) - _RUN + 1)),
    }


def likelihood(text: str, stated: str) -> float:
    """How likely it is that the line tells of a failure, from 0 to 1; in the middle, if it has few words.

    Args:
        text: what the line says.
        stated: the level that it states, or "None".
    """
    if text.count(" ") < _ENOUGH:
        return 0.5
    told = features(text, stated)
    learned = weights()["words"]
    total, rarity = 0, 0
    for each in learned.keys() & told:
        weight, rare = learned[each]
        total, rarity = total + weight, rarity + rare
    score = weights()["bias"] / 1000 + (total / math.sqrt(1000 * rarity) if rarity else 0)
    return 1 / (1 + math.exp(-score))


def telling(text: str) -> str:
    """The word, or two words, of the line that speak most of a failure."""
    learned = weights()["words"]
    known = ((learned[each][0] / math.sqrt(learned[each][1]), each) for each in features(text, "") if each in learned)
    return max((each for each in known if _TELLS.fullmatch(each[1])), default=(0, text.strip()[:_SHOWN]))[1]
