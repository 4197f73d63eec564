"""Every check of the product fails in some run of the whole tests; one that none turns red proves nothing.

Items are compared fault by fault (`test_faults.py`). An item has several checks, though, and a fault that turns one of
them red says nothing of the others. So each run of the real command notes which checks failed, and the end of the whole
tests adds up.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier.core.config.contract import read_contract
from verifier.core.subject import subjects
from verifier.plugin.inventory import read_inventory

_ROOT = Path(__file__).parents[3]
_NAME = "red checks"
NEVER_RED = {
    "checks/app/test_tiles.py::test_a_tile_that_became_clearly_slower_is_told": "it warns, and breaks no promise",
    "checks/events/test_load.py::test_as_many_streams_are_tried_as_the_definition_asks_for": "fewer leave it open",
    "session::release_unchanged": "a release that changes during the run makes the run void",
    "smoke/phases/test_phase_12.py::test_nothing_is_promised_that_could_be_seen": "the plan promises nothing there",
}
"""Checks that cannot fail, by design, each with the reason."""
_FAILED: set[str] = set()


def note(folder: Path) -> None:
    """Note which checks failed in the run that left this folder, if it left a verdict."""
    try:
        verdict: dict[str, Any] = json.loads((folder / "verdict.json").read_bytes())
    except (OSError, ValueError):
        return
    checks = (each for item in verdict.get("items", ()) for each in item["checks"])
    _FAILED.update(each["check"].partition("[")[0] for each in checks if each["outcome"] == "failed")


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Hand what was noted to the process that reports."""
    if call.when == "call" and _FAILED:
        item.user_properties.append((_NAME, sorted(_FAILED)))
        _FAILED.clear()


class RedChecks:
    """Adds up; tells, and fails, where a whole run of the tests left a check that nothing turned red."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._red: set[str] = set()

    @property
    def never(self) -> list[str]:
        """The checks that no run turned red."""
        checks = read_inventory(_ROOT, read_contract(_ROOT)).checks
        closing = {each.name for subject in subjects() for each in subject.closing}
        return sorted({*checks, *closing} - self._red - NEVER_RED.keys())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take over what a test saw."""
        if report.when == "call":
            self._red.update(*(names for name, names in report.user_properties if name == _NAME))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail a whole run that proves less than it says."""
        if exitstatus == pytest.ExitCode.OK and self._whole and self.never:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:  # noqa: ANN401 - pytest's own
        """Name them."""
        if self._whole and self.never:
            terminalreporter.section("checks that no fault turned red", red=True)
            for each in self.never:
                terminalreporter.write_line(each)

    @property
    def _whole(self) -> bool:
        option = self._config.option
        narrowed = option.keyword or option.markexpr or option.deselect or option.collectonly
        return not narrowed and [Path(each).name for each in self._config.args] == ["tests"]


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register only in the process that reports."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(RedChecks(config), "red-checks")
