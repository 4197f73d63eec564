"""Checks the response head of an event stream: its type, and whether a cache may store it.

Sources: RFC 9110 (media types, content codings), RFC 9111 (caching), WHATWG HTML 9.2 and Fetch (MIME types).
"""

from __future__ import annotations

import re
from typing import NamedTuple

import httpx

from verifier.core import causes
from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.probes.http import EVENT_STREAM
from verifier.probes.http.client import REQUEST_IDS

CODINGS = ("gzip", "deflate")
"""What is asked for, as browsers do: a proxy that compresses, and so holds back, does so only for who asks."""
REMEDY = "make the stream readable for this run, or correct [events] in the target file"
"""What to do about a stream that asks for a login."""
_TOLD = (
    "content-type", "content-encoding", "cache-control", "age", "etag", "last-modified", "x-cache", "x-accel-buffering",
    "location", "retry-after", "server", "via", *REQUEST_IDS,
)  # fmt: skip
_BLANKS = " \t\r\n"
_ESSENCE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")
"""Two tokens of RFC 9110, in lower case."""
_ASKS = {Cause.UNAUTHORIZED, Cause.RATE_LIMITED}
_LOGIN = re.compile(r"(?i)(?<![a-z])(log-?in|sign-?in|auth|oauth2?|sso|accounts?)(?![a-z])")


class MediaType(NamedTuple):
    """A media type without its parameters, lower-case, and its charset if it names one."""

    essence: str = ""
    charset: str = ""


class Head(Record):
    """What an answer says of itself before its body.

    Attributes:
        protocol: the version of HTTP that was spoken.
        media_type: lower-case and without parameters; empty if there is none, or none that can be read.
        headers: those that matter for a stream.
        answered: seconds after the request was sent.
    """

    status: int
    protocol: str = "HTTP/1.1"
    media_type: str = ""
    charset: str = ""
    headers: dict[str, str] = {}
    answered: float = 0.0

    @property
    def coding(self) -> str:
        """How the body is compressed; empty if it is not."""
        named = self.headers.get("content-encoding", "").strip().lower()
        return "" if named == "identity" else named.removeprefix("x-")

    @property
    def objection(self) -> str:
        """Why a browser would not read this as events; empty if it would."""
        if self.status != httpx.codes.OK:
            away = f" to {self.headers['location']}" if "location" in self.headers else ""
            return f"status {self.status}{away}"
        if self.media_type != EVENT_STREAM:
            said = self.headers.get("content-type", "")
            named = self.media_type or (f"'{said}'" if said else "without a content type")
            return f"an answer that is no event stream ({named})"
        if self.coding not in {"", *CODINGS}:
            return f"a stream in {self.coding}, which was not asked for"
        return ""

    @property
    def wrong_charset(self) -> str:
        """Why some browsers give up on the stream, if its charset is not UTF-8; empty if it names none, or that.

        The standard reads every stream as UTF-8 whatever the charset says, which must be 'utf-8' (WHATWG HTML, 9.2.8).
        Chromium closes a stream for good whose charset is anything else, 'utf8' among it (tried with Chromium 153).
        """
        if self.charset in {"", "utf-8"}:
            return ""
        return f"charset={self.charset}: it must be utf-8, and Chromium closes the stream for good"

    @property
    def reuse(self) -> str:
        """What lets a cache hand this answer to somebody else; empty if that is forbidden."""
        return reuse(self.headers)

    @property
    def refusal(self) -> tuple[Cause, str] | None:
        """Why the stream could not be looked at, if the answer asks for a login or to wait."""
        return refusal(self.status, self.headers.get("location", ""))

    def __str__(self) -> str:
        return f"{self.status} {self.media_type or 'without a content type'}"


def head_of(answer: httpx.Response, answered: float) -> Head:
    """The head of `answer`, whose body need not be there yet."""
    essence, charset = media_type(answer.headers.get("content-type", ""))
    return Head(
        status=answer.status_code,
        protocol=answer.http_version,
        media_type=essence,
        charset=charset,
        headers={name: answer.headers[name] for name in _TOLD if name in answer.headers},
        answered=answered,
    )


def media_type(value: str) -> MediaType:
    """Take a `Content-Type` apart as a browser does: not by looking for a substring, and without minding parameters.

    Rules: WHATWG Fetch, 'extract a MIME type', and MIME Sniffing, 'parsing a MIME type'. Where the header was sent
    several times the last one counts; it inherits the charset of an equal one before it.
    """
    found = MediaType()
    for each in _split(value, ","):
        one = _one_media_type(each)
        if one.essence and one.essence != "*/*":
            same = one.essence == found.essence and not one.charset
            found = MediaType(one.essence, found.charset) if same else one
    return found


def _one_media_type(value: str) -> MediaType:
    name, *parameters = _split(value, ";")
    essence = name.strip(_BLANKS).lower()
    if not _ESSENCE.fullmatch(essence):
        return MediaType()
    for each in parameters:
        key, has_value, said = each.strip(_BLANKS).partition("=")
        text = re.sub(r"\\(.)", r"\1", said[1:].partition('"')[0]) if said.startswith('"') else said
        if key.lower() == "charset" and has_value and (text or said.startswith('"')):
            return MediaType(essence, text.lower())
    return MediaType(essence)


def _split(value: str, at: str) -> list[str]:
    """Cut at a character that does not stand within quotes; quotes that are not closed go on to the end."""
    return re.findall(rf'(?:[^{at}"]|"(?:[^"\\]|\\.)*(?:"|$))+|(?<={at})(?={at}|$)|^(?={at})', value) or [value]


def directives(value: str) -> dict[str, str]:
    """The directives of a `Cache-Control`, lower-case, each with its argument or nothing."""
    found = re.findall(r'([\w-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]*)))?', value)
    return {name.lower(): quoted or bare for name, quoted, bare in found}


def reuse(headers: dict[str, str]) -> str:
    """What lets a cache hand an answer with these headers out again; empty if RFC 9111 forbids it.

    `no-store` forbids it (5.2.2.5). So does `no-cache` (5.2.2.4), or a `max-age=0` with `must-revalidate` (5.2.2.2):
    a cache would have to ask first, and has nothing to ask with where the answer has no validator. `private` does
    not: the browser's own cache may keep such an answer.
    """
    if "age" in headers:
        return f"it came out of a cache (age: {headers['age']})"
    said = headers.get("cache-control", "")
    given = directives(said)
    if "no-store" in given:
        return ""
    if not given:
        return "no cache-control"
    validators = [name for name in ("etag", "last-modified") if name in headers]
    asks_first = given.get("no-cache") == "" or (
        "must-revalidate" in given and given.get("max-age") == "0" and given.get("s-maxage", "0") == "0"
    )
    if not asks_first:
        return f"cache-control: {said}"
    return f"cache-control: {said}, and {validators[0]} to revive it with" if validators else ""


def refusal(status: int, location: str) -> tuple[Cause, str] | None:
    """Why a stream that was answered so could not be looked at, if that asks for a login or to wait."""
    if causes.of_status(status) in _ASKS:
        return causes.of_status(status), f"the answer is HTTP {status}"
    if httpx.codes.is_redirect(status) and _LOGIN.search(location.partition("?")[0]):
        return Cause.UNAUTHORIZED, f"the answer is HTTP {status} and leads to a login ({location})"
    return None


def refused(status: int, location: str, where: str) -> CouldNotLook | None:
    """The `CouldNotLook` for a stream that was answered so, if that asks for a login or to wait.

    Args:
        status: of the answer.
        location: its header of that name; empty if it has none.
        where: the stream, as the subject of a sentence.
    """
    found = refusal(status, location)
    return CouldNotLook(found[0], f"{where}: {found[1]}", remedy=REMEDY) if found else None
