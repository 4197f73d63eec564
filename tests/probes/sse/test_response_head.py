"""What the head of an answer says: whether a browser reads it as events, and whether a cache may keep it."""

from __future__ import annotations

import httpx
import pytest

from verifier.core.evidence import Cause
from verifier.probes.sse.wire.response_head import Head, directives, head_of, media_type, reuse


def head(status: int = 200, **headers: str) -> Head:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return head_of(httpx.Response(status, headers=named), 0.0)


@pytest.mark.parametrize(
    ("value", "essence", "charset"),
    [
        ("text/event-stream", "text/event-stream", ""),
        ("Text/Event-Stream", "text/event-stream", ""),
        ("text/event-stream; charset=utf-8", "text/event-stream", "utf-8"),
        ("text/event-stream;charset=UTF-8", "text/event-stream", "utf-8"),
        ('text/event-stream; charset="utf-8"', "text/event-stream", "utf-8"),
        ("text/event-stream ; foo=bar", "text/event-stream", ""),
        ("text/event-streamish", "text/event-streamish", ""),
        ("application/json; was=text/event-stream", "application/json", ""),
        ("text/html, text/event-stream", "text/event-stream", ""),
        ("text/event-stream, text/html", "text/html", ""),
        ("text-event-stream", "", ""),
        ("text/event-stream charset=utf-8", "", ""),
        ("text/event-stream; charset=utf-8; charset=latin1", "text/event-stream", "utf-8"),
        ("text/event-stream;;charset=LATIN1;", "text/event-stream", "latin1"),
        ('text/event-stream; charset="utf-8', "text/event-stream", "utf-8"),
        ("text/event-stream; charset='utf-8'", "text/event-stream", "'utf-8'"),
        ("text/event-stream; charset = utf-16", "text/event-stream", ""),
        ("text/event-stream; charset*=utf-8''x", "text/event-stream", ""),
        ('text/event-stream; a="x; charset=y, b/c"', "text/event-stream", ""),
        ("text/event-stream; charset=latin1, text/event-stream", "text/event-stream", "latin1"),
        ("", "", ""),
    ],
)
def test_a_media_type_is_parsed(value: str, essence: str, charset: str) -> None:
    assert media_type(value) == (essence, charset)


@pytest.mark.parametrize(
    "headers",
    [
        {"cache-control": "no-store"},
        {"cache-control": "NO-STORE"},
        {"cache-control": "private, no-store"},
        {"cache-control": "no-store", "etag": '"1"'},
        {"cache-control": "no-cache"},
        {"cache-control": "no-cache, no-transform"},
        {"cache-control": "max-age=0, must-revalidate"},
    ],
)
def test_what_forbids_to_hand_a_stream_out_again(headers: dict[str, str]) -> None:
    assert reuse(headers) == ""


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"cache-control": ""},
        {"cache-control": "private"},
        {"cache-control": "public, max-age=60"},
        {"cache-control": 'no-cache="set-cookie"'},
        {"cache-control": "no-cache", "etag": '"1"'},
        {"cache-control": "no-cache", "last-modified": "Thu, 15 Jan 2026 12:00:00 GMT"},
        {"cache-control": "max-age=0"},
        {"cache-control": "max-age=0, must-revalidate, s-maxage=60"},
        {"cache-control": 'foo="no-store"'},
        {"cache-control": "no-store", "age": "3"},
    ],
)
def test_what_does_not_forbid_it(headers: dict[str, str]) -> None:
    assert reuse(headers) != ""


def test_directives_are_told_apart_from_their_arguments() -> None:
    given = directives('Max-Age=60, no-cache="a, b" , no-store')
    assert given == {"max-age": "60", "no-cache": "a, b", "no-store": ""}


@pytest.mark.parametrize(
    "answer",
    [
        head(204, content_type="text/event-stream"),
        head(404),
        head(500, content_type="text/event-stream"),
        head(301, location="/elsewhere"),
        head(),
        head(content_type="text/plain"),
        head(content_type="text/event-stream", content_encoding="br"),
    ],
)
def test_what_a_browser_does_not_read_as_events(answer: Head) -> None:
    assert answer.objection != ""
    assert answer.refusal is None


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "identity"])
def test_what_browsers_ask_for_they_read(coding: str) -> None:
    assert head(content_type="text/event-stream; charset=utf-8", content_encoding=coding).objection == ""


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (head(401), Cause.UNAUTHORIZED),
        (head(403), Cause.UNAUTHORIZED),
        (head(429), Cause.RATE_LIMITED),
        (head(302, location="/login?next=/"), Cause.UNAUTHORIZED),
        (head(303, location="https://accounts.example.com/oauth/authorize"), Cause.UNAUTHORIZED),
        (head(307, location="/auth/sign-in"), Cause.UNAUTHORIZED),
    ],
)
def test_who_asks_for_a_login_or_to_wait_is_not_judged(answer: Head, cause: Cause) -> None:
    assert answer.refusal is not None
    assert answer.refusal[0] == cause


@pytest.mark.parametrize("location", ["/authors/stream", "/events?from=login", "/blogin"])
def test_not_every_redirect_leads_to_a_login(location: str) -> None:
    assert head(302, location=location).refusal is None
