"""What becomes of the event stream when many listen."""

import pytest

from verifier.core.evidence import BrokenPromise, Cause, CouldNotLook, Readings
from verifier.probes.load.load_result import REMEDY


@pytest.mark.proves("sse-connections")
def test_streams_connect_and_stay(load, limit, measured):
    """On every machine no larger share of streams is refused or lost than the definition allows."""
    failing = measured(load.failing())
    if not failing <= Readings(dict.fromkeys(load.machines, limit.share), unit=failing.unit):
        reasons = ", ".join(f"{count} × {why}" for why, count in load.reasons.items())
        shares = ", ".join(f"{machine} {share:.0%}" for machine, share in failing.items())
        raise BrokenPromise(
            expected=f"at most {limit.share:.0%} of the streams of each machine refused or lost",
            seen=f"{load.holding()}; refused or lost: {shares}; {reasons}",
        )


@pytest.mark.proves("sse-connections")
def test_the_number_that_the_definition_asks_for_was_held(load, measured):
    """As many streams are tried as the definition asks for."""
    measured(f"{load.holding()}, answered within " + ", ".join(f"{k} {v:.3g} s" for k, v in load.connecting.items()))
    if load.limit_met:
        raise CouldNotLook(
            Cause.PRECONDITION, load.limit_met, remedy="raise the hard limit of open files, or use load/"
        )


@pytest.mark.proves("sse-connections")
def test_events_reach_the_crowd_in_time(load, limit, measured):
    """While many listen, every event reaches everybody, within the limit."""
    measured(load.delivery())
    if load.mode == "heartbeats":
        assert Readings(load.pauses) <= Readings(dict.fromkeys(load.machines, load.pause_limit))
    elif load.arrived != load.awaited or not load.delays or load.delays["p95"] > limit.seconds:
        expected = f"{load.awaited} events at the clients that stayed, 95 % of them within {limit.seconds:g} s"
        raise BrokenPromise(expected=expected, seen=load.delivery())


@pytest.mark.proves("sse-connections")
def test_the_app_counts_its_streams_right(load, measured):
    """Where the app tells how many streams it holds, it knows of those that came and of those that left."""
    measured(load.counts())
    if load.miscounted():
        seen = "; ".join(f"{machine}: {said}" for machine, said in load.miscounted().items())
        raise BrokenPromise(expected="the count rises with our streams and falls when they have left", seen=seen)


@pytest.mark.proves("sse-connections")
def test_a_load_from_many_machines_was_held(distributed_load, limit, measured):
    """Where the result of a load from many machines was handed to the run, it kept its thresholds and ours."""
    result = distributed_load.result
    measured(result or "no load from many machines was handed to this run (--load-result)")
    if result and result.objections(limit):
        seen = "; ".join([*result.objections(limit), *result.blind(), str(result)])
        raise BrokenPromise(expected=result.promised(limit), seen=seen)
    if result and result.blind():
        raise CouldNotLook(Cause.NO_DATA, f"the load from many machines: {'; '.join(result.blind())}", remedy=REMEDY)
