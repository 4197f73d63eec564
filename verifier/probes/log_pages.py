"""Turns the pages of an app's log, and notices where the log itself leaves lines out.

Pages of a hundred lines, oldest first, and a cursor in nanoseconds of Unix time: Fly.io's log API, as flyctl reads it.
A cursor may lead past lines that the page did not hold, and a page may be empty although the log goes on; so reading
goes on from the last line that was seen, and an end is believed only when the newest lines of the log say the same.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import Any

from verifier.evidence import Cause, CouldNotLook
from verifier.patience import Patience
from verifier.probes.fly import Fly
from verifier.probes.log_tally import APP, Entry

_REMEMBERED = 400
"""Ids of lines that are kept, to know a line that comes twice: those of the last pages."""
_PAUSES = (0.5, 1.0, 2.0)


class Pages:
    """The log from a moment on, page after page.

    Args:
        platform: whom to ask.
        since: where to begin.
        patience: how long a page that is refused may be asked for again.
    """

    def __init__(self, platform: Fly, since: datetime, patience: Patience) -> None:
        self.read = 0
        self.leaps = 0
        """How often the log's cursor led past lines; they were read all the same."""
        self.stuck = False
        self._platform, self._patience = platform, patience
        self._cursor = nanoseconds(since)
        self._beyond = ""
        self._seen: deque[str] = deque(maxlen=_REMEMBERED)

    def next(self) -> list[Entry]:
        """The next lines; none if there are no further ones at this moment.

        Raises:
            CouldNotLook: the page is refused, or does not have the shape of a log.
        """
        while not self.stuck:
            entries, token = self._asked(self._cursor)
            fresh = self._unseen(entries)
            if fresh:
                self._turn(token, fresh)
                return [entry_of(each) for each in fresh]
            if not self._beyond:
                return []
            self._cursor, self._beyond = self._beyond, ""
        return []

    def go_to(self, at: datetime) -> None:
        """Go on at a later moment; what lies between is not read."""
        self._cursor, self._beyond = max(self._cursor, nanoseconds(at), key=_as_number), ""

    def newest(self) -> list[dict[str, Any]]:
        """Lines at the log's end that no page brought so far, as they came; reading does not go on behind them."""
        entries, _ = self._asked("")
        return [each for each in self._unseen(entries) if (_moment_of(each) or 0) > _as_number(self._cursor)]

    def leap_to(self, newest: list[dict[str, Any]]) -> list[Entry]:
        """Those of these lines that were not read in the meantime; reading goes on behind them."""
        fresh = self._unseen(newest)
        if fresh:
            self._turn("", fresh)
        return [entry_of(each) for each in fresh]

    def _unseen(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [each for each in entries if not each.get("id") or each["id"] not in self._seen]

    def _turn(self, token: str, fresh: list[dict[str, Any]]) -> None:
        """Go on after the last line; the log's own cursor is taken where lines do not tell their moment."""
        self.read += 1
        self.leaps += bool(self._beyond)
        self._seen.extend(str(each["id"]) for each in fresh if each.get("id"))
        moments = [moment for each in fresh if (moment := _moment_of(each)) is not None]
        following = str(max(moments)) if moments else token
        self._beyond = token if moments and _as_number(token) > max(moments) else ""
        self.stuck = following in {"", self._cursor}
        self._cursor = following

    def _asked(self, cursor: str) -> tuple[list[dict[str, Any]], str]:
        """One page and the cursor of the next. A refusal after pages that were granted is asked about again."""
        pauses = list(_PAUSES) if self.read else []
        while True:
            try:
                page = self._platform.log_page(cursor)
            except CouldNotLook as trouble:
                if trouble.cause != Cause.UNAUTHORIZED:
                    raise
                if not pauses:
                    raise _unreadable(self._platform.app_name, trouble) from None
            else:
                return page.entries, page.token
            self._patience.wait(pauses.pop(0))


def entry_of(raw: dict[str, Any]) -> Entry:
    """The line in Fly.io's words.

    Raises:
        CouldNotLook: no-data, if it has no readable time.
    """
    facts = raw.get("attributes") or {}
    meta = facts.get("meta") or {}
    try:
        at = datetime.fromisoformat(facts["timestamp"])
    except (KeyError, TypeError, ValueError):
        raise CouldNotLook(Cause.NO_DATA, f"a line of the log has no readable time: {str(raw)[:200]}") from None
    return Entry(
        machine=str(facts.get("instance") or meta.get("instance") or "unknown"),
        provider=str((meta.get("event") or {}).get("provider") or APP),
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        level=str(facts.get("level") or ""),
        message=str(facts.get("message") or ""),
    )


def nanoseconds(at: datetime) -> str:
    """A moment as the log's cursor writes it."""
    return str(int(at.timestamp()) * 10**9 + at.microsecond * 1000)


def _moment_of(raw: dict[str, Any]) -> int | None:
    """The nanosecond that the id of a line ends with, if it does."""
    last = str(raw.get("id") or "").rpartition("-")[2]
    return int(last) if last.isdecimal() else None


def _as_number(cursor: str) -> int:
    return int(cursor) if cursor.isdecimal() else 0


def _unreadable(app: str, trouble: CouldNotLook) -> CouldNotLook:
    told = f"the log of {app} is not readable with this token; the app itself may be fine ({trouble.what})"
    remedy = f"deploy tokens often cannot read logs: fly tokens create readonly; try it: fly logs -a {app} --no-tail"
    return CouldNotLook(Cause.UNAUTHORIZED, told, remedy=remedy)
