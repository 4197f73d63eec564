"""Reads one log line: what it is, how bad it is, what it says; knows nothing of where lines come from.

Longer than 300 lines because each form of a line is read beside the others that it is told from.

What a line says of itself comes first: a level in JSON, in logfmt, or as the first word after time and logger. Only a
line that says nothing is searched for words that no healthy process writes. Where neither decides, its wording does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from verifier.probes.logs.weighing.circumstances import of_a_caller
from verifier.probes.logs.weighing.heuristics import TRACEBACK, sign_in, stated_in_text
from verifier.probes.logs.weighing.levels import Level, level_of_word, stated_level
from verifier.probes.logs.weighing.likelihood import likelihood, telling
from verifier.probes.logs.weighing.weigh import NOTHING, NUMBERS, Weight, weigh

LONGEST = 16 * 1024
"""Characters of a line that are looked at."""
# Own masks: the library for it (drain3) is not kept, and learns from the stream, so that runs would differ.
_VARIABLE = re.compile(
    r"(?P<time>\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) +)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|"
    r"Dec) +\d{1,2} +\d\d:\d\d:\d\d[\d.]*(?: +\d{4})?|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*(?:Z|"
    r"[+-]\d\d:?\d\d)?)"
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
_WORDS = ("msg", "message", "event", "body", "@mt", "text", "log")
_PARTS = ("fields", "detail", "data", "body", "log", "record", "payload", "jsonPayload")
"""Keys under which loggers nest what is said."""
ENDS = frozenset({"signal", "exit_code", "exitCode", "exit_status", "reason", "oom_killed", "OOMKilled", "rc"})
"""Keys that tell how something ended."""
_NONE = ("", 0, None, False)
_OUTCOMES = frozenset(
    {
        "status",
        "state",
        "result",
        "outcome",
        "health",
        "conclusion",
        "reason",
        "grpc.code",
        "ok",
        "success",
        "healthy",
        "alive",
        "reachable",
        "succeeded",
    }
)
"""Keys that tell how something went."""
_SINCE_START = frozenset({"counters", "gauges", "metrics", "totals"})
"""Keys under which counts since the beginning stand."""
COUNT_KEYS = frozenset(
    {"failed", "failures", "errors", "errorCount", "error_count", "failedCount", "failed_count", "failureCount",
     "failure_count", "numFailed", "num_failed", "lost", "dropped", "rejected", "crashed", "unprocessed"}
)  # fmt: skip
"""Keys that tell how many failed."""
_NESTING = frozenset(
    {"stats", "summary", "counts", "report", "data", "result", "payload", "fields", "details", "extra", "resourceSpans"}
)
"""Keys under which such keys stand."""
_MOST_PARTS = 20
_FAILED = {"ERROR", "STATUS_CODE_ERROR", "2"}
"""What OpenTelemetry calls the status of a span that failed."""
_SIGN_BEGINS = frozenset("*<=#EFIWP-npT/")
_ERROR_KEYS = frozenset(
    {
        "error",
        "err",
        "exception",
        "errorMessage",
        "errorCode",
        "error_message",
        "error_code",
        "cause",
        "failure",
        "fault",
        "panic",
    }
)
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
        doubt: the words that speak of failure, where it is not certain that one happened; or nothing.
    """

    text: str
    record: dict[str, Any] | None
    structured: bool
    stated: Level | None
    level: Level | None
    doubt: str = ""

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


_CALM_AT_MOST, _FAILS_FROM, _FAILS_IN_SPITE = 0.15, 0.9, 0.97
"""Likelihoods of a failure: up to where a wording takes back a weak doubt of the rules; from where it raises one; and
from where it does so on a line that states a warning, or says that the failure has been dealt with."""
_SAYS_LITTLE = 3
"""Characters up to which the message of an object says nothing; its keys say more."""


FIGURED = re.compile(
    r"(?i:exit|(?:code|status|signal|sig|rc|errno|severity|level|value)\W{0,5}7|ended|return|"
    r"terminated|(?:sent|completed|upstream|says|answered|responded)\W{0,5}7)|[A-Z]{2}-?7|7/FAIL|SQLSTATE|"
    r"[CE]EF:|\[P|7 ?%"
)
"""Where figures may matter: the end of a process, codes, levels in numbers."""
_FIGURED_BEGINS = frozenset("<%[{IEWF")
_READ: dict[str, tuple[Level | None, Level | None, str]] = {}
_MOST_KEPT = 8192
_CALM: set[str] = set()
"""What objects of a calm level said that spoke of no failure, but for figures."""
_CALM_LEVELS = frozenset({10, 20, 30, "trace", "debug", "info", "INFO", "DEBUG", "notice"})
CALM_LINE = ParsedLine("", None, True, Level.CLEAN, Level.CLEAN)  # noqa: FBT003 - a record
"""What is remembered of a calm object."""
_LONGEST_KEPT = 1000


def read_line(message: str, level: str = "", *, own: bool = False, parsed: dict[str, Any] | None = None) -> ParsedLine:
    """Read a line.

    Args:
        message: the line, which may have several lines itself.
        level: what the platform says of the line. Its word for an error is weak: it takes the whole standard error
            output for errors. Any other proves nothing.
        own: whether the platform says it of a line of its own.
        parsed: the object that the line is, if that is known.
    """
    if parsed is not None:
        return _of_record(parsed, message)
    text = message if len(message) <= LONGEST else message[:LONGEST]
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    structured = text[:1] == "{"
    record = _json(text, 0) if structured else None
    if record is not None:
        return _of_record(record, text)
    if structured and (several := _several(text)):
        return max((_of_record(each, text) for each in several), key=_badness)
    if not level or level == "info":
        return _of_text(text)
    told = level_of_word(level)
    suspected = told is not None and told.bad
    return _read_text(text, told if own and suspected else None, suspected=suspected)


def wording(line: ParsedLine) -> str:
    """What a line says in words: of an object its message and its outcome."""
    return _wording(line.record, line.text) if line.structured and line.record else line.text


def _wording(record: dict[str, Any], text: str) -> str:
    said = _said(record)
    return said if len(said) > _SAYS_LITTLE else text


def _of_text(text: str) -> ParsedLine:
    """Read a line of text; most are like one before but for their figures, so that what those said is remembered."""
    if text[-1:] == "}" or text[:1] in _FIGURED_BEGINS:
        return _read_text(text, None, suspected=False)
    kind = NUMBERS.sub("7", text)
    known = _READ.get(kind)
    if known is not None:
        return ParsedLine(text, None, False, *known)  # noqa: FBT003 - a record
    line = _read_text(text, None, suspected=False)
    if not FIGURED.search(kind) and len(kind) <= _LONGEST_KEPT:
        if len(_READ) >= _MOST_KEPT:
            _READ.clear()
        _READ[kind] = line.stated, line.level, line.doubt
    return line


def _read_text(text: str, platform: Level | None, *, suspected: bool) -> ParsedLine:
    record = _json_at_the_end(text)
    stated = stated_in_text(text) or (stated_level(record) if record else None)
    stated = stated or platform
    if stated is not None and stated.bad:
        return ParsedLine(text, record, False, stated, stated)  # noqa: FBT003 - a record
    weight = weigh(text, stated, suspected=suspected)
    if stated is None and record and not (weight.level or weight.doubt) and (told := held_error(record)):
        weight = Weight(None, told)
    found = weight.level or stated
    if found is None and (weight.doubt or _may_be_a_sign(text)):
        found = sign_in(text)
        if found is not None and weight.doubt and not _may_be_a_sign(text) and of_a_caller(text):
            found = None
    doubt = "" if found is not None and found.bad else _doubt(weight, text, stated)
    return ParsedLine(text, record, False, stated, found, doubt)  # noqa: FBT003 - a record


def _of_record(record: dict[str, Any], text: str) -> ParsedLine:
    stated = stated_level(record)
    if stated is None:
        found = _without_level(record, text)
        weight = weigh(_said(record), None) if found is None or not found.bad else NOTHING
        if not (weight.level or weight.doubt) and (told := held_error(record)):
            weight = Weight(None, told)
    elif stated.bad:
        return ParsedLine(text, record, True, stated, stated)  # noqa: FBT003 - a record
    else:
        found, weight = stated, weigh(_said(record), stated)
    found = weight.level or found
    doubt = "" if found is not None and found.bad else _doubt(weight, _wording(record, text), stated)
    if stated is Level.CLEAN and not (weight.level or doubt) and record.get("level") in _CALM_LEVELS:
        _remember_calm(record)
    return ParsedLine(text, record, True, stated, found, doubt)  # noqa: FBT003 - a record


def _doubt(weight: Weight, text: str, stated: Level | None) -> str:
    """The rules' doubt; where they have none or a weak one, the wording decides how likely it tells of a failure."""
    if weight.doubt and not weight.weak:
        return weight.doubt
    likely = likelihood(text, str(stated))
    if weight.doubt:
        return weight.doubt if likely > _CALM_AT_MOST else ""
    judged = weight.handled or stated is Level.WARNING
    return f"wording: {telling(text)}" if likely >= (_FAILS_IN_SPITE if judged else _FAILS_FROM) else ""


def _said(record: dict[str, Any]) -> str:
    """What an object says in words: its message, and what else may tell of an end."""
    said = next((told for key in _WORDS if (told := record.get(key)).__class__ is str), "")
    if not said and (nested := next((part for key in _PARTS if isinstance(part := record.get(key), dict)), None)):
        return _said(nested)
    said = " ".join((said, *_outcomes(record)))
    if ENDS.isdisjoint(record):
        return said
    return " ".join([said, *(f"{key} {record[key]}" for key in ENDS.intersection(record) if record[key] not in _NONE)])


def _outcomes(part: dict[str, Any], depth: int = 6) -> Iterator[str]:
    """How an object says that something went, wherever in it that stands."""
    for key, value in part.items():
        if key == "status" and isinstance(value, dict) and str(value.get("code")).upper() in _FAILED:
            yield "status=error"
        for each in value[:_MOST_PARTS] if isinstance(value, list) else (value,):
            if isinstance(each, dict) and depth and key not in _SINCE_START:
                yield from _outcomes(each, depth - 1)
        if key in _OUTCOMES and (value is False or value.__class__ is str):
            yield f"{key}={str(value).lower()}"
        if key in COUNT_KEYS and value.__class__ is int and value > 0:
            yield f"failed={value}"
        if value == 0 and value.__class__ is int and part.get("expected").__class__ is int and part["expected"] > 0:
            yield f"{key} 0 of {part['expected']}"


def calm_record(text: str) -> tuple[dict[str, Any], bool] | None:  # noqa: PLR0911 - what is cheap is asked first
    """A line that is an object, and whether it says what has been read before and is calm; most lines of most logs are.

    Returns:
        Nothing, if the line is no object, or has colours.
    """
    if text[:1] != "{" or len(text) > LONGEST or "\x1b" in text:
        return None
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if record.get("level") not in _CALM_LEVELS or not ENDS.isdisjoint(record) or "severity" in record:
        return record, False
    said = record.get("msg") or record.get("message") or record.get("event")
    if said.__class__ is not str or not _NESTING.isdisjoint(record):
        return record, False
    if any(record[key].__class__ is str or record[key] is False for key in _OUTCOMES.intersection(record)):
        return record, False
    if record.get("expected") or any(record[key] for key in COUNT_KEYS.intersection(record)):
        return record, False
    return record, said in _CALM or NUMBERS.sub("7", said) in _CALM


def _remember_calm(record: dict[str, Any]) -> None:
    said = record.get("msg") or record.get("message") or record.get("event")
    if said.__class__ is str and len(said) <= _LONGEST_KEPT and not FIGURED.search(said):
        if len(_CALM) >= _MOST_KEPT:
            _CALM.clear()
        _CALM.add(NUMBERS.sub("7", said))


def _several(text: str) -> list[dict[str, Any]]:
    """The objects that stand on one line without anything between them."""
    found, start, decoder = [], 0, json.JSONDecoder()
    while start < len(text) and text[start] == "{":
        try:
            record, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            break
        found.append(record)
        start = end + len(text[end:]) - len(text[end:].lstrip(" ,"))
    return found


def _badness(line: ParsedLine) -> int:
    return 2 * line.bad + bool(line.doubt)


def _may_be_a_sign(text: str) -> bool:
    """Whether the text may hold a sign of failure that has no word of failure in it."""
    return text[:1] in _SIGN_BEGINS or "[P" in text or "Error" in text or "rror:" in text


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
    return _json(text, start) if start > 0 and text[start - 1] != "=" else None


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
    status = facts.get("status")
    if isinstance(status, dict) and str(status.get("status_code", status.get("code"))).upper() in _FAILED:
        return Level.ERROR
    said = next((told for key in _TEXTS if isinstance(told := facts.get(key), str)), "")
    return stated_in_text(said) or sign_in(said) or sign_in(text)


def held_error(part: dict[str, Any], depth: int = 4) -> str:
    """A key, wherever in an object without a level, under which an error stands; or nothing."""
    for key, value in part.items():
        if key in _ERROR_KEYS and _is_error(value):
            return key
        if isinstance(value, dict) and depth and key not in _SINCE_START and (told := held_error(value, depth - 1)):
            return told
    return ""


def _is_error(value: object) -> bool:
    """Whether what stands under 'error' is one: an object that is not empty, or a text that says something."""
    return (isinstance(value, dict) and bool(value)) or (isinstance(value, str) and value.lower() not in _HARMLESS)


def template(text: str) -> str:
    """`text` with everything masked that changes from one time to the next: 'reorder <number> of <uuid> failed'."""
    return _VARIABLE.sub(lambda found: f"<{found.lastgroup}>", text)
