"""Follows the log while a deployment is watched: every line once, also those of a time in which nobody watched."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import Finding
from verifier.core.evidence.readings import Readings
from verifier.core.platform import LogPage, Platform
from verifier.core.probe import Context
from verifier.probes.http.client import client
from verifier.probes.logs.aggregate import Tally
from verifier.probes.logs.canary import send_controls
from verifier.probes.logs.cursor import Pages
from verifier.probes.logs.errors import LogError
from verifier.probes.logs.periodic import Job, JobWatch
from verifier.probes.logs.reader import CONTROL_SECONDS, Reader
from verifier.probes.logs.section import Logs
from verifier.probes.logs.suspicion import Suspicious
from verifier.probes.platform.state import PlatformState, by_hand, opened
from verifier.probes.watch.signal_reading import SERVER_ERROR, Found, SignalReading

ANALYTICS = "google-analytics"
SHOWS = ("log", "logged requests", "google analytics")


class _PagesOfThisRound:
    """Pages of the platform as it is opened for one look, with the deadline of that look."""

    def __init__(self) -> None:
        self.platform: Platform | None = None

    def log_page(self, cursor: str, machine: str | None = None) -> LogPage:
        if self.platform is None:
            raise CouldNotLook(Cause.PRECONDITION, "the platform is not open")
        return self.platform.log_page(cursor, machine)


class LogFollower:
    """The log from the moment on at which the watch began, whoever watched since then: a new process reads it anew.

    Args:
        context: the app and the deadline.
        platform: the machines.
        began: when the watch began.
    """

    def __init__(self, context: Context, platform: PlatformState, began: datetime) -> None:
        settings = context.target.section(Logs)
        self._context, self._machines, self._began = context, platform.started, began
        self._members = {each.id for each in platform.machines}
        self._logged = settings.requests == "logged"
        self._jobs = [JobWatch(job) for job in settings.periodic if job.name == ANALYTICS]
        since = {each.id: began for each in platform.machines}
        self._tally = Tally(settings.allow, now().date(), since=since, watchers=self._jobs, deny=settings.deny)
        self._source = _PagesOfThisRound()
        pages = Pages(self._source, began, context.deadline)
        self._reader = Reader(pages, self._tally, platform.started, context.deadline, first_lines=False, most=math.inf)
        self._asked: deque[datetime] = deque()
        self._told: set[tuple[str, str]] = set()
        self._told_requests = 0

    def look(self, context: Context) -> Found:
        """Read what was written since the last look."""
        self._asked.append(now())
        with self._opened(context):
            self._reader.catch_up()
        stale = self._stale()
        if stale:
            return dict.fromkeys(SHOWS, stale)
        return self.shown(context)

    def shown(self, context: Context) -> Found:
        """What was read and not shown yet."""
        return {"log": self._errors(), "logged requests": self._requests(), "google analytics": self._rhythm(context)}

    @contextmanager
    def _opened(self, context: Context) -> Iterator[None]:
        with opened(context) as self._source.platform:
            yield

    def _stale(self) -> CouldNotLook | None:
        """Whether the log does not tell of the requests of a look so long ago that they must be in it."""
        ripe = self._asked[-1] - timedelta(seconds=CONTROL_SECONDS)
        while len(self._asked) > 1 and self._asked[1] <= ripe:
            self._asked.popleft()
        return self.behind(self._asked[0]) if self._asked[0] <= ripe else None

    def read_to_the_end(self) -> CouldNotLook | None:
        """Ask every machine for something, and read until the log tells of that time, for some seconds at most.

        Returns:
            Why the end of the log is not known, if so.
        """
        at = now()
        with client(self._context.target) as session:
            send_controls(self._context, session, self._machines, "watched")
        deadline = self._context.deadline.shorter(CONTROL_SECONDS)
        with self._opened(replace(self._context, deadline=deadline)):
            deadline.eventually(self._reader.catch_up, lambda _: self.behind(at) is None)
        return self.behind(at) or self.lost()

    def behind(self, at: datetime) -> CouldNotLook | None:
        """Whether a machine's log ends before `at`, although it was asked something later and logs requests."""
        logs = self._tally.machines
        late = [each for each in self._machines if (last := logs[each].last) is None or last < at]
        if not self._logged or not late or at <= self._began:
            return None
        what = f"the log of machine {', '.join(late)} ends before what we did there at {at:%H:%M:%S} UTC"
        return CouldNotLook(Cause.STALE_DATA, what, remedy=by_hand(self._context).logs)

    def lost(self) -> CouldNotLook | None:
        """Whether lines are known to be missing."""
        gaps = "; ".join(self._reader.gaps)
        return CouldNotLook(Cause.TRUNCATED, gaps, remedy=by_hand(self._context).logs) if gaps else None

    def errors(self) -> tuple[LogError, ...]:
        """The errors of the app's machines since the watch began."""
        return tuple(each for each in self._tally.errors() if each.machine in self._members)

    def suspicious(self) -> tuple[Suspicious, ...]:
        """The lines of the app's machines that speak of failure and fit no rule."""
        return tuple(each for each in self._tally.suspicious() if each.machine in self._members)

    def job(self) -> Job | None:
        """How Google Analytics succeeded since the watch began; nothing, if the target does not tell by which line."""
        logs = self._tally.machines
        for watch in self._jobs:
            rhythms = {
                each: watch.rhythm(each, self._began, logs[each].last or self._began, whole=True)
                for each in self._machines
            }
            return Job(name=ANALYTICS, every=watch.job.every, machines=rhythms)
        return None

    def _errors(self) -> SignalReading:
        found = [each for each in self.errors() if (each.machine, each.headline) not in self._told]
        self._told |= {(each.machine, each.headline) for each in found}
        lines = sum(each.lines for each in self._tally.machines.values())
        return SignalReading(
            f"{len(found)} new errors, {lines} lines in all", float(len(found)), tuple(e.finding() for e in found)
        )

    def _requests(self) -> SignalReading:
        failed = self._tally.failed_requests
        fresh, self._told_requests = failed[self._told_requests :], len(failed)
        found = [
            Finding(subject=each.partition(" answered")[0].partition("?")[0], problem=SERVER_ERROR, detail=each)
            for each in fresh
        ]
        return SignalReading(f"{len(fresh)} new, of {self._tally.requests} in all", float(len(fresh)), tuple(found))

    def _rhythm(self, context: Context) -> SignalReading | CouldNotLook:
        job = self.job()
        if job is None:
            what = "the target file tells no line by which the log shows that Google Analytics succeeds"
            return CouldNotLook(Cause.PRECONDITION, what, remedy=f'add [[logs.periodic]] with name = "{ANALYTICS}"')
        ceiling = context.ceiling("ga-api-health")
        found = job.gaps().findings(Readings(dict.fromkeys(job.machines, ceiling)))
        found += [
            Finding(subject=f"{job.name}, {each}", problem="periodic job failed", detail=rhythm.quoted[0], machine=each)
            for each, rhythm in job.machines.items()
            if rhythm.quoted
        ]
        longest = max(job.gaps().values())
        return SignalReading(f"longest gap {longest:.1f} s", longest, tuple(found))
