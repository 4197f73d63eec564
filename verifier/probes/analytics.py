"""Reads the log for the periodic sign that Google Analytics answers, from the release to the end of the observation."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from itertools import pairwise

from pydantic import AwareDatetime

from verifier.evidence import Cause, CouldNotLook, Evidence, Readings
from verifier.patience import now
from verifier.probes import Context
from verifier.probes.events import EventState
from verifier.probes.http import client
from verifier.probes.log_tally import Entry, Tally
from verifier.probes.logs import Reader
from verifier.probes.platform import PlatformState
from verifier.redaction import REDACTOR

_ITEM = "ga-api-health"
_LAG = 10.0
"""Seconds that a line may take until it is in the log."""


class AnalyticsState(Evidence):
    """The success lines of every machine since the release.

    Attributes:
        until: the end of the window; the time since the last success line counts up to here.
        successes: machine → how many success lines.
        troubles: the first lines that tell of a failure between them.
        gaps: machine → the longest time without a success line, in seconds.
    """

    since: AwareDatetime
    until: AwareDatetime
    expected_machines: tuple[str, ...]
    successes: dict[str, int]
    troubles: tuple[str, ...]
    gaps: dict[str, float]

    def longest_gap_by_machine(self) -> Readings:
        """Machine → the longest time without a success line, in seconds."""
        return Readings(self.gaps)


class _Sightings(Tally):
    """A tally that also keeps when success and trouble were told of."""

    def __init__(self, success: str, trouble: str | None) -> None:
        super().__init__((), now().date(), {})
        self.successes: dict[str, list[datetime]] = {}
        self.troubles: list[str] = []
        self._success = re.compile(success)
        self._trouble = re.compile(trouble) if trouble else None

    def add(self, entry: Entry) -> None:
        super().add(entry)
        if self._success.search(entry.message):
            self.successes.setdefault(entry.machine, []).append(entry.at)
        elif self._trouble and self._trouble.search(entry.message):
            self.troubles.append(f"{entry.machine}, {entry.at:%H:%M:%S} UTC: {REDACTOR.text(entry.message)[:200]}")


def observe_analytics(context: Context) -> AnalyticsState:
    """Wait until the event streams have been observed, then read all lines since the release.

    Raises:
        CouldNotLook: no-data, if the window is too short to say anything; what made the log unreadable.
    """
    logs, platform, started = context.target.logs, context.look(PlatformState), now()
    success = context.part(logs.analytics, "logs] analytics = PATTERN, in [logs")
    machines, since = platform.started, platform.release.created_at
    _watch_on(context)
    until = now()
    seen = _Sightings(success, logs.analytics_trouble)
    with client(context.target) as session:
        reader = Reader(context, session, since, seen, machines)
        patience = context.patience.shorter(_LAG)
        patience.eventually(reader.read_on, lambda _: seen.last is not None and seen.last >= until)
    if not seen.lines:
        raise CouldNotLook(Cause.NO_DATA, f"the log of {context.target.app} holds no line since the release")
    if reader.gap:
        raise CouldNotLook(Cause.TRUNCATED, f"not every line since the release could be read: {reader.gap}")
    return AnalyticsState(
        asked="Does Google Analytics answer often enough?",
        where=f"the log of {context.target.app}, {since:%H:%M:%S} to {until:%H:%M:%S} UTC",
        at=started,
        again=f"fly logs -a {context.target.app} --no-tail | grep -E '{success}'",
        since=since,
        until=until,
        expected_machines=machines,
        successes={machine: len(seen.successes.get(machine, [])) for machine in machines},
        troubles=tuple(seen.troubles[:5]),
        gaps={machine: _longest(since, seen.successes.get(machine, []), until) for machine in machines},
    )


def _watch_on(context: Context) -> None:
    """The window ends with the observation of the heartbeats, whatever that came to, and of all others."""
    with suppress(CouldNotLook):
        context.look(EventState)
    context.settle()


def _longest(since: datetime, successes: list[datetime], until: datetime) -> float:
    moments = [since, *successes, max([until, *successes])]
    return max((later - earlier).total_seconds() for earlier, later in pairwise(moments))
