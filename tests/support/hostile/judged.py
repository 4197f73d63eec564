"""What the tests of all parts do: run the quick situations, and compare them with what is promised."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.hostile.running import run
from tests.support.hostile.situation import Situation, objections
from tests.support.hostile.table import quick

LATEST = 60.0
"""Seconds beyond the deadline: here several runs share a core; `make hostile` measures them one by one."""


def each_of(*parts: str) -> pytest.MarkDecorator:
    """Parametrize a test with the quick situations of these parts."""
    return pytest.mark.parametrize("situation", [pytest.param(each, id=each.name) for each in quick(*parts)])


def as_promised(situation: Situation, folder: Path) -> None:
    """Run it, and say everything that is not as promised."""
    if why := situation.needs():
        pytest.skip(why)
    seen = run(situation, folder, page=situation.page)
    found = objections(situation, seen, LATEST)
    assert not found, "\n".join([*found, seen.output])
