"""Faults: the verdicts that they must cause, and the hooks by which they act.

A fault is declared beside what it breaks, in a module `*_faults`, where `sandbox.faults` finds it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Active = Mapping[str, str | None]
"""The active faults: name → figure."""
DECLARED: dict[str, "Fault"] = {}
"""The faults of the imported modules; `sandbox.faults.REGISTRY` has all."""


@dataclass(frozen=True)
class Fault:
    """One fault: its name, its effect, and the outcomes that it must cause.

    Attributes:
        red: items that must fail.
        unverified: items that must be unverified → cause.
        value: its default figure.
        perhaps: items with either outcome, depending on the machine that the edge chooses.
        stages: the marker expression of the run that must see it.
        green: items that must pass.
        one_machine: whether it affects only the first machine of an app.
    """

    name: str
    summary: str
    red: tuple[str, ...] = ()
    unverified: Mapping[str, str] = field(default_factory=dict)
    value: str | None = None
    perhaps: tuple[str, ...] = ()
    stages: str = "postdeploy"
    green: tuple[str, ...] = ()
    one_machine: bool = False

    def on(self, active: Active) -> bool:
        """Whether it is active."""
        return self.name in active

    def figure(self, active: Active) -> float:
        """Its figure as a number; 0 if it is not active."""
        return float(active.get(self.name) or 0)

    def effects(self) -> list[str]:
        """The outcomes in words, and the run that sees them if not `postdeploy`."""
        causes = dict.fromkeys(self.unverified.values())
        doubtful = {cause: [item for item, why in self.unverified.items() if why == cause] for cause in causes}
        found = [f"red: {', '.join(self.red)}"] if self.red else []
        found += [f"unverified ({cause}): {', '.join(items)}" for cause, items in doubtful.items()]
        found += [f"perhaps: {', '.join(self.perhaps)}"] if self.perhaps else []
        found = found or ["must stay DONE"]
        return found if self.stages == "postdeploy" else [*found, f'seen with -m "{self.stages}"']

    def as_json(self) -> dict[str, object]:
        """The form of `faults --json`."""
        return {
            "name": self.name,
            "summary": self.summary,
            "red": list(self.red),
            "unverified": dict(self.unverified),
            "perhaps": list(self.perhaps),
            "green": list(self.green),
            "stages": self.stages,
        }


def declare(fault: Fault) -> Fault:
    """Register a fault.

    Raises:
        ValueError: another fault has this name.
    """
    if DECLARED.setdefault(fault.name, fault) is not fault:
        raise ValueError(f"two faults are called {fault.name}")
    return fault


def unverified(cause: str, *items: str) -> dict[str, str]:
    """These items, each unverified with the same cause."""
    return dict.fromkeys(items, cause)


Act = TypeVar("Act")


class Hook(Generic[Act]):
    """A point of the deployment where faults act: fault → action or value.

    The part asks for `active` ones, and knows no fault by name; a fault is added where it is declared.
    """

    def __init__(self) -> None:
        self._acts: dict[str, Act] = {}

    def add(self, fault: Fault, act: Act) -> Fault:
        """Declare a fault with this action; a fault may be added to several hooks."""
        self._acts[declare(fault).name] = act
        return fault

    def by(self, fault: Fault) -> Callable[[Act], Act]:
        """Declare a fault with the decorated function as its action."""

        def added(act: Act) -> Act:
            self.add(fault, act)
            return act

        return added

    def active(self, active: Active) -> list[tuple[Act, str]]:
        """The actions of the active faults with their figures, in the order of declaration."""
        return [(act, active[name] or "") for name, act in self._acts.items() if name in active]


Thing = TypeVar("Thing")
Break = Callable[[Thing, str], AbstractAsyncContextManager[None]]
"""Breaks a thing, given the fault's figure: entering it injects the fault, leaving it heals."""


@asynccontextmanager
async def done(doing: Awaitable[None]) -> AsyncIterator[None]:
    """An action that only a new release heals."""
    await doing
    yield


@asynccontextmanager
async def changed(thing: object, **attributes: object) -> AsyncIterator[None]:
    """Set these attributes; healing restores them."""
    before = {name: getattr(thing, name) for name in attributes}
    for name, value in attributes.items():
        setattr(thing, name, value)
    yield
    for name, value in before.items():
        setattr(thing, name, value)
