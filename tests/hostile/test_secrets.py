"""Secrets that the target tells back: in no file, and on no terminal."""

from __future__ import annotations

from pathlib import Path

from tests.support.hostile.judged import as_promised, each_of
from tests.support.hostile.situation import Situation


@each_of("Secrets")
def test_it_ends_as_promised(situation: Situation, tmp_path: Path) -> None:
    as_promised(situation, tmp_path)
