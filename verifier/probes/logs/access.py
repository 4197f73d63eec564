"""Parses access log lines: a request and its response."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from verifier.probes.http.client import REQUEST_IDS
from verifier.probes.http.responses import Request
from verifier.probes.logs.weighing.line import ParsedLine

_COMMON = re.compile(r'"(?P<method>[A-Z]{3,7}) (?P<path>\S+) HTTP/[\d.]+"\s+(?P<status>[1-5]\d\d)\b')
"""The Common Log Format, which nginx, Apache and uvicorn write."""
_SHORT = re.compile(
    r"\b(?P<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?P<path>/\S*)\D{1,12}(?P<status>[1-5]\d\d)\b"
)
"""What morgan ('dev', 'tiny') and many hand-made loggers write."""
_VERBS = r"(?P<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", " HTTP/")
_FORMS = (
    _COMMON,
    re.compile(r" (?P<status>[1-5]\d\d) (?:\d{3}|-) \d+ \d+ \"" + _VERBS + r" (?P<path>\S+) HTTP/"),  # AWS ALB
    re.compile(r"\t" + _VERBS + r"\t[^\t]+\t(?P<path>/[^\t]*)\t(?P<status>[1-5]\d\d)\t"),  # CloudFront
    re.compile(r"\"" + _VERBS + r" (?P<path>\S+) HTTP/[\d.]+\" from \S+ - (?P<status>[1-5]\d\d)\b"),  # chi
    re.compile(r' -?\d+(?:/-?\d+){4} (?P<status>[1-5]\d\d) .{0,200}"' + _VERBS + r" (?P<path>\S+)"),  # HAProxy
    re.compile(r"\bTCP_\w+/(?P<status>[1-5]\d\d) \d+ (?P<method>[A-Z]{3,7}) (?P<path>\S+)"),  # Squid
    re.compile(_VERBS + r" (?P<path>/\S*) .{0,200}\(HTTP/[\d.]+ (?P<status>[1-5]\d\d)\)"),  # uWSGI
    re.compile(
        _VERBS + r" (?P<path>/\S*) \S+ \d+ \S+ [\d.:a-f]+ .{1,300}? (?P<status>[1-5]\d\d) \d+ \d+ \d+"
    ),  # IIS (W3C)
    re.compile(
        r"\|\s*(?P<status>[1-5]\d\d)\s*\|.{0,120}\|\s*" + _VERBS + r"[\s|]+\"?(?P<path>/[^\s\"]*)"
    ),  # Gin, Fiber
    re.compile(_VERBS + r"\s+\[(?P<status>[1-5]\d\d)\] (?P<path>/\S*)"),  # shelf (Dart)
    _SHORT,
    re.compile(r"(?:^|[\s\])|])(?P<status>[1-5]\d\d) " + _VERBS + r" (?P<path>/\S*)"),
    re.compile(
        r"\bmethod=\"?"
        + _VERBS
        + r"\"?,? .{0,80}?\b(?:path|uri|url)=\"?(?P<path>[^\s\"]+)"
        + r".{0,400}?\bstatus(?:_code)?=\"?(?P<status>[1-5]\d\d)\b"
    ),
)
_MILLISECONDS = re.compile(r"\b(?P<number>\d+(?:\.\d+)?) ?ms\b")
_TIMES = ("duration_ms", "responseTime", "response_time_ms", "elapsed_ms", "latency_ms", "durationMs")
"""Keys whose unit is known to be the millisecond (`responseTime` is pino-http's)."""
_IDS = ("request_id", "requestId", *REQUEST_IDS, *(each.replace("-", "_") for each in REQUEST_IDS), "reqId")
_STATUS = ("status", "statusCode", "status_code")
ANSWERS = frozenset(
    {"res", *_STATUS, "http", "response", "httpRequest", "attributes", "http.status_code", "http.response.status_code"}
    | {"meta", "EdgeResponseStatus", "DownstreamStatus", "sc-status"}
)
"""Without one of these keys a line tells of no answer."""
_NESTED_STATUS = (
    "http.response.status_code",
    "http.status_code",
    "response.status",
    "response.statusCode",
    "httpRequest.status",
    "response.status_code",
    "meta.res.statusCode",  # express-winston
    "EdgeResponseStatus",  # Cloudflare
    "DownstreamStatus",  # Traefik
    "sc-status",  # CloudFront
)
_NESTED_METHOD = (
    *("http.request.method", "http.method", "request.method", "httpRequest.requestMethod", "method"),
    *("meta.req.method", "ClientRequestMethod", "RequestMethod", "cs-method"),
)
_NESTED_PATH = (
    "url.path",
    "http.route",
    "http.target",
    "http.url",
    "request.url",
    "request.path",
    "request.uri",
    "httpRequest.requestUrl",
    "meta.req.url",
    "ClientRequestURI",
    "RequestPath",
    "cs-uri-stem",
    "path",
    "url",
)
_PATH = ("path", "url", "uri")


Kind = TypeVar("Kind")


def request_of(message: str) -> Request | None:
    """The request that a line tells of, if it tells of one."""
    if message.lstrip().startswith("{"):
        try:
            return request_of_record(json.loads(message))
        except (ValueError, RecursionError):
            return None
    if "/" not in message or not any(map(message.__contains__, METHODS)):
        return None
    found = next((told for each in _FORMS if (told := each.search(message))), None)
    if not found:
        return None
    took = _MILLISECONDS.search(message, found.end())
    seconds = float(took["number"]) / 1000 if took else None
    return Request(found["method"], found["path"], int(found["status"]), seconds=seconds)


def request_in(line: ParsedLine) -> Request | None:
    """The request that a line tells of, where the line has been read already."""
    told = None
    if line.record is not None and not ANSWERS.isdisjoint(line.record):
        told = request_of_record(line.record)
    return told if told is not None or line.structured else request_of(line.text)


def _part(line: dict[str, Any], name: str) -> dict[str, Any]:
    """The part of the line that loggers such as pino-http nest, or the line itself."""
    part = line.get(name)
    return part if isinstance(part, dict) else line


def request_of_record(line: Any) -> Request | None:  # noqa: ANN401 - any JSON
    """The request that an object tells of, if it tells of one."""
    if not isinstance(line, dict):
        return None
    request, answer = _part(line, "req"), _part(line, "res")
    status, path = _first(answer, _STATUS, int), _first(request, _PATH, str)
    if status is None or path is None:
        return _nested(line)
    return Request(str(request.get("method", "")), path, status, _id(line, request), _seconds(line))


def _nested(line: dict[str, Any]) -> Request | None:
    """A request and its answer by the names of ECS and OpenTelemetry, nested or dotted."""
    flat = dict(_leaves(line))
    status = next((flat[key] for key in _NESTED_STATUS if isinstance(flat.get(key), int)), None)
    path = next((flat[key] for key in _NESTED_PATH if isinstance(flat.get(key), str)), None)
    if status is None:
        return None
    method = next((str(flat[key]) for key in _NESTED_METHOD if key in flat), "")
    return Request(method, path or str(line.get("name", "")), status, _id(line, line), _seconds(line))


def _leaves(part: dict[str, Any], before: str = "", depth: int = 4) -> Iterator[tuple[str, Any]]:
    for key, value in part.items():
        name = f"{before}{key}".removeprefix("attributes.")
        if isinstance(value, dict) and depth:
            yield from _leaves(value, f"{name}.", depth - 1)
        else:
            yield name, value


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
