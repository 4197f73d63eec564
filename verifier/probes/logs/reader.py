"""Reads an app's log from where each machine's window begins to the present, and says what it could not read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from verifier.core.deadline import Deadline, now
from verifier.core.evidence import Cause, CouldNotLook, moment
from verifier.core.platform import Platform
from verifier.core.probe import Context
from verifier.probes.http.responses import AccessTally, unattended
from verifier.probes.logs.accepted import accepted_templates
from verifier.probes.logs.aggregate import MachineTally, Tally
from verifier.probes.logs.canary import Control
from verifier.probes.logs.cursor import Pages
from verifier.probes.logs.evidence import MachineLog
from verifier.probes.logs.periodic import Job, JobWatch, Rhythm
from verifier.probes.logs.section import Logs
from verifier.probes.platform.state import PlatformState, by_hand

CONTROL_SECONDS = 10.0
"""How long a line may take until it is in the log."""
MOST_PAGES = 1000
MANY_PAGES = 20
"""From here on, where only the first lines matter and every machine has told enough, reading goes on at the present."""
PLENTY = 500
RETENTION = timedelta(days=7)
"""How far back a log is sure to reach."""
_LATE = 3.0
"""Seconds by which a line may come late where we wait for one."""


class Reader:
    """Reads page after page into a tally.

    Args:
        pages: the log.
        tally: where the lines go.
        machines: the machines that are expected to write.
        deadline: how long reading may take.
        first_lines: whether only the first lines of each machine matter, so that what follows may be left out.
        most: pages after which reading ends.
    """

    def __init__(  # noqa: PLR0913 - each is another bound
        self,
        pages: Pages,
        tally: Tally,
        machines: tuple[str, ...],
        deadline: Deadline,
        *,
        first_lines: bool,
        most: float = MOST_PAGES,
    ) -> None:
        self.gaps: list[str] = []
        self._pages, self._tally, self._machines, self._deadline = pages, tally, machines, deadline
        self._marked = tally.expects_marks
        self._began = now()
        self._done = False
        self._most = most
        self._may_leap = first_lines and self._marked

    @property
    def satisfied(self) -> bool:
        """Whether reading on would show nothing more that matters."""
        return self._done or (self._tally.lines > 0 and self._tally.tells_of_now)

    @property
    def _certain(self) -> bool:
        """Whether the end of the log needs no other proof: our marks stand in it, or reading was ended."""
        return self._done or (self._marked and self.satisfied)

    def read(self) -> None:
        """Read to the present: to where the last mark of every machine was found. Lines may come late, in any order."""
        self.read_on()
        self._deadline.shorter(CONTROL_SECONDS).eventually(self._read_again, lambda _: self.satisfied)
        if not self._certain:
            self._look_beyond()
        if not self._done:
            self._pages.ask_behind()
            self._consider()

    def _read_again(self) -> None:
        self._pages.look_again()
        self.read_on()

    def read_on(self) -> None:
        """Read to the present, or to the end of the log."""
        self._read_until(self._at_present)

    def catch_up(self) -> None:
        """Read what has been written by now."""
        present = now()
        self._pages.look_again()
        self._read_until(lambda: self._tally.last is not None and self._tally.last >= present)

    def _read_until(self, reached: Callable[[], bool]) -> None:
        while not self._done:
            entries = self._pages.next()
            for entry in entries:
                self._tally.add(entry)
            self._consider()
            if not entries or (self._tally.lines and reached()):
                return

    def _at_present(self) -> bool:
        """Whether the present is reached: by our marks, or by the clock where there are none."""
        if self._marked:
            return self._tally.tells_of_now
        return self._tally.last is not None and self._tally.last >= self._began

    def _consider(self) -> None:
        if self._pages.stuck:
            self._end("the log's cursor does not move")
        elif not self._pages.heeded:
            self._end("the log ignores the cursor, so lines before those that it gave were not read")
        elif self._pages.read >= self._most or self._deadline.over:
            self._end(f"reading stopped after {self._pages.read} pages")
        elif self._may_leap and self._pages.read >= MANY_PAGES and self._told_plenty():
            self._may_leap = False
            self.gaps.append(f"after {self._pages.read} pages, reading went on at the present")
            self._pages.go_to(self._began - timedelta(minutes=1))

    def _end(self, why: str) -> None:
        self._done = True
        self.gaps.append(why)

    def _told_plenty(self) -> bool:
        counts = (self._tally.machines.get(machine) for machine in self._machines)
        return all(each is not None and each.lines >= PLENTY for each in counts)

    def _look_beyond(self) -> None:
        """Ask for the newest lines: whether the log goes on behind a page that is empty."""
        newest = self._pages.newest()
        if not newest:
            return
        self.read_on()  # they may just have come
        if self._certain:
            return
        last, entries = self._tally.last, self._pages.leap_to(newest)
        if not entries:
            return
        after = moment(last) if last else "its beginning"
        self.gaps.append(f"after {after} the log has no page, although it holds lines of {moment(entries[0].at)}")
        for entry in entries:
            self._tally.add(entry)
        self.read_on()


class Window(NamedTuple):
    """The time of one machine that is looked at, and whether it begins with the machine's start."""

    since: datetime
    from_start: bool = True


class LogReading:
    """Reads when it is made.

    Args:
        context: the app and the deadline.
        api: the platform.
        platform: the machines and the release.
        windows: machine → the time that is looked at.
        controls: our own requests, which the log must tell of.
        first_lines: whether only the first lines of each machine matter.
    """

    def __init__(  # noqa: PLR0913 - each is another probe's word
        self,
        context: Context,
        api: Platform,
        platform: PlatformState,
        windows: dict[str, Window],
        controls: tuple[Control, ...],
        *,
        first_lines: bool = False,
    ) -> None:
        self._context, self._platform, self._controls, self._windows = context, platform, controls, windows
        self._began = now()
        self._until: datetime | None = None
        self._since = min([each.since for each in windows.values()], default=platform.release.created_at)
        settings = context.target.section(Logs)
        self._watches = [JobWatch(job) for job in settings.periodic]
        marks = {control.mark: control.machine for control in controls if control.reply.answered}
        begins = {machine: window.since for machine, window in windows.items()}
        self._access = AccessTally(context.run, unattended(context.target))
        self._tally = Tally(
            settings.allow,
            self._began.date(),
            marks,
            since=begins,
            watchers=self._watches,
            access=self._access,
            deny=settings.deny,
        )
        self._pages = Pages(api, self._since, context.deadline)
        self._reader = Reader(self._pages, self._tally, platform.started, context.deadline, first_lines=first_lines)
        self._reader.read()

    def wait_for_success(self) -> None:
        """Read on while a periodic job has not told of a success, until it is certain that it is late."""
        for watch in self._watches:
            ceiling = watch.job.every or self._context.ceiling("ga-api-health")
            for machine in self._platform.started:
                since = watch.since(machine, self._windows[machine].since)
                missing = ceiling + _LATE - (now() - since).total_seconds()
                if watch.silent(machine) and missing > 0:
                    self._wait_for(watch, machine, missing)

    def _wait_for(self, watch: JobWatch, machine: str, seconds: float) -> None:
        def silent(_: None) -> bool:
            return not watch.silent(machine)

        self._context.deadline.shorter(seconds).eventually(self._reader.catch_up, silent)
        self._until = now()

    def state(self) -> dict[str, Any]:
        """The facts of a `LogState`.

        Raises:
            CouldNotLook: no-data, if the log is empty.
        """
        tally, app = self._tally, self._context.target.app
        if tally.first is None or tally.last is None:
            told = f"the log of {app} holds no line since {moment(self._since)}"
            raise CouldNotLook(Cause.NO_DATA, told, remedy=by_hand(self._context).logs)
        return {
            "asked": "What does the log say?",
            "where": f"the log of {app} since {moment(self._since)}",
            "at": self._began,
            "again": by_hand(self._context).logs,
            "since": self._since,
            "until": now(),
            "first": tally.first,
            "last": tally.last,
            "pages": self._pages.read,
            "leaps": self._pages.leaps,
            "expected_machines": self._platform.started,
            "members": tuple(each.id for each in self._platform.machines),
            "machines": {machine: self._machine_log(machine, each) for machine, each in tally.machines.items()},
            "gaps": tuple(self._reader.gaps),
            "cursor_heeded": self._pages.heeded,
            "whole_beginning": self._began - self._since < RETENTION,
            "controls": tuple(
                control.model_copy(update={"logged": tally.marked.get(control.mark)}) for control in self._controls
            ),
            "found": tally.errors(),
            "suspicious": tally.suspicious(),
            "accepted_templates": accepted_templates(self._context),
            "target_file": self._context.target.file,
            "allowed": dict(tally.allowed),
            "expired": tally.expired,
            "unused": tally.unused,
            "sample": tuple(tally.sample),
            "requests": tally.requests,
            "failed_requests": tuple(tally.failed_requests),
            "access": self._access.responses(),
        }

    def jobs(self) -> dict[str, Job]:
        """The periodic jobs, with the rhythm of every machine."""
        return {
            watch.job.name: Job(
                name=watch.job.name,
                every=watch.job.every,
                machines={machine: self._rhythm(watch, machine) for machine in self._platform.started},
            )
            for watch in self._watches
        }

    def _rhythm(self, watch: JobWatch, machine: str) -> Rhythm:
        known = self._tally.machines.get(machine)
        whole = known is None or not self._machine_log(machine, known).starts_late
        return watch.rhythm(machine, self._windows[machine].since, self._known_until(machine), whole=whole)

    def _known_until(self, machine: str) -> datetime:
        """Up to when the log is known: our last request that it tells of, else what cannot come late any more."""
        if self._until is not None:
            return self._until
        marked = self._tally.marked
        told = [each.reply.at for each in self._controls if each.machine == machine and each.mark in marked]
        newest = self._tally.last or self._began
        return max(told, default=max(newest, self._began - timedelta(seconds=CONTROL_SECONDS)))

    def _machine_log(self, machine: str, tally: MachineTally) -> MachineLog:
        window = self._windows.get(machine)
        return MachineLog(
            since=tally.since,
            from_start=window is not None and window.from_start,
            lines=tally.lines,
            earlier=tally.earlier,
            first=tally.first,
            last=tally.last,
            silence=tally.silence.total_seconds(),
            silence_from=tally.silence_from,
        )
