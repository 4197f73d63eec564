"""What a watch saw for as long as it lasted; judged only with `--watch`."""

import pytest

from verifier.core.evidence.finding import Finding, fail_on, findings
from verifier.probes.stats.proportion import Position

FEWEST = 20
"""Fewer answers than this of a machine say nothing of a p95."""


@pytest.fixture
def judge(watch, require):
    """Judges a signal by its findings alone: any one breaks the promise."""

    def judged(name):
        fail_on(*watch.signal(name).findings)
        require(watch.watched_whole(name))

    return judged


@pytest.mark.proves("uptime")
@pytest.mark.remedy("read the log of the edge and of the machines at the times that are told")
def test_the_dashboard_answered_whenever_it_was_asked(judge, measured, watch):
    """While it is watched, the dashboard answers every time that it is asked."""
    measured(watch.told("dashboard"), table=watch.table("dashboard"))
    judge("dashboard")


@pytest.mark.proves("uptime")
@pytest.mark.remedy("read that machine's log of the same time; restart the machine if it alone is not well")
def test_every_machine_stayed_well(judge, measured, watch):
    """While they are watched, the health endpoints of every machine say that all is well."""
    measured(watch.told("health"), table=watch.table("health"))
    judge("health")


@pytest.mark.proves("database-connection")
@pytest.mark.remedy("look at the database's connections and load at the times that are told")
def test_the_database_answered_whenever_it_was_asked(judge, measured, watch):
    """While it is watched, the database answers in time every time that it is asked."""
    measured(watch.told("database"), table=watch.table("database"))
    judge("database")


@pytest.mark.proves("chatwoot-health")
@pytest.mark.remedy("see whether Chatwoot runs, and whether the app's Chatwoot token is still valid")
def test_chatwoot_stayed_well(judge, measured, watch):
    """While it is watched, Chatwoot is well every time that it is asked."""
    measured(watch.told("chatwoot"), table=watch.table("chatwoot"))
    judge("chatwoot")


@pytest.mark.proves("ga-api-health")
@pytest.mark.remedy("see whether the credentials for Google Analytics are valid and its quota is left")
def test_analytics_succeeded_all_the_time(watch, judge, measured, require):
    """While it is watched, Google Analytics succeeds at least as often as the definition asks."""
    measured(watch.told("google analytics"), table=watch.table("google analytics"))
    judge("google analytics")
    if watch.job:
        measured({machine: str(rhythm) for machine, rhythm in watch.job.machines.items()}, "machines")
    require(watch.log_known())


@pytest.mark.proves("logs-watched")
@pytest.mark.remedy("mend what the line says; where it is harmless, name it in [[logs.allow]] with a reason")
def test_no_machine_wrote_an_error_while_it_was_watched(watch, judge, measured, require, warn):
    """While the log is watched, no machine writes an error."""
    measured(watch.told("log"), table=watch.table("log"))
    for remark in watch.log_familiar():
        warn(remark)
    judge("log")
    require(watch.log_known())
    require(watch.log_answered())


@pytest.mark.proves("no-server-errors")
@pytest.mark.remedy("read the app's log at the time of the request: the exception stands beside it")
def test_no_request_of_the_watch_was_answered_with_a_server_error(judge, measured, watch):
    """No request that the watch sends is answered with a server error."""
    measured(watch.told("own requests"), table=watch.table("own requests"))
    judge("own requests")


@pytest.mark.proves("no-server-errors")
@pytest.mark.remedy("read the log around that line: the exception stands beside the request")
def test_no_request_that_was_logged_meanwhile_was_answered_with_a_server_error(watch, judge, measured, require):
    """While the log is watched, it tells of no request that was answered with a server error."""
    measured(watch.told("logged requests"), table=watch.table("logged requests"))
    judge("logged requests")
    require(watch.log_known())


@pytest.mark.proves("response-time")
@pytest.mark.remedy("look for the slow routes in the app's log, and for a machine that is short of processor time")
def test_responses_arrived_in_time_for_as_long_as_was_watched(watch, limit, measured, require):
    """While they are watched, 95 % of the responses of every machine arrive within the limit."""
    measured(watch.p95())
    if shown := watch.p95(FEWEST):
        fail_on(*shown.findings(limit.for_each(shown)))
    require(watch.watched_whole("response time"))
    require(watch.answered(FEWEST))


@pytest.mark.proves("error-rate")
@pytest.mark.remedy("list the requests with a 5xx in the app's log; if they began with the release, roll it back")
def test_the_error_rate_stayed_below_the_limit(watch, limit, measured, require):
    """While it is watched, the error rate is not above the limit: not in all, and not in any few minutes."""
    errors = measured(watch.errors)
    above = {
        who: each for who, each in errors.groups().items() if each.side(limit.share, limit.sample) == Position.ABOVE
    }
    fail_on(*findings(f"error rate not below {limit.share:.0%}", above))
    require(watch.watched_whole("error rate"))


@pytest.mark.proves("sse-connections")
@pytest.mark.remedy("look in the logs of the edge and of the machine for what closed the streams at that time")
def test_event_streams_stayed_open(watch, limit, measured, require):
    """While they are watched, the event streams of every machine are open and beat, but for the limit's share."""
    streams = watch.signal("event streams")
    measured(watch.told("event streams"), table=watch.table("event streams"))
    if streams.share > limit.share:
        detail = f"in {streams.bad} of {streams.seen} intervals, {streams.share:.0%} (limit {limit.share:.0%})"
        lost = Finding(subject="event streams", problem="event streams did not stay open", detail=detail)
        fail_on(lost, *streams.findings)
    require(watch.watched_whole("event streams"))
