"""The steps of a flow: what a person does and sees, one after the other, and which of them need writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class StepState(StrEnum):
    """What became of a step."""

    SHOWN = "shown"
    STOPPED = "stopped"
    NEEDS_WRITING = "needs writing"


@dataclass
class Step:
    """One step, named as a person would say it."""

    name: str
    state: StepState = StepState.SHOWN


@dataclass
class Steps:
    """The steps that a flow has taken until now.

    Attributes:
        of: what they are steps of: "phase 4".
        taken: each of them; one that the target does not allow is among them, and was not taken.
    """

    of: str = ""
    taken: list[Step] = field(default_factory=list)

    def begin(self, name: str, *, may: bool = True) -> bool:
        """Begin a step, which ends the one before; hands `may` back."""
        self.taken.append(Step(name, StepState.SHOWN if may else StepState.NEEDS_WRITING))
        return may

    @property
    def place(self) -> str:
        """Where the flow is, in words; what it belongs to, or nothing, where no step was begun."""
        number = max(
            (place for place, each in enumerate(self.taken) if each.state != StepState.NEEDS_WRITING), default=-1
        )
        step = f"step {number + 1}, '{self.taken[number].name}'" if number >= 0 else ""
        return ", ".join(each for each in (self.of, step) if each)

    def stop(self) -> str:
        """The flow ends here; hands over where that is."""
        begun = [each for each in self.taken if each.state != StepState.NEEDS_WRITING]
        for each in begun[-1:]:
            each.state = StepState.STOPPED
        return self.place

    def as_plain(self) -> tuple[dict[str, str], ...]:
        """In plain values, as a worker process can send them."""
        return tuple({"name": each.name, "state": str(each.state)} for each in self.taken)


READ_ONLY = "shown read-only"
"""Begins what is measured where something could only be shown by writing, which the target forbids."""


def counted(steps: Iterable[Mapping[str, str]]) -> str:
    """How many steps were seen, in words; nothing, where there are none.

    Args:
        steps: of all flows together, in plain values.
    """
    states = [each["state"] for each in steps]
    told = f"{states.count(StepState.SHOWN)} of {len(states)} steps"
    return f"{READ_ONLY}: {told}" if StepState.NEEDS_WRITING in states else told if states else ""
