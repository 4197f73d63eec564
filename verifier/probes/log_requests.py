"""Recognises the log lines that tell of a request and its answer."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

_COMMON = re.compile(r'"(?P<method>[A-Z]{3,7}) (?P<path>\S+) HTTP/[\d.]+"\s+(?P<status>[1-5]\d\d)\b')
"""The Common Log Format, which nginx, Apache and uvicorn write."""
_SHORT = re.compile(
    r"\b(?P<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?P<path>/\S*)\D{1,12}(?P<status>[1-5]\d\d)\b"
)
"""What morgan («dev», «tiny») and many hand-made loggers write."""
_STATUS = ("status", "statusCode", "status_code")
_PATH = ("path", "url", "uri")


class Request(NamedTuple):
    """One request that was answered."""

    method: str
    path: str
    status: int
    id: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path} answered {self.status}" + (f" (request {self.id})" if self.id else "")


def request_of(message: str) -> Request | None:
    """The request that a line tells of, if it tells of one."""
    if message.lstrip().startswith("{"):
        try:
            return _structured(json.loads(message))
        except ValueError:
            return None
    found = _COMMON.search(message) or _SHORT.search(message)
    return Request(found["method"], found["path"], int(found["status"])) if found else None


def _part(line: dict[str, Any], name: str) -> dict[str, Any]:
    """The part of the line that loggers such as pino-http nest, or the line itself."""
    part = line.get(name)
    return part if isinstance(part, dict) else line


def _structured(line: Any) -> Request | None:  # noqa: ANN401 - any JSON
    if not isinstance(line, dict):
        return None
    request, answer = _part(line, "req"), _part(line, "res")
    status = next((answer[key] for key in _STATUS if isinstance(answer.get(key), int)), None)
    path = next((request[key] for key in _PATH if isinstance(request.get(key), str)), None)
    if status is None or path is None:
        return None
    return Request(str(request.get("method", "")), path, status, str(line.get("request_id") or request.get("id") or ""))
