"""Reads one log line: what it is, how bad it is, what it says; knows nothing of where lines come from.

What a line says of itself comes first: a level in JSON, in logfmt, or as the first word after time and logger. Only a
line that says nothing is searched for words that no healthy process writes.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import orjson

from verifier.probes.logs.heuristics import TRACEBACK, ended_badly, sign_in, stated_in_text
from verifier.probes.logs.levels import Level, level_of_word, stated_level

LONGEST = 16 * 1024
"""Characters of a line that are looked at."""
# Own masks: the library for it (drain3) is not kept, and learns from the stream, so that runs would differ.
_VARIABLE = re.compile(
    r"(?P<time>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*(?:Z|[+-]\d\d:?\d\d)?)"
    r"|(?P<uuid>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)"
    r"|(?P<url>\b[a-z][a-z0-9+]{1,12}://[^\s\"'`<>)]+)"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.-]+)"
    r"|(?P<path>(?<![\w/])(?:/[\w.@%+~-]+){2,}(?::\d+){0,2})"
    r"|(?P<address>\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b)"
    r"|(?P<hex>\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{6,}\b)"
    r"|(?P<id>\b(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{8,}\b)"
    r"|(?P<number>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HARMLESS = {"", "0", "none", "null", "false", "no"}
_TEXTS = ("msg", "message", "log")
"""Where an object without a level keeps its text; `log` is Docker's."""
_SAID = ("msg", "message", "error", "err", "stack", "event", "body", "@mt")


class ParsedLine(NamedTuple):
    """One line, read.

    Attributes:
        text: without colours, and not longer than what is looked at.
        record: the object that it is, or ends with, if so.
        structured: whether the whole line is that object.
        stated: the level that it, or the platform for it, states.
        level: how bad it is: what is stated, or what its text shows; nothing if neither says.
    """

    text: str
    record: dict[str, Any] | None
    structured: bool
    stated: Level | None
    level: Level | None

    @property
    def bad(self) -> bool:
        """Whether it reports an error."""
        return self.level is Level.ERROR or self.level is Level.FATAL

    @property
    def headline(self) -> str:
        """What it says, on one line: its own message if it is JSON."""
        facts = {key.lower(): value for key, value in (self.record or {}).items()} if self.structured else {}
        said = next((facts[key] for key in _SAID if facts.get(key)), self.text)
        told = str(said).strip().split("\n")
        # Python tells what happened last.
        return " ".join(told[-1 if told[0].startswith(TRACEBACK) else 0].split())


def read_line(message: str, level: str = "") -> ParsedLine:
    """Read a line.

    Args:
        message: the line, which may have several lines itself.
        level: what the platform says of the line; its word for an error counts, any other proves nothing.
    """
    told = level_of_word(level) if level and level != "info" else None
    text = message if len(message) <= LONGEST else message[:LONGEST]
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    structured = text[:1] == "{"
    record = _json(text, 0) if structured else None
    if record is not None:
        stated = stated_level(record)
        found = stated or _without_level(record, text)
    else:
        record, structured = _json_at_the_end(text), False
        stated = stated_in_text(text) or (stated_level(record) if record else None)
        found = stated or sign_in(text)
        found = Level.ERROR if not (found and found.bad) and ended_badly(text) else found
    if told is not None and told.bad:
        return ParsedLine(text, record, structured, told, told)
    return ParsedLine(text, record, structured, stated, found)


def _json(text: str, start: int) -> dict[str, Any] | None:
    try:
        record = orjson.loads(text[start:] if start else text)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def _json_at_the_end(text: str) -> dict[str, Any] | None:
    """The object that stands at the end of a line, after a time, a level and a message, or a container's name."""
    if text[-1:] != "}" and text.rstrip()[-1:] != "}":
        return None
    start = text.find("{")
    return _json(text, start) if start > 0 else None


def _without_level(record: dict[str, Any], text: str) -> Level | None:
    """What an object without a level reports: an error that it holds, a stack, or what its text says."""
    facts = {key.lower(): value for key, value in record.items()}
    if any(_is_error(facts.get(key)) for key in ("err", "error", "exception")):
        return Level.ERROR
    if any(facts.get(key) for key in ("stack", "stacktrace", "stack_trace")) or facts.get("status") == "error":
        return Level.ERROR
    errors = facts.get("errors")
    if isinstance(errors, list) and any(isinstance(each, dict) and each.get("message") for each in errors):
        return Level.ERROR
    said = next((told for key in _TEXTS if isinstance(told := facts.get(key), str)), "")
    return stated_in_text(said) or sign_in(said) or sign_in(text)


def _is_error(value: object) -> bool:
    """Whether what stands under 'error' is one: an object that is not empty, or a text that says something."""
    return (isinstance(value, dict) and bool(value)) or (isinstance(value, str) and value.lower() not in _HARMLESS)


def template(text: str) -> str:
    """`text` with everything masked that changes from one time to the next: 'reorder <number> of <uuid> failed'."""
    return _VARIABLE.sub(lambda found: f"<{found.lastgroup}>", text)
