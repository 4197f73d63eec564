"""What is kept of a request that failed, for the report: all that helps, and no credential."""

from __future__ import annotations

import json

import httpx
import pytest

from verifier.core.config.target import new_target
from verifier.core.evidence import Cause
from verifier.core.evidence.exchange import Exchange
from verifier.core.redaction import MASK
from verifier.probes.fly.errors import refused
from verifier.probes.http.client import Reply, get, refusal

SAID = {"set-cookie": "sid=abcdef", "x-session-id": "s-1", "content-type": "text/plain", "x-request-id": "r-1"}
TARGET = new_target(title="a toy", app="toy", url="https://toy.example")


def asked(status: int) -> Reply:
    """What the suite keeps of an answer with these headers."""
    answer = httpx.MockTransport(lambda _: httpx.Response(status, headers=SAID, text="out of paint"))
    with httpx.Client(transport=answer) as session:
        return get(session, "http://toy/paint?colour=blue")


def test_a_record_of_an_answer_keeps_no_credential_that_the_answer_set() -> None:
    kept = asked(200).headers
    assert (kept["set-cookie"], kept["x-session-id"], kept["x-request-id"]) == (MASK, MASK, "r-1")


@pytest.mark.parametrize("whose", ["the target", "the platform"])
def test_who_got_no_other_answer_hands_it_to_the_report(whose: str) -> None:
    reply = asked(503)
    trouble = refusal(reply, "paint") if whose == "the target" else refused(TARGET, reply, "paint")
    ((name, content),) = trouble.pictures.items()
    told = json.loads(content)
    assert (name, told["response"]["status"], told["response"]["body"]["value"]) == (
        "GET /paint: 503.httpexchange", 503, "out of paint",
    )  # fmt: skip
    assert {"name": "set-cookie", "value": "__ALLURE_REDACTED__"} in told["response"]["headers"]


@pytest.mark.parametrize(
    ("seen", "failed", "title"),
    [
        ({"status": 200}, False, "GET /a: 200"),
        ({"status": 404, "machine": "m1"}, True, "GET /a on m1: 404"),
        ({"cause": Cause.UNREACHABLE}, True, "GET /a: unreachable"),
    ],
)
def test_an_exchange_says_in_a_few_words_what_came(seen: dict[str, object], failed: bool, title: str) -> None:  # noqa: FBT001
    at = asked(200).at
    found = Exchange.model_validate({"method": "GET", "url": "http://toy/a?b=c", "at": at, "milliseconds": 1, **seen})
    assert (found.failed, found.title) == (failed, title)
