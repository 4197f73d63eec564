"""Merges the reports of all documents of a page: a tile may be in a frame, and a frame in a tile."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from verifier.core.redaction import REDACTOR

CONTENT = ("healthy", "attention")
"""The states in which an operator can work with a tile; `attention` is a healthy tile with news."""
WORDS = 200
"""Characters that are kept of the text of a tile or page; a document reports more, so that no secret is cut."""
_HOLLOW = ("unmarked", "empty")
"""States of a tile whose content may be in a frame of its own."""
_WHOLE = ""
"""The name under which a document in a frame reports itself as a whole."""
_UNSEEN: dict[str, Any] = {"state": "missing", "since": None, "stays": False, "went_back": False, "text": ""}


def busy_until(tasks: Iterable[tuple[float, float]], seconds: float) -> float:
    """Seconds of long tasks up to this second; `tasks` have their starts and ends in milliseconds."""
    return sum(max(0.0, min(end / 1000, seconds) - start / 1000) for start, end in tasks)


@dataclass
class Document:
    """The reports of one document so far.

    Attributes:
        began: the start of its navigation, in milliseconds since 1970.
        path: the indices of frames from the top.
        tiles: tile → its last report.
        page: the last report on the document itself.
    """

    began: float
    path: str
    top: bool
    tiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    page: dict[str, Any] = field(default_factory=dict)
    done: bool = False


@dataclass(frozen=True)
class ShownTile:
    """The merged state of one tile.

    Attributes:
        milliseconds: from the start of the first navigation to the frame that shows content.
        stays: whether it stayed long enough to count.
        went_back: whether content was shown, and disappeared again.
    """

    state: str
    milliseconds: float | None
    stays: bool
    went_back: bool
    text: str


class TileReports:
    """All reports of the documents of one page.

    Args:
        tiles: the ids of the tiles that are expected.
    """

    def __init__(self, tiles: Iterable[str]) -> None:
        self.expected = tuple(tiles)
        self._documents: dict[Hashable, Document] = {}
        self._shown: set[str] = set()
        self._first: Document | None = None
        self._closed = False
        self._tasks: list[tuple[float, float]] = []

    def hear(self, frame: Hashable, said: dict[str, Any]) -> None:
        """Keep a report of the document in `frame`; ignored after the last one."""
        if self._closed:
            return
        document = self._documents.get(frame)
        if document is None or document.began != said["began"]:
            document = self._documents[frame] = Document(said["began"], said["path"], said["top"])
        if said["top"] and self._first is None:
            self._first = document
        self._tasks += [(document.began + start, document.began + end) for start, end in said.get("tasks", ())]
        document.path = said["path"]
        document.done = said["done"]
        document.page = _masked(said["page"]) if "page" in said else document.page
        document.tiles |= {tile["id"]: _masked(tile) for tile in said["tiles"]}
        self._shown |= {tile["id"] for tile in said["tiles"] if tile["since"] is not None}
        self._closed = self.done

    def forget(self, frame: Hashable) -> None:
        """Forget a detached frame."""
        if not self._closed:
            self._documents.pop(frame, None)

    @property
    def top(self) -> Document | None:
        """The top document, if it has reported."""
        return next((each for each in self._documents.values() if each.top), None)

    @property
    def done(self) -> bool:
        """Whether every tile has content that stays, or the page has sent its last report."""
        return (self.top is not None and self.top.done) or all(self.tile(each).stays for each in self.expected)

    @property
    def began(self) -> float:
        """The start of the first navigation, in milliseconds since 1970."""
        return self._first.began if self._first else 0.0

    @property
    def first_byte(self) -> float:
        """Milliseconds from the start of the first navigation to the first byte of its document."""
        return float(self._first.page.get("first_byte", 0.0)) if self._first else 0.0

    @property
    def others(self) -> dict[str, str]:
        """Tiles in any frame that the target does not name: name → selector; empty if it has no unique one."""
        return {name: css for document in self._documents.values() for name, css in document.page.get("others", ())}

    @property
    def signed_in(self) -> tuple[str, ...]:
        """The addresses of documents that show a signed-in user."""
        return tuple(each.page["url"] for each in self._documents.values() if each.page.get("signed_in"))

    @property
    def tasks(self) -> tuple[tuple[float, float], ...]:
        """Start and end of every long task of the main thread, in milliseconds since the first navigation."""
        return tuple((start - self.began, end - self.began) for start, end in self._tasks)

    @property
    def any_tile(self) -> bool:
        """Whether any expected tile exists or existed."""
        tiles = [self.tile(each) for each in self.expected]
        return any(tile.state != "missing" or tile.went_back for tile in tiles)

    def tile(self, name: str) -> ShownTile:
        """The best state of this tile in all frames."""
        found = [(document, document.tiles[name]) for document in self._documents.values() if name in document.tiles]
        found += [each for _, tile in found if tile["state"] in _HOLLOW for each in self._fillings(tile)]
        document, tile = min(found, key=lambda each: _rank(each[1]), default=(None, _UNSEEN))
        since, content = tile["since"], tile["state"] in CONTENT
        return ShownTile(
            state=tile["state"],
            milliseconds=None if since is None or document is None else since + self._after_first(document),
            stays=tile["stays"],
            went_back=tile["went_back"] or (name in self._shown and not content),
            text=tile["text"],
        )

    def _fillings(self, tile: dict[str, Any]) -> list[tuple[Document, dict[str, Any]]]:
        """The states of the frames inside a tile."""
        return [
            (document, document.tiles[_WHOLE])
            for document in self._documents.values()
            if document.path in tile.get("frames", ()) and _WHOLE in document.tiles
        ]

    def _after_first(self, document: Document) -> float:
        """Milliseconds from the first navigation to that of `document`, because an operator waits from the first."""
        return document.began - self.began if self._first else 0.0


def _masked(said: dict[str, Any]) -> dict[str, Any]:
    """The same with the beginning of its text."""
    return said | {"text": REDACTOR.beginning(said.get("text", ""), WORDS)}


def _rank(tile: dict[str, Any]) -> tuple[int, float]:
    """Order: content first, earliest first; then states other than missing."""
    if tile["state"] in CONTENT:
        return 0, tile["since"]
    if tile["state"] in _HOLLOW:
        return 2, 0.0
    return (3 if tile["state"] == "missing" else 1), 0.0
