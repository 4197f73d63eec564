"""The event stream."""

import pytest

from verifier.core.evidence.finding import fail_on, findings
from verifier.core.evidence.readings import Readings


@pytest.mark.proves("sse-heartbeat")
@pytest.mark.remedy("answer 200 with content-type: text/event-stream at the path that [events] names")
def test_every_machine_answers_with_an_event_stream(events, measured):
    """Every machine answers the request for events with 200 and a stream that a browser reads."""
    answers = measured(events.answers(), "streams")
    fail_on(
        *findings("no event stream", events.objections(), remedy=events.other_path or events.again),
        *findings(
            "charset that the standard does not allow",
            events.charsets(),
            remedy="answer with content-type: text/event-stream",
        ),
        *findings("no event stream was asked for", [each for each in events.expected if each not in answers]),
    )


@pytest.mark.proves("sse-heartbeat")
def test_no_cache_may_hand_a_stream_out_again(events, measured):
    """The answer of every machine forbids caches to hand it to somebody else."""
    reuse = events.reuse()
    measured({name: why or "not to be stored" for name, why in reuse.items()}, "streams")
    fail_on(
        *findings(
            "a cache may hand the stream to somebody else",
            {name: why for name, why in reuse.items() if why},
            remedy="answer with cache-control: no-store",
        )
    )


@pytest.mark.proves("sse-heartbeat")
@pytest.mark.remedy("end each event with an empty line, and send UTF-8 with the fields id, event, data and retry")
def test_every_line_is_one_that_a_browser_reads(events, measured):
    """Every line of every stream is UTF-8, has a field that browsers know, and belongs to a whole event."""
    misframed = events.misframed()
    measured({name: what or "well formed" for name, what in misframed.items()}, "streams")
    fail_on(
        *findings("stream with lines that a browser drops", {name: what for name, what in misframed.items() if what})
    )


@pytest.mark.proves("sse-heartbeat")
@pytest.mark.remedy("flush after each event, and switch off buffering and compression for the stream's path")
def test_nothing_on_the_way_holds_frames_back(events, limit, measured):
    """The delay of heartbeats, from their own timestamp to their arrival, varies by no more than the tolerance."""
    held = events.held_back()
    measured(f"up to {max(held.values()):.2f} s" if held else "no heartbeat says when it was sent; the pauses tell")
    if held:
        assert held <= Readings(dict.fromkeys(held, limit.spread))


@pytest.mark.proves("sse-heartbeat")
@pytest.mark.remedy("send a comment (a line with ':' and an empty one) in each interval, whatever else is sent")
def test_every_machine_beats_twice_in_time(events, measured):
    """Every machine sends two heartbeats in time, as events or as comments."""
    measured(events.in_words(), "streams")
    fail_on(*findings("no two heartbeats in time", events.unsteady()))


@pytest.mark.proves("sse-heartbeat")
@pytest.mark.remedy("send heartbeats by a timer of their own, and look for what blocks that machine meanwhile")
def test_no_machine_pauses_longer_than_the_limit(events, limit, measured):
    """On every machine the time between two heartbeats stays within the limit."""
    pauses = measured(events.longest_pause_by_machine())
    assert pauses <= limit.for_each(events.expected)
