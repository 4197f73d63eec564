"""What the event stream brings when the approval queue changes."""

import pytest


@pytest.mark.proves("sse-delivers")
def test_a_change_reaches_the_clients_of_every_machine_in_time(deliveries, limit, measured):
    """A change through one machine arrives at the clients of every machine within the limit."""
    delays = deliveries.delays()
    measured(delays or "no event arrived")

    assert delays <= limit.for_each(deliveries.expected)


@pytest.mark.proves("sse-delivers")
def test_what_arrives_is_what_was_changed(deliveries, measured):
    """Every event tells of the change that was made, with its content."""
    measured(f"{len(deliveries.seconds)} of {len(deliveries.expected)} events arrived")

    assert deliveries.wrong == ()
