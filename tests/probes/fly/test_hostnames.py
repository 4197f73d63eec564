"""What is read of Fly.io's record of a hostname, and whether its registry has an image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.clock import Clock
from tests.support.clock import clock as clock  # noqa: PLC0414 - a fixture
from verifier.core.config.target import new_target
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.platform import NotThere
from verifier.core.probe import Context
from verifier.probes.fly.client import Fly
from verifier.probes.fly.hostnames import read
from verifier.probes.fly.platform import FlyPlatform

IPS = {"ips": [{"ip": "192.0.2.1", "shared": True}, {"ip": "2001:db8::1"}, {"ip": "fdaa:0:1::2"},
               {"ip": "192.0.2.9", "egress": True}]}  # fmt: skip
LEAF = {"type": "rsa", "expires_at": "2026-09-29T00:00:00Z", "certificate_authority": "lets_encrypt"}
DETAIL: dict[str, Any] = {
    "hostname": "www.app.example", "configured": True, "status": "active", "rate_limited_until": None,
    "certificates": [{
        "source": "fly", "status": "active", "created_at": "2026-07-01T00:00:00Z",
        "issued": [LEAF, {**LEAF, "type": "ecdsa", "expires_at": "2026-09-20T00:00:00Z"},
                   {**LEAF, "expires_at": "2026-07-01T00:00:00Z"}],
    }],
    "dns_requirements": {"a": ["192.0.2.7"], "aaaa": ["2001:db8::7"], "cname": "toy.fly.dev"},
    "validation_errors": [],
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
TOKEN = "fm2_marked-test-data"
BASE = "https://api.machines.dev/v1/apps/toy"


def made(answer: Callable[[httpx.Request], httpx.Response]) -> tuple[Context, httpx.Client]:
    target = new_target(name="toy", title="a toy", app="toy", url="http://toy.test")
    context = Mock(spec=Context, target=target, deadline=Deadline(60))
    context.credentials = Credentials(given={"FLY_API_TOKEN": f"FlyV1 {TOKEN}"})
    return context, httpx.Client(transport=httpx.MockTransport(answer))


def told(detail: object, status: int = 200) -> Fly:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET", "asking for validation is a POST, and starts one"
        return (
            httpx.Response(200, json=IPS)
            if "ip_assignments" in request.url.path
            else httpx.Response(status, json=detail)
        )

    return Fly(*made(answer))


def test_a_record_is_read(clock: Clock) -> None:
    _ = clock
    found = read(told(DETAIL), BASE, "www.app.example")

    assert (found.a, found.aaaa, found.cname) == (("192.0.2.7",), ("2001:db8::7",), "toy.fly.dev")
    assert (found.issued, found.registered) == (True, True)
    # The newest of each kind of key counts, and of these the first to end.
    assert f"{found.expires_at:%Y-%m-%d}" == "2026-09-20"
    assert f"{found.requested_at:%Y-%m-%d}" == "2026-07-01"


@pytest.mark.parametrize(
    ("status", "issued"),
    [
        ("active", True),
        ("pending_validation", False),
        ("pending_ownership", False),
        ("of next year", None),
        (None, None),
    ],
)
def test_only_known_words_say_whether_it_is_issued(status: str | None, issued: bool | None, clock: Clock) -> None:  # noqa: FBT001 - a parameter
    _ = clock
    error = {"code": "dns", "message": "no A record", "remediation": "add one"}
    found = read(told({**DETAIL, "status": status, "validation_errors": [error]}), BASE, "www.app.example")

    assert (found.issued, found.problems) == (issued, ("no A record: add one",))


def test_a_hostname_that_is_not_known_has_the_addresses_of_the_app(clock: Clock) -> None:
    _ = clock
    found = read(told({"error": "certificate not found"}, 404), BASE, "www.app.example")

    assert (found.registered, found.a, found.aaaa) == (False, ("192.0.2.1",), ("2001:db8::1",))


@settings(max_examples=30)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(DETAIL, JSON)))
def test_no_record_makes_the_reading_stumble(detail: dict[str, Any]) -> None:
    assert read(told(detail), BASE, "www.app.example").name == "www.app.example"


def test_an_app_that_is_not_there_is_an_answer_and_a_wrong_address_is_none(clock: Clock) -> None:
    _ = clock
    for answer, kind in (
        (httpx.Response(404, json={"error": "app not found"}), NotThere),
        (httpx.Response(404, text="404 page not found"), CouldNotLook),
    ):
        with pytest.raises(CouldNotLook) as caught:
            FlyPlatform(*made(lambda _, told=answer: told)).app()  # type: ignore[misc]
        assert type(caught.value) is kind


IMAGE = f"registry.fly.io/toy:deployment-1@sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        (httpx.Response(200, json={}), True),
        (httpx.Response(404, json={"errors": [{"code": "MANIFEST_UNKNOWN"}]}), False),
        (httpx.Response(404, json={"errors": [{"code": "NAME_UNKNOWN"}]}), False),
    ],
)
def test_the_registry_says_whether_it_has_an_image(answer: httpx.Response, there: bool, clock: Clock) -> None:  # noqa: FBT001 - a parameter
    _ = clock
    asked: list[httpx.Request] = []

    def seen(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer

    assert FlyPlatform(*made(seen)).has_image(IMAGE) is there
    assert str(asked[0].url) == f"https://registry.fly.io/v2/toy/manifests/sha256:{'a' * 64}"
    assert httpx.BasicAuth("x", TOKEN)._auth_header == asked[0].headers["authorization"]


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (httpx.Response(401, json={"errors": [{"code": "UNAUTHORIZED"}]}), Cause.UNAUTHORIZED),
        (httpx.Response(404, text="404 page not found"), Cause.PRECONDITION),
        (httpx.Response(503, text="no"), Cause.UNREACHABLE),
    ],
)
def test_an_answer_that_is_not_the_registrys_says_nothing_of_the_image(
    answer: httpx.Response, cause: Cause, clock: Clock
) -> None:
    _ = clock
    with pytest.raises(CouldNotLook) as caught:
        FlyPlatform(*made(lambda _: answer)).has_image(IMAGE)
    assert caught.value.cause == cause


@pytest.mark.parametrize("image", ["ghcr.io/toy/app:1", "docker.io/library/nginx:1", "deployment-1", "a b", ""])
def test_the_token_goes_to_no_other_registry(image: str) -> None:
    def never(_: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing may be asked")

    with pytest.raises(CouldNotLook, match="is not an image of Fly"):
        FlyPlatform(*made(never)).has_image(image)
