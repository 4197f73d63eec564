"""Keeps secret values out of everything that is written.

One `Redactor` knows the values; evidence, failure messages and published files all pass through it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from verifier.core.redaction.disguises import mask_disguised
from verifier.core.redaction.known import KnownSpellings

MASK = "[redacted]"
SHORTEST = 6
"""Shorter values cannot be told from ordinary text, and so cannot be kept out of a report."""
_REPEATED = 200
"""Characters of a text whose redaction is kept: names and values of a trace come again thousands of times."""
_KEPT = 20_000

_TELLING_NAME = re.compile(
    r"TOKEN|SECRET|PASSW|PRIVATE|CREDENTIAL|API_?KEY|ACCESS_?KEY|DATABASE_URL|DSN|COOKIE|AUTH", re.IGNORECASE
)
_TELLING_SHAPES = (
    (("bearer", "basic", "flyv1"), re.compile(r"(?i)\b(bearer|basic|flyv1)\s+[A-Za-z0-9._~+/=,-]{8,}"), rf"\1 {MASK}"),
    (("fm1", "fm2"), re.compile(r"\bfm[12][ra]?_[A-Za-z0-9+/=_,-]{8,}"), MASK),
    (("eyj",), re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"), MASK),
    (("://",), re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@'\"]+):[^\s/@'\"]+@"), rf"\1:{MASK}@"),
)
"""A needle that the lower-cased text must contain, which is fast to rule out; the pattern; its replacement."""


_SECRET_NAME = re.compile(
    r"(?i)^(authorization|proxy-authorization|cookie|set-cookie|.*(token|secret|api-?key|session).*)$"
)


def names_secret(name: str) -> bool:
    """Whether a header, parameter or cookie of this name has a credential for its value."""
    return bool(_SECRET_NAME.match(name))


class Redactor:
    """Replaces known secret values, and what looks like one, by a mask.

    A value is recognized raw, URL-encoded (also twice), JSON-escaped (also twice), with the entities of HTML, in
    hexadecimal digits, as Python writes it, broken into lines, with each letter escaped, and in base64 at each of the
    three alignments that it can have inside a longer encoded text (RFC 4648, section 4). Thread-safe.
    """

    def __init__(self) -> None:
        self._spellings: set[str] = set()
        self._values: frozenset[str] = frozenset()
        self._learning = threading.Lock()
        self._known: KnownSpellings | None = None
        self._again = lru_cache(_KEPT)(self._redacted)

    def learn(self, value: str) -> None:
        """Mask `value` from now on. Values shorter than `SHORTEST` are not learnt."""
        values = ({value, value.strip()} | _password_in(value)) - {MASK}
        known = {each for each in values if len(each) >= SHORTEST}
        spellings: set[str] = set().union(*map(_spellings, known))
        with self._learning:
            self._values |= known
            if spellings <= self._spellings:
                return
            self._spellings |= spellings
            self._known = KnownSpellings(self._spellings)
            self._again = lru_cache(_KEPT)(self._redacted)

    @property
    def values(self) -> frozenset[str]:
        """All that was learnt, as it is; for who searches what cannot be rewritten, and never to be shown."""
        return self._values

    def learn_environment(self, environment: Mapping[str, str] = os.environ) -> None:
        """Learn the values of all variables whose names suggest a secret."""
        for name, value in environment.items():
            if _TELLING_NAME.search(name) and not _is_path(value):
                self.learn(value)

    def text(self, text: str) -> str:
        """`text` with every secret replaced by the mask."""
        if len(text) < SHORTEST:
            return text
        return self._again(text) if len(text) <= _REPEATED else self._redacted(text)

    def _redacted(self, text: str) -> str:
        if self._known is not None:
            text = mask_disguised(self._known.masked(text, MASK), self._known, MASK)
        lower = text.lower()
        for needles, shape, replacement in _TELLING_SHAPES:
            if any(needle in lower for needle in needles):
                text = shape.sub(replacement, text)
        return text

    def cut(self, text: str, most: int) -> str:
        """The first `most` characters of the redacted text; half a secret would no longer be known as one."""
        return self.text(text)[:most]

    @property
    def longest(self) -> int:
        """Characters of the longest spelling of a known value, twice, because white space may stand in it."""
        return 2 * max(map(len, self._spellings), default=0)

    def beginning(self, text: str, most: int) -> str:
        """The first `most` characters of the redacted text, where others kept only `most + longest` of it or more.

        They may have cut it within a secret, of which the rest is not known as one: so much of the end is left out.
        """
        masked = self.text(text)
        return (masked if len(text) < most + self.longest else masked[: len(masked) - self.longest])[:most]

    def holds(self, text: str) -> bool:
        """Whether a learnt value stands in `text`, be it broken into lines."""
        found = self._known
        return found is not None and any(map(found.stands_in, (text, "".join(text.split()))))

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - it walks JSON of any shape
        """The same structure with every text in it redacted, keys of mappings included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.clean(key): self.clean(each) for key, each in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            cleaned = (self.clean(each) for each in value)
            return type(value)(*cleaned) if hasattr(value, "_fields") else type(value)(cleaned)
        return value


def _spellings(value: str) -> set[str]:
    raw = value.encode()
    forms = {value, quote(value), quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}
    forms |= {json.dumps(value, ensure_ascii=False)[1:-1], raw.decode("latin-1")}
    # As Python writes it: which quote it escapes depends on what else stands in the text, or that it is a bytearray.
    written = {repr(value)[1:-1], ascii(value)[1:-1], repr(raw)[2:-1], repr(bytearray(raw))[12:-2]}
    forms |= written | {re.sub(r"(?<!\\)'", r"\'", each) for each in written}
    forms |= {escape(value), escape(value, quote=False), quote(quote(value, safe=""), safe="")}
    forms |= {json.dumps(json.dumps(value)[1:-1])[1:-1], raw.hex()}  # JSON within JSON; bytes as PostgreSQL writes them
    for alignment in range(3):
        # The first and the last characters depend on the neighbours of the value, so only the middle is looked for.
        encoded = base64.b64encode(b"\0" * alignment + raw).decode().rstrip("=")
        middle = encoded[(0, 2, 3)[alignment] : len(encoded) - (1 if (alignment + len(raw)) % 3 else 0)]
        forms |= {middle, middle.replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= SHORTEST}


def _password_in(value: str) -> set[str]:
    if "://" not in value:
        return set()
    try:
        password = urlsplit(value).password
    except ValueError:
        return set()
    return {password, unquote(password)} if password else set()


def _is_path(value: str) -> bool:
    return value.startswith(("/", "~", "./")) and "://" not in value


REDACTOR = Redactor()
"""The redactor of this process: `credentials` fills it, `evidence` and `reporting` use it."""
