"""Aggregates log lines by machine and keeps the errors among them.

Memory is bounded, however long the log: counters, the first errors and one line for each machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from verifier.core.platform import LogLine
from verifier.core.redaction import REDACTOR
from verifier.probes.http.responses import AccessTally, Request
from verifier.probes.logs.access import request_in
from verifier.probes.logs.errors import HEADLINE, TEXT, GrowingError, LogError, named, short
from verifier.probes.logs.section import Allowed, Denied
from verifier.probes.logs.suspicion import Suspects, Suspicious
from verifier.probes.logs.templates import NO_REQUEST, SAYS_NOTHING, Plan, Templates
from verifier.probes.logs.weighing.heuristics import TRACEBACK
from verifier.probes.logs.weighing.levels import Level
from verifier.probes.logs.weighing.line import CALM_LINE, ParsedLine, calm_record, read_line, template
from verifier.probes.logs.weighing.stacktrace import LineHistory, TracePart

KEPT = 100
"""Errors that are kept of each machine, each with its repetitions: so all among its first hundred lines are there."""
SAMPLE = 20
_STOPPED = re.compile(r"npm (?:ERR!|error) signal SIG(?:TERM|INT)$")
"""npm calls it an error that its program was asked to stop, as every deploy does."""
APP = "app"
"""Whom the platform names as the writer of the app's own lines; all others are parts of itself."""
_NO_TRAIL = None, None
SERVER_ERROR = 500
"""The first HTTP status of a server error (RFC 9110, section 15.6)."""

Watcher = Callable[[LogLine], None]


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
    histories: dict[str, tuple[LineHistory, GrowingError | None]] = field(default_factory=dict)
    found: dict[str, GrowingError] = field(default_factory=dict)
    recent: dict[str, GrowingError] = field(default_factory=dict)
    suspects: Suspects = field(default_factory=Suspects)

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
        deny: lines that are errors, whatever they look like.
        today: entries of `allow` that end before this day do not apply.
        marks: text → machine that one of its lines must hold it, to show that the log tells of what we did; in the
            order in which we did it.
        since: machine → when its window begins; lines before that are another release's.
        watchers: what else wants to see each line.
        access: where the requests that the lines tell of are counted.
        remember: whether lines that differ in figures only are judged once, where their figures mean nothing.
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
        deny: Iterable[Denied] = (),
        remember: bool = True,
    ) -> None:
        entries = tuple(allow)
        self.expired = tuple(each.pattern for each in entries if today and each.expires and each.expires < today)
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
        self._deny = [re.compile(each.pattern) for each in deny]
        self._used: set[str] = set()
        self._watchers = tuple(watchers)
        self._templates = Templates() if remember and not self._deny else None
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

    def suspicious(self) -> tuple[Suspicious, ...]:
        """The lines that speak of failure and fit no rule, machine by machine."""
        return tuple(each for machine in self.machines.values() for each in machine.suspects.records())

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
            self.sample.append(f"{entry.machine} {entry.provider}: {short(entry.message)}")
        if machine.awaited:
            self._look_for_marks(machine, entry)
        kind, plan = self._templates.find(entry.message) if self._templates else (b"", None)
        if plan is None or not self._pass_known(machine, entry, plan):
            line, request = self._judge(machine, entry)
            if kind and plan is None and self._templates:
                self._templates.learn(kind, entry, line, request)
        machine.suspects.pass_by(entry.message)
        for watch in self._watchers:
            watch(entry)

    def _pass_known(self, machine: MachineTally, entry: LogLine, plan: Plan) -> bool:
        """Take a line down whose kind is known to be calm; whether that could be done."""
        trail, found = machine.histories.get(entry.provider, _NO_TRAIL)
        if (
            trail is None
            or (found is not None and not plan.structured)
            or not (plan.structured or entry.level in SAYS_NOTHING)
        ):
            return False
        request = None
        if plan.reads:
            request = plan.request_in(entry.message)
            if request is None:
                return False
        if not trail.pass_known(plan.line, entry.message):
            return False
        if machine.recent and plan.line.stated is not None:
            machine.recent.pop(entry.provider, None)
        if request is not None and request is not NO_REQUEST:
            self._count(entry, request)
        return True

    def _judge(self, machine: MachineTally, entry: LogLine) -> tuple[ParsedLine, Request | None]:
        record, calm = (calm_record(entry.message) if self._templates else None) or (None, False)
        line = CALM_LINE._replace(record=record) if calm else self._read(entry, record)
        request = request_in(line)
        if request is not None:
            self._count(entry, request)
        if self._deny and any(pattern.search(line.text) for pattern in self._deny):
            line = line._replace(level=Level.ERROR)
        self._weigh(machine, entry, line, suspect=bool(line.doubt) and request is None)
        return line, request

    def _read(self, entry: LogLine, record: dict[str, Any] | None) -> ParsedLine:
        return read_line(entry.message, entry.level, own=entry.provider != APP, parsed=record)

    def _look_for_marks(self, machine: MachineTally, entry: LogLine) -> None:
        for mark in machine.awaited:
            if mark in entry.message:
                self.marked[mark] = entry.at
                machine.awaited.remove(mark)
                return

    def _count(self, entry: LogLine, request: Request) -> None:
        self.requests += 1
        self.access.add(entry.machine, request)
        if request.status >= SERVER_ERROR and len(self.failed_requests) < KEPT:
            told = f"{request} on machine {entry.machine}, {entry.at:%H:%M:%S} UTC"
            self.failed_requests.append(REDACTOR.text(told))

    def _weigh(self, machine: MachineTally, entry: LogLine, line: ParsedLine, *, suspect: bool) -> None:
        known = machine.histories.get(entry.provider)
        if known is None:
            known = machine.histories[entry.provider] = LineHistory(), None
        trail, found = known
        before, place = trail.before, trail.place(line)
        if line.stated is not None and not line.bad and not suspect:
            machine.recent.pop(entry.provider, None)  # a logger goes on: what comes next is told for itself
        if place is TracePart.HEAD and not found and not line.bad and not suspect:
            return
        if place is TracePart.FOLLOWS and found:
            found.follows += 1
            if found.headline.startswith("npm ") and _STOPPED.match(line.text):
                machine.found.pop(found.kind, None)
                machine.histories[entry.provider] = trail, None
            if trail.concluded and found.headline.startswith(TRACEBACK):
                machine.histories[entry.provider] = trail, named(machine.found, found, line)
        if place is TracePart.FOLLOWS or place is TracePart.ASIDE:
            return
        if place is TracePart.ORPHAN:
            machine.suspects.drop(before)
            line = trail.adopted(before, line)
        self._note(machine, entry, line, suspect=suspect and place is TracePart.HEAD)

    def _note(self, machine: MachineTally, entry: LogLine, line: ParsedLine, *, suspect: bool) -> None:
        """Note an error, or a line that may be one; or that neither goes on."""
        trail, found = machine.histories[entry.provider]
        recent = machine.recent.get(entry.provider)
        if recent and (line.bad or suspect) and recent.tells_the_same(entry.at, line):
            recent.goes_on(entry.at, line)
            machine.histories[entry.provider] = trail, recent
            return
        if suspect and not line.bad and not self._excused(line):
            machine.suspects.add(entry.machine, machine.lines, entry.at, line.headline, line.doubt)
        if line.bad or found:
            kept = self._keep(machine, entry, line) if line.bad else None
            machine.histories[entry.provider] = trail, kept
            if kept is not None:
                machine.recent[entry.provider] = kept

    def _excused(self, line: ParsedLine) -> bool:
        for pattern, allowed in self._allow:
            if pattern.search(line.text):
                self.allowed[allowed.reason] += 1
                self._used.add(allowed.pattern)
                return True
        return False

    def _keep(self, machine: MachineTally, entry: LogLine, line: ParsedLine) -> GrowingError | None:
        if self._excused(line):
            return None
        headline = line.headline
        kind = template(headline[:TEXT])
        if headline.startswith(TRACEBACK):
            kind += f" of line {machine.lines}"  # it has no name before its last line
        known = machine.found.get(kind)
        if known:
            known.count, known.last, known.end, known.said = known.count + 1, entry.at, entry.at, headline[:TEXT]
            return known
        if len(machine.found) >= KEPT:
            return None
        level, text, told = line.level or Level.ERROR, short(line.text), short(headline)[:HEADLINE]
        found = GrowingError(kind, entry.machine, entry.provider, machine.lines, entry.at, entry.at, level, text, told)
        found.stated = line.stated is not None and line.stated.bad
        found.said, found.end = headline[:TEXT], entry.at
        machine.found[kind] = found
        return found
