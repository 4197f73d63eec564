"""The rooms that tests work in, and how two workers share them."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import pytest
from xdist.scheduler import LoadFileScheduling

pytest_plugins = [
    "tests.rooms.toy",
    "tests.rooms.deployment",
    "tests.rooms.properties",
    "tests.rooms.tile_browser",
]
FAULTS = "test_faults.py"
"""The file that takes longest: as one piece it would leave the other worker idle in the end."""
PARTS = 16


class FaultsInParts(LoadFileScheduling):  # type: ignore[misc]  # pytest-xdist tells no types
    """Tests of one file share their runs, and go to one worker; but each fault is a run of its own."""

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return f"{scope} {crc32(nodeid.encode()) % PARTS}" if scope.endswith(FAULTS) else scope


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FaultsInParts:  # noqa: ANN401 - pytest-xdist's own
    """The scheduler of the project's own tests."""
    return FaultsInParts(config, log)
