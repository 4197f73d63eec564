"""Maps failed answers of Fly.io's APIs to a cause and a remedy."""

from __future__ import annotations

import json
import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from verifier.core import causes
from verifier.core.config.target import Target
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.platform import NotThere
from verifier.probes.http.client import Reply, attached

NEW_TOKEN = "fly tokens create readonly --name definition-of-done, then export FLY_API_TOKEN=…"  # noqa: S105 - a hint
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TIMEOUT, _TOO_MANY, _OK = 401, 403, 404, 408, 429, 200
_SERVER_ERRORS = range(500, 600)
_REDIRECTS = range(300, 400)
_WORDS = 200
"""Characters of an answer's text that a message quotes."""


def refused(target: Target, reply: Reply, what: str) -> CouldNotLook:
    """The `CouldNotLook` for a reply that is not the JSON that was asked for.

    Args:
        target: whose platform was asked.
        reply: what came instead, or that nothing came.
        what: what was asked for, as the subject of a sentence.
    """
    cause, remedy = _diagnosis(target, reply)
    told = f"{what}: {reply} from {reply.url}"
    words = error_text(reply) if reply.answered else ""
    request = reply.headers.get("fly-request-id")
    told += (f": {words}" if words else "") + (f" (fly-request-id {request})" if request else "")
    # A thing that is not there answers in JSON; a route that is not there in plain text or as a page.
    kind = NotThere if reply.status == _NOT_FOUND and _told(reply) is not None else CouldNotLook
    return kind(cause, told, remedy=remedy, after=retry_after(reply), pictures=attached(reply))


def _diagnosis(target: Target, reply: Reply) -> tuple[Cause, str]:
    file, status = target.file, reply.status or 0
    if not reply.answered:
        return reply.cause or Cause.UNREACHABLE, f"curl -sS -I {reply.url.partition('?')[0]}; https://status.flyio.net"
    known = {
        _UNAUTHORIZED: f"the token is not accepted (expired, revoked or mistyped): {NEW_TOKEN}",
        _FORBIDDEN: f"the token is good, but not for the app '{target.app}': {NEW_TOKEN}",
        _NOT_FOUND: _not_found(target, reply, file),
        _TIMEOUT: "the platform was too slow: run again; https://status.flyio.net",
        _TOO_MANY: "the platform limits requests: wait a minute and run again",
    }
    if status in known:
        remedy = known[status]
    elif status in _SERVER_ERRORS:
        remedy = "the platform has trouble: run again in a minute; https://status.flyio.net"
    elif status == _OK or status in _REDIRECTS:
        remedy = f"something else than Fly.io's API answers there: correct [platform] in {file}"
    else:
        remedy = f"fly status -a {target.app}; if that works, report this answer as a fault of the suite"
    return causes.of_status(status), remedy


def _not_found(target: Target, reply: Reply, file: str) -> str:
    told = _told(reply)
    if told is not None and "not found" in told and "app" not in told.lower():
        return f"it is gone: fly status -a {target.app}"
    if told is None:
        return f"there is no such route: correct [platform] in {file} (machines_url, api_url) or FLY_FLAPS_BASE_URL"
    return f"no app '{target.app}' for this token: correct app in {file}, or see: fly apps list"


def error_text(reply: Reply) -> str:
    """What the body says, in one line: the text in JSON, a page's title, or plain text."""
    told = _told(reply)
    if told is not None:
        return told[:_WORDS]
    if "<html" in reply.body[:2000].lower() or "html" in reply.headers.get("content-type", ""):
        title = re.search(r"<title[^>]*>(.*?)</title>", reply.body, re.IGNORECASE | re.DOTALL)
        return f"a page, not the API's JSON: '{' '.join((title.group(1) if title else 'no title').split())[:80]}'"
    return " ".join(reply.body.split())[:_WORDS]


def _told(reply: Reply) -> str | None:
    """The message in a JSON error, as the official client reads it: `message`, then `error`."""
    try:
        content = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    return next((str(content[key]) for key in ("message", "error") if content.get(key)), reply.body)


def retry_after(reply: Reply) -> float:
    """Seconds that the answer asks us to wait (RFC 9110, section 10.2.3: seconds or a date), or zero."""
    told = reply.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", told):
        return float(told)
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return 0.0
    # The date is on their clock, and so is the moment at which they said it, if they say that too.
    try:
        here = parsedate_to_datetime(reply.headers.get("date", ""))
    except ValueError:
        here = now()
    zoned = [each if each.tzinfo else each.replace(tzinfo=UTC) for each in (at, here)]
    return max(0.0, (zoned[0] - zoned[1]).total_seconds())


def of_the_app(name: str, told: dict[str, Any]) -> dict[str, Any]:
    """What the platform told of this app.

    Raises:
        CouldNotLook: no-data: it is about another one.
    """
    if told.get("name", name) != name:
        raise CouldNotLook(Cause.NO_DATA, f"the app {name}: the platform answers of another one: {told['name']}")
    return told
