"""Reports progress by group during the tests, and the slowest files and tests at the end."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

FILES, TESTS = 15, 10
"""The number of slowest tests reported."""


class Progress:
    """Adds up the seconds of tests by group: a file, or a batch of faults.

    Args:
        reporter: pytest's own.
    """

    def __init__(self, reporter: Any) -> None:  # noqa: ANN401 - pytest's own
        self._reporter = reporter
        self._files: Counter[str] = Counter()
        self._groups: Counter[str] = Counter()
        self._tests: Counter[str] = Counter()
        self._left: Counter[str] = Counter()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Count the tests of each group, if this process collects."""
        self._left.update(_group(item.nodeid) for item in items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """The same, from the first worker's report."""
        if not self._left:
            self._left.update(_group(each) for each in ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of a test."""
        group, milliseconds = _group(report.nodeid), round(report.duration * 1000)
        self._groups[group] += milliseconds
        self._files[_file(report.nodeid)] += milliseconds
        self._tests[report.nodeid] += milliseconds
        if report.when == "teardown":
            self._left[group] -= 1
            if not self._left[group]:
                done = sum(not left for left in self._left.values())
                told = f"{done}/{len(self._left)} groups, {self._groups[group] / 1000:.0f} s: {group}"
                self._reporter.write_line(f"\n{told}"[: self._reporter._tw.fullwidth])

    def pytest_terminal_summary(self) -> None:
        """The files and the tests that took longest."""
        self._reporter.section("where the time went")
        for kind, spent, most in (("file", self._files, FILES), ("test", self._tests, TESTS)):
            for name, milliseconds in spent.most_common(most):
                self._reporter.write_line(f"{milliseconds / 1000:7.1f} s  {kind} {name}")


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0].rpartition("/")[2]


def _group(nodeid: str) -> str:
    """The file, or the batch of faults."""
    return nodeid.partition("::")[2] if _file(nodeid) == "test_faults.py" else _file(nodeid)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register only in the process that reports."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(reporter), "progress")
