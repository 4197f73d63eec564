"""Runs the app's own commands: builds, then tests, then the scan for secrets; one after the other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.core.suite import judging
from verifier.probes.source.checkout import AppCheckout, git, root_of
from verifier.probes.source.command_run import AppCommands, CommandRun
from verifier.probes.source.failures import failing
from verifier.probes.source.plan import Planned, planned
from verifier.probes.source.process import CommandLine, Finished, run_line
from verifier.probes.source.section import AppFolder, AppSource
from verifier.probes.source.summaries import RunnerSummary, failing_in_junit, read_junit, summaries

_NOT_FOUND = 127
"""The exit status of a shell for a command that is not there (POSIX, 2.8.2)."""
_LAST = 5
_NOISE = re.compile(r"npm (warn|notice|error)\b|> ")
"""What npm says around the words of a script."""
_MORE_TIME = "give it more time: seconds in [[source.app]] of the target, and --deadline SECONDS for the whole run"
_KNOWN_RUNNERS = "jest, mocha, node:test, Playwright, pytest or vitest"


def observe_app_commands(context: Context) -> AppCommands:
    """Run all of them, and keep what they say.

    Raises:
        CouldNotLook: as `observe_checkout`; stale-data, if another commit was checked out meanwhile.
    """
    checkout, root, started = context.get("checkout", AppCheckout), root_of(context), now()
    settings = context.target.section(AppSource)
    before = _changes(root)
    runs = tuple(_run(context, root, settings, each) for each in planned(root, settings))
    if git(root, "rev-parse", "HEAD").strip() != checkout.commit:
        what = "another commit was checked out while the app's commands ran"
        raise CouldNotLook(Cause.STALE_DATA, what, remedy="run again")
    return AppCommands(
        asked="Do the app's own commands pass?",
        where=f"{root.name} at commit {checkout.short}",
        at=started,
        again=judging("-m predeploy --app-dir PATH"),
        commit=checkout.commit,
        note=checkout.note,
        runs=runs,
        changed=tuple(sorted(_changes(root) - before)),
    )


def _changes(root: Path) -> set[str]:
    return {line for line in git(root, "diff", "--name-only", "-z", "HEAD").split("\0") if line}


def _run(context: Context, root: Path, settings: AppSource, plan: Planned) -> CommandRun:
    known: dict[str, Any] = {"kind": plan.kind, "name": plan.name, "folder": plan.app.path}
    if plan.left_out:
        return CommandRun(**known, left_out=plan.left_out)
    if plan.missing:
        ways = f'{plan.kind} = "COMMAND", or {plan.kind} = {{ none = "why" }}'
        return CommandRun(**known, gap=plan.missing, remedy=f"write into [[source.app]] of the target: {ways}")
    context.tell(plan.name)
    log = context.folder / "logs" / f"{re.sub('[^a-z0-9]+', '-', plan.name.lower())}.log"
    results = Results(root, plan.app)
    ended = run_line(
        CommandLine(plan.command, root / plan.app.path, log, settings.environment),
        context.deadline.shorter(plan.app.seconds),
        lambda newest: context.tell(f"{plan.name}: {newest}"),
    )
    told = {
        "command": plan.command,
        "status": ended.status,
        "seconds": round(ended.seconds, 2),
        "log": log.relative_to(context.base).as_posix() if log.is_relative_to(context.base) else str(log),
        "last": tuple(line.strip() for line in ended.lines if line.strip() and not _NOISE.match(line))[-_LAST:],
    }
    return CommandRun(**known, **told, **_meaning(plan, ended, results))


def _meaning(plan: Planned, ended: Finished, results: Results) -> dict[str, Any]:
    """What the end of a command means, or why it means nothing: further fields of its record."""
    last = next((line.strip() for line in reversed(ended.lines) if line.strip()), "nothing")
    if ended.status is None:
        gap = f"it did not end within {ended.seconds:.0f} s; it said last: {last}"
        return {"gap": gap, "cause": Cause.TIMEOUT, "remedy": _MORE_TIME}
    if ended.status == _NOT_FOUND and plan.install:
        return {"gap": f"the packages that it needs are not installed: {last}", "remedy": plan.install}
    return _counted(plan, ended, results) if plan.kind == "test" else {}


def _counted(plan: Planned, ended: Finished, results: Results) -> dict[str, Any]:
    """What a test command counted; of one that fails, its status says enough."""
    try:
        counted, names = results.read() if plan.app.results else (summaries(ended.lines, plan.app.runner), ())
    except CouldNotLook as trouble:
        return {} if ended.status else {"gap": trouble.what, "cause": trouble.cause, "remedy": trouble.remedy}
    if ended.status or any(each.failed for each in counted):
        names = names or failing(ended.lines, [each.runner for each in counted if each.failed])
    elif not counted:
        gap = f"it ends well, and says nothing that {plan.app.runner or _KNOWN_RUNNERS} would: did any test run?"
        remedy = 'let it write JUnit XML, and name the file in [[source.app]] of the target: results = "junit.xml"'
        return {"gap": gap, "remedy": remedy}
    return {"summaries": counted, "failing": names}


class Results:
    """The JUnit XML that the tests of a folder write; made before they run, to know an old one."""

    def __init__(self, root: Path, app: AppFolder) -> None:
        self._path = root / app.path / (app.results or "")
        self._before = self._written()

    def read(self) -> tuple[tuple[RunnerSummary, ...], tuple[str, ...]]:
        """What was counted, and the names of what failed.

        Raises:
            CouldNotLook: no-data, stale-data or precondition, if it was not written, not now, or is none.
        """
        remedy = "correct results in [[source.app]] of the target, or the runner's own settings"
        if self._written() is None:
            raise CouldNotLook(Cause.NO_DATA, f"the tests wrote no {self._path.name}", remedy=remedy)
        if self._written() == self._before:
            raise CouldNotLook(Cause.STALE_DATA, f"{self._path.name} is of an earlier run", remedy=remedy)
        try:
            return (read_junit(self._path),), failing_in_junit(self._path)
        except ValueError as trouble:
            raise CouldNotLook(Cause.PRECONDITION, str(trouble), remedy=remedy) from None

    def _written(self) -> int | None:
        return self._path.stat().st_mtime_ns if self._path.is_file() else None
