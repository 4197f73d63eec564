"""The dashboard's pages: what an operator opens, and how tiles tell their state."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from verifier.core.config.contract import Positive, Reason
from verifier.core.config.files import Written
from verifier.core.config.target import Section
from verifier.core.config.types import Path_, Pattern, Url


class Ignored(Written):
    """An error of the browser's console that is known and not the deployment's: why, and until when."""

    pattern: Pattern
    reason: Reason
    expires: date


class Marks(Written):
    """How a tile tells its state: CSS selectors of the tile itself or of something in it, and what it must say.

    Attributes:
        ready: what is visible when the tile shows its content.
        text: a regular expression of Python and of JavaScript that the tile's words must match when it is ready.
        content: what must be visible and not blank in a tile that is ready; without it, the tile must not be blank.
    """

    ready: str | None = None
    text: Pattern | None = None
    content: str | None = None
    loading: str | None = None
    error: str | None = None
    unconfigured: str | None = None


class Tile(Marks):
    """One tile; without `selector`, the element with the test id. Its own marks go before the page's."""

    id: str
    heading: str
    selector: str | None = None

    @property
    def css(self) -> str:
        """The selector of the tile's element."""
        return self.selector or f'[data-testid="{self.id}"]'


class Dashboard(Section, Marks):
    """The page of an operator, and how its tiles tell their state.

    Attributes:
        pattern: what looks like a tile; those that are not in `tile` are judged all the same.
        leave_out: tiles that are not judged: test id (or id) → why.
        settle: seconds for which content must stay, before it counts as there.
        warm: how many times the page is loaded again, with what the browser has kept from the last cold load.
    """

    path: Path_
    tile: Annotated[tuple[Tile, ...], Field(min_length=1)]
    pattern: str = '[data-testid^="tile-"]'
    leave_out: dict[str, Reason] = {}
    settle: Positive = 0.5
    warm: Annotated[int, Field(ge=0)] = 1
    signed_in: str | None = None
    routes: tuple[Path_, ...] = ()
    navigation: str = "nav a[href]"
    ignore: tuple[Ignored, ...] = ()
    own_origins: tuple[Url, ...] = ()
    third_party: Literal["allow", "abort"] = "allow"

    @model_validator(mode="after")
    def _each_can_be_ready(self) -> Dashboard:
        unclear = [tile.id for tile in self.tile if not (self.ready or self.text or tile.ready or tile.text)]
        if unclear:
            raise ValueError(f"nothing tells when {', '.join(unclear)} is ready; give ready or text")
        return self

    def marks(self, tile: Tile | None = None) -> dict[str, str | None]:
        """The marks of `tile`, its own before the page's; without a tile, the page's."""
        return {name: (tile and getattr(tile, name)) or getattr(self, name) for name in Marks.model_fields}
