"""What conditions and functions look up in tokens, headers, cookies and settings, read from their text.

Function bodies are in any language and put values into variables, so this is no parser: it collects every key, path,
cast and constant, and personas carry all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any

_STEP = r"(?:\s*->>?\s*'([A-Za-z_][\w.:-]*)'(?:::text)?\s*\)*)"
_CHAIN = re.compile(_STEP + "+")
_ONE = re.compile(r"->>?\s*'([A-Za-z_][\w.:-]*)'")
_PATH = re.compile(r"#>>?\s*(?:ARRAY\[([^\]]*)\]|'\{([\w.,: -]+)\}')")
_EXTRACTED = re.compile(
    r"jsonb?_extract_path(?:_text)?\s*\([^']*?((?:,?\s*(?:VARIADIC ARRAY\[)?'[\w.:-]+'(?:::text)?)+)"
)
_SUBSCRIPTS = re.compile(r"(?:\[\s*'[A-Za-z_][\w.:-]*'(?:::text)?\s*\])+")
_PREFIX = re.compile(r"'([\w:./-]{0,30}[:/._-])%?'")
_MOST_PREFIXES = 4
_QUOTED = re.compile(r"'([^']*)'")
_ASKED = re.compile(r"\?\s*'([A-Za-z_][\w.:-]*)'")
_HELD = re.compile(r"@>\s*'(\{[^']*\}|\[[^']*\])'")
_BUILT = re.compile(r"@>\s*jsonb?_build_object\(([^()]*)\)")
_JSON_PATH = re.compile(r"\$((?:\.\"?[A-Za-z_]\w*\"?(?:\[\*\])?)+)\s*(?:\?\s*\(+@[^=]*)?\s*==\s*\"?([\w.:-]+)\"?")
_SETTING = re.compile(
    r"current_setting\(\s*'(?!request\.(?:jwt|headers|cookies))([A-Za-z_]\w*(?:\.[A-Za-z_][\w$]*)+)'", re.IGNORECASE
)
"""PostgreSQL takes no other names (`valid_custom_variable_name`), so `request.header.x-user` is none."""
_LEGACY_CLAIM = re.compile(r"current_setting\(\s*'request\.jwt\.claim\.([\w.-]+)'", re.IGNORECASE)
_STRUCTURED = re.compile(
    r"current_setting\(\s*'([A-Za-z_]\w*\.[\w.-]+)'[^)]*\)(?:(?!current_setting|auth\.)[^;]){0,24}?(?:::|as )\s*json",
    re.IGNORECASE,
)
_SETTING_WANTED = re.compile(
    r"current_setting\(\s*'([\w.-]+)'[^)]*\)+(?:, *''(?:::text)?\)+)?(?:::\w+\)?)? *"
    r"(?:=|in|= any) *\(*(?:array\[)?'([^']*)'",
    re.IGNORECASE,
)
_CAST = (
    r"(?:(?:->>?\s*'|#>>\s*'\{[^}']*?)([\w.:-]+)\}?'(?:::text(?:\[\])?)?|current_setting\(\s*'([\w.-]+)'[^)]*)[)\s]*"
    r"(?:,\s*'[^']*'(?:::text)?\s*\)+)?::"
)
_NUMERIC = re.compile(_CAST + "(?:int|bigint|smallint|numeric)", re.IGNORECASE)
_TRUTH = re.compile(_CAST + "bool", re.IGNORECASE)
_ENTRY = re.compile(
    r"->>?\s*'([\w.:-]+)'(?:::text)?\)*(?:::[\w ]+\)?)*(?:, *'[^']*'(?:::text)?\)+)? *(?:=|in|= any|\?) *"
    r"\(*(?:array\[)?'([^']*)'",
    re.IGNORECASE,
)
_SUBSCRIPT_WANTED = re.compile(r"\[\s*'([A-Za-z_][\w.:-]*)'(?:::text)?\s*\]\)* *= *'\"?([^'\"]*)\"?'")
_REVERSED = re.compile(r"'([^']*)'(?:::text)? *= *(?:ANY *)?\(*[^;']{0,60}?->>?\s*'([\w.:-]+)'", re.IGNORECASE)
_WORD = re.compile(r"[\w)]\)?\)* *= *'([\w-]+)'")
_DOMAIN = re.compile(r"'[%@\\^]*([A-Za-z][\w-]*(?:\\?\.[A-Za-z][\w-]*)+)\$?'(?!::regclass)")
_ROLES = {"anon", "authenticated", "service_role"}
Entry = Callable[[str], Any]


class Lookups:
    """The keys, paths, settings and constants in the text of all conditions.

    Args:
        texts: policies as PostgreSQL prints them, function bodies and views.
    """

    def __init__(self, texts: str) -> None:
        # The body of the platform's function is not among the texts, and it is in every project.
        self._texts = texts + (" ->> 'email'" if "auth.email(" in texts else "")

    @cached_property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Every chain of keys, without a leading name of the token's parts."""
        return tuple(dict.fromkeys(path for path in self._paths() if path))

    def _paths(self) -> Iterator[tuple[str, ...]]:
        for chain in _CHAIN.finditer(self._texts):
            yield tuple(_ONE.findall(chain.group(0)))
        for listed, braces in _PATH.findall(self._texts):
            yield tuple(_QUOTED.findall(listed)) if listed else tuple(each.strip() for each in braces.split(","))
        for words in _EXTRACTED.findall(self._texts):
            yield tuple(_QUOTED.findall(words))
        for words in _SUBSCRIPTS.findall(self._texts):
            yield tuple(_QUOTED.findall(words))
        for dotted, _ in _JSON_PATH.findall(self._texts):
            yield tuple(_plain(dotted).split("."))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Every key by itself."""
        single = [key for path in self.paths for key in path]
        return tuple(dict.fromkeys([*single, *_ASKED.findall(self._texts), *_LEGACY_CLAIM.findall(self._texts)]))

    @cached_property
    def settings(self) -> tuple[str, ...]:
        """Session settings other than the token, headers and cookies."""
        return tuple(dict.fromkeys(_SETTING.findall(self._texts)))

    @cached_property
    def structured(self) -> tuple[str, ...]:
        """Those of them that hold JSON."""
        return tuple(each for each in dict.fromkeys(_STRUCTURED.findall(self._texts)) if each in self.settings)

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """Constants that end like the beginning of a name, such as `room:`, also in a pattern."""
        return tuple(dict.fromkeys(_PREFIX.findall(self._texts)))[:_MOST_PREFIXES]

    @property
    def reads_request(self) -> bool:
        """Whether headers or cookies are read."""
        return "request.headers" in self._texts or "request.cookies" in self._texts

    @cached_property
    def numeric(self) -> frozenset[str]:
        """Keys and settings that are cast to a number."""
        return frozenset(each for pair in _NUMERIC.findall(self._texts) for each in pair if each)

    @cached_property
    def truth(self) -> frozenset[str]:
        """Keys and settings that are cast to a truth value."""
        return frozenset(each for pair in _TRUTH.findall(self._texts) for each in pair if each)

    @cached_property
    def wanted(self) -> dict[str, str]:
        """Key or setting → a constant that a condition compares it with."""
        found = {key: value for value, key in _REVERSED.findall(self._texts)}
        found |= dict(_SUBSCRIPT_WANTED.findall(self._texts))
        found |= dict(_ENTRY.findall(self._texts)) | dict(_SETTING_WANTED.findall(self._texts))
        for dotted, value in _JSON_PATH.findall(self._texts):
            found[_plain(dotted).rsplit(".", 1)[-1]] = value
        return {key: value for key, value in found.items() if value and value not in _ROLES}

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Constants that anything is compared with."""
        return tuple(dict.fromkeys([*_WORD.findall(self._texts), *self.wanted.values()]))

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """Constants that may be the domain of an address."""
        return tuple(dict.fromkeys(_DOMAIN.findall(self._texts)))

    def tree(self, entry: Entry, *, below: str = "") -> dict[str, Any]:
        """An object with every key at its first level, and every path followed; paths below `below` without it."""
        found: dict[str, Any] = {key: entry(key) for key in self.keys if key != below}
        for path in sorted(self.paths, key=len):
            steps = path[1:] if below and path[0] == below else path
            if len(steps) < 2:  # noqa: PLR2004 - a single key is there already
                continue
            place = found
            for step in steps[:-1]:
                inner = place.get(step)
                place[step] = place = inner if isinstance(inner, dict) else {}
            place[steps[-1]] = entry(steps[-1])
        return found

    def held(self, *, below: str = "") -> dict[str, Any]:
        """What conditions `claims @> object` ask for."""
        found: dict[str, Any] = {}
        built = [_object(each) for each in _BUILT.findall(self._texts)]
        for text in [*_HELD.findall(self._texts), *built]:
            with suppress(ValueError):
                held = json.loads(text)
                inner = held.get(below, held) if isinstance(held, dict) and below else held
                found |= inner if isinstance(inner, dict) else {}
        return found


def _plain(path: str) -> str:
    """The keys of a JSON path, joined by dots."""
    return path.replace("[*]", "").replace('"', "").strip(".")


def _object(arguments: str) -> str:
    words = _QUOTED.findall(arguments)
    return json.dumps(dict(zip(words[::2], words[1::2], strict=False)))
