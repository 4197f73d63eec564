"""Aggregates log lines by machine and keeps the errors among them.

Memory is bounded, however long the log: counters, the first errors and one line for each machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pydantic import AwareDatetime

from verifier.core.evidence import Record, moment
from verifier.core.evidence.finding import Finding, cut
from verifier.core.platform import LogLine
from verifier.core.redaction import REDACTOR
from verifier.probes.http.responses import AccessTally
from verifier.probes.logs.access import request_in
from verifier.probes.logs.heuristics import TRACEBACK
from verifier.probes.logs.levels import Level
from verifier.probes.logs.line import ParsedLine, read_line, template
from verifier.probes.logs.section import Allowed
from verifier.probes.logs.stacktrace import Place, Trail

TEXT = 500
"""Characters of a line that are kept as evidence."""
KEPT = 100
"""Errors that are kept of each machine, each with its repetitions: so all among its first hundred lines are there."""
HEADLINE = 200
_SUBJECT = 120
SAMPLE = 20
SERVER_ERROR = 500
"""The first HTTP status of a server error (RFC 9110, section 15.6)."""

Watcher = Callable[[LogLine], None]


class LogError(Record):
    """An error on one machine, with all its repetitions: lines that differ in numbers, ids, times and paths only.

    Attributes:
        line: the number of its first line on this machine, from 1 for the first of the window.
        at: when it came first.
        last: when it came last.
        text: the line as it is.
        headline: what it says, without the JSON around it.
        follows: how many lines of stack traces belong to it.
        count: how often it came.
    """

    machine: str
    provider: str
    line: int
    at: AwareDatetime
    last: AwareDatetime
    level: Level
    text: str
    headline: str
    follows: int = 0
    count: int = 1

    def __str__(self) -> str:
        times = f", {self.count} times until {self.last:%H:%M:%S}" if self.count > 1 else ""
        return f"machine {self.machine}, line {self.line}, {self.at:%H:%M:%S} UTC{times}: {self.headline}"

    def finding(self) -> Finding:
        """The error as a finding; its subject is what its repetitions have in common."""
        times = f", {self.count} times until {self.last:%H:%M:%S}" if self.count > 1 else ""
        subject = cut(template(self.headline), _SUBJECT)
        told = f": {self.headline}" if self.headline != subject else ""
        return Finding(
            subject=subject,
            problem="error in the log",
            detail=f"line {self.line}{times}{told}",
            machine=self.machine,
            place=moment(self.at),
        )


@dataclass
class _Found:
    kind: str
    machine: str
    provider: str
    line: int
    at: datetime
    last: datetime
    level: Level
    text: str
    headline: str
    follows: int = 0
    count: int = 1

    def record(self) -> LogError:
        return LogError(**{name: value for name, value in vars(self).items() if name != "kind"})


@dataclass
class MachineTally:
    """What one machine wrote in its window.

    Attributes:
        since: when its window begins.
        lines: how many lines it has.
        earlier: lines before its window: those of the release before this one.
        silence: the longest time between two lines.
        awaited: texts that one of its lines must hold.
    """

    since: datetime | None = None
    lines: int = 0
    earlier: int = 0
    first: datetime | None = None
    last: datetime | None = None
    silence: timedelta = timedelta(0)
    silence_from: datetime | None = None
    awaited: list[str] = field(default_factory=list)
    trails: dict[str, tuple[Trail, _Found | None]] = field(default_factory=dict)
    found: dict[str, _Found] = field(default_factory=dict)

    def count(self, at: datetime) -> None:
        """Take down that there is a line."""
        self.lines += 1
        if self.last is None:
            self.first = at
            self.last = at
        elif at > self.last:
            if at - self.last > self.silence:
                self.silence, self.silence_from = at - self.last, self.last
            self.last = at


class Tally:
    """All lines that were read, in order.

    Args:
        allow: lines that look like errors and are none.
        today: entries of `allow` that end before this day do not apply.
        marks: text → machine that one of its lines must hold it, to show that the log tells of what we did; in the
            order in which we did it.
        since: machine → when its window begins; lines before that are another release's.
        watchers: what else wants to see each line.
        access: where the requests that the lines tell of are counted.
    """

    def __init__(  # noqa: PLR0913 - each is something else that a line may mean
        self,
        allow: Iterable[Allowed] = (),
        today: date | None = None,
        marks: Mapping[str, str] | None = None,
        *,
        since: Mapping[str, datetime] | None = None,
        watchers: Iterable[Watcher] = (),
        access: AccessTally | None = None,
    ) -> None:
        entries = tuple(allow)
        self.expired = tuple(each.pattern for each in entries if today and each.expires < today)
        self._latest = {machine: mark for mark, machine in (marks or {}).items()}
        self.marked: dict[str, datetime] = {}
        self.allowed: Counter[str] = Counter()
        self.machines = {machine: MachineTally(begin) for machine, begin in (since or {}).items()}
        for mark, machine in (marks or {}).items():
            self.machines.setdefault(machine, MachineTally()).awaited.append(mark)
        self.lines = 0
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.sample: list[str] = []
        self.requests = 0
        self.failed_requests: list[str] = []
        self._allow = [(re.compile(each.pattern), each) for each in entries if each.pattern not in self.expired]
        self._used: set[str] = set()
        self._watchers = tuple(watchers)
        self.access = access or AccessTally("", frozenset())

    @property
    def unused(self) -> tuple[str, ...]:
        """Patterns of the allow-list that applied and matched no error."""
        return tuple(each.pattern for _, each in self._allow if each.pattern not in self._used)

    @property
    def expects_marks(self) -> bool:
        """Whether there is something of our own to be found."""
        return bool(self._latest)

    @property
    def tells_of_now(self) -> bool:
        """Whether the last mark of every machine was found; earlier ones that were not are lost."""
        return all(mark in self.marked for mark in self._latest.values())

    def errors(self) -> tuple[LogError, ...]:
        """The errors that were kept, in order of time."""
        found = [each for machine in self.machines.values() for each in machine.found.values()]
        return tuple(each.record() for each in sorted(found, key=lambda each: (each.at, each.line)))

    def add(self, entry: LogLine) -> None:
        """Take one line down."""
        machine = self.machines.get(entry.machine)
        if machine is None:
            machine = self.machines[entry.machine] = MachineTally()
        if machine.since is not None and entry.at < machine.since:
            machine.earlier += 1
            return
        machine.count(entry.at)
        self.lines += 1
        self.first, self.last = self.first or entry.at, max(self.last or entry.at, entry.at)
        if self.lines <= SAMPLE:
            self.sample.append(f"{entry.machine} {entry.provider}: {_short(entry.message)}")
        if machine.awaited:
            self._look_for_marks(machine, entry)
        line = read_line(entry.message, entry.level)
        self._count_request(entry, line)
        self._weigh(machine, entry, line)
        for watch in self._watchers:
            watch(entry)

    def _look_for_marks(self, machine: MachineTally, entry: LogLine) -> None:
        for mark in machine.awaited:
            if mark in entry.message:
                self.marked[mark] = entry.at
                machine.awaited.remove(mark)
                return

    def _count_request(self, entry: LogLine, line: ParsedLine) -> None:
        request = request_in(line)
        if request is None:
            return
        self.requests += 1
        self.access.add(entry.machine, request)
        if request.status >= SERVER_ERROR and len(self.failed_requests) < KEPT:
            told = f"{request} on machine {entry.machine}, {entry.at:%H:%M:%S} UTC"
            self.failed_requests.append(REDACTOR.text(told))

    def _weigh(self, machine: MachineTally, entry: LogLine, line: ParsedLine) -> None:
        known = machine.trails.get(entry.provider)
        if known is None:
            known = machine.trails[entry.provider] = Trail(), None
        trail, found = known
        before, place = trail.before, trail.place(line)
        if place is Place.HEAD and not found and not line.bad:
            return
        if place is Place.FOLLOWS and found:
            found.follows += 1
            if trail.concluded and found.headline.startswith(TRACEBACK):
                machine.trails[entry.provider] = trail, _named(machine, found, line)
        if place is Place.FOLLOWS or place is Place.ASIDE:
            return
        if place is Place.ORPHAN:
            line = trail.adopted(before, line)
        if line.bad or found:
            machine.trails[entry.provider] = trail, self._keep(machine, entry, line) if line.bad else None

    def _keep(self, machine: MachineTally, entry: LogLine, line: ParsedLine) -> _Found | None:
        for pattern, allowed in self._allow:
            if pattern.search(line.text):
                self.allowed[allowed.reason] += 1
                self._used.add(allowed.pattern)
                return None
        headline = line.headline
        kind = template(headline[:TEXT])
        if headline.startswith(TRACEBACK):
            kind += f" of line {machine.lines}"  # it has no name before its last line
        known = machine.found.get(kind)
        if known:
            known.count, known.last = known.count + 1, entry.at
            return known
        if len(machine.found) >= KEPT:
            return None
        level, text, told = line.level or Level.ERROR, _short(line.text), _short(headline)[:HEADLINE]
        found = _Found(kind, entry.machine, entry.provider, machine.lines, entry.at, entry.at, level, text, told)
        machine.found[kind] = found
        return found


def _named(machine: MachineTally, found: _Found, line: ParsedLine) -> _Found:
    """The error that a traceback turns out to be; the same as one that was found before, if there is one."""
    del machine.found[found.kind]
    kind = template(line.text[:TEXT])
    known = machine.found.setdefault(kind, found)
    if known is found:
        found.kind, found.headline = kind, _short(line.text)[:HEADLINE]
    else:
        known.count, known.last, known.follows = known.count + 1, found.at, known.follows + found.follows
    return known


def _short(text: str) -> str:
    """The beginning of the text; redacted first, because half a secret would no longer be known as one."""
    return REDACTOR.text(text)[:TEXT]
