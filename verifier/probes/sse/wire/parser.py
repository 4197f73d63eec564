"""Lines of an event stream → the events that a browser would hand to JavaScript, and the comments, which it would not.

Source of the rules: WHATWG HTML, section 9.2.6 'Interpreting an event stream'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from verifier.probes.sse.wire.lines import LONGEST, LineSplitter, StreamLine, decoded

FIELDS = ("data", "event", "id", "retry")
"""The fields that a browser knows."""
_DIGITS = frozenset("0123456789")
_PLACES = 18
"""Digits of a reconnection time that are read: milliseconds beyond them are for ever in any case."""


def meant(name: str) -> str:
    """The field that a name was to be: in other case, with blanks around it, or with one letter wrong; empty if none.

    One letter is missing, too much or another one, or two that follow each other are swapped. Of 'id', which is near
    many words, only its own letters count, and 'ids'.
    """
    plain = name.strip().lower()
    if plain in FIELDS:
        return plain if plain != name else ""
    if set(plain) == {*"id"} or plain == "ids":
        return "id" if len(plain) <= len("idd") else ""
    return next((each for each in FIELDS if each != "id" and _one_letter_apart(plain, each)), "")


def _one_letter_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    first, second = one[same:], other[same:]
    swapped = len(first) > 1 and first[:2] == second[1::-1] and first[2:] == second[2:]
    return first[1:] == second[1:] or first[1:] == second or first == second[1:] or swapped


class Event(NamedTuple):
    """One event.

    Attributes:
        name: its type; 'message', if the stream named none.
        data: its data lines, joined with LF.
        id: what `lastEventId` is in a browser: this event's id, or that of an earlier one.
        began: when its first byte arrived.
        ended: when the blank line arrived that ends it.
        has_id: whether it brought an id itself.
        whole: whether all of its data was kept.
    """

    name: str
    data: str
    id: str
    began: float
    ended: float
    has_id: bool = False
    whole: bool = True


class Comment(NamedTuple):
    """A line that starts with a colon, without it; a browser drops it."""

    text: str
    began: float
    ended: float


class EventParser:
    """The state between two lines of a stream. `feed` takes bytes; `take` takes lines that somebody else has cut.

    Attributes:
        last_id: what a browser would send as `Last-Event-ID` if the stream ended here.
        retry: the milliseconds that the stream last asked to wait before reconnecting, if it did.
        without_data: blocks that name an event and have no data, which a browser drops.
        unknown: lines whose field no browser knows, which it drops; broken frames look so.
        misspelt: of these, the ones whose field differs by one letter from a known one → how often.
        ids_with_nul: ids that a browser ignores for their NUL.
        bad_retries: reconnection times that a browser ignores, because they are no number.
        invalid: lines that are not UTF-8.
        cut: lines and events that were longer than is kept.

    Args:
        longest: bytes of a line, and characters of an event's data, that are kept.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self.last_id = ""
        self.retry: int | None = None
        self.without_data = self.unknown = self.invalid = self.cut = 0
        self.ids_with_nul = self.bad_retries = 0
        self.misspelt: Counter[str] = Counter()
        self._longest = longest
        self._lines = LineSplitter(longest)
        self._id = self._name = ""
        self._data: list[str] = []
        self._began: float | None = None
        self._whole = True
        self._clear()

    @property
    def unfinished(self) -> bool:
        """Whether an event has begun that no blank line has ended; a browser drops it when the stream ends."""
        return self._began is not None or self._lines.unfinished

    def feed(self, chunk: bytes, at: float) -> Iterator[Event | Comment]:
        """The events and comments that `chunk` completes, in the order of their ends.

        Args:
            chunk: any number of bytes, as they came.
            at: when they came, in seconds of a clock that never goes back.
        """
        for first, others in self._lines.cut(chunk, at):
            if first is not None and (found := self.take(first)):
                yield found
            for raw in others:
                try:
                    found = self._line(raw.decode(), at, at)
                except UnicodeDecodeError:
                    found = self.take(decoded(raw, at, at))
                if found is not None:
                    yield found

    def take(self, line: StreamLine) -> Event | Comment | None:
        """The event or comment that `line` completes, if it completes one."""
        self.cut += not line.whole
        self.invalid += not line.valid
        self._whole = self._whole and (line.whole or line.text.startswith(":"))
        return self._line(line.text, line.began, line.ended)

    def _line(self, text: str, began: float, ended: float) -> Event | Comment | None:
        if not text:
            return self._dispatch(ended)
        name, _, value = text.partition(":")
        if not name:
            return Comment(text[1:], began, ended)
        if self._began is None:
            self._began = began
        self._field(name, value.removeprefix(" "))
        return None

    def _field(self, name: str, value: str) -> None:
        if name == "data":
            self._append(value)
        elif name == "event":
            self._name = value
        elif name == "id":
            if "\0" not in value:
                self._id, self._has_id = value, True
            else:
                self.ids_with_nul += 1
        elif name == "retry":
            if value and _DIGITS.issuperset(value):  # ASCII digits only; `str.isdigit` knows others
                self.retry = int(value.lstrip("0")[:_PLACES] or "0")
            else:
                self.bad_retries += 1
        else:
            self.unknown += 1
            if meant(name):
                self.misspelt[name] += 1

    def _append(self, value: str) -> None:
        room = self._longest - self._size
        if len(value) > room:
            value = value[:room]
            self.cut += self._whole
            self._whole = False
        self._size += len(value) + 1
        if room > 0:
            self._data.append(value)

    def _dispatch(self, at: float) -> Event | None:
        self.last_id = self._id
        event = None
        if self._data:
            began = at if self._began is None else self._began
            event = Event(
                self._name or "message", "\n".join(self._data), self._id, began, at, self._has_id, self._whole
            )
        elif self._name:
            self.without_data += 1
        self._clear()
        return event

    def _clear(self) -> None:
        self._name = ""
        self._data = []
        self._size = 0
        self._began = None
        self._has_id = False
        self._whole = True
