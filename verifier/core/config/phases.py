"""Which file holds the flows of a phase: the suite's, or one of a folder that a target or its caller brings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field

from verifier.core.config.files import Written

OURS = "smoke/phases"
"""Where the suite's own flows are, below its folder."""
_FILE = re.compile(r"(?:.*/)?test_phase_(\d+)\.py")


def phase_of(check: str) -> int | None:
    """The phase of the plan whose flows a check (or a file) belongs to, if it does."""
    found = _FILE.fullmatch(check.partition("::")[0])
    return int(found[1]) if found else None


class Phases(Written):
    """Which phases of the plan are deployed; each needs flows, in `smoke/phases/` or in `folder`."""

    deployed: Annotated[tuple[int, ...], Field(min_length=1)]
    folder: Annotated[str, Field(min_length=1)] | None = None


@dataclass(frozen=True)
class PhaseFiles:
    """The files of all phases, `test_phase_N.py` each.

    Attributes:
        root: the folder of the suite.
        brought: a folder whose files replace those of the same phase, or add phases; nothing if there is none.
    """

    root: Path
    brought: Path | None = None

    @cached_property
    def brought_phases(self) -> frozenset[int]:
        """The phases that the folder has files for."""
        found = (phase_of(each.name) for each in self.brought.glob("test_phase_*.py")) if self.brought else ()
        return frozenset(each for each in found if each is not None)

    def replaced(self, path: Path) -> bool:
        """Whether this file is one of the suite's, and the folder has another one for the phase."""
        return path.parent == self.root / OURS and phase_of(path.name) in self.brought_phases

    def name(self, path: Path) -> str:
        """How pytest calls a file: by its place in the suite, or else in the folder that was brought."""
        if path.is_relative_to(self.root) or self.brought is None:
            return path.relative_to(self.root).as_posix()
        return path.relative_to(self.brought).as_posix()

    def mistake(self) -> str:
        """What is wrong with the folder, in words; nothing if there is none, or it has files of phases."""
        if self.brought is None or self.brought_phases:
            return ""
        if not self.brought.is_dir():
            return f"{self.brought}: there is no such folder"
        return f"{self.brought}: holds no file test_phase_N.py"
