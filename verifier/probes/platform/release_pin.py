"""Checks that the release and its machines stay the same from the beginning of a run to its end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.execution.collector import Collector
from verifier.core.execution.run import Run
from verifier.core.machine import Machine
from verifier.core.verdict.results import CheckResult, Outcome
from verifier.probes.platform import RELEASE_UNCHANGED
from verifier.probes.platform.state import PlatformState, observe_platform

_LAST_LOOK = 20.0
"""Seconds for the last look at the release."""
_result = partial(
    CheckResult,
    RELEASE_UNCHANGED.name,
    RELEASE_UNCHANGED.item,
    "The release and its machines are the same at the end of the run as at its beginning.",
    evidence=("platform",),
)


def judge(run: Run, collector: Collector) -> CheckResult:
    """Look again, and compare with what was seen when the run began."""
    context = run.context(collector, Deadline(_LAST_LOOK))
    stopped = {each.name: each.remedy for each in run.cleanup.left()}
    first = partial(collector.get, "platform", PlatformState)
    return release_unchanged(first, partial(observe_platform, context), stopped, run.cleanup.replaced())


def release_unchanged(
    before: Callable[[], PlatformState],
    after: Callable[[], PlatformState],
    stopped: Mapping[str, str] | None = None,
    replaced: Collection[str] = (),
) -> CheckResult:
    """Compare release, machines, machine versions and images; any difference makes the run void, not red.

    Args:
        before: hands over what was seen when the session began.
        after: looks now.
        stopped: machines that this run stopped and could not start again → what to type.
        replaced: machines that this run gave another image and then their own again, so that their version is new.
    """
    try:
        first, last = before(), after()
    except CouldNotLook as trouble:
        return _result(Outcome.UNVERIFIED, str(trouble.cause), trouble.what, trouble.remedy)
    changes = _changes(first, last, replaced)
    if changes:
        message = "while the run looked, this changed: " + "; ".join(changes)
        return _result(Outcome.UNVERIFIED, str(Cause.STALE_DATA), *_told(message, stopped or {}))
    measured = f"release {last.release.version} on {', '.join(machine.id for machine in last.machines)}"
    return _result(Outcome.PASSED, measured=measured)


def _told(message: str, stopped: Mapping[str, str]) -> tuple[str, str]:
    """What changed, and what to do; a machine that this run itself stopped is no other deploy's."""
    if not stopped:
        return message, "run again, when the other deploy has ended"
    message = f"{message}; this run stopped {', '.join(stopped)}, and could not start it again"
    return message, "; ".join(stopped.values())


def _changes(first: PlatformState, last: PlatformState, replaced: Collection[str]) -> list[str]:
    changes = []
    if (first.release.id, first.release.version) != (last.release.id, last.release.version):
        changes.append(f"release {first.release.version} → {last.release.version}")
    before, after = ({each.id: _version(each, replaced) for each in seen.machines} for seen in (first, last))
    changes += [f"machine {each} is gone" for each in before if each not in after]
    changes += [f"machine {each} is new" for each in after if each not in before]
    for machine in (each for each in before if each in after and before[each] != after[each]):
        changes.append(
            f"machine {machine}: release {before[machine][0]} → {after[machine][0]}, or its image or version"
        )
    running = {each.id for each in first.machines if each.state == "started"}
    lost = [each for each in last.machines if each.id in running and each.down]
    return changes + [f"machine {each.id} is {each.state} ({each.last_exit or 'no exit told'})" for each in lost]


def _version(machine: Machine, replaced: Collection[str]) -> tuple[str | None, str | None, str | None]:
    return machine.release, machine.digest, None if machine.id in replaced else machine.instance
