"""The log since the release."""

import pytest

from verifier.evidence import BrokenPromise


@pytest.mark.proves("logs-clean")
def test_the_first_lines_hold_no_error(logs, limit, measured):
    """Among the first lines that every machine wrote since the release, there is no error."""
    measured({machine: f"{count} lines" for machine, count in logs.lines_by_machine.items()})
    errors = logs.errors_within(limit.lines)
    if errors:
        told = "; ".join(str(error) for error in errors[:5])
        raise BrokenPromise(
            expected=f"no error among the first {limit.lines} lines of every machine",
            seen=f"{len(errors)}: {told}",
        )
    logs.need_proof(limit.lines)
