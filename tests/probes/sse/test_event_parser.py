"""The parser of event streams does what the standard says, wherever the bytes are cut, and within its memory."""

from __future__ import annotations

import re
from itertools import groupby, pairwise

import httpx
import pytest
from httpx_sse import EventSource
from hypothesis import given
from hypothesis import strategies as st

from tests.support.corpora.streams import Stream, corpus, differences, documented, read, read_by_httpx_sse
from verifier.probes.sse.wire.parser import Comment, Event, EventParser

STREAMS = list(corpus())
GROUPS = {group: list(each) for group, each in groupby(STREAMS, key=lambda stream: stream.name.split("/")[0])}
PIECES = [
    b"data", b"event", b"id", b"retry", b":", b": ", b" ", b"\n", b"\r", b"\r\n", b"\n\n", b"a", b"12", b"\x00",
    b"\xef\xbb\xbf", "€".encode(), "😀".encode(), b"\xe2\x82", b"\xf0\x9f", b"\xff", b"data: a\n\n", b"foo: bar\n",
]  # fmt: skip


@st.composite
def cut_streams(draw: st.DrawFn) -> list[bytes]:
    """Bytes that have much of what a stream can have, cut anywhere."""
    content = b"".join(draw(st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=40)))
    cuts = draw(st.lists(st.integers(0, len(content)), max_size=12))
    return [content[begin:end] for begin, end in pairwise([0, *sorted(cuts), len(content)])]


def by_the_letter(content: bytes) -> list[list[str]]:
    """The events of a whole stream, by the shortest reading of the standard; it knows nothing of chunks."""
    lines = re.split(r"\r\n|\n|\r", content.decode("utf-8", "replace").removeprefix("\ufeff"))[:-1]
    events, last = [], ""
    data, name = "", ""
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                events.append([name or "message", data[:-1], last])
            data, name = "", ""
        elif field == "data":
            data += value + "\n"
        elif field == "event":
            name = value
        elif field == "id" and "\0" not in value:
            last = value
    return events


@pytest.mark.parametrize("group", GROUPS)
def test_every_stream_is_read_as_it_is_labelled(group: str) -> None:
    assert {each.name: read([each.content]) for each in GROUPS[group]} == {
        each.name: each.label for each in GROUPS[group]
    }


@pytest.mark.parametrize("group", GROUPS)
def test_every_stream_is_read_alike_byte_by_byte(group: str) -> None:
    def bytewise(stream: Stream) -> list[bytes]:
        return [stream.content[at : at + 1] for at in range(len(stream.content))]

    assert {each.name: read(bytewise(each)) for each in GROUPS[group]} == {
        each.name: each.label for each in GROUPS[group]
    }


def test_there_are_enough_streams_and_each_names_its_rule() -> None:
    assert len(STREAMS) >= 120
    assert [each.name for each in STREAMS if not each.rule.startswith(("9.2.5: ", "9.2.6: ", "Encoding: "))] == []


@given(cut_streams())
def test_any_cut_of_the_same_bytes_gives_the_same_events(chunks: list[bytes]) -> None:
    assert read(chunks) == read([b"".join(chunks)])


@given(cut_streams())
def test_the_events_are_those_of_the_shortest_reading_of_the_standard(chunks: list[bytes]) -> None:
    assert read(chunks)["events"] == by_the_letter(b"".join(chunks))


def test_the_differences_to_httpx_sse_are_those_in_the_docs() -> None:
    assert differences() in documented().read_text(encoding="utf-8"), (
        "write into docs/event-streams.md what 'python -m tests.support.corpora.streams' prints"
    )


def test_httpx_sse_takes_a_media_type_for_another_that_contains_it() -> None:
    def answer(media_type: str) -> list[str]:
        headers = {"content-type": media_type}
        return [
            each.data
            for each in EventSource(httpx.Response(200, headers=headers, content=b"data: \xc3\xbc\n\n")).iter_sse()
        ]

    assert answer("text/event-streamish") == ["ü"]
    assert answer("text/event-stream; charset=latin-1") == ["Ã¼"]


def test_httpx_sse_hands_an_event_out_late_where_lines_end_in_cr() -> None:
    def halting() -> object:
        yield b"data: a\r\r"
        raise httpx.ReadTimeout("nothing more came")

    stream = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=halting())
    with pytest.raises(httpx.ReadTimeout):
        next(EventSource(stream).iter_sse())
    assert read([b"data: a\r\r"])["events"] == read_by_httpx_sse(b"data: a\r\r") == [["message", "a", ""]]


def test_an_event_knows_when_its_first_byte_and_its_last_arrived() -> None:
    parser = EventParser()

    seen = [
        each
        for at, chunk in enumerate((b"ev", b"ent: x\r", b"\ndata: ", b"1\n", b"\n:", b"beat\n"))
        for each in parser.feed(chunk, float(at))
    ]

    assert seen == [Event("x", "1", "", began=0.0, ended=4.0), Comment("beat", began=4.0, ended=5.0)]


def test_what_a_browser_drops_is_counted() -> None:
    parser = EventParser()

    assert list(parser.feed(b"event: x\n\nfoo: bar\ndata: \xff\n\n: \xe2\x82\n\nevent", 0.0)) != []

    counted = (parser.without_data, parser.unknown, parser.invalid, parser.cut, parser.unfinished)
    assert counted == (1, 1, 2, 0, True)


def test_an_endless_line_takes_no_more_memory_than_allowed() -> None:
    parser = EventParser(longest=1000)

    seen = [each for at in range(5000) for each in parser.feed(b"data: x" * 100, float(at))]

    assert seen == []
    assert len(parser._lines._rest) == 1000
    (event,) = parser.feed(b"\n\n", 5000.0)
    assert isinstance(event, Event)
    assert (event.whole, len(event.data), event.began, event.ended) == (False, 994, 0.0, 5000.0)
    assert parser.cut == 1


def test_a_character_that_our_own_cut_goes_through_is_no_fault_of_the_stream() -> None:
    parser = EventParser(longest=8)

    assert list(parser.feed("data: a€€€\n\n".encode(), 0.0)) != []

    assert (parser.invalid, parser.cut) == (0, 1)


def test_an_event_of_endlessly_many_lines_takes_no_more_memory_than_allowed() -> None:
    parser = EventParser(longest=1000)

    assert list(parser.feed(b"data: 12345\n" * 5000, 0.0)) == []
    (event,) = parser.feed(b"\n", 1.0)

    assert isinstance(event, Event)
    assert (event.whole, len(event.data)) == (False, 1000)
    assert parser.cut == 1
