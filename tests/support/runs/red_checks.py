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
from verifier.plugin.inventory import read_inventory

_ROOT = Path(__file__).parents[3]
_NAME = "red checks"
NEVER_RED = {
    "checks/app/test_tiles.py::test_a_tile_that_became_clearly_slower_is_told": "it warns, and breaks no promise",
    "checks/events/test_load.py::test_as_many_streams_are_tried_as_the_definition_asks_for": "fewer leave it open",
    "smoke/phases/test_phase_12.py::test_nothing_is_promised_that_could_be_seen": "the plan promises nothing there",
}
"""Checks that cannot fail, by design, each with the reason."""
NOT_YET = {
    "smoke/phases/test_phase_1.py::test_the_navigation_counts_what_waits": "its phase has another fault",
    "smoke/phases/test_phase_10.py::test_a_decision_enters_the_history": "its phase has other faults",
    "smoke/phases/test_phase_11.py::test_a_screen_reader_finds_its_way": "its phase has other faults",
    "smoke/phases/test_phase_4.py::test_a_banner_tells_of_a_tile_that_loads_for_long": "its phase has another fault",
    "smoke/phases/test_phase_4.py::test_a_new_approval_is_told_and_kept_in_the_centre": "its phase has another fault",
    "smoke/phases/test_phase_4.py::test_preferences_of_notifications_are_kept": "its phase has another fault",
    "smoke/phases/test_phase_6.py::test_the_settings_are_those_that_are_kept": "its phase has another fault",
    "smoke/phases/test_phase_9.py::test_the_welcome_can_be_left_at_once": "its phase has another fault",
}
"""Checks that could fail and that no run turns red yet, each with what is proved instead."""
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
        return sorted({*checks} - self._red - {*NEVER_RED, *NOT_YET})

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
