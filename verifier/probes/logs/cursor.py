"""Reads the pages of an app's log, and detects lines that the log itself leaves out.

A cursor may skip lines, and a page may be empty although the log goes on, so reading continues after the last line
that was seen, and the end counts only if the newest lines agree. There the last seconds are requested again, because
each host sends its lines on its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.platform import LogLine, LogPage

_REMEMBERED = 400
"""Ids of lines that are kept, to know a line that comes twice: those of the last pages, and of the last seconds."""
AGAIN = 3.0
"""Seconds before the last line for which the log is asked again: by so much one host may be later than another."""
_END = 1 << 63
"""After every moment that a log can tell."""
_PAUSES = (0.5, 1.0, 2.0)


class PageSource(Protocol):
    """Whoever hands out pages of a log: a platform."""

    def log_page(self, cursor: str, machine: str | None = None) -> LogPage:
        """One page, as `Platform.log_page` has it."""


class Pages:
    """The log from a moment on, page after page.

    Args:
        platform: whom to ask.
        since: where to begin.
        deadline: how long a page that is refused may be asked for again.
    """

    def __init__(self, platform: PageSource, since: datetime, deadline: Deadline) -> None:
        self.read = 0
        self.leaps = 0
        """How often the log's cursor led past lines; they were read all the same."""
        self.stuck = False
        self.heeded = True
        """Whether no page brought lines again from before the cursor that it was asked for with.

        A log that hands out its newest lines whatever is asked tells of the present, and hides what came before.
        """
        self._platform, self._deadline = platform, deadline
        self._cursor = self._begin = nanoseconds(since)
        self._beyond = ""
        self._seen: dict[str, int] = {}
        """Id → moment, of lines that were read."""
        self._last: int | None = None
        """The latest moment, where all lines have one of their own."""
        self._nameless = False

    def next(self) -> list[LogLine]:
        """The next lines; none if there are no further ones at this moment.

        Raises:
            CouldNotLook: the page is refused, or does not have the shape of a log.
        """
        while not self.stuck:
            entries, token = self._asked(self._cursor)
            fresh = self._unseen(entries)
            if fresh:
                self._turn(token, entries, fresh)
                return fresh
            if self._passed(entries):
                continue
            if not self._beyond:
                return []
            self._cursor, self._beyond = self._beyond, ""
        return []

    def go_to(self, at: datetime) -> None:
        """Go on at a later moment; what lies between is not read."""
        self._cursor, self._beyond = max(self._cursor, nanoseconds(at), key=_as_number), ""

    def look_again(self) -> None:
        """Go on some seconds before the last line, for lines that came after later ones; none is given twice."""
        if self._last is not None and not self._nameless:
            earlier = self._last - int(AGAIN * 1e9)
            self._cursor, self._beyond = max(str(earlier), self._begin, key=_as_number), ""

    def newest(self) -> list[LogLine]:
        """Lines at the log's end that no page brought so far, as they came; reading does not go on behind them."""
        entries, _ = self._asked("")
        return [each for each in self._unseen(entries) if (each.nanoseconds or 0) > _as_number(self._cursor)]

    def leap_to(self, newest: list[LogLine]) -> list[LogLine]:
        """Those of these lines that were not read in the meantime; reading goes on behind them."""
        fresh = self._unseen(newest)
        if fresh:
            self._turn("", fresh, fresh)
        return fresh

    def ask_behind(self) -> None:
        """Ask for what follows the last line, of which nothing is read: it shows whether the cursor is heeded."""
        if self._last is not None:
            self._asked(str(self._last))

    def _unseen(self, entries: list[LogLine]) -> list[LogLine]:
        return [each for each in entries if not each.id or each.id not in self._seen]

    def _passed(self, entries: list[LogLine]) -> bool:
        """Whether reading goes on behind lines that were all read before."""
        last = max(_moments_of(entries), default=0)
        if last <= _as_number(self._cursor):
            return False
        self._cursor = str(last)
        return True

    def _remember(self, fresh: list[LogLine]) -> None:
        moments = _moments_of(fresh)
        self._nameless = self._nameless or len(moments) < len(fresh)
        self._last = max([*moments, self._last or 0]) or None
        self._seen |= {each.id: each.nanoseconds or 0 for each in fresh if each.id}
        oldest = (self._last or 0) - int(2 * AGAIN * 1e9)
        while len(self._seen) > _REMEMBERED and self._seen[first := next(iter(self._seen))] < oldest:
            del self._seen[first]

    def _turn(self, token: str, entries: list[LogLine], fresh: list[LogLine]) -> None:
        """Go on after the last line; the log's own cursor is taken where lines do not tell their moment."""
        self.read += 1
        self.leaps += bool(self._beyond)
        self._remember(fresh)
        moments = _moments_of(entries)
        following = str(max(moments)) if moments else token
        self._beyond = token if moments and _as_number(token) > max(moments) else ""
        self.stuck = following in {"", self._cursor}
        self._cursor = following

    def _asked(self, cursor: str) -> tuple[list[LogLine], str]:
        """One page and the cursor of the next. A refusal after pages that were granted is asked about again."""
        pauses = list(_PAUSES) if self.read else []
        while True:
            try:
                page = self._platform.log_page(cursor)
            except CouldNotLook as trouble:
                if trouble.cause != Cause.UNAUTHORIZED or not pauses:
                    raise
            else:
                self._compare(cursor, page.lines)
                return list(page.lines), page.cursor
            self._deadline.wait(pauses.pop(0))

    def _compare(self, cursor: str, lines: Iterable[LogLine]) -> None:
        again = [each for each in lines if not each.id or each.id in self._seen]
        if min(_moments_of(again), default=_END) < _as_number(cursor):
            self.heeded = False


def nanoseconds(at: datetime) -> str:
    """A moment as the log's cursor writes it."""
    return str(int(at.timestamp()) * 10**9 + at.microsecond * 1000)


def _moments_of(lines: Iterable[LogLine]) -> list[int]:
    return [each.nanoseconds for each in lines if each.nanoseconds is not None]


def _as_number(cursor: str) -> int:
    return int(cursor) if cursor.isdecimal() else 0
