"""How bad a log line says it is: the words and numbers of the loggers, and where in a JSON line they stand.

Numbers: pino and bunyan (50 error, 60 fatal), Python's logging (`levelno`), OpenTelemetry's log data model
(SeverityNumber), Google Cloud's LogSeverity, and syslog's severities (RFC 5424, section 6.2.1), as journald keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from verifier.probes.logs.weighing.vocabulary import translations


class Level(StrEnum):
    """What a line reports: nothing bad, a worry, something that went wrong, or an end of the process."""

    CLEAN = "clean"
    WARNING = "warning"
    ERROR = "error"
    FATAL = "fatal"

    @property
    def bad(self) -> bool:
        """Whether it is an error."""
        return self is Level.ERROR or self is Level.FATAL


WORDS: Mapping[str, Level] = {
    **dict.fromkeys(("trace", "debug", "verbose", "info", "information", "notice", "log"), Level.CLEAN),
    **dict.fromkeys(("trc", "dbg", "dbug", "vrb", "inf"), Level.CLEAN),
    **dict.fromkeys(("warn", "warning", "wrn"), Level.WARNING),
    **dict.fromkeys(("error", "err", "erro", "eror", "severe", "dpanic", "fail"), Level.ERROR),
    **dict.fromkeys(("fatal", "critical", "crit", "alert", "emerg", "emergency", "panic"), Level.FATAL),
    **dict.fromkeys(("fata", "ftl", "pani"), Level.FATAL),
}
"""Words that state a level, in text and in JSON."""
_VALUES: Mapping[str, Level] = {
    **WORDS,
    **dict.fromkeys(("http", "silly", "default", "success", "ok", "fine", "finer", "finest", "config"), Level.CLEAN),
    **dict.fromkeys(("e",), Level.ERROR),
    **dict.fromkeys(("f",), Level.FATAL),
    **dict.fromkeys(("w",), Level.WARNING),
    **dict.fromkeys(("i", "d"), Level.CLEAN),
}
"""Words that state a level where a key says that they do."""
_KEYS = (
    "level",
    "lvl",
    "severity",
    "severitytext",
    "severity_text",
    "levelname",
    "log.level",
    "loglevel",
    "@l",
    "l",
    "lev",
    "sev",
    "prio",
    "priority",
    "lvl_name",
    "level_name",
    "log_level",
    "severity_name",
    "error_severity",
    "severitylevel",
)
_WORDY = frozenset(
    ("levelname", "severity", "level_name", "levelName", "lvl_name", "severity_name", "severityText", "severity_text")
)
"""Keys that tell the level in a word beside a number."""
_PLAIN = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\+?\d+$")


class _Scale(NamedTuple):
    warning: int
    error: int
    fatal: int


_SCALES: Mapping[str, _Scale] = {
    "level": _Scale(40, 50, 60),  # pino and bunyan
    "lvl": _Scale(40, 50, 60),
    "levelno": _Scale(30, 40, 50),  # Python's logging
    "severitynumber": _Scale(13, 17, 21),  # OpenTelemetry
    "severity_number": _Scale(13, 17, 21),
}
_ENVELOPES = frozenset(
    {
        "resourceLogs",
        "scopeLogs",
        "logRecords",
        "log",
        "record",
        "meta",
        "metadata",
        "fields",
        "jsonPayload",
        "payload",
        "_source",
    }
)
"""Keys under which what was logged stands."""
_MOST_PARTS = 20
_CLOUD = _Scale(400, 500, 600)
_SYSLOG_ERROR, _SYSLOG_FATAL, _SYSLOG_WARNING = 3, 2, 4


@cache
def foreign_levels() -> Mapping[str, Level]:
    """Level words of other languages, lower-case."""
    named = {"error": Level.ERROR, "fatal": Level.FATAL, "warning": Level.WARNING, "info": Level.CLEAN}
    return {word: named[level] for word, level in translations()["levels"].items()}


def level_of_word(word: str) -> Level | None:
    """The level of a word, in whatever case and colour, with OpenTelemetry's digit or slog's offset; or nothing."""
    return (
        _VALUES.get(word) or _VALUES.get(plain := _PLAIN.sub("", word).strip().lower()) or foreign_levels().get(plain)
    )


def level_of_severity(number: int) -> Level:
    """The level of one of syslog's severities, 0 to 7."""
    if number <= _SYSLOG_FATAL:
        return Level.FATAL
    return {_SYSLOG_ERROR: Level.ERROR, _SYSLOG_WARNING: Level.WARNING}.get(number, Level.CLEAN)


def stated_level(record: Mapping[str, Any]) -> Level | None:
    """The level that a JSON line states, or nothing if it states none."""
    stated = record.get("level")  # nearly always here, so it comes first
    if stated.__class__ is str and (level := _VALUES.get(stated) or level_of_word(stated)):
        return level
    if stated.__class__ is int and _WORDY.isdisjoint(record) and "short_message" not in record:
        return _on(_SCALES["level"], stated)
    facts = {key.lower(): value for key, value in record.items()}
    return _by_word(facts) or _of_one_product(record) or _by_number(facts) or _nested(record)


def _nested(record: Mapping[str, Any], depth: int = 6) -> Level | None:
    """The worst level of the records that an envelope holds: OpenTelemetry's, or a collector's."""
    levels = []
    for key in _ENVELOPES.intersection(record):
        part = record[key]
        for each in part[:_MOST_PARTS] if isinstance(part, list) else (part,):
            if isinstance(each, dict) and depth:
                facts = {key.lower(): value for key, value in each.items()}
                levels.append(_by_word(facts) or _by_number(facts) or _nested(each, depth - 1))
    return max((each for each in levels if each), key=list(Level).index, default=None)


def _by_word(facts: Mapping[str, Any]) -> Level | None:
    nested = facts.get("log")
    words = [facts.get(key) for key in _KEYS] + [nested.get("level") if isinstance(nested, dict) else None]
    return next((level for word in words if isinstance(word, str) and (level := level_of_word(word))), None)


def _by_number(facts: Mapping[str, Any]) -> Level | None:
    for key, scale in _SCALES.items():
        number = _number(facts.get(key))
        if number is not None:
            return _on(scale, number)
    cloud = _number(facts.get("severity"))
    return _on(_CLOUD, cloud) if cloud is not None and cloud >= 100 else None  # noqa: PLR2004 - LogSeverity DEBUG


def _on(scale: _Scale, number: int) -> Level:
    if number >= scale.error:
        return Level.FATAL if number >= scale.fatal else Level.ERROR
    return Level.WARNING if number >= scale.warning else Level.CLEAN


def _of_one_product(record: Mapping[str, Any]) -> Level | None:
    """Keys that mean a level only beside their siblings: journald's, MongoDB's, zap's."""
    priority = _number(record.get("PRIORITY"))
    if priority is not None and "MESSAGE" in record:
        return level_of_severity(priority)
    if "short_message" in record and "version" in record and (gelf := _number(record.get("level"))) is not None:
        return level_of_severity(gelf)
    if isinstance(record.get("s"), str) and "t" in record and "c" in record:
        return level_of_word(record["s"])
    if isinstance(record.get("L"), str) and "M" in record:
        return level_of_word(record["L"])
    return None


def _number(value: object) -> int | None:
    if isinstance(value, bool) or not str(value).isdecimal():
        return None
    return int(str(value)[:9])
