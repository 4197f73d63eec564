"""Log probes: the beginning of the log, all of it after the other probes, and the most recent part for monitoring."""

from __future__ import annotations

from datetime import datetime, timedelta

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, moment, require
from verifier.core.platform import Platform
from verifier.core.probe import Context
from verifier.probes.http.client import client
from verifier.probes.logs.aggregate import Tally
from verifier.probes.logs.canary import Control, send_controls
from verifier.probes.logs.errors import LogError
from verifier.probes.logs.evidence import LogState
from verifier.probes.logs.periodic import Job
from verifier.probes.logs.reader import LogReading, Window
from verifier.probes.logs.section import Logs
from verifier.probes.logs.suspicion import Suspicious, unanswered
from verifier.probes.platform.preflight import Preflight
from verifier.probes.platform.state import PlatformState, opened

LOOK_BACK = timedelta(hours=1)
"""How much of an older release's log is read: what a week of a busy app has written takes longer than any run."""
_PATIENT = 60.0
"""If so many seconds or fewer are missing to the time that is to be watched, they are waited for."""


class LaterLogState(LogState):
    """The same, when all others have looked: what the suite's own requests made of the log is in it."""

    def job(self, name: str) -> Job:
        """The periodic job of this name.

        Raises:
            CouldNotLook: precondition, if the target declares none of this name.
        """
        if name not in self.jobs:
            raise CouldNotLook(
                Cause.PRECONDITION,
                f"the target file tells no line by which the log shows that '{name}' succeeds",
                remedy=f'add [[logs.periodic]] with name = "{name}" and success = PATTERN to the target, '
                "or declare the item not applicable with a reason",
            )
        return self.jobs[name]


class RecentLogState(LogState):
    """What the log holds of the last while, for daily use; `since` is when that while begins, for older releases.

    Attributes:
        asked_for: how many seconds are to be watched.
        lately: machine → how many of its newest lines were read.
        lately_found: the errors among them.
        lately_suspicious: the lines among them that speak of failure and fit no rule.
    """

    asked_for: float
    lately: dict[str, int]
    lately_found: tuple[LogError, ...] = ()
    lately_suspicious: tuple[Suspicious, ...] = ()

    @property
    def watched(self) -> float:
        """For how many seconds every machine has been watched."""
        begins = [self.machines[each].since for each in self.expected_machines if each in self.machines]
        return min((self.until - (begin or self.since)).total_seconds() for begin in begins) if begins else 0.0

    def watched_whole(self) -> CouldNotLook | None:
        """Whether the log of the whole while was read.

        Returns:
            Why not, if not: no-data, if the release is younger than that; or what `whole` tells.
        """
        if gap := self.whole():
            return gap
        if self.watched < self.asked_for:
            ripe = self.until + timedelta(seconds=self.asked_for - self.watched)
            minutes = f"{self.watched / 60:.0f} of the {self.asked_for / 60:.0f} minutes"
            what = f"the release has run for {minutes} that are to be watched"
            return CouldNotLook(Cause.NO_DATA, what, remedy=f"run again after {moment(ripe)}")
        return None

    def lately_answered(self) -> CouldNotLook | None:
        """Whether a person or an accepted release has said what every suspicious line among the newest is.

        Returns:
            Why not, if not: precondition.
        """
        return unanswered(self.lately_suspicious, self.accepted_templates, self.target_file)

    def read_lately(self) -> CouldNotLook | None:
        """Whether the newest lines of every machine were read.

        Returns:
            Why not, if not: no-data, if a machine has none; or what `control_found` tells.
        """
        if gap := self.control_found():
            return gap
        unheard = [machine for machine in self.expected_machines if not self.lately.get(machine)]
        if unheard:
            what = f"the log holds no line of machine {', '.join(unheard)} from the last 24 hours"
            return CouldNotLook(Cause.NO_DATA, what, remedy=f"{self.again} | grep {unheard[0]}")
        return None


def observe_logs(context: Context) -> LogState:
    """Send every machine a request that can be found again, then read from the release until it is found.

    Raises:
        CouldNotLook: the log cannot be read, or is empty.
    """
    platform = context.get("platform", PlatformState)
    controls, windows = _controls(context, platform, "first"), _windows_since_release(platform)
    with opened(context) as api:
        return LogState(**LogReading(context, api, platform, windows, controls, first_lines=True).state())


def observe_later_logs(context: Context) -> LaterLogState:
    """Send every machine such a request, wait until the others have looked, send another one, then read all.

    All is what was written since the release; since an hour before this began, if the release is older.

    Raises:
        CouldNotLook: the log cannot be read, or is empty.
    """
    platform, begin = context.get("platform", PlatformState), now() - LOOK_BACK
    controls = _controls(context, platform, "before")
    context.wait_for_earlier()
    controls += _controls(context, platform, "after")
    windows = _no_earlier(_windows_since_release(platform), begin)
    with opened(context) as api:
        reading = LogReading(context, api, platform, windows, controls)
        reading.wait_for_success()
        return LaterLogState(**reading.state(), jobs=reading.jobs())


def observe_recent_logs(context: Context) -> RecentLogState:
    """Read the time that is to be watched, which ends now, and beside it the newest lines of every machine.

    Where the deployment is watched for a while, it ends with that.

    Raises:
        CouldNotLook: the log cannot be read, or is empty.
    """
    platform, seconds = context.get("platform", PlatformState), context.ceiling("logs-watched")
    windows = _windows_since_release(platform)
    missing = seconds - min((now() - each.since).total_seconds() for each in windows.values())
    if 0 < missing <= _PATIENT:
        context.deadline.wait(missing + 0.1)
    if context.options.watch:
        context.wait_for_earlier()
    controls, begin = _controls(context, platform, "recent"), now() - timedelta(seconds=seconds)
    watched = _no_earlier(windows, begin)
    with opened(context) as api:
        state = LogReading(context, api, platform, watched, controls).state()
        lately = _newest(context, api, platform, {each: window.since for each, window in windows.items()})
    return RecentLogState(
        **state,
        asked_for=seconds,
        lately={machine: each.lines + each.earlier for machine, each in lately.machines.items()},
        lately_found=lately.errors(),
        lately_suspicious=lately.suspicious(),
    )


def _no_earlier(windows: dict[str, Window], begin: datetime) -> dict[str, Window]:
    return {
        machine: window if window.since > begin else Window(begin, from_start=False)
        for machine, window in windows.items()
    }


def _windows_since_release(platform: PlatformState) -> dict[str, Window]:
    """Machine → the time since it was given the release.

    What it wrote between the making of the release and that moment, the release before this one wrote as it ended.
    """
    release = platform.release.created_at
    return {each.id: Window(max(release, each.launched or release)) for each in platform.machines}


def _controls(context: Context, platform: PlatformState, word: str) -> tuple[Control, ...]:
    require(context.get("preflight", Preflight).clocks_agree())
    with client(context.target) as session:
        return send_controls(context, session, platform.started, word)


def _newest(context: Context, api: Platform, platform: PlatformState, since: dict[str, datetime]) -> Tally:
    """The newest hundred lines of every machine, which is what the log hands out without a cursor.

    On a quiet machine some of them are older than the release, whose errors they are not: those are counted alone.
    """
    settings = context.target.section(Logs)
    tally = Tally(settings.allow, now().date(), since=since, deny=settings.deny)
    for machine in platform.started:
        for line in api.log_page("", machine).lines:
            tally.add(line)
    return tally
