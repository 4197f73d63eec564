"""Tells log lines that report an error from lines that only talk of errors; knows nothing of where lines come from.

What a line says of itself comes first: a level in JSON or logfmt, or as the first word after time and logger. Only a
line that says nothing is searched for words that no healthy process writes.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from itertools import zip_longest
from typing import Any

LONGEST = 16 * 1024
"""Characters of a line that are looked at."""


class Level(StrEnum):
    """How bad an error is: something went wrong, or the process could not go on."""

    ERROR = "error"
    FATAL = "fatal"


_LEVELS: dict[str, Level | None] = {
    **dict.fromkeys(("error", "err", "severe"), Level.ERROR),
    **dict.fromkeys(("fatal", "critical", "crit", "alert", "emerg", "emergency", "panic"), Level.FATAL),
    **dict.fromkeys(("trace", "debug", "verbose", "info", "information", "notice", "log", "warn", "warning")),
}
_KEYS = ("level", "lvl", "severity", "severitytext", "severity_text", "levelname", "log.level", "loglevel", "@l")
_NUMBERS: dict[str, tuple[int, int]] = {
    "level": (50, 60),  # pino and bunyan
    "lvl": (50, 60),
    "levelno": (40, 50),  # Python's logging
    "severitynumber": (17, 21),  # OpenTelemetry
}
"""Key → the number from which on a level is an error, and from which on it is fatal."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LOGFMT = re.compile(r'(?:^|\s)(?:level|lvl|severity)="?([A-Za-z]+)"?(?=\s|$)')
_TOKEN = re.compile(r"(?P<open>[\[(<{|*]*)(?P<word>[A-Za-z]{3,11})(?P<close>[\])>}|:*]*)(?P<rest>.*)")
_NO_ERROR = {"0", "none", "null", "false", "no", "rate", "rates", "budget", "count", "boundary", "handler", "page"}
_DENIALS = {"no", "without", "zero"}
_UNHANDLED = r"(?i:\b(?:unhandled|uncaught)[ _]?(?:promise[ _]?)?(?:rejection|exception|error)\b)"
_SIGNS = (
    (Level.FATAL, r"^panic: |\bpanicked at\b|^fatal error: |\bFATAL(?: ERROR)?:|\bSegmentation fault\b"),
    (Level.FATAL, r"\bcore dumped\b(?!\? false)|\bsignal '?SIG(?:SEGV|ABRT|BUS|ILL|FPE)\b"),
    (Level.FATAL, r"(?i:\boom[-_ ]?kill(?:ed|er)\b(?![\"']?\s*[=:?]+\s*false))"),
    (Level.FATAL, r"\bOut of memory: Kill|heap out of memory"),
    (Level.ERROR, r"\bTraceback \(most recent call last\)|\bUnhandledPromiseRejection"),
    (Level.ERROR, rf"{_UNHANDLED}(?!.{{0,200}}\b(?:handler|hook|listener)s?\b)"),
    (Level.ERROR, r"^(?:Uncaught )?(?:\w+\.){0,9}(?:[A-Z]\w{0,80})?(?:Error|Exception)(?: \[\w+\])?: "),
    (Level.ERROR, r"^Exception in thread |^npm (?:ERR!|error) |\bprisma:error\b|^[EF]\d{4} \d\d:\d\d:\d\d\.\d"),
    # A process that is asked to stop ends with 130 or 143; that is how the release before this one went.
    (Level.ERROR, r"\bexited (?:normally )?with (?:exit )?code:? (?!0\b|130\b|143\b)\d"),
    (Level.ERROR, r"\[P[ACMRU]\d\d\]"),  # Fly.io's proxy and machine errors (Fly docs, error codes)
)
_PATTERNS = tuple((level, re.compile(pattern, re.MULTILINE)) for level, pattern in _SIGNS)
_FRAME = re.compile(r"^\s+at .{0,400}:\d+(?::\d+)?\)?$")
_CONTINUES = re.compile(
    r"\s|$|During handling of the above|The above exception was|Caused by: |Suppressed: |\.\.\. \d+ more"
    r"|Node\.js v|[\]})]+[,;]?$"
)
_TRACEBACK = "Traceback (most recent call last)"


def classify(message: str, level: str = "") -> Level | None:
    """How bad the line is, or nothing if it reports no error.

    Args:
        message: the line, which may have several lines itself.
        level: what the platform says of the line; its word for an error counts, any other proves nothing.
    """
    told = _LEVELS.get(level.lower())
    if told is not None:
        return told
    text = _COLOUR.sub("", message[:LONGEST])
    record = _json(text)
    return _of_text(text) if record is None else _of_record(record, text)


def headline(message: str) -> str:
    """What a line says, on one line: its own message if it is JSON, and without colours."""
    text = _COLOUR.sub("", message[:LONGEST]).strip()
    facts = {key.lower(): value for key, value in (_json(text) or {}).items()}
    said = next((facts[key] for key in ("msg", "message", "error", "err", "stack") if facts.get(key)), text)
    return " ".join(str(said).split("\n", 1)[0].split())


class Trail:
    """Follows the lines of one process, so that a stack trace counts as one with the error that it belongs to."""

    def __init__(self) -> None:
        self.before = ""
        self._open = False
        self._in_traceback = False

    def follows(self, message: str) -> bool:
        """Whether the line belongs to the error before it."""
        text = _COLOUR.sub("", message[:LONGEST])
        if not self._open or text.startswith("{"):
            return False
        if text.startswith(_TRACEBACK):
            self._in_traceback = True
            return True
        if _CONTINUES.match(text):
            return True
        last_of_traceback, self._in_traceback = self._in_traceback, False
        return last_of_traceback and bool(re.match(r"[A-Za-z_][\w.]*(?::|$)", text))

    def orphaned(self, message: str) -> bool:
        """Whether the line is a stack frame although nothing before it was an error; warnings may have frames."""
        return bool(_FRAME.match(message[:LONGEST])) and "Warning:" not in self.before

    def note(self, message: str, *, error: bool) -> None:
        """Remember a line that does not follow an error."""
        self.before = message
        self._open = error
        self._in_traceback = error and _TRACEBACK in message and "\n" not in message.strip()


def _json(text: str) -> dict[str, Any] | None:
    """The object that the line is, or ends with."""
    start = text.find("{")
    if start < 0 or not text.rstrip().endswith("}"):
        return None
    try:
        record = json.loads(text[start:])
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _of_record(record: dict[str, Any], text: str) -> Level | None:
    facts = {key.lower(): value for key, value in record.items()}
    if isinstance(facts.get("log"), dict):
        facts.setdefault("log.level", facts["log"].get("level"))
    for key in _KEYS:
        word = str(facts.get(key)).lower()
        if word in _LEVELS:
            return _LEVELS[word]
    for key, (error, fatal) in _NUMBERS.items():
        number = _number(facts.get(key))
        if number is not None:
            return Level.FATAL if number >= fatal else Level.ERROR if number >= error else None
    return _without_level(facts, text)


def _number(value: object) -> int | None:
    if isinstance(value, bool) or not str(value).isdecimal():
        return None
    return int(str(value)[:9])


def _without_level(facts: dict[str, Any], text: str) -> Level | None:
    """What an object without a level reports: an error that it holds, a stack, or what its text says."""
    held = [facts[key] for key in ("err", "error", "exception") if facts.get(key)]
    if any(isinstance(each, dict) or (isinstance(each, str) and each.lower() not in _NO_ERROR) for each in held):
        return Level.ERROR
    if any(facts.get(key) for key in ("stack", "stacktrace", "stack_trace")):
        return Level.ERROR
    return _of_text(str(facts.get("msg") or facts.get("message") or "")) or _by_sign(text)


def _of_text(text: str) -> Level | None:
    stated = _LOGFMT.search(text)
    word = stated[1].lower() if stated else ""
    word = word if word in _LEVELS else _level_word(text)
    if word:
        return _LEVELS[word]
    return _by_sign(text)


def _by_sign(text: str) -> Level | None:
    return next((level for level, pattern in _PATTERNS if pattern.search(text)), None)


def _level_word(text: str) -> str:
    """The level that a line states before it says anything else, lower-case; or nothing."""
    tokens = text[:300].split()[:12]
    timed = stranger = False
    for token, following in zip_longest(tokens, tokens[1:], fillvalue=""):
        word = _as_level(token, following, bare=not stranger)
        if word:
            return word
        if _before_level(token, following):
            timed = timed or bool(re.search(r"\d[:/-]\d", token))
        elif timed and not stranger and token.lower() not in _DENIALS:
            stranger = True  # the name of a thread or a logger
        else:
            return ""
    return ""


def _as_level(token: str, following: str, *, bare: bool) -> str:
    """The level that the token is: in capitals, or marked by a bracket or a colon."""
    found = _TOKEN.fullmatch(token)
    if not found or found["word"].lower() not in _LEVELS or (found["rest"] and not found["close"]):
        return ""
    if following.lower().strip(".,;:") in _NO_ERROR:
        return ""
    marked = bare and bool(found["open"] or found["close"])
    return found["word"].lower() if found["word"].isupper() or marked else ""


def _before_level(token: str, following: str) -> bool:
    """Whether the token may stand before the level: time, process id, brackets, dashes, a logger before a dash."""
    if any(character.isdigit() for character in token) or not any(map(str.isalnum, token)):
        return True
    separated = bool(following) and not any(map(str.isalnum, following))
    return token[0] == "[" or token[-1] == "]" or token in {"UTC", "GMT", "AM", "PM", "E,", "F,"} or separated
