"""The record of one machine's event stream."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import pairwise

from verifier.core.evidence import Record
from verifier.core.redaction import REDACTOR
from verifier.probes.sse.wire.lines import StreamLine
from verifier.probes.sse.wire.parser import FIELDS, meant
from verifier.probes.sse.wire.response_head import Head

SEEN = "two heartbeats in time"
"""How the listening ends where nothing is wrong."""
_TEXT = 200
_MILLISECONDS = 1e11
"""A time of day beyond this figure is in milliseconds: as seconds it would lie beyond the year 5000."""


class Beat(Record):
    """One heartbeat.

    Attributes:
        at: seconds after the request was sent.
        form: 'comment', or 'event' and its name.
        own: when it was sent by the machine's own clock, in seconds since 1970, if it says so.
    """

    at: float
    form: str
    own: float | None = None


class Moment(Record):
    """Something else that came: seconds after the request was sent, and its name."""

    at: float
    name: str


class SeenLine(Record):
    """One line: when its first byte and its end came, and what it said; of data only how much it was."""

    began: float
    ended: float
    text: str


class Stream(Record):
    """What one machine's event stream brought. All times are seconds after the request was sent.

    Attributes:
        head: status, protocol and headers, or nothing if no answer began.
        beats: the heartbeats.
        events: what else came, the first of it.
        others: how many other events and comments came, by name.
        watched: how long it was listened to.
        ended: why the listening ended.
        first_byte: when the first byte of the body came.
        size: bytes of the body, as they came.
        chunks: when bytes arrived together, and how many; the first and the last of them.
        lines: every line, the first and the last of them.
        left_out: lines and chunks of the middle that are not in this record.
        cut: lines or events that were longer than is kept.
        without_data: named events without data, which a browser never sees.
        unknown: lines with a field that no browser knows, which it drops.
        invalid: lines that are not UTF-8.
        misspelt: of the unknown ones, names that differ by one letter from a field → how often.
        ids_with_nul: ids that a browser ignores, because they hold a NUL.
        bad_retries: reconnection times that a browser ignores, because they are no number.
    """

    machine: str
    head: Head | None = None
    beats: tuple[Beat, ...] = ()
    events: tuple[Moment, ...] = ()
    others: dict[str, int] = {}
    watched: float
    ended: str
    first_byte: float | None = None
    size: int = 0
    chunks: tuple[tuple[float, int], ...] = ()
    lines: tuple[SeenLine, ...] = ()
    left_out: int = 0
    cut: int = 0
    without_data: int = 0
    unknown: int = 0
    invalid: int = 0
    misspelt: dict[str, int] = {}
    ids_with_nul: int = 0
    bad_retries: int = 0

    @property
    def answer(self) -> str:
        """Status and media type, or why there is none."""
        return str(self.head) if self.head else self.ended

    @property
    def is_stream(self) -> bool:
        """Whether a browser would read the answer as events."""
        return self.head is not None and not self.head.objection

    @property
    def steady(self) -> bool:
        """Whether two heartbeats came in time."""
        return self.ended == SEEN

    @property
    def ending(self) -> str:
        """Why and when the listening ended."""
        return f"{len(self.beats)} heartbeats in {self.watched:.1f} s, ended by: {self.ended}"

    @property
    def longest_pause(self) -> float:
        """Seconds; the time before the first beat counts, and so does the one after the last."""
        moments = [0.0, *(beat.at for beat in self.beats), self.watched]
        return max(later - earlier for earlier, later in pairwise(moments))

    @property
    def jitter(self) -> float | None:
        """Seconds between the shortest and the longest pause of heartbeats of one form; nothing for one pause."""
        spreads = [max(each) - min(each) for each in self._pauses() if len(each) > 1]
        return max(spreads, default=None)

    @property
    def forms(self) -> tuple[str, ...]:
        """How the heartbeats look: comments, events, or both."""
        return tuple(dict.fromkeys(beat.form for beat in self.beats))

    @property
    def held_back(self) -> float | None:
        """Seconds by which one heartbeat came later after its own time than another one.

        Clocks that differ do not matter, because only differences are compared. Nothing, where fewer than two
        heartbeats say when they were sent.
        """
        lags = [beat.at - beat.own for beat in self.beats if beat.own is not None]
        return max(lags) - min(lags) if len(lags) > 1 else None

    @property
    def misframed(self) -> tuple[str, ...]:
        """What came that a browser would drop or misread, with how often."""
        others = self.unknown - sum(self.misspelt.values())
        lines = {
            "{} not UTF-8": self.invalid,
            **{f"{{}} with {name!r} for '{meant(name)}'": count for name, count in self.misspelt.items()},
            "{} with a field that no browser knows": others,
            "{} longer than is kept": self.cut,
        }
        found = [words.format(_counted(count, "line")) for words, count in lines.items() if count]
        ignored = {
            "id with a NUL, which browsers ignore": self.ids_with_nul,
            "retry that is no number, which browsers ignore": self.bad_retries,
            "named event without data": self.without_data,
        }
        found += [_counted(count, *what.partition(" ")) for what, count in ignored.items() if count]
        return tuple(found)

    def __str__(self) -> str:
        if not self.beats:
            return "no heartbeat"
        jitter = "" if self.jitter is None else f", jitter {self.jitter:.2f} s"
        first, forms = self.beats[0].at, " and ".join(self.forms)
        return f"{forms}, first after {first:.1f} s{jitter}, {len(self.beats)} seen in {self.watched:.1f} s"

    def _pauses(self) -> list[list[float]]:
        moments = [[beat.at for beat in self.beats if beat.form == form] for form in self.forms]
        return [[later - earlier for earlier, later in pairwise(each)] for each in moments]


def _counted(count: int, noun: str, *more: str) -> str:
    return "".join([f"{count} {noun}", *more]) if count == 1 else "".join([f"{count} {noun}s", *more])


def seen_line(line: StreamLine, since: float) -> SeenLine:
    """The line as it may stand in a report: what events say may be about customers, and stays out of it."""
    name, colon, value = line.text.partition(":")
    if not colon and name not in FIELDS:
        text = f"({len(name)} characters without a field)" if name else ""
    elif name == "data" or (name and name not in FIELDS):
        # An unknown name is shown only where it is a known one misspelt.
        shown = name if name in FIELDS or meant(name) else "unknown field"
        text = f"{shown}: ({len(value)} characters)"
    else:
        text = REDACTOR.cut(line.text, _TEXT)
    return SeenLine(began=line.began - since, ended=line.ended - since, text=text)


def own_time(data: str, fields: tuple[str, ...]) -> float | None:
    """When an event was sent by its own account, in seconds since 1970; nothing if it does not say.

    Args:
        data: the event's data, an object in JSON.
        fields: the names that the time may have in it.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return None
    told = next((content[name] for name in fields if name in content), None) if isinstance(content, dict) else None
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    try:
        seconds = datetime.fromisoformat(told).timestamp() if isinstance(told, str) else float(told)
    except (ValueError, OverflowError):
        return None
    return seconds / 1000 if seconds > _MILLISECONDS else seconds
