"""A rehearsed rollback: each machine runs the image of the previous release, and then its own again."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType
from typing import Self

from verifier.core.cleanup import Cleanup, CleanupTask
from verifier.core.deadline import Deadline, monotonic, now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record, require
from verifier.core.machine import Machine
from verifier.core.probe import Context
from verifier.core.suite import judging
from verifier.probes.http.client import client, get
from verifier.probes.platform.state import MachineState, by_hand, opened
from verifier.probes.rollback.evidence import RollbackState

BACK = 60.0
"""Seconds that a machine gets to be well with another image."""
_PAUSE = 0.5
_ENDED = {"failed", "launch_failed", "destroyed"}
"""States in which nothing more is to be expected."""


class MachineRehearsal(Record):
    """One machine's way there and back.

    Attributes:
        there: seconds until it was well with the image of the previous release; nothing if it was not.
        trouble: how it was instead.
        back: seconds until it was well with its own image again; nothing if it was not.
        left: how it was left, in that case.
    """

    there: float | None = None
    trouble: str = ""
    back: float | None = None
    left: str = ""


class Rehearsal(Evidence):
    """The rehearsal of a rollback, if one was asked for.

    Attributes:
        turns: machine → its way; nothing, if no rehearsal was asked for.
    """

    turns: dict[str, MachineRehearsal] | None = None

    def told(self) -> dict[str, str]:
        """Machine → how long it took, in words."""
        return {
            machine: f"there {_seconds(each.there)}, back {_seconds(each.back)}"
            for machine, each in (self.turns or {}).items()
        }

    def unwell(self) -> dict[str, str]:
        """Machines that were not well with the image of the previous release, in words."""
        return {machine: each.trouble for machine, each in (self.turns or {}).items() if each.there is None}

    def stranded(self) -> dict[str, str]:
        """Machines that are not well with their own image again, in words."""
        return {machine: each.left for machine, each in (self.turns or {}).items() if each.back is None}


def observe_rehearsal(context: Context) -> Rehearsal:
    """Replace one machine after the other, so that the others go on serving.

    Raises:
        CouldNotLook: precondition, if there is no release to go back to, or nothing may be changed here.
    """
    started, seen = now(), context.get("machines", MachineState)
    turns: dict[str, MachineRehearsal] | None = None
    if context.options.rehearse_rollback:
        image = _image(context)
        with context.run_exclusive(context.deadline):
            turns = {}
            for each in (machine for machine in seen.machines if machine.state == "started"):
                turns[each.id] = _turn(context, each, image)
                if turns[each.id].there is None or turns[each.id].back is None:
                    break  # the others must go on serving
    return Rehearsal(
        asked="Does the previous release still start?",
        where=seen.where,
        at=started,
        again=judging("-m production --rehearse-rollback"),
        turns=turns,
    )


def undo(context: Context, task: CleanupTask) -> bool:
    """Give a machine its own image again, which a process that is gone has left with another; whether it is well."""
    return bool(task.image) and _brought(context, task.name, task.image)[0] is not None


def _image(context: Context) -> str:
    if context.target.writes != "allowed" or context.cleanup is None:
        raise CouldNotLook(Cause.PRECONDITION, f"{context.target.file} does not permit to change anything")
    state = context.get("rollback", RollbackState)
    require(state.existing())
    require(state.image_known())
    if state.image_there is False or state.previous is None or state.previous.image is None:
        raise CouldNotLook(Cause.PRECONDITION, "the image of the previous release is gone, so nothing was tried")
    if context.deadline.remaining() < 2 * BACK:
        what = f"one machine's way there and back may take {2 * BACK:g} s, and the run has not that much left"
        raise CouldNotLook(Cause.TIMEOUT, what, remedy="give the run more time: --deadline SECONDS")
    return state.previous.image


def _turn(context: Context, machine: Machine, image: str) -> MachineRehearsal:
    context.tell(f"machine {machine.id} runs the previous release")
    with _Replaced(context, machine) as replaced:
        there, trouble = _brought(context, machine.id, image)
    return MachineRehearsal(there=there, trouble=trouble, back=replaced.back, left=replaced.left)


class _Replaced:
    """A machine that runs another image for as long as the block lasts, and its own at the end, however that comes."""

    def __init__(self, context: Context, machine: Machine) -> None:
        self._context, self._machine = context, machine
        hand = by_hand(context).replace.format(machine=machine.id, image=_own(machine))
        self._task = CleanupTask(machine.id, hand, image=_own(machine))
        self.back: float | None = None
        self.left = ""

    def __enter__(self) -> Self:
        self._cleanup.add(self._task)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.tell(f"machine {self._machine.id} gets its own image again")
        calm = replace(self._context, deadline=Deadline(BACK))
        self.back, self.left = _brought(calm, self._machine.id, self._task.image)
        if self.back is None:
            self._cleanup.fail(self._task)
        else:
            self._cleanup.done(self._task)

    @property
    def _cleanup(self) -> Cleanup:
        if self._context.cleanup is None:
            raise CouldNotLook(Cause.PRECONDITION, "nobody would give the machine its own image again")
        return self._context.cleanup


def _own(machine: Machine) -> str:
    if machine.source is None:
        raise CouldNotLook(Cause.NO_DATA, f"the platform does not tell which image {machine.id} was given")
    return machine.source


def _brought(context: Context, machine: str, image: str) -> tuple[float | None, str]:
    """Give it the image; seconds until it was well, or nothing and how it was instead.

    Well is: started as a new version, its checks passing, and answering as a visitor asks.
    """
    began = monotonic()
    try:
        with opened(context) as platform:
            before = platform.machine(machine).instance
            platform.replace(machine, image)
            seen = context.deadline.shorter(BACK).eventually(
                lambda: platform.machine(machine),
                lambda each: each.instance != before and (_is_well(each) or each.state in _ENDED),
                pause=_PAUSE,
            )
    except CouldNotLook as trouble:
        return None, str(trouble)
    if seen.instance == before or not _is_well(seen):
        return None, f"{seen.state}, checks: {seen.checks_told}"
    with client(context.target) as session:
        reply = get(session, context.url, machine=machine)
    return (None, f"it answers {reply}") if reply.down else (monotonic() - began, "")


def _is_well(machine: Machine) -> bool:
    return machine.state == "started" and machine.checks_well


def _seconds(told: float | None) -> str:
    return f"{told:.1f} s" if told is not None else "never"
