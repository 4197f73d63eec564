"""Plugins of the tests, their distribution to workers, and their order."""

from __future__ import annotations

import os
import signal
from typing import Any

import psutil
import pytest
from xdist.scheduler import LoadFileScheduling

from tests.support.faults.batches import batched, singly
from tests.support.faults.fault_runs import RUNS
from tests.support.pages.browsers import prefer_the_headless_shell

pytest_plugins = [
    "tests.support.runs.red_checks",
    "tests.support.runs.toy",
    "tests.support.runs.deployment",
    "tests.support.properties",
    "tests.support.pages.tile_browser",
    "tests.support.runs.shipped",
    "tests.support.runs.progress",
]
FAULTS = "test_faults.py"
"""The slowest file, which is distributed by test: as one piece it would leave other workers idle at the end."""
LONGEST = (
    "test_workers.py",
    "test_endings.py",
    "test_options.py",
    "test_failover.py",
    "test_shipped_targets.py",
    "test_tile_times.py",
    "test_second_app.py",
    "test_watched_runs.py",
    FAULTS,
)
"""Files that start first, for the same reason."""


class FaultsApart(LoadFileScheduling):  # type: ignore[misc]  # pytest-xdist tells no types
    """Distributes tests by file, because they share runs; and batches of faults one by one."""

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return nodeid if scope.endswith(FAULTS) else scope


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of `make test-faults-singly`."""
    parser.addoption("--faults-singly", action="store_true", help="judge each fault by itself, not in batches")


def pytest_configure() -> None:
    """Choose the browser before it is searched for, and hear Ctrl-C, which a shell ignores in its background."""
    prefer_the_headless_shell()
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slowest files first; otherwise the order stays."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FaultsApart:  # noqa: ANN401 - pytest-xdist's own
    """The scheduler of the project's own tests."""
    return FaultsApart(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """Two workers for each available CPU, because a run of the command waits for half of its time."""
    return 2 * len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2 * (os.cpu_count() or 1)


def _has_network() -> bool:
    return any(state.isup for name, state in psutil.net_if_stats().items() if name != "lo")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize `batch` with every fault of the registry, in few batches or one by one."""
    if "batch" in metafunc.fixturenames:
        shown = [run for run in RUNS.values() if run.named and not run.apart]
        runs = [run for run in shown if _has_network() or not run.network]
        batches = singly(runs) if metafunc.config.option.faults_singly else batched(runs)
        metafunc.parametrize("batch", batches, ids=[each.name for each in batches])
