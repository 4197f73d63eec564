"""The records of the app's own commands: how each ended, and what is wrong with it."""

from __future__ import annotations

from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.evidence.finding import Finding
from verifier.probes.source.plan import Kind
from verifier.probes.source.summaries import RunnerSummary


class CommandRun(Record):
    """A command of the app, and how it ended.

    Attributes:
        name: the kind, and the folder if it is not the checkout's own.
        status: its exit status; nothing if it did not end in time, or was not run.
        log: where its output is kept, from the suite's folder.
        last: its last lines.
        summaries: what its test runners counted.
        failing: the tests that failed, by name.
        left_out: the reason why there is no such command.
        gap: why its end says nothing, with what to do; empty if it does.
        remedy: what to do about the gap.
    """

    kind: Kind
    name: str
    folder: str
    command: str = ""
    status: int | None = None
    seconds: float = 0.0
    log: str = ""
    last: tuple[str, ...] = ()
    summaries: tuple[RunnerSummary, ...] = ()
    failing: tuple[str, ...] = ()
    left_out: str = ""
    gap: str = ""
    cause: Cause = Cause.PRECONDITION
    remedy: str = ""

    @property
    def told(self) -> str:
        """How it ended, in few words."""
        if self.left_out:
            return f"left out: {self.left_out}"
        if self.gap:
            return "no answer"
        counted = f": {'; '.join(map(str, self.summaries))}" if self.kind == "test" and self.summaries else ""
        return ("passed" if not self.findings() else f"exit status {self.status}") + counted

    @property
    def again(self) -> str:
        """What to type to run it by hand."""
        return self.command if self.folder == "." else f"cd {self.folder} && {self.command}"

    def findings(self) -> list[Finding]:
        """What is wrong with it; nothing where that is not known."""
        if self.gap or self.left_out:
            return []
        found = [self._finding(each, "test fails", "") for each in self.failing]
        if self.status != 0 and not found:
            said = f"exit status {self.status} after {self.seconds:.1f} s: {' | '.join(self.last)}"
            found.append(self._finding(self.name, f"{self.kind} command fails", said))
        if self.kind == "test" and not found:
            found += self._of_counts()
        return found

    def _of_counts(self) -> list[Finding]:
        failed = [each for each in self.summaries if each.failed]
        idle = [each for each in self.summaries if not each.ran]
        return [
            *(self._finding(self.name, "tests fail, and the command ends well", f"{x.runner}: {x}") for x in failed),
            *(self._finding(self.name, "no test ran", f"{each.runner}: {each}") for each in idle),
        ]

    def _finding(self, subject: str, problem: str, detail: str) -> Finding:
        return Finding(subject=subject, problem=problem, detail=detail, remedy=self.again, place=self.log)


class AppCommands(Evidence):
    """All commands of the app.

    Attributes:
        commit: whose.
        note: what must be said of uncommitted changes; empty if there are none.
        runs: the commands, in the order in which they ran.
        changed: tracked files that they changed.
    """

    commit: str
    note: str
    runs: tuple[CommandRun, ...]
    changed: tuple[str, ...] = ()

    def of(self, kind: Kind) -> list[CommandRun]:
        """Those of one kind."""
        return [each for each in self.runs if each.kind == kind]

    def told(self, kind: Kind) -> str:
        """How those of one kind ended, as a phrase."""
        return "; ".join(f"{each.name} {each.told}" for each in self.of(kind)) or f"no {kind} command"

    def table(self, kind: Kind) -> dict[str, str]:
        """Command → how it ended, after how long, and where its output is kept."""
        return {each.name: f"{each.told}; {each.seconds:.1f} s; {each.log or 'no log'}" for each in self.of(kind)}

    def findings(self, kind: Kind) -> list[Finding]:
        """What is wrong with those of one kind."""
        return [finding for each in self.of(kind) for finding in each.findings()]

    def gap(self, kind: Kind) -> CouldNotLook | None:
        """Why not all of one kind are known to be well, although nothing is known to be wrong."""
        open_ends = [each for each in self.of(kind) if each.gap]
        if open_ends:
            told = "\n".join(f"{each.name}: {each.gap}" for each in open_ends)
            remedies = dict.fromkeys(each.remedy for each in open_ends)
            return CouldNotLook(open_ends[0].cause, told, remedy="; ".join(remedies))
        if all(each.left_out for each in self.of(kind)):
            return CouldNotLook(
                Cause.NO_DATA, f"no folder has a {kind} command", remedy="name one in [[source.app]] of the target"
            )
        return None

    @property
    def warnings(self) -> list[str]:
        """What a person should know besides."""
        flaky = [each.name for each in self.runs if any(summary.flaky for summary in each.summaries)]
        return [
            *([self.note] if self.note else []),
            *([f"the app's commands changed tracked files: {', '.join(self.changed)}"] if self.changed else []),
            *([f"tests passed only when they were tried again ({', '.join(flaky)})"] if flaky else []),
        ]
