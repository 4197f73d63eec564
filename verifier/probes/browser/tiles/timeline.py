"""What the documents of a page report of its tiles, as one: a tile may be in a frame, and a frame in a tile."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

CONTENT = ("healthy", "attention")
"""The states in which an operator can work with a tile; `attention` is a healthy tile with news."""
_HOLLOW = ("unmarked", "empty")
"""States of a tile whose content may be in a frame of its own."""
_WHOLE = ""
"""The name under which a document in a frame reports itself as a whole."""
_UNSEEN: dict[str, Any] = {"state": "missing", "since": None, "stays": False, "went_back": False, "text": ""}


def busy_until(tasks: Iterable[tuple[float, float]], seconds: float) -> float:
    """Seconds of long tasks until then; `tasks` have their beginnings and ends in milliseconds."""
    return sum(max(0.0, min(end / 1000, seconds) - start / 1000) for start, end in tasks)


@dataclass
class Document:
    """What one document has said so far.

    Attributes:
        began: when its navigation began, in milliseconds since 1970.
        path: the way to its frame from the top, as indices.
        tiles: tile → the last that was said of it.
        page: the last that was said of the document itself.
    """

    began: float
    path: str
    top: bool
    tiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    page: dict[str, Any] = field(default_factory=dict)
    done: bool = False


@dataclass(frozen=True)
class Shown:
    """What is known of one tile.

    Attributes:
        milliseconds: from the beginning of the first navigation to the frame since which content is there.
        stays: whether it was there for long enough to count.
        went_back: whether content was there, and went away again.
    """

    state: str
    milliseconds: float | None
    stays: bool
    went_back: bool
    text: str


class Reports:
    """Everything that the documents of one page have said.

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
        """Take down what the document in `frame` said; after the last word of all nothing is taken down."""
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
        document.page = said.get("page", document.page)
        document.tiles |= {tile["id"]: tile for tile in said["tiles"]}
        self._shown |= {tile["id"] for tile in said["tiles"] if tile["since"] is not None}
        self._closed = self.done

    def forget(self, frame: Hashable) -> None:
        """Leave out a frame that is no more; what it showed went away with it."""
        if not self._closed:
            self._documents.pop(frame, None)

    @property
    def top(self) -> Document | None:
        """The document at the top, if it has said anything."""
        return next((each for each in self._documents.values() if each.top), None)

    @property
    def done(self) -> bool:
        """Whether everything that is to be seen was seen: content that stays in every tile, or the page's last word."""
        return (self.top is not None and self.top.done) or all(self.tile(each).stays for each in self.expected)

    @property
    def began(self) -> float:
        """When the first navigation began, in milliseconds since 1970."""
        return self._first.began if self._first else 0.0

    @property
    def first_byte(self) -> float:
        """Milliseconds from the beginning of the first navigation to the first byte of its document."""
        return float(self._first.page.get("first_byte", 0.0)) if self._first else 0.0

    @property
    def others(self) -> dict[str, str]:
        """Tiles that the target does not name, in any frame: name → selector; empty where nothing tells it apart."""
        return {name: css for document in self._documents.values() for name, css in document.page.get("others", ())}

    @property
    def signed_in(self) -> tuple[str, ...]:
        """The addresses of the documents that show what only somebody sees who is signed in."""
        return tuple(each.page["url"] for each in self._documents.values() if each.page.get("signed_in"))

    @property
    def tasks(self) -> tuple[tuple[float, float], ...]:
        """Beginning and end of every long task of the main thread, in milliseconds since the first navigation."""
        return tuple((start - self.began, end - self.began) for start, end in self._tasks)

    @property
    def any_tile(self) -> bool:
        """Whether any expected tile is there, or was."""
        tiles = [self.tile(each) for each in self.expected]
        return any(tile.state != "missing" or tile.went_back for tile in tiles)

    def tile(self, name: str) -> Shown:
        """What is known of the tile `name`: the best of what the frames show of it."""
        found = [(document, document.tiles[name]) for document in self._documents.values() if name in document.tiles]
        found += [each for _, tile in found if tile["state"] in _HOLLOW for each in self._fillings(tile)]
        document, tile = min(found, key=lambda each: _rank(each[1]), default=(None, _UNSEEN))
        since, content = tile["since"], tile["state"] in CONTENT
        return Shown(
            state=tile["state"],
            milliseconds=None if since is None or document is None else since + self._after_first(document),
            stays=tile["stays"],
            went_back=tile["went_back"] or (name in self._shown and not content),
            text=tile["text"],
        )

    def _fillings(self, tile: dict[str, Any]) -> list[tuple[Document, dict[str, Any]]]:
        """What the frames in a tile show as a whole."""
        return [
            (document, document.tiles[_WHOLE])
            for document in self._documents.values()
            if document.path in tile.get("frames", ()) and _WHOLE in document.tiles
        ]

    def _after_first(self, document: Document) -> float:
        """Milliseconds from the first navigation to that of `document`: an operator waits from the first one."""
        return document.began - self.began if self._first else 0.0


def _rank(tile: dict[str, Any]) -> tuple[int, float]:
    """Content first, the earliest first; then what is in a tile or says more than that it is not there."""
    if tile["state"] in CONTENT:
        return 0, tile["since"]
    if tile["state"] in _HOLLOW:
        return 2, 0.0
    return (3 if tile["state"] == "missing" else 1), 0.0
