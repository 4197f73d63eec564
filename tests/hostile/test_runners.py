"""Runners in trouble, and files that people mistype: a verdict, or a message that says why not."""

from __future__ import annotations

from pathlib import Path

from tests.support.hostile.judged import as_promised, each_of
from tests.support.hostile.situation import Situation


@each_of("Runners", "Files that people write")
def test_it_ends_as_promised(situation: Situation, tmp_path: Path) -> None:
    as_promised(situation, tmp_path)
