"""What the log holds since the release, and how much of that is proved complete."""

from __future__ import annotations

import math
from collections.abc import Callable

from pydantic import AwareDatetime

from verifier.core.evidence import Cause, Cell, CouldNotLook, Evidence, Record, moment
from verifier.probes.http.responses import Responses
from verifier.probes.logs.canary import Control
from verifier.probes.logs.errors import LogError
from verifier.probes.logs.periodic import Job
from verifier.probes.logs.suspicion import Suspicious, known_of, unanswered

START_SECONDS = 30.0
"""How long after its start a machine may be silent; the platform itself tells of the start at once."""
WEAKER = "weaker: the app does not log requests, so nothing shows that the log would have told of an error"


class MachineLog(Record):
    """What was read of one machine.

    Attributes:
        since: when its window begins: with the release, or where the machine was given it later, with that.
        from_start: whether the window begins with the machine's start.
        lines: how many lines stand in the window.
        earlier: how many came before it, from the release before this one as it ended; they are not judged.
        silence: the longest time between two lines, in seconds; a silence alone proves nothing.
    """

    since: AwareDatetime | None
    from_start: bool = True
    lines: int
    earlier: int = 0
    first: AwareDatetime | None = None
    last: AwareDatetime | None = None
    silence: float = 0.0
    silence_from: AwareDatetime | None = None

    @property
    def starts_late(self) -> bool:
        """Whether the first line came so long after the machine's start that earlier ones must be missing."""
        if not self.from_start or self.since is None or self.first is None:
            return False
        return (self.first - self.since).total_seconds() > START_SECONDS


class LogState(Evidence):
    """What the app's log holds since a moment, mostly since the release.

    Attributes:
        since: from when on is read: from the release, or the last hour where that is enough.
        until: when the reading ended.
        first: the time of the first line.
        last: the time of the last line.
        pages: how many pages were read.
        leaps: how often the log's cursor led past lines; they were read all the same.
        expected_machines: the machines that must have lines.
        members: all machines of the app; lines of others (gone ones, the release command's) are counted, not judged.
        machines: machine → what was read of it.
        gaps: what is known to be missing, in words; empty if every line since the release was read.
        cursor_heeded: whether the log begins where it was asked to.
        whole_beginning: whether the log still holds the time of the release.
        controls: the requests that we sent ourselves, and when the log tells of them; none where the app does not
            log requests.
        found: the errors, of all machines.
        suspicious: the lines that speak of failure and fit no rule, of all machines.
        accepted_templates: kinds of such lines that accepted releases of this target wrote.
        target_file: where a person says what such lines are.
        requests: how many lines tell of a request and its answer.
        failed_requests: those that were answered with a server error.
        allowed: reason → how many lines it excused.
        expired: patterns of the target's allow-list that are past their day and excuse nothing.
        unused: patterns of the target's allow-list that matched nothing.
        access: requests of others, as the lines tell of them; without health checks and this run's own.
        jobs: the periodic jobs that the target declares, by name.
    """

    since: AwareDatetime
    until: AwareDatetime
    first: AwareDatetime
    last: AwareDatetime
    pages: int
    leaps: int = 0
    expected_machines: tuple[str, ...]
    members: tuple[str, ...]
    machines: dict[str, MachineLog]
    gaps: tuple[str, ...] = ()
    cursor_heeded: bool = True
    whole_beginning: bool = True
    controls: tuple[Control, ...] = ()
    found: tuple[LogError, ...] = ()
    allowed: dict[str, int] = {}
    expired: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    sample: tuple[str, ...] = ()
    suspicious: tuple[Suspicious, ...] = ()
    accepted_templates: frozenset[str] = frozenset()
    target_file: str = ""
    requests: int = 0
    failed_requests: tuple[str, ...] = ()
    access: Responses = Responses()
    jobs: dict[str, Job] = {}

    @property
    def why_not(self) -> str:
        """Why not every line was read."""
        return "; ".join(self.gaps)

    @property
    def complete(self) -> bool:
        """Whether every line since the release was read, as far as that can be known."""
        return not self.gaps

    def by_machine(self, ceiling: Callable[[str], float]) -> dict[str, dict[str, Cell]]:  # noqa: ARG002 - no times
        """How many lines were read, and how many errors stand in them."""
        cells = {}
        for machine in self.expected_machines:
            log, errors = self.machines.get(machine), sum(each.machine == machine for each in self.errors)
            lines = log.lines if log else 0
            cells[machine] = Cell(said=f"{lines} lines, {errors} errors", well=errors == 0 if lines else None)
        return {"log": cells}

    @property
    def errors(self) -> tuple[LogError, ...]:
        """The errors of the app's machines."""
        return tuple(error for error in self.found if error.machine in self.members)

    def errors_within(self, lines: int) -> tuple[LogError, ...]:
        """The errors among the first `lines` lines of each machine."""
        return tuple(error for error in self.errors if error.line <= lines)

    def suspicious_within(self, lines: float = math.inf) -> tuple[Suspicious, ...]:
        """The suspicious lines among the first `lines` lines of each of the app's machines."""
        return tuple(each for each in self.suspicious if each.machine in self.members and each.line <= lines)

    def answered(self, lines: float = math.inf) -> CouldNotLook | None:
        """Whether a person or an accepted release has said what every suspicious line is.

        Returns:
            Why not, if not: precondition, with the lines that answer it for ever.
        """
        return unanswered(self.suspicious_within(lines), self.accepted_templates, self.target_file)

    def familiar(self, lines: float = math.inf) -> list[str]:
        """Suspicious lines that an accepted release wrote too."""
        return known_of(self.suspicious_within(lines), self.accepted_templates)

    def told(self) -> str:
        """How much was read, in a phrase."""
        lines = sum(self.machines[each].lines for each in self.expected_machines if each in self.machines)
        return f"{lines} lines of {len(self.expected_machines)} machines since {self.since:%H:%M:%S} UTC"

    def facts(self, first: int | None = None) -> dict[str, str]:
        """What was read of which machine, for the report.

        Args:
            first: how many of the first lines of each machine are meant, if not all.
        """
        strangers = sum(log.lines for machine, log in self.machines.items() if machine not in self.members)
        return {
            "read": f"{self.pages} pages since {moment(self.since)}, "
            f"lines of {self.first:%H:%M:%S} to {self.last:%H:%M:%S}",
            **({"judged": f"the first {first} lines of each machine"} if first else {}),
            **{machine: self._of_machine(machine) for machine in self.expected_machines},
            **({"not judged": f"{strangers} lines of machines that are gone"} if strangers else {}),
        }

    def remarks(self) -> list[str]:
        """What narrows the judgement, or should be tidied up: lines that are allowed, entries that match nothing."""
        return [
            *(f"allowed {count} times: {reason}" for reason, count in self.allowed.items()),
            *(f"allow-list entry to remove, it matches nothing: {pattern}" for pattern in self.unused),
            *(f"allow-list entry has expired: {pattern}" for pattern in self.expired),
            *([WEAKER] if not self.controls else []),
        ]

    def proved(self, lines: int) -> CouldNotLook | None:
        """Whether an error among the first `lines` lines of a machine would have been seen.

        Returns:
            Why not, if not: if it might not have been: no-data, truncated, or what `control_found` tells.
        """
        if gap := self.has_lines() or self.control_found():
            return gap
        if gap := self._beginning(f"the first {lines} lines"):
            return gap
        few = [machine for machine in self.expected_machines if self.machines[machine].lines < lines]
        if few and not self.complete:
            return self._truncated(f"not every one of the first {lines} lines since the release could be read")
        return None

    def whole(self) -> CouldNotLook | None:
        """Whether every line since the release was read.

        Returns:
            Why not, if not: no-data, truncated, or what `control_found` tells.
        """
        if gap := self.has_lines() or self.control_found():
            return gap
        if gap := self._beginning("the lines"):
            return gap
        if not self.complete:
            return self._truncated("not every line since the release could be read")
        return None

    def has_lines(self) -> CouldNotLook | None:
        """Whether every machine wrote something.

        Returns:
            Why not, if not: no-data, if one did not.
        """
        unheard = [
            each for each in self.expected_machines if each not in self.machines or not self.machines[each].lines
        ]
        if unheard:
            what = f"the log holds no line of machine {', '.join(unheard)} since the release"
            return CouldNotLook(Cause.NO_DATA, what, remedy=f"{self.again} | grep {unheard[0]}")
        return None

    def rhythm_known(self) -> CouldNotLook | None:
        """Whether a line that is not in the log was not written; the lines themselves show that it goes on.

        Returns:
            Why not, if not: no-data, truncated, or stale-data, if the log ends before the last thing that we did.
        """
        if gap := self.has_lines():
            return gap
        if self._lost() or not self.complete:
            return self._truncated("not every line since the release could be read")
        stale = {
            control.machine
            for control in self.controls
            if control.reply.answered and control.logged is None and not self._reaches(control)
        }
        if stale:
            told = f"the log of machine {', '.join(sorted(stale))} ends before what we just did there"
            return CouldNotLook(Cause.STALE_DATA, told, remedy=self.again)
        return None

    def _reaches(self, control: Control) -> bool:
        last = self.machines[control.machine].last if control.machine in self.machines else None
        return last is not None and last >= control.reply.at

    def _lost(self) -> list[Control]:
        """Our own requests that the log does not tell of, although it tells of later ones of the same machine."""
        told = {control.machine for control in self.controls if control.logged is not None}
        return [each for each in self.controls if each.logged is None and each.reply.answered and each.machine in told]

    def control_found(self) -> CouldNotLook | None:
        """Whether the log tells of the present.

        Returns:
            Why not, if not: a request of our own does not stand in it. Unreachable if no machine answered it,
                truncated if not all was read or a later one does stand there, else stale-data.
        """
        missing = [control for control in self.controls if control.logged is None]
        if not missing:
            return None
        machines = ", ".join(sorted({control.machine for control in missing}))
        told = f"the log does not show what we just did on machine {machines}, so 'no errors' would prove nothing"
        circumstances = [f"{control.machine}: {control.reply}" for control in missing] + list(self.gaps)
        return CouldNotLook(
            self._cause_of_silence(missing),
            f"{told} ({'; '.join(circumstances)})",
            remedy='if the app does not log requests, write requests = "not-logged" into [logs] of the target file',
        )

    def _cause_of_silence(self, missing: list[Control]) -> Cause:
        if not any(control.reply.answered for control in missing):
            return Cause.UNREACHABLE
        return Cause.TRUNCATED if self._lost() or not self.complete else Cause.STALE_DATA

    def _beginning(self, which: str) -> CouldNotLook | None:
        if not self.cursor_heeded:
            return self._truncated(f"{which} since the release could not be asked for")
        late = [
            f"machine {machine} began {log.since:%Y-%m-%d %H:%M:%S} UTC, its first line is of {log.first:%H:%M:%S}"
            for machine, log in self.machines.items()
            if machine in self.expected_machines and log.starts_late
        ]
        if late:
            return self._truncated(f"{which} since the release are not all in the log: {'; '.join(late)}")
        if not self.whole_beginning:
            return self._truncated(f"{which} since the release are not in the log any more")
        return None

    def _truncated(self, what: str) -> CouldNotLook:
        why = f": {'; '.join(self.gaps)}" if self.gaps else ""
        return CouldNotLook(Cause.TRUNCATED, what + why, remedy="judge a release soon after it was deployed")

    def _of_machine(self, machine: str) -> str:
        log = self.machines.get(machine)
        if log is None or not log.lines:
            return f"{machine} no lines"
        silence = f", longest silence {log.silence:.0f} s" if log.silence > START_SECONDS else ""
        earlier = f", {log.earlier} before its start" if log.earlier else ""
        return f"{machine} {log.lines} lines{silence}{earlier}"
