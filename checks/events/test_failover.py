"""What becomes of event streams when a machine stops; only where the target permits that one is stopped."""

import pytest

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import Finding, fail_on, findings

SHUTDOWN = "see docs/event-producer.md, 'Shutdown'"


@pytest.mark.proves("sse-failover")
@pytest.mark.remedy("close every stream on SIGTERM: docs/event-producer.md, 'Shutdown'")
def test_a_machine_that_stops_closes_its_streams(failover, limit, measured):
    """A machine that is told to stop closes all its event streams within the limit."""
    closing = failover.closing()
    measured(closing or "no stream was closed")
    if closing.keys() != set(failover.watched):
        problem = f"streams are open {limit.ceiling:g} s after the stop"
        fail_on(on(failover.stopped, problem, f"{failover.open_still}", SHUTDOWN))

    assert closing <= limit.for_each(failover.watched)


@pytest.mark.proves("sse-failover")
@pytest.mark.remedy("on SIGTERM end each stream after a whole event: docs/event-producer.md, 'Shutdown'")
def test_no_event_is_cut_by_a_stop(failover, measured):
    """The streams of a machine that stops end cleanly: after a complete event, and with the end of the answer."""
    measured(failover.cuts())
    if failover.cut:
        fail_on(on(failover.stopped, "streams do not end whole", failover.cuts(), SHUTDOWN))
    if not failover.closed:
        raise CouldNotLook(Cause.NO_DATA, "no stream was closed, so none was seen to end whole")


@pytest.mark.proves("sse-failover")
@pytest.mark.remedy("see that the edge's health checks fail as soon as a machine stops, and that others have room")
def test_the_others_serve_those_who_come(failover, limit, measured):
    """Whoever comes through the edge after the stop, or comes back, is served within the limit."""
    serving = failover.serving()
    measured(serving or "no client was served")
    problem = f"client is not served within {limit.ceiling:g} s of the stop"
    fail_on(*findings(problem, failover.refused))

    assert serving <= limit.for_each(failover.comers)


@pytest.mark.proves("sse-failover")
@pytest.mark.remedy("look in the logs of the edge for what closed the streams: only those of the stopped may end")
def test_the_streams_of_the_others_go_on(failover, measured):
    """No event stream of another machine ends because one stops, or because it comes back."""
    measured(failover.losses())
    fail_on(*findings("stream of another machine ends when one stops", failover.dropped))


@pytest.mark.proves("sse-failover")
@pytest.mark.remedy("start the machine again, and read its log since the start")
def test_the_machine_comes_back_and_serves(failover, measured):
    """The machine that was stopped is started again, passes its checks, and serves event streams."""
    measured(f"{failover.stopped} {failover.returned()}")
    if failover.back.cause is not None:
        what = f"machine {failover.stopped} was stopped, and it could not be seen whether it runs again"
        told = f"{what}: {failover.back.trouble}"
        raise CouldNotLook(failover.back.cause, told, remedy=f"start it again: {failover.remedy}")
    if failover.back.served is None:
        remedy = f"start it again: {failover.remedy}"
        fail_on(on(failover.stopped, "stopped machine does not serve again", failover.returned(), remedy))


def on(machine, problem, detail, remedy):
    """A finding about a machine."""
    return Finding(subject=machine, machine=machine, problem=problem, detail=detail, remedy=remedy)
