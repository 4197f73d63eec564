"""What happens when clients of the event stream leave, and when they come back."""

import pytest

from verifier.core.evidence.finding import Finding, fail_on, findings


@pytest.mark.proves("sse-reconnect")
@pytest.mark.remedy("keep events for a while, and send those after Last-Event-ID first: docs/event-producer.md")
def test_a_client_that_comes_back_misses_nothing(reconnections, limit, measured):
    """A client that comes back with Last-Event-ID gets what it missed, from every machine and in time."""
    measured(reconnections.summary())
    missed = {
        machine: f"never got {', '.join(seen.missed)}" for machine, seen in reconnections.returns.items() if seen.missed
    }
    remedy = "replay them: docs/event-producer.md; an app that is not meant to: [not_applicable] sse-reconnect = 'why'"
    fail_on(
        *findings("events carry no id", [] if reconnections.last_id else reconnections.machines[:1], remedy=remedy),
        *findings("events of the time away are lost", missed, on_machines=True, remedy=remedy),
    )

    assert reconnections.delays() <= limit.for_each(reconnections.machines)


@pytest.mark.proves("sse-reconnect")
@pytest.mark.remedy("begin with the event after Last-Event-ID, not with that one or before: docs/event-producer.md")
def test_a_client_that_comes_back_gets_nothing_twice(reconnections, measured, require):
    """A client that comes back is not told again what it had seen before."""
    measured(reconnections.summary())
    require(reconnections.came_back())
    fail_on(
        *(
            Finding(
                subject=machine,
                machine=machine,
                problem="events from before the last one are sent again",
                detail=f"{', '.join(seen.repeated)}, although the client had {reconnections.last_id}",
            )
            for machine, seen in reconnections.returns.items()
            if seen.repeated
        )
    )


@pytest.mark.proves("sse-disconnect")
@pytest.mark.remedy("end a stream when a write to its client fails, and count it down there")
def test_the_app_notices_that_clients_have_left(disconnects, limit, measured):
    """When clients leave, the app's count of streams falls within the limit, on every machine."""
    noticed = disconnects.noticed()
    measured(noticed or f"not noticed: {disconnects.counts()}")
    fail_on(*findings("count of streams does not rise with the clients", disconnects.unseen(), on_machines=True))

    assert noticed <= limit.for_each(disconnects.machines)
