"""The dashboard's pages: what an operator opens, and how tiles tell their state."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from verifier.definition import Sentence
from verifier.files import Written
from verifier.sections.types import Path_, Pattern


class Ignored(Written):
    """An error of the browser's console that is known and not the deployment's: why, and until when."""

    pattern: Pattern
    reason: Sentence
    expires: date


class Tile(Written):
    """One tile of the dashboard; without `selector`, the element with the test id."""

    id: str
    heading: str
    selector: str | None = None

    @property
    def css(self) -> str:
        """The selector of the tile's element."""
        return self.selector or f'[data-testid="{self.id}"]'


class Dashboard(Written):
    """The page of an operator, and how its tiles tell their state (CSS selectors inside the tile)."""

    path: Path_
    tile: Annotated[tuple[Tile, ...], Field(min_length=1)]
    ready: str
    loading: str | None = None
    error: str | None = None
    unconfigured: str | None = None
    signed_in: str | None = None
    routes: tuple[Path_, ...] = ()
    navigation: str = "nav a[href]"
    ignore: tuple[Ignored, ...] = ()


class Phases(Written):
    """Which phases of the plan are deployed; each needs its flows in `smoke/phases/`."""

    deployed: Annotated[tuple[int, ...], Field(min_length=1)]
