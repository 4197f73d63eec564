"""The event stream."""

import pytest

from verifier.evidence import BrokenPromise


@pytest.mark.proves("sse-heartbeat")
def test_every_machine_answers_with_an_event_stream(events, measured):
    """Every machine answers the request for events with 200 and an event stream."""
    answers = measured(events.answers())
    expected = dict.fromkeys(events.expected_machines, "200 text/event-stream")
    if answers != expected:
        raise BrokenPromise(expected=in_words(expected), seen=in_words(answers))


@pytest.mark.proves("sse-heartbeat")
def test_no_machine_pauses_longer_than_the_limit(events, limit, measured):
    """On every machine the time between two heartbeats stays within the definition."""
    pauses = measured(events.longest_pause_by_machine())
    assert pauses <= limit.for_each(events.expected_machines)
    beating = {machine for machine, beats in events.beats_by_machine().items() if beats >= 2}
    if beating != set(events.expected_machines):
        raise BrokenPromise(expected="two heartbeats on every machine", seen=in_words(events.endings()))


def in_words(by_machine: dict[str, str]) -> str:
    """Machine and text, as one line."""
    return "; ".join(f"{machine}: {text}" for machine, text in by_machine.items()) or "no machine"
