"""Platforms that tell of other apps, twice, or without a time: never green, never leaking."""

from __future__ import annotations

from pathlib import Path

from tests.support.hostile.judged import as_promised, each_of
from tests.support.hostile.situation import Situation


@each_of("Platforms and logs")
def test_it_ends_as_promised(situation: Situation, tmp_path: Path) -> None:
    as_promised(situation, tmp_path)
