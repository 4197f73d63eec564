"""What a fault is: what a verifier must say about it, and the hooks by which it acts on the part that it breaks.

A fault is declared beside what it breaks, in a module whose name ends with `_faults`; `sandbox.faults` finds it there.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Active = Mapping[str, str | None]
"""The faults that are switched on: name → figure."""
DECLARED: dict[str, "Fault"] = {}
"""The faults of all modules that were imported; `sandbox.faults.REGISTRY` has all there are."""


@dataclass(frozen=True)
class Fault:
    """One fault: its name, what it does, and what a verifier must say about it; nothing, if nobody is harmed.

    Attributes:
        red: the items that must be failed.
        unverified: the items that must be unverified, each with the cause.
        value: its figure, where nobody gives another one.
        perhaps: items that may be either, because it depends on which machine the edge chooses.
        stages: the marker expression of the run that must see it.
        green: the items that must pass, where the fault must harm nothing.
        one_machine: whether it changes the first machine of an app only.
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
        """Whether it is switched on."""
        return self.name in active

    def figure(self, active: Active) -> float:
        """Its figure as a number, 0 while it is off."""
        return float(active.get(self.name) or 0)

    def effects(self) -> list[str]:
        """What the run that sees it must say, in words, and which run that is unless it is of `postdeploy` alone."""
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
    """Enter a fault in the registry.

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
    """A place in the deployment where faults act: fault → what it does or puts there.

    The part asks it by `active` and knows no fault by name; a fault is added where it is declared.
    """

    def __init__(self) -> None:
        self._acts: dict[str, Act] = {}

    def add(self, fault: Fault, act: Act) -> Fault:
        """Declare a fault that does this; one that acts in several places is added to each hook."""
        self._acts[declare(fault).name] = act
        return fault

    def by(self, fault: Fault) -> Callable[[Act], Act]:
        """Declare a fault that does what the decorated function does."""

        def added(act: Act) -> Act:
            self.add(fault, act)
            return act

        return added

    def active(self, active: Active) -> list[tuple[Act, str]]:
        """What the faults that are switched on do here, each with its figure, in the order of their declaration."""
        return [(act, active[name] or "") for name, act in self._acts.items() if name in active]


Thing = TypeVar("Thing")
Break = Callable[[Thing, str], AbstractAsyncContextManager[None]]
"""Breaks a thing, given the fault's figure: entering it injects the fault, leaving it heals."""


@asynccontextmanager
async def done(doing: Awaitable[None]) -> AsyncIterator[None]:
    """Do something that only a new release heals."""
    await doing
    yield


@asynccontextmanager
async def changed(thing: object, **attributes: object) -> AsyncIterator[None]:
    """Give a thing these attributes, and give it back its own when healed."""
    before = {name: getattr(thing, name) for name in attributes}
    for name, value in attributes.items():
        setattr(thing, name, value)
    yield
    for name, value in before.items():
        setattr(thing, name, value)
