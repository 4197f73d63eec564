"""The log since the release, and the log of the last while."""

import pytest

from verifier.core.evidence import BrokenPromise


@pytest.mark.proves("logs-clean")
def test_the_first_lines_hold_no_error(logs, limit, measured, require):
    """Among the first lines that every machine wrote since the release, there is no error."""
    measured(logs.told(first=limit.lines))
    errors = logs.errors_within(limit.lines)
    if errors:
        raise BrokenPromise(
            expected=f"no error among the first {limit.lines} lines of every machine", seen=_errors(errors)
        )
    require(logs.proved(limit.lines))


@pytest.mark.proves("logs-watched")
def test_the_watched_time_holds_no_error(recent_logs, limit, measured, require):
    """In the whole time that is to be watched, no machine writes an error."""
    measured(f"{recent_logs.watched / 60:.1f} of {limit.seconds / 60:.1f} minutes; {recent_logs.told()}")
    if recent_logs.errors:
        raise BrokenPromise(
            expected=f"no error in the last {limit.seconds / 60:g} minutes", seen=_errors(recent_logs.errors)
        )
    require(recent_logs.watched_whole())


@pytest.mark.proves("logs-watched")
def test_the_newest_lines_hold_no_error(recent_logs, measured, require):
    """Among the newest hundred lines of every machine, however long they took to come, there is no error."""
    measured({machine: f"{count} lines" for machine, count in recent_logs.lately.items()})
    if recent_logs.lately_found:
        raise BrokenPromise(
            expected="no error among the newest hundred lines of every machine", seen=_errors(recent_logs.lately_found)
        )
    require(recent_logs.read_lately())


def _errors(errors):
    """How many kinds of errors, how often, and the first of them with machine, line and time."""
    total = sum(error.count for error in errors)
    return f"{total} errors of {len(errors)} kinds: " + "; ".join(str(error) for error in errors[:5])
