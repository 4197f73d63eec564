"""What becomes of event streams when a machine stops; only where the target permits that one is stopped."""

import pytest

from verifier.core.evidence import BrokenPromise, Cause, CouldNotLook

SHUTDOWN = "see docs/event-producer.md, 'Shutdown'"


@pytest.mark.proves("sse-failover")
def test_a_machine_that_stops_closes_its_streams(failover, limit, measured):
    """A machine that is told to stop closes all its event streams within the limit."""
    closing = failover.closing()
    measured(closing or "no stream was closed")
    if closing.keys() != set(failover.watched):
        raise BrokenPromise(
            expected=f"machine {failover.stopped} closes its {len(failover.watched)} streams "
            f"within {limit.ceiling:g} s of the stop",
            seen=f"{failover.open_still}; {SHUTDOWN}",
        )

    assert closing <= limit.for_each(failover.watched)


@pytest.mark.proves("sse-failover")
def test_no_event_is_cut_by_a_stop(failover, measured):
    """The streams of a machine that stops end whole: after an event, and with the end of the answer."""
    measured(failover.cuts())
    if failover.cut:
        expected = "streams that end after a whole event, and with the end of the answer"
        raise BrokenPromise(expected=expected, seen=f"{failover.cuts()}; {SHUTDOWN}")
    if not failover.closed:
        raise CouldNotLook(Cause.NO_DATA, "no stream was closed, so none was seen to end whole")


@pytest.mark.proves("sse-failover")
def test_the_others_serve_those_who_come(failover, limit, measured):
    """Whoever comes through the edge after the stop, or comes back, is served within the limit."""
    serving = failover.serving()
    measured(serving or "no client was served")
    if failover.refused:
        raise BrokenPromise(
            expected=f"every client served by {', '.join(failover.others)} within {limit.ceiling:g} s of the stop",
            seen=failover.takeover(),
        )

    assert serving <= limit.for_each(failover.comers)


@pytest.mark.proves("sse-failover")
def test_the_streams_of_the_others_go_on(failover, measured):
    """No event stream of another machine ends because one stops, or because it comes back."""
    measured(failover.losses())
    if failover.dropped:
        raise BrokenPromise(
            expected=f"the streams of {', '.join(failover.others)} go on",
            seen=f"while machine {failover.stopped} was stopped and started, {failover.losses()}",
        )


@pytest.mark.proves("sse-failover")
def test_the_machine_comes_back_and_serves(failover, measured):
    """The machine that was stopped is started again, passes its checks, and serves event streams."""
    measured(f"{failover.stopped} {failover.returned()}")
    if failover.back.cause is not None:
        what = f"machine {failover.stopped} was stopped, and it could not be seen whether it runs again"
        told = f"{what}: {failover.back.trouble}"
        raise CouldNotLook(failover.back.cause, told, remedy=f"start it again: {failover.remedy}")
    if failover.back.served is None:
        raise BrokenPromise(
            expected=f"machine {failover.stopped} started again, its checks passing, its stream serving",
            seen=f"{failover.returned()}; start it again: {failover.remedy}",
        )
