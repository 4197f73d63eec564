"""Parses access log lines: a request and its response."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

from verifier.probes.http.client import REQUEST_IDS
from verifier.probes.http.responses import Request
from verifier.probes.logs.line import ParsedLine

_COMMON = re.compile(r'"(?P<method>[A-Z]{3,7}) (?P<path>\S+) HTTP/[\d.]+"\s+(?P<status>[1-5]\d\d)\b')
"""The Common Log Format, which nginx, Apache and uvicorn write."""
_SHORT = re.compile(
    r"\b(?P<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?P<path>/\S*)\D{1,12}(?P<status>[1-5]\d\d)\b"
)
"""What morgan ('dev', 'tiny') and many hand-made loggers write."""
_MILLISECONDS = re.compile(r"\b(?P<number>\d+(?:\.\d+)?) ?ms\b")
_TIMES = ("duration_ms", "responseTime", "response_time_ms", "elapsed_ms", "latency_ms", "durationMs")
"""Keys whose unit is known to be the millisecond (`responseTime` is pino-http's)."""
_IDS = ("request_id", "requestId", *REQUEST_IDS, *(each.replace("-", "_") for each in REQUEST_IDS), "reqId")
_STATUS = ("status", "statusCode", "status_code")
_ANSWERS = frozenset(("res", *_STATUS))
"""Without one of these keys a line tells of no answer."""
_PATH = ("path", "url", "uri")


Kind = TypeVar("Kind")


def request_of(message: str) -> Request | None:
    """The request that a line tells of, if it tells of one."""
    if message.lstrip().startswith("{"):
        try:
            return _structured(json.loads(message))
        except (ValueError, RecursionError):
            return None
    found = _COMMON.search(message) or _SHORT.search(message)
    if not found:
        return None
    took = _MILLISECONDS.search(message, found.end())
    seconds = float(took["number"]) / 1000 if took else None
    return Request(found["method"], found["path"], int(found["status"]), seconds=seconds)


def request_in(line: ParsedLine) -> Request | None:
    """The request that a line tells of, where the line has been read already."""
    told = None
    if line.record is not None and not _ANSWERS.isdisjoint(line.record):
        told = _structured(line.record)
    return told if told is not None or line.structured else request_of(line.text)


def _part(line: dict[str, Any], name: str) -> dict[str, Any]:
    """The part of the line that loggers such as pino-http nest, or the line itself."""
    part = line.get(name)
    return part if isinstance(part, dict) else line


def _structured(line: Any) -> Request | None:  # noqa: ANN401 - any JSON
    if not isinstance(line, dict):
        return None
    request, answer = _part(line, "req"), _part(line, "res")
    status, path = _first(answer, _STATUS, int), _first(request, _PATH, str)
    if status is None or path is None:
        return None
    return Request(str(request.get("method", "")), path, status, _id(line, request), _seconds(line))


def _first(facts: dict[str, Any], keys: tuple[str, ...], kind: type[Kind]) -> Kind | None:
    """What stands under the first of these keys that holds such a value; a loop, because there are many lines."""
    for key in keys:
        value = facts.get(key)
        if isinstance(value, kind):
            return value
    return None


def _id(line: dict[str, Any], request: dict[str, Any]) -> str:
    """The request's id: the platform's own, if the logger keeps headers."""
    headers = request.get("headers")
    if isinstance(headers, dict) and (sent := next((headers[name] for name in REQUEST_IDS if name in headers), None)):
        return str(sent)
    for key in _IDS:
        if told := line.get(key):
            return str(told)
    return str(request.get("id") or "")


def _seconds(line: dict[str, Any]) -> float | None:
    for key in _TIMES:
        value = line.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value / 1000
    return None
