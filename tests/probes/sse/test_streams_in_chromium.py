"""Streams that Chromium 153 was given: our parser hands out what the browser did, and tells what the browser ignored.

`browser` in the data is what its `EventSource` fired for `message`, `x`, ` x` and `a` with a NUL: type, data and last
event id of each event; null, where it closed the stream for good. One character of a stream stands for one byte.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.support.runs.toy import CHECKOUT
from verifier.probes.sse.wire.parser import Comment, EventParser, meant
from verifier.probes.sse.wire.response_head import Head, head_of

STREAMS = json.loads((CHECKOUT / "tests" / "data" / "streams_in_chromium.json").read_text(encoding="utf-8"))


def parsed(stream: dict[str, Any]) -> tuple[Head, EventParser, list[list[str]]]:
    head = head_of(httpx.Response(200, headers={"content-type": stream["content_type"]}), 0.0)
    parser = EventParser()
    found = parser.feed(stream["stream"].encode("latin-1"), 0.0)
    return head, parser, [[each.name, each.data, each.id] for each in found if not isinstance(each, Comment)]


def told(head: Head, parser: EventParser) -> list[str]:
    kinds = {
        "no event stream": head.objection,
        "charset": head.wrong_charset,
        "id with a NUL": parser.ids_with_nul,
        "retry is no number": parser.bad_retries,
        "not UTF-8": parser.invalid,
        "named event without data": parser.without_data,
        "unknown field": parser.unknown - sum(parser.misspelt.values()),
        **{f"misspelt {meant(name)}": count for name, count in parser.misspelt.items()},
    }
    return sorted(kind for kind, count in kinds.items() if count)


def test_there_are_enough_of_them() -> None:
    assert len({each["name"] for each in STREAMS}) >= 80
    assert sum(each["browser"] is None for each in STREAMS) >= 8
    assert sum(not each["told"] for each in STREAMS) >= 20


@pytest.mark.parametrize("stream", STREAMS, ids=lambda each: ascii(each["name"]))
def test_it_is_read_as_by_the_browser_and_what_that_ignores_is_told(stream: dict[str, Any]) -> None:
    head, parser, events = parsed(stream)

    assert (None if head.objection or head.wrong_charset else events) == stream["browser"]
    assert told(head, parser) == stream["told"]
