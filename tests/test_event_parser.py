"""The parser of event streams keeps the times of its bytes, and no more memory than it was given."""

from __future__ import annotations

from verifier.probes.event_parser import Comment, Event, EventParser


def test_an_event_knows_when_its_first_byte_and_its_last_arrived() -> None:
    parser = EventParser()

    seen = [
        each
        for at, chunk in enumerate((b"ev", b"ent: x\r", b"\ndata: ", b"1\n", b"\n:", b"beat\n"))
        for each in parser.feed(chunk, float(at))
    ]

    assert seen == [Event("x", "1", "", began=0.0, ended=4.0), Comment("beat", began=4.0, ended=5.0)]


def test_an_endless_line_takes_no_more_memory_than_allowed() -> None:
    parser = EventParser(longest=1000)

    seen = [each for at in range(5000) for each in parser.feed(b"data: x" * 100, float(at))]

    assert seen == []
    assert len(parser._lines._rest) == 1000
    (event,) = parser.feed(b"\n\n", 5000.0)
    assert isinstance(event, Event)
    assert (event.whole, len(event.data), event.began, event.ended) == (False, 994, 0.0, 5000.0)
    assert parser.cut == 1


def test_an_event_of_endlessly_many_lines_takes_no_more_memory_than_allowed() -> None:
    parser = EventParser(longest=1000)

    assert list(parser.feed(b"data: 12345\n" * 5000, 0.0)) == []
    (event,) = parser.feed(b"\n", 1.0)

    assert isinstance(event, Event)
    assert (event.whole, len(event.data)) == (False, 1000)
    assert parser.cut == 1
