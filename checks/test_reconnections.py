"""What happens when clients of the event stream leave, and when they come back."""

import pytest

from verifier.core.evidence import BrokenPromise


@pytest.mark.proves("sse-reconnect")
def test_a_client_that_comes_back_misses_nothing(reconnections, limit, measured):
    """A client that comes back with Last-Event-ID gets what it missed, from every machine and in time."""
    measured(reconnections.summary())
    missed = {machine: seen.missed for machine, seen in reconnections.returns.items() if seen.missed}
    if missed:
        seen = "; ".join(f"{machine}: never got {', '.join(events)}" for machine, events in missed.items())
        remedy = '(an app that does not mean to replay says resume = "unsupported" in [events])'
        raise BrokenPromise(expected="what changed while the client was away", seen=f"{seen} {remedy}")
    if reconnections.supported:
        assert reconnections.delays() <= limit.for_each(reconnections.machines)


@pytest.mark.proves("sse-reconnect")
def test_a_client_that_comes_back_gets_nothing_twice(reconnections, measured):
    """A client that comes back is not told again what it had seen before."""
    measured(reconnections.summary())
    repeated = {machine: seen.repeated for machine, seen in reconnections.returns.items() if seen.repeated}
    if repeated:
        seen = "; ".join(f"{machine}: {', '.join(events)}" for machine, events in repeated.items())
        raise BrokenPromise(expected=f"only what came after the event {reconnections.last_id}", seen=f"again: {seen}")


@pytest.mark.proves("sse-disconnect")
def test_the_app_notices_that_clients_have_left(disconnects, limit, measured):
    """When clients leave, the app's count of streams falls within the limit, on every machine."""
    noticed = disconnects.noticed()
    measured(noticed or f"not noticed: {disconnects.counts()}")
    if disconnects.unseen():
        seen = "; ".join(f"{machine}: {said}" for machine, said in disconnects.unseen().items())
        raise BrokenPromise(expected="a count that rises with the clients that come", seen=seen)

    assert noticed <= limit.for_each(disconnects.machines)
