"""Which language a page or a message is in, told by its words; by what it declares, where they are too few.

The words are weighed by py3langid (BSD-3), which takes most of a second and 125 MB to begin: it is asked only where
simpler signs do not tell. lingua is better with two words, and 20 times as large.
"""

from __future__ import annotations

import json
import re
from functools import cache
from http import HTTPStatus
from typing import Any

_OF_SERVERS = sorted({each.phrase for each in HTTPStatus} | {"Cannot GET", "404 page not found"}, key=len, reverse=True)
"""What servers and frameworks say by themselves, in English whatever the app speaks."""
_NO_WORDS = re.compile(
    "|".join(map(re.escape, _OF_SERVERS)) + r"|\b(nginx|openresty|apache|caddy|envoy)\b(/[\d.]+)?|\S*[/\d_]\S*|[^\w\s]",
    re.IGNORECASE,
)
"""Status lines, names of servers, paths, figures, punctuation."""
_SURE = 0.9
"""From which chance on a whole page is in a language, whatever it declares."""
_LIKELY, _HARDLY = 0.5, 0.02
"""A few words are in another language if one is at least so likely, and the app's at most so.

Of 51 error messages in English none is called foreign so in an app in English; of 30 in nine other languages 21 are,
and the other 9 are two words or one that languages share."""
_SAME = {"nb": "no", "nn": "no"}


def language_of_app(declared: str, text: str) -> str:
    """The language of an app as ISO 639-1 tells it; empty, if nothing tells it.

    Args:
        declared: `lang` of its page.
        text: what the page shows. English that is declared is believed, where there is no letter outside of ASCII.
    """
    told = _primary(declared)
    if told == "en" and all(each.isascii() for each in text if each.isalpha()):
        return told
    chances = _chances(text)
    likely = max(chances, key=lambda each: chances[each])
    return likely if chances[likely] >= _SURE else told


def foreign_language(app: str, declared: str, text: str) -> str:
    """The language of a few words, if it is another one than the app's; empty, if it is the same or cannot be told.

    Args:
        app: the language of the app.
        declared: `lang` of the page that shows the words, if it is a page of its own.
        text: the words.
    """
    words = " ".join(_strings(text))
    if not app or not any(each.isalpha() for each in words):
        return ""
    if not (rest := _NO_WORDS.sub(" ", words)).strip():
        return "" if app == "en" else "en"
    chances = _chances(rest)
    likely = max(chances, key=lambda each: chances[each])
    if app not in chances or likely == app:
        return ""
    if chances[likely] >= _LIKELY and chances[app] <= _HARDLY:
        return likely
    told = _primary(declared)
    return told if told != app else ""


def _primary(declared: str) -> str:
    told = declared.strip().lower().partition("-")[0]
    return _SAME.get(told, told)


def _strings(text: str) -> list[str]:
    """The words in an answer for programs; the text itself, if it is none."""
    try:
        content = json.loads(text)
    except ValueError:
        return [text]
    found, left = [], [content]
    while left:
        each = left.pop()
        left += each.values() if isinstance(each, dict) else each if isinstance(each, list) else []
        found += [each] if isinstance(each, str) else []
    return found


def _chances(text: str) -> dict[str, float]:
    """Language → how likely it is, from 0 to 1; the same for all, where nothing tells."""
    ranked: list[tuple[str, float]] = _weigher().rank(text)
    return {_SAME.get(each, each): chance for each, chance in reversed(ranked)}


@cache
def _weigher() -> Any:  # noqa: ANN401 - the library has no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - most runs do not need it

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
