"""Apps that are down, slow, endless or talk nonsense: never green, never hung."""

from __future__ import annotations

from pathlib import Path

from tests.support.hostile.judged import as_promised, each_of
from tests.support.hostile.situation import Situation


@each_of("Apps over HTTP")
def test_it_ends_as_promised(situation: Situation, tmp_path: Path) -> None:
    as_promised(situation, tmp_path)
