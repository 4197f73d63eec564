"""Remembers what lines that differ in figures only have been judged as: most lines of most logs are like others.

Only what is calm whatever its figures are is remembered. A line whose figures may matter (a level in numbers, an exit
code, how many failed) is judged anew each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import orjson

from verifier.core.platform import LogLine
from verifier.probes.http.responses import Request
from verifier.probes.logs.access import ANSWERS, METHODS, request_of, request_of_record
from verifier.probes.logs.weighing.levels import Level, level_of_word
from verifier.probes.logs.weighing.line import COUNT_KEYS, ENDS, FIGURED, ParsedLine, read_line
from verifier.probes.logs.weighing.weigh import NUMBERS

_DIGITS = b"0123456789"
_LONGEST = 2000
_MOST = 8192
_TIMES = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*(?:Z|[+-]\d\d:?\d\d)?|\b\d\d:\d\d:\d\d[\d.,]*")
_CODE = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{1,8}[-_]?\d|\d ?%|<\d|\d/\d|0x|\berr(?:no)?\W{0,3}\d|#\d|\(\d+\)|\bup=\d|^\d+ of\b"
)
"""Figures that may be a code, a share, a severity, or a part of a whole."""
_KEYS = tuple(
    f'"{each}"' for each in (*COUNT_KEYS, *ENDS, "code", "expected", "errno", "severity", "severityNumber", "levelno")
)
_SEEN_ONCE, _NOT = object(), object()
SAYS_NOTHING = frozenset({"", "info"})
"""What the platform says of a line of which it knows nothing."""


NO_REQUEST = Request("", "", 0)
"""What a plan finds in a line that tells of no request."""


class Plan(NamedTuple):
    """What is known of lines that differ in figures only.

    Attributes:
        line: how one of them was read; its text is not theirs.
        structured: whether they are objects.
        reads: whether each must be looked at: for its level in figures, or for a request.
        request_in: finds the request in a line, or `NO_REQUEST`; nothing, if the plan does not hold for the line.
    """

    line: ParsedLine
    structured: bool = False
    reads: bool = False
    request_in: Callable[[str], Request | None] = lambda _: NO_REQUEST


class Templates:
    """The kinds of lines that have been met; bounded."""

    def __init__(self) -> None:
        self._known: dict[bytes, Any] = {}

    def find(self, message: str) -> tuple[bytes, Plan | None]:
        """The kind of a line, and what is known of it; an empty kind, if nothing is to be learned of it."""
        if len(message) > _LONGEST:
            return b"", None
        # A zero among words is a word of its own.
        kind = message.encode("utf-8", "surrogatepass").replace(b" 0 ", b" none ").translate(None, _DIGITS)
        known = self._known.get(kind)
        if known.__class__ is Plan:
            return kind, known
        return (b"" if known is _NOT else kind), None

    def learn(self, kind: bytes, entry: LogLine, line: ParsedLine, request: Request | None) -> None:
        """Remember what a line was judged as, from the second of its kind on."""
        if kind not in self._known:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[kind] = _SEEN_ONCE
            return
        self._known[kind] = (_plan(entry.message, line, request) if entry.level in SAYS_NOTHING else None) or _NOT


def _plan(  # noqa: PLR0911 - what is cheap is asked first
    message: str, line: ParsedLine, request: Request | None
) -> Plan | None:
    if line.bad or line.doubt or message[:1].isspace() or "\n" in message.rstrip("\n"):
        return None
    if line.structured:
        return _of_object(message, line, request)
    if line.level is Level.WARNING:
        return None
    if line.record is not None or message[-1:] == "}" or message[:1] in "<%" or '"$' in message:
        return None
    timeless = _TIMES.sub("", message)
    if request is None and ("/" in message and any(each in message for each in METHODS)):
        return None
    if request is None and (FIGURED.search(NUMBERS.sub("7", timeless)) or _CODE.search(timeless)):
        return None
    if not _calm_whatever(message):
        return None
    return Plan(line, reads=request is not None, request_in=request_of)


def _of_object(message: str, line: ParsedLine, request: Request | None) -> Plan | None:
    record = line.record or {}
    level = record.get("level")
    if level.__class__ is str:
        number = None
        if level_of_word(level) is None or any(each.isdigit() for each in level):
            return None
    elif level.__class__ is int:
        number = level
    else:
        return None
    if any(each in message for each in _KEYS) or not _calm_whatever(message, number):
        return None
    if request is None and not ANSWERS.isdisjoint(record):
        return None
    reads = number is not None or request is not None
    return Plan(line, structured=True, reads=reads, request_in=partial(_request_in_object, number, request is not None))


def _request_in_object(level: int | None, asks: bool, message: str) -> Request | None:  # noqa: FBT001 - bound before
    record = orjson.loads(message)
    if level is not None and record["level"] != level:
        return None
    return request_of_record(record) if asks else NO_REQUEST


def _calm_whatever(message: str, level: int | None = None) -> bool:
    """Whether the line is as calm with other figures, but for a zero among words and the level."""
    kept = message.replace(" 0 ", " \0 ")
    for figure in ("7", "1", "0"):
        other = re.sub(r"\d+", figure, kept).replace("\0", "0")
        if level is not None:
            other = re.sub(r'"level": ?\d+', f'"level":{level}', other)
        read = read_line(other)
        if read.bad or read.doubt:
            return False
    return True
