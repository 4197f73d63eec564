"""What becomes of the event stream when many listen."""

import pytest

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import Finding, fail_on, findings
from verifier.core.evidence.readings import Readings
from verifier.probes.load.load_result import REMEDY


@pytest.mark.proves("sse-connections")
@pytest.mark.remedy("raise the limit of connections (fly.toml: concurrency), or the open files of the app's process")
def test_streams_connect_and_stay(load, limit, measured):
    """On every machine no larger share of streams is refused or lost than the definition allows."""
    failing = measured(load.failing())
    reasons = ", ".join(f"{count} × {why}" for why, count in load.reasons.items())
    over = failing.findings(Readings(dict.fromkeys(load.machines, limit.share), unit=failing.unit))
    told = {
        each.subject: f"{failing.get(each.subject, 1):.0%} of {load.tried.get(each.subject, 0)} ({reasons})"
        for each in over
    }
    problem = f"more than {limit.share:.0%} of the streams refused or lost"
    fail_on(*findings(problem, told, on_machines=True))


@pytest.mark.proves("sse-connections")
def test_as_many_streams_are_tried_as_the_definition_asks_for(load, measured):
    """As many streams are tried as the definition asks for; with fewer the item stays unverified."""
    measured(f"{load.holding()}, answered within {load.connecting.get('p95', 0):.3g} s (p95)")
    if load.limit_met:
        raise CouldNotLook(
            Cause.PRECONDITION, load.limit_met, remedy="raise the hard limit of open files, or use load/"
        )


@pytest.mark.proves("sse-connections")
@pytest.mark.remedy("write to clients without waiting for slow ones, and see whether the machine is out of CPU")
def test_events_reach_the_crowd_in_time(load, limit, measured):
    """While many listen, every event reaches everybody, within the limit."""
    measured(load.delivery())
    if load.mode == "heartbeats":
        assert Readings(load.pauses, what="pause between heartbeats") <= Readings(
            dict.fromkeys(load.machines, load.pause_limit)
        )
    elif load.arrived != load.awaited or not load.delays or load.delays["p95"] > limit.seconds:
        problem = f"events missing or later than {limit.seconds:g} s (p95) under load"
        fail_on(Finding(subject="event stream", problem=problem, detail=load.delivery()))


@pytest.mark.proves("sse-connections")
@pytest.mark.remedy("count a stream when it opens, and down in a finally when its client is gone")
def test_the_app_counts_its_streams_right(load, measured):
    """Where the app tells how many streams it holds, it knows of those that came and of those that left."""
    measured(load.counts())
    fail_on(*findings("app miscounts its streams", load.miscounted(), on_machines=True))


@pytest.mark.proves("sse-connections")
@pytest.mark.remedy("read the load's own result for the threshold, and repeat it with half of the clients")
def test_a_load_from_many_machines_was_held(distributed_load, limit, measured):
    """Where the result of a load from many machines was handed to the run, it kept its thresholds and ours."""
    result = distributed_load.result
    measured(result or "no load from many machines was handed to this run (--load-result)")
    if result and result.objections(limit):
        detail = "; ".join([*result.objections(limit), *result.blind(), str(result)])
        problem = "load from many machines broke a threshold"
        fail_on(Finding(subject="event stream", problem=problem, detail=detail, remedy=result.promised(limit)))
    if result and result.blind():
        raise CouldNotLook(Cause.NO_DATA, f"the load from many machines: {'; '.join(result.blind())}", remedy=REMEDY)
