"""Apps that are down, slow, endless or talk nonsense, and their pages: never green, never hung."""

from __future__ import annotations

import pytest

from tests.support.hostile.judged import as_promised, each_of
from tests.support.hostile.situation import Situation


@each_of("Apps over HTTP", "Pages in a browser")
def test_it_ends_as_promised(situation: Situation, tmp_path_factory: pytest.TempPathFactory) -> None:
    as_promised(situation, tmp_path_factory.mktemp("run"))  # a short path: a browser makes sockets below it
