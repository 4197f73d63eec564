"""What the event stream brings when the approval queue changes."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("sse-delivers")
@pytest.mark.remedy("publish changes to all machines (LISTEN and NOTIFY, Redis): docs/event-producer.md")
def test_a_change_reaches_the_clients_of_every_machine_in_time(deliveries, limit, measured, warn):
    """A change through one machine arrives at the clients of every machine within the limit.

    Where nothing may be written and nothing changed, every stream must have stayed open and brought something.
    """
    if deliveries.mode == "quiet":
        measured(deliveries.arrivals())
        fail_on(*findings("event stream ended or was silent", deliveries.silent))
        warn("nothing changed while the queue was watched, so no delivery was seen; decide an approval during a run")
        return
    delays = deliveries.delays()
    measured(delays or "no event arrived")

    assert delays <= limit.for_each(deliveries.expected)


@pytest.mark.proves("sse-delivers")
@pytest.mark.remedy("make the event of the stored row after its commit, not of the request")
def test_what_arrives_is_what_was_changed(deliveries, measured):
    """Every event tells of a change that was made, with its content, and none contradicts the queue."""
    measured(deliveries.arrivals())

    fail_on(*findings("event says something else than the queue", deliveries.wrong))


@pytest.mark.proves("sse-delivers")
@pytest.mark.remedy("give each event an id, and send one id to a client once: docs/event-producer.md")
def test_every_change_arrives_once(deliveries, measured):
    """No client is told of the same change twice."""
    measured(deliveries.arrivals())

    fail_on(*findings("event arrived twice", deliveries.twice))


@pytest.mark.proves("sse-delivers")
@pytest.mark.remedy("send events in the order of their ids, through one queue for each client")
def test_changes_arrive_in_their_order(deliveries, measured):
    """Every client is told of changes in the order in which they were made."""
    measured(deliveries.arrivals())

    fail_on(*findings("event arrived before an earlier one", deliveries.disorder))
