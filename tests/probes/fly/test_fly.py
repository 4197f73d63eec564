"""Fly.io's APIs are read to the end, within their limits, and every way not to answer has its own cause and remedy.

It is long because all its cases share the scripted API.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import httpx
import pytest

from tests.support.clock import Clock
from tests.support.clock import clock as clock  # noqa: PLC0414 - a fixture
from verifier.core import deadline as deadline_module
from verifier.core.config.target import new_target
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.platform import APP
from verifier.core.probe import Context
from verifier.probes.fly.auth import authorization
from verifier.probes.fly.client import Fly
from verifier.probes.fly.errors import retry_after
from verifier.probes.fly.logs import log_page
from verifier.probes.http.client import Reply

Answer = Callable[[httpx.Request], httpx.Response]
TOKEN = "fm2_marked-test-data"
HTML = "<html><head><title>502 Bad\n Gateway</title></head><body>" + "x" * 5000
RELEASE = {"id": "r", "version": 7, "status": "complete", "created_at": "2026-09-10T12:29:50Z"}


@pytest.fixture
def fly(clock: Clock) -> Callable[..., Fly]:
    """A client of a platform that answers with these answers in turn; the last one for ever."""

    def make(*answers: Answer | httpx.Response | Exception, seconds: float = 60.0, token: str = TOKEN) -> Fly:
        turn: Iterator[Any] = iter(answers)
        last: list[Any] = [None]

        def handler(request: httpx.Request) -> httpx.Response:
            last[0] = each = next(turn, last[0])
            if isinstance(each, Exception):
                raise each
            return (
                each(request)
                if callable(each)
                else httpx.Response(each.status_code, headers=each.headers, content=each.content)
            )

        target = new_target(name="toy", title="a toy", app="toy", url="http://toy.test")
        context = Mock(spec=Context, target=target, deadline=Deadline(seconds))
        context.credentials = Credentials(given={"FLY_API_TOKEN": token})
        return Fly(context, httpx.Client(transport=httpx.MockTransport(handler)))

    _ = clock
    return make


def refused(ask: Callable[[], object]) -> CouldNotLook:
    with pytest.raises(CouldNotLook) as caught:
        ask()
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "cause", "told"),
    [
        (401, {"error": "Authenticate: token validation error"}, Cause.UNAUTHORIZED, ("validation", "not accepted")),
        (401, {"message": "Unauthorized"}, Cause.UNAUTHORIZED, ("Unauthorized", "fly tokens create readonly")),
        (403, {"error": "unauthorized"}, Cause.UNAUTHORIZED, ("HTTP 403", "not for the app 'toy'")),
        (404, {"error": "app not found"}, Cause.PRECONDITION, ("app not found", "no app 'toy' for this token")),
        (404, {"error": "machine not found"}, Cause.PRECONDITION, ("machine not found", "it is gone")),
        (404, "404 page not found", Cause.PRECONDITION, ("404 page not found", "no such route")),
        (408, {"error": "deadline_exceeded"}, Cause.TIMEOUT, ("deadline_exceeded", "too slow")),
        (429, "resource_exhausted: rate limit exceeded", Cause.RATE_LIMITED, ("rate limit", "wait a minute")),
        (500, {"error": "internal"}, Cause.UNREACHABLE, ("HTTP 500", "status.flyio.net")),
        (502, HTML, Cause.UNREACHABLE, ("a page, not the API's JSON: '502 Bad Gateway'", "run again")),
        (200, "<html>sign in", Cause.PRECONDITION, ("a page", "correct [platform] in targets/toy.toml")),
        (302, "", Cause.PRECONDITION, ("HTTP 302", "something else than Fly.io's API")),
        (418, {"error": {"odd": 1}}, Cause.PRECONDITION, ("HTTP 418", "fly status")),
    ],
)
def test_every_refusal_has_its_cause_and_says_what_to_do(
    fly: Callable[..., Fly], status: int, body: object, cause: Cause, told: tuple[str, str]
) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    answer = httpx.Response(status, text=text, headers={"fly-request-id": "01TEST-ord"})

    trouble = refused(fly(answer, seconds=3).machines)

    assert trouble.cause == cause
    assert told[0] in trouble.what
    assert told[1] in trouble.remedy
    assert "01TEST-ord" in trouble.what
    assert len(trouble.what) < 500
    assert TOKEN not in trouble.what


@pytest.mark.parametrize(
    ("silence", "cause"),
    [
        (httpx.ConnectError("refused"), Cause.UNREACHABLE),
        (httpx.ReadTimeout("slow"), Cause.TIMEOUT),
        (httpx.RemoteProtocolError("cut"), Cause.UNREACHABLE),
    ],
)
def test_silence_is_told_from_an_answer(fly: Callable[..., Fly], silence: Exception, cause: Cause) -> None:
    trouble = refused(fly(silence, seconds=3).machines)

    assert (trouble.cause, "no answer" in trouble.what) == (cause, True)


@pytest.mark.parametrize("stumble", [408, 429, 500, 502, 503, 504])
def test_a_stumble_is_ridden_out(fly: Callable[..., Fly], stumble: int) -> None:
    platform = fly(httpx.Response(stumble), httpx.Response(stumble), httpx.Response(200, json=[{"id": "m"}]))

    assert (platform.machines(), platform.asked) == ([{"id": "m"}], 3)


@pytest.mark.parametrize("final", [400, 401, 403, 404, 422])
def test_an_answer_that_will_not_change_is_not_asked_for_again(fly: Callable[..., Fly], final: int) -> None:
    platform = fly(httpx.Response(final, json={"error": "no"}))

    refused(platform.machines)

    assert platform.asked == 1


def test_the_platform_is_given_the_time_that_it_asks_for(fly: Callable[..., Fly], clock: Clock) -> None:
    platform = fly(httpx.Response(429, headers={"retry-after": "7"}), httpx.Response(200, json=[]))

    assert platform.machines() == []
    assert clock.now >= 7


def test_a_wait_that_is_longer_than_the_deadline_allows_is_not_begun(fly: Callable[..., Fly], clock: Clock) -> None:
    trouble = refused(fly(httpx.Response(429, headers={"retry-after": "3600"})).machines)

    assert (trouble.cause, trouble.after, clock.now) == (Cause.RATE_LIMITED, 3600.0, 0.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0.0),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after": "soon"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "Thu, 10 Sep 2026 12:30:05 GMT", "date": "Thu, 10 Sep 2026 12:30:00 GMT"}, 5.0),
        ({"retry-after": "Thu, 10 Sep 2026 12:29:00 GMT", "date": "Thu, 10 Sep 2026 12:30:00 GMT"}, 0.0),
    ],
)
def test_how_long_to_wait_is_read_as_the_standard_says(headers: dict[str, str], seconds: float) -> None:
    reply = Reply(method="GET", url="/", at=deadline_module.now(), status=429, headers=headers, milliseconds=1)

    assert retry_after(reply) == seconds


def test_requests_keep_to_the_documented_rate(fly: Callable[..., Fly], clock: Clock) -> None:
    platform = fly(httpx.Response(200, json=[]), seconds=600)

    for _ in range(10):
        platform.machines()

    assert clock.now == pytest.approx(7)  # three at once, then one a second


def test_single_machines_have_a_rate_of_their_own_and_each_its_own_turn(fly: Callable[..., Fly], clock: Clock) -> None:
    platform = fly(httpx.Response(200, json={"id": "m"}), seconds=600)

    for number in range(20):
        platform.machine(f"m{number % 2}")

    assert clock.now == 0.0


def pages(request: httpx.Request) -> httpx.Response:
    """Three pages of machines, with the cursor in the header."""
    page = int(request.url.params.get("cursor", "0"))
    assert request.url.params["limit"]
    return httpx.Response(200, json=[{"id": page}], headers={"fly-next-cursor": str(page + 1)} if page < 2 else {})


def test_machines_are_read_to_the_last_page(fly: Callable[..., Fly]) -> None:
    assert [each["id"] for each in fly(pages).machines()] == [0, 1, 2]


def test_a_cursor_that_turns_in_a_circle_is_no_list_of_all_machines(fly: Callable[..., Fly]) -> None:
    circle = httpx.Response(200, json=[{"id": "m"}], headers={"fly-next-cursor": "again"})

    assert refused(fly(circle).machines).cause == Cause.TRUNCATED


@pytest.mark.parametrize("content", [{}, "text", 7, ["m"], [None]])
def test_an_unknown_shape_is_no_list_of_machines(fly: Callable[..., Fly], content: Any) -> None:  # noqa: ANN401 - any JSON
    assert refused(fly(httpx.Response(200, json=content)).machines).cause == Cause.NO_DATA


def test_null_stands_for_an_empty_list(fly: Callable[..., Fly]) -> None:
    assert fly(httpx.Response(200, text="null")).volumes() == []


def test_of_secrets_only_names_and_times_are_kept_and_values_never_asked_for(fly: Callable[..., Fly]) -> None:
    def secrets(request: httpx.Request) -> httpx.Response:
        assert "show_secrets" not in str(request.url)
        return httpx.Response(200, json={"secrets": [{"name": "KEY", "digest": "d", "value": "marked-test-data"}]})

    assert fly(secrets).secrets() == [{"name": "KEY", "digest": "d"}]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_where_the_rest_route_is_closed_graphql_tells_of_the_release(fly: Callable[..., Fly], status: int) -> None:
    told = {"id": "r", "version": 7, "status": "complete", "imageRef": "x:y", "createdAt": "2026-09-10T12:29:50Z"}
    answer = httpx.Response(200, json={"data": {"app": {"currentRelease": told}}})

    release = fly(httpx.Response(status, text="no"), answer).release()

    assert release == RELEASE | {"image_ref": "x:y"}


def test_an_app_without_a_release_is_no_data(fly: Callable[..., Fly]) -> None:
    never = httpx.Response(200, json={"data": {"app": {"currentRelease": None}}})

    assert refused(fly(httpx.Response(404, json={"error": "not found"}), never).release).cause == Cause.NO_DATA


def test_where_both_ways_are_closed_both_are_told(fly: Callable[..., Fly]) -> None:
    fault = {"message": "Could not find App", "extensions": {"code": "NOT_FOUND"}}
    graphql = httpx.Response(200, json={"data": {"app": None}, "errors": [fault]})

    trouble = refused(fly(httpx.Response(401, text="no"), graphql).release)

    assert trouble.cause == Cause.UNAUTHORIZED
    assert "Could not find App" in trouble.what


def test_a_post_is_never_sent_twice(fly: Callable[..., Fly]) -> None:
    platform = fly(httpx.Response(503))

    refused(lambda: platform.graphql("{app}", "the app"))

    assert platform.asked == 1


def test_releases_are_asked_for_with_the_word_bearer_and_machines_with_the_scheme_of_the_token(
    fly: Callable[..., Fly],
) -> None:
    sent: list[str] = []

    def note(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["authorization"])
        return httpx.Response(200, json=RELEASE if "releases" in request.url.path else [])

    platform = fly(note)
    platform.machines()
    platform.release()

    assert sent == [f"FlyV1 {TOKEN}", f"Bearer {TOKEN}"]


def test_of_a_mixed_token_the_macaroons_alone_are_sent() -> None:
    assert authorization("FlyV1 fm2_a, fo1_user ,fm1r_b") == "FlyV1 fm2_a,fm1r_b"


def test_metrics_are_asked_for_below_the_organization(fly: Callable[..., Fly]) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path.startswith("/v1/"):
            return httpx.Response(200, json={"organization": {"slug": "hotdash"}})
        return httpx.Response(200, json={"status": "success", "data": {"result": [{"value": [1, "NaN"]}]}})

    platform = fly(answer)

    assert platform.metric("up") == platform.metric("up") == [{"value": [1, "NaN"]}]
    assert asked == ["/v1/apps/toy", *["/prometheus/hotdash/api/v1/query"] * 2]


def test_a_query_that_prometheus_refuses_is_told_with_its_reason(fly: Callable[..., Fly]) -> None:
    app = httpx.Response(200, json={"organization": {"slug": "hotdash"}})
    no = httpx.Response(200, json={"status": "error", "errorType": "bad_data", "error": "parse error"})

    assert "bad_data: parse error" in refused(lambda: fly(app, no).metric("up{")).what


def test_a_log_page_without_a_cursor_keeps_the_one_that_was_sent(fly: Callable[..., Fly]) -> None:
    page = log_page(fly(httpx.Response(200, json={"data": [], "meta": {}})), "17")

    assert (page.lines, page.cursor) == ((), "17")


def test_a_log_that_may_not_be_read_says_nothing_of_the_app(fly: Callable[..., Fly]) -> None:
    trouble = refused(lambda: log_page(fly(httpx.Response(401, json={})), ""))

    assert trouble.cause == Cause.UNAUTHORIZED
    assert "the app itself may be fine" in trouble.what
    assert "fly tokens create readonly" in trouble.remedy


def test_a_line_is_read_with_its_place_in_the_log(fly: Callable[..., Fly]) -> None:
    facts = {"timestamp": "2026-09-10T12:30:00Z", "message": "hello", "level": "info", "instance": "m1"}
    told = {"data": [{"id": "m1-1789043400000000000", "attributes": facts}], "meta": {"next_token": "18"}}

    (line,) = log_page(fly(httpx.Response(200, json=told)), "17").lines

    assert (line.machine, line.provider, line.message, line.nanoseconds) == ("m1", APP, "hello", 1789043400000000000)


def test_a_line_without_a_time_makes_the_page_unreadable(fly: Callable[..., Fly]) -> None:
    told = {"data": [{"id": "m1-1", "attributes": {"message": "hello"}}]}

    assert refused(lambda: log_page(fly(httpx.Response(200, json=told)), "17")).cause == Cause.NO_DATA
