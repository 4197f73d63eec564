"""How fast and how well requests are answered."""

import pytest

from verifier.evidence import BrokenPromise


@pytest.mark.proves("response-time")
def test_responses_arrive_within_the_limit(traffic, limit, measured):
    """On every machine 95 % of the responses arrive within the limit."""
    times = measured(traffic.percentile_by_machine(0.95))

    assert times <= limit.for_each(traffic.expected)


@pytest.mark.proves("no-server-errors")
def test_no_request_of_the_suite_is_answered_with_a_server_error(traffic, limit, measured):
    """No request that the suite sends is answered with a server error."""
    errors = traffic.server_errors()
    measured(f"{len(errors)} of {len(traffic.replies)} requests of the suite")
    if len(errors) > limit.count:
        lines = [f"{each.url} on {each.machine}: {each.status}, {each.at:%H:%M:%S}" for each in errors[:5]]
        raise BrokenPromise(expected=f"at most {limit.count} server errors", seen="; ".join(lines))


@pytest.mark.proves("no-server-errors")
def test_no_logged_request_was_answered_with_a_server_error(later_logs, limit, measured):
    """No request that the log tells of, since the release, was answered with a server error."""
    errors = later_logs.failed_requests
    measured(f"{len(errors)} of {later_logs.requests} logged requests")
    if len(errors) > limit.count:
        raise BrokenPromise(expected=f"at most {limit.count} server errors", seen="; ".join(errors[:5]))
    later_logs.need_control()
