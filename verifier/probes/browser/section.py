"""The target's section `[dashboard]`: pages, tiles, and how a tile shows its state."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from verifier.core.config.contract import Positive, Reason
from verifier.core.config.files import Written
from verifier.core.config.target import Section
from verifier.core.config.types import Path_, Pattern, Url


class Ignored(Written):
    """A known error that is not the deployment's, with a reason and an expiry date."""

    pattern: Pattern
    reason: Reason
    expires: date


class Marks(Written):
    """How a tile shows its state: CSS selectors for the tile or an element in it, and the expected text.

    Attributes:
        ready: visible when the tile shows its content.
        text: a regular expression (Python and JavaScript) that the text of a ready tile must match.
        content: visible and not blank in a ready tile; default: the tile itself.
    """

    ready: str | None = None
    text: Pattern | None = None
    content: str | None = None
    loading: str | None = None
    error: str | None = None
    unconfigured: str | None = None


class Tile(Marks):
    """One tile; `selector` defaults to the test id. Its own marks take precedence over the page's."""

    id: str
    heading: str
    selector: str | None = None

    @property
    def css(self) -> str:
        """The selector of the tile's element."""
        return self.selector or f'[data-testid="{self.id}"]'


class Dashboard(Section, Marks):
    """The operator's page and its tiles.

    Attributes:
        pattern: selector of all tiles; those that are not in `tile` are judged, too.
        leave_out: tiles that are not judged: test id (or id) → reason.
        settle: seconds for which content must stay to count.
        warm: the number of warm loads after the last cold one.
        dialogs: selectors of controls that open a dialog, change nothing by it, and do not announce it
            (`aria-haspopup="dialog"`, `commandfor`).
        thorough: seconds in which pages are walked through with the keyboard and looked at for what looks broken; the
            first one is in any case, and all are judged by the rules of accessibility.
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
    dialogs: tuple[str, ...] = ()
    thorough: Annotated[float, Field(ge=0)] = 10.0

    @model_validator(mode="after")
    def _each_can_be_ready(self) -> Dashboard:
        unclear = [tile.id for tile in self.tile if not (self.ready or self.text or tile.ready or tile.text)]
        if unclear:
            raise ValueError(f"nothing tells when {', '.join(unclear)} is ready; give ready or text")
        return self

    def marks(self, tile: Tile | None = None) -> dict[str, str | None]:
        """The marks of `tile`, with the page's as default; without a tile, the page's."""
        return {name: (tile and getattr(tile, name)) or getattr(self, name) for name in Marks.model_fields}
