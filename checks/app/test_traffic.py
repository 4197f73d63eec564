"""How fast and how well requests are answered."""

import pytest

from verifier.core.evidence.finding import Finding, fail_on, findings
from verifier.probes.stats.proportion import Position

P95 = 0.95
MEANINGFUL = 30
"""Fewer responses than this say nothing of a p95."""
SERVER_ERROR = "request answered with a server error"


@pytest.mark.proves("response-time")
@pytest.mark.remedy("look for the slow routes in the app's log, and for a machine that is short of processor time")
def test_responses_arrive_within_the_limit(traffic, limit, measured):
    """On every machine 95 % of the responses arrive within the limit."""
    times = measured(traffic.percentile_by_machine(P95))

    assert times <= limit.for_each(traffic.expected)


@pytest.mark.proves("no-server-errors")
@pytest.mark.remedy("read the app's log at the time of the request: the exception stands beside it")
def test_no_request_of_the_suite_is_answered_with_a_server_error(traffic, limit, measured):
    """No request that the suite sends is answered with a server error."""
    errors = traffic.server_errors()
    measured(f"{len(errors)} of {len(traffic.replies)} requests of the suite")
    if len(errors) > limit.count:
        fail_on(
            *(
                Finding(
                    subject=f"{each.method} {each.path.partition('?')[0]}",
                    problem=SERVER_ERROR,
                    detail=traffic.told(each),
                    machine=each.machine,
                    place=each.url,
                )
                for each in errors
            )
        )


@pytest.mark.proves("no-server-errors")
@pytest.mark.remedy("read the log around that line: the exception stands beside the request")
def test_no_logged_request_was_answered_with_a_server_error(later_logs, limit, measured, require):
    """No request that the log tells of, since the release or for an hour, was answered with a server error."""
    errors = later_logs.failed_requests
    measured(f"{len(errors)} of {later_logs.requests} logged requests", table=later_logs.facts())
    if len(errors) > limit.count:
        asked = [(each.partition(" answered"), each) for each in errors]
        fail_on(
            *(
                Finding(subject=what.partition("?")[0], problem=SERVER_ERROR, detail=each)
                for (what, _, _), each in asked
            )
        )
    require(later_logs.whole())


@pytest.mark.proves("response-time")
@pytest.mark.remedy("find the slow routes in the histogram of the app's metrics, by route where it tells them")
def test_no_figures_of_others_show_slow_responses(rates, traffic, limit, measured):
    """Where the responses to others are counted, at most 5 % of them are known to take longer than the limit."""
    slow = rates.slow(limit.seconds)
    if slow is None:
        why = ", ".join(rates.notes) or rates.passed or "no times are told"
        measured(f"of our own requests {traffic.responses.durations.described(P95)}; of others': {why}")
        return
    times = rates.responses.durations
    measured(f"{times.described(P95)}, {slow} slower than {limit.seconds:g} s, {rates.told}")
    if slow.side(1 - P95, MEANINGFUL) == Position.ABOVE:
        detail = f"{slow} took longer; {times.described(P95)}, {rates.told}"
        problem = f"more than 5 % of the responses to others take longer than {limit.seconds:g} s"
        fail_on(Finding(subject="responses to others", problem=problem, detail=detail))


@pytest.mark.proves("error-rate")
@pytest.mark.remedy("list the requests with a 5xx in the app's log; if they began with the release, roll it back")
def test_the_error_rate_is_below_the_limit(rates, top_up, limit, measured, require):
    """Server errors among the responses are below the limit, and there are enough responses to say so."""
    errors = rates.errors(top_up.responses, limit.sample)
    measured(errors)
    above = {who: f"{share}, {rates.told}" for who, share in errors.above(limit.share).items()}
    fail_on(*findings(f"error rate not below {limit.share:.0%}", above))
    require(errors.enough(limit.share, f"watch longer, or let the suite send more: top_up in [traffic] ({top_up.why})"))
