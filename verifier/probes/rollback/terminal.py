"""Says at the end of a run which command goes back to the previous release."""

from __future__ import annotations

import pytest

from verifier.core.execution.run import RUN


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the command as it is, on a line of its own: broken to the width it could not be pasted."""
    from verifier.probes.rollback.evidence import RollbackState  # noqa: PLC0415 - runs that do not look do not need it

    run = config.stash.get(RUN, None)
    seen = run.store.get("rollback", RollbackState) if run is not None else None
    if seen is not None and seen.command:
        terminalreporter.write_line("rollback:")
        terminalreporter.write_line(seen.command, cyan=True)
