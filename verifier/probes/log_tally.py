"""Counts log lines by machine, and keeps the errors among them; knows nothing of where lines come from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from pydantic import AwareDatetime

from verifier.evidence import Record
from verifier.probes.log_lines import Level, Trail, classify, headline
from verifier.probes.log_requests import request_of
from verifier.probes.responses import AccessTally
from verifier.redaction import REDACTOR
from verifier.sections.logs import Allowed

TEXT = 500
"""Characters of a line that are kept as evidence."""
KEPT = 100
"""Errors that are kept of each machine: its first ones, so that all among its first hundred lines are there."""
HEADLINE = 200
SAMPLE = 20
SERVER_ERROR = 500
"""The first HTTP status of a server error (RFC 9110, section 15.6)."""


class Entry(NamedTuple):
    """One line of the log: who wrote it, when, and what the platform says of it."""

    machine: str
    provider: str
    at: datetime
    level: str
    message: str


class LogError(Record):
    """An error on one machine.

    Attributes:
        line: the number of its line on this machine, from 1 for the first since the release.
        text: the line as it is.
        headline: what it says, without the JSON around it.
        follows: how many lines of a stack trace belong to it.
        count: how often this very text came.
    """

    machine: str
    provider: str
    line: int
    at: AwareDatetime
    level: Level
    text: str
    headline: str
    follows: int = 0
    count: int = 1

    def __str__(self) -> str:
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"machine {self.machine}, line {self.line}, {self.at:%H:%M:%S} UTC{times}: {self.headline}"


@dataclass
class _Found:
    machine: str
    provider: str
    line: int
    at: datetime
    level: Level
    text: str
    headline: str
    follows: int = 0
    count: int = 1


class Tally:
    """All lines that were read, in order.

    Args:
        allow: lines that look like errors and are none.
        today: entries of `allow` that end before this day do not apply.
        awaited: machine → text that one of its lines must hold, to show that the log tells of the present.
        access: where the requests that the lines tell of are counted.
    """

    def __init__(
        self, allow: Iterable[Allowed], today: date, awaited: Mapping[str, str], access: AccessTally | None = None
    ) -> None:
        entries = tuple(allow)
        self.expired = tuple(each.pattern for each in entries if each.expires < today)
        self.awaited = dict(awaited)
        self.access = access or AccessTally("", frozenset())
        self.allowed: Counter[str] = Counter()
        self.lines: Counter[str] = Counter()
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.sample: list[str] = []
        self.requests = 0
        self.failed_requests: list[str] = []
        self._allow = [(re.compile(each.pattern), each.reason) for each in entries if each.expires >= today]
        self._found: dict[tuple[str, str], _Found] = {}
        self._kept: Counter[str] = Counter()
        self._trails: dict[tuple[str, str], tuple[Trail, _Found | None]] = {}

    def errors(self) -> tuple[LogError, ...]:
        """The errors that were kept, in order of time."""
        found = sorted(self._found.values(), key=lambda each: (each.at, each.line))
        return tuple(LogError(**vars(each)) for each in found)

    def add(self, entry: Entry) -> None:
        """Take one line down."""
        self.lines[entry.machine] += 1
        self.first, self.last = self.first or entry.at, entry.at
        if len(self.sample) < SAMPLE:
            self.sample.append(f"{entry.machine} {entry.provider}: {_short(entry.message)}")
        if entry.machine in self.awaited and self.awaited[entry.machine] in entry.message:
            del self.awaited[entry.machine]
        self._count_request(entry)
        self._weigh(entry)

    def _count_request(self, entry: Entry) -> None:
        request = request_of(entry.message)
        if request is None:
            return
        self.requests += 1
        self.access.add(entry.machine, request)
        if request.status >= SERVER_ERROR and len(self.failed_requests) < KEPT:
            told = f"{request} on machine {entry.machine}, {entry.at:%H:%M:%S} UTC"
            self.failed_requests.append(REDACTOR.text(told))

    def _weigh(self, entry: Entry) -> None:
        process = (entry.machine, entry.provider)
        trail, found = self._trails.get(process, (Trail(), None))
        if trail.follows(entry.message):
            if found:
                found.follows += 1
            return
        level, text = classify(entry.message, entry.level), entry.message
        if level is None and trail.orphaned(entry.message):
            level, text = Level.ERROR, f"{trail.before}\n{entry.message}"
        trail.note(entry.message, error=level is not None)
        self._trails[process] = trail, self._keep(entry, level, text) if level else None

    def _keep(self, entry: Entry, level: Level, text: str) -> _Found | None:
        for pattern, reason in self._allow:
            if pattern.search(text):
                self.allowed[reason] += 1
                return None
        short = _short(text)
        known = self._found.get((entry.machine, short))
        if known:
            known.count += 1
            return known
        if self._kept[entry.machine] >= KEPT:
            return None
        self._kept[entry.machine] += 1
        line = self.lines[entry.machine]
        found = _Found(entry.machine, entry.provider, line, entry.at, level, short, _short(headline(text))[:HEADLINE])
        self._found[entry.machine, short] = found
        return found


def _short(text: str) -> str:
    """The beginning of the text; redacted first, because half a secret would no longer be known as one."""
    return REDACTOR.text(text)[:TEXT]
