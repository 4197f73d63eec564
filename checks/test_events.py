"""The event stream."""

import pytest

from verifier.core.evidence import BrokenPromise, Readings


@pytest.mark.proves("sse-heartbeat")
def test_every_machine_answers_with_an_event_stream(events, measured):
    """Every machine answers the request for events with 200 and a stream that a browser reads."""
    measured(events.answers())
    wrong = events.objections()
    if wrong or set(events.answers()) != set(events.expected):
        raise BrokenPromise(
            expected="on every machine 200, text/event-stream, UTF-8", seen=in_words(wrong or events.answers())
        )


@pytest.mark.proves("sse-heartbeat")
def test_no_cache_may_hand_a_stream_out_again(events, measured):
    """The answer of every machine forbids caches to hand it to somebody else."""
    reuse = events.reuse()
    measured({name: why or "not to be stored" for name, why in reuse.items()})
    allowing = {name: why for name, why in reuse.items() if why}
    if allowing:
        raise BrokenPromise(
            expected="cache-control: no-store, or no-cache without a validator", seen=in_words(allowing)
        )


@pytest.mark.proves("sse-heartbeat")
def test_every_line_is_one_that_a_browser_reads(events, measured):
    """Every line of every stream is UTF-8, has a field that browsers know, and belongs to a whole event."""
    misframed = events.misframed()
    measured({name: what or "well formed" for name, what in misframed.items()})
    wrong = {name: what for name, what in misframed.items() if what}
    if wrong:
        raise BrokenPromise(expected="lines that a browser reads", seen=in_words(wrong))


@pytest.mark.proves("sse-heartbeat")
def test_nothing_on_the_way_holds_frames_back(events, limit, measured):
    """No heartbeat arrives later after its own time than another one, by more than the tolerance."""
    held = events.held_back()
    measured(f"up to {max(held.values()):.2f} s" if held else "no heartbeat says when it was sent; the pauses tell")
    if held:
        assert held <= Readings(dict.fromkeys(held, limit.ceiling if limit.tolerance is None else limit.tolerance))


@pytest.mark.proves("sse-heartbeat")
def test_every_machine_beats_twice_in_time(events, measured):
    """Every machine sends two heartbeats in time, as events or as comments."""
    measured(events.in_words())
    unsteady = events.unsteady()
    if unsteady or not events.expected:
        raise BrokenPromise(expected="two heartbeats in time on every machine", seen=in_words(unsteady))


@pytest.mark.proves("sse-heartbeat")
def test_no_machine_pauses_longer_than_the_limit(events, limit, measured):
    """On every machine the time between two heartbeats stays within the definition."""
    pauses = measured(events.longest_pause_by_machine())
    assert pauses <= limit.for_each(events.expected)


def in_words(by_machine):
    """Machine and text, as one line."""
    return "; ".join(f"{machine}: {text}" for machine, text in by_machine.items()) or "no machine"
