"""The log since the release, and the log of the last while."""

import pytest

from verifier.core.evidence.finding import fail_on


@pytest.mark.proves("logs-clean")
@pytest.mark.remedy("mend what the line says; where it is harmless, name it in [[logs.allow]] with a reason")
def test_the_first_lines_hold_no_error(logs, limit, measured, require, warn):
    """Among the first lines that every machine wrote since the release, there is no error."""
    measured(logs.told(), table=logs.facts(limit.lines))
    for remark in [*logs.remarks(), *logs.familiar(limit.lines)]:
        warn(remark)
    fail_on(*(error.finding() for error in logs.errors_within(limit.lines)))
    require(logs.proved(limit.lines))
    require(logs.answered(limit.lines))


@pytest.mark.proves("logs-watched")
@pytest.mark.remedy("mend what the line says; where it is harmless, name it in [[logs.allow]] with a reason")
def test_the_watched_time_holds_no_error(recent_logs, limit, measured, require, warn):
    """In the whole time that is to be watched, no machine writes an error."""
    watched = f"{recent_logs.watched / 60:.1f} of {limit.seconds / 60:.1f} minutes"
    measured(f"{watched}, {recent_logs.told()}", table=recent_logs.facts())
    for remark in recent_logs.familiar():
        warn(remark)
    fail_on(*(error.finding() for error in recent_logs.errors))
    require(recent_logs.watched_whole())
    require(recent_logs.answered())


@pytest.mark.proves("logs-watched")
@pytest.mark.remedy("mend what the line says; where it is harmless, name it in [[logs.allow]] with a reason")
def test_the_newest_lines_hold_no_error(recent_logs, measured, require):
    """Among the newest hundred lines of every machine, however long they took to come, there is no error."""
    measured({machine: f"{count} lines" for machine, count in recent_logs.lately.items()}, "machines")
    fail_on(*(error.finding() for error in recent_logs.lately_found))
    require(recent_logs.read_lately())
    require(recent_logs.lately_answered())
