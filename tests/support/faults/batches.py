"""Faults that are switched on together, because they turn different items red."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.support.faults.fault_runs import FLOWS, FaultRun, endings

Seen = tuple[dict[str, str], tuple[str, int]]
"""What a run came to: each item that did not pass → its outcome or cause, and the run's verdict and exit status."""


@dataclass(frozen=True)
class Batch:
    """Faults of which none names an item that another one names."""

    runs: tuple[FaultRun, ...]

    @property
    def name(self) -> str:
        """The names of its faults."""
        return " + ".join(each.name for each in self.runs)

    @property
    def words(self) -> tuple[str, ...]:
        """Further words of the command; all its faults want the same."""
        return self.runs[0].words

    @property
    def stages(self) -> str:
        """The marker expression of the run that sees it."""
        return self.runs[0].fault.stages

    @property
    def expected(self) -> dict[str, str]:
        """Each item that must not pass → 'failed', or the cause why it cannot be looked at."""
        red = {item: "failed" for each in self.runs for item in each.fault.red}
        return red | {item: cause for each in self.runs for item, cause in each.fault.unverified.items()}

    @property
    def perhaps(self) -> set[str]:
        """The items that may be either."""
        return {item for each in self.runs for item in each.fault.perhaps}

    @property
    def green(self) -> set[str]:
        """The items that must have passed, where not applicable would not do."""
        return {item for each in self.runs for item in each.fault.green}

    @property
    def far(self) -> tuple[str, ...]:
        """The items that the run leaves out: what every fault is far from, and what the load of one could disturb."""
        far = set.intersection(*(set(each.far) for each in self.runs))
        return tuple(sorted(far | {item for each in self.runs for item in each.aside}))

    @property
    def endings(self) -> tuple[tuple[str, int], ...]:
        """The verdicts, with their exit statuses, that the run may have: one, unless it depends on 'perhaps' alone."""
        red = tuple(item for each in self.runs for item in each.fault.red)
        doubtful = {item: cause for each in self.runs for item, cause in each.fault.unverified.items()}
        return endings(red, doubtful, self.perhaps)

    @property
    def phases(self) -> tuple[int, ...]:
        """The phases whose flows the run judges."""
        see = [each for each in self.runs if set(FLOWS) & each.named]
        return tuple(sorted({phase for each in see for phase in each.phases}))

    def takes(self, run: FaultRun) -> bool:
        """Whether `run` can be switched on with these, and what each must be seen by stays clear."""
        alike = (self.words, self.stages) == (run.words, run.fault.stages)
        return alike and all(_apart(each, run) for each in self.runs)

    def disagreement(self, seen: Seen) -> str:
        """How `seen` differs from what the faults declare; empty, if it does not."""
        items, ending = seen
        told = [
            f"{item}: {items.get(item, 'passed')}, expected: {self.expected.get(item, 'passed')}"
            for item in sorted(items.keys() | self.expected.keys() | self.green)
            if items.get(item) != self.expected.get(item) and item not in self.perhaps
        ]
        return "; ".join(told + ([f"the run ended {ending}"] if ending not in self.endings else []))


def _apart(one: FaultRun, other: FaultRun) -> bool:
    """Whether no item and nothing else that the one changes concerns the other.

    A local fault is judged without what is far from it, and may do anything there; so it does not go with one that is
    judged with everything.
    """
    clear = one.local == other.local and not (one.named & {*other.named, *other.aside} or other.named & {*one.aside})
    return clear and not one.changes & other.changes


def batched(runs: Iterable[FaultRun]) -> list[Batch]:
    """All faults in few batches: those with many items first, each to the first batch that takes it."""
    batches: list[Batch] = []
    for run in sorted(runs, key=lambda each: (-len(each.named), each.name)):
        at = next((number for number, batch in enumerate(batches) if batch.takes(run)), None)
        if at is None:
            batches.append(Batch((run,)))
        else:
            batches[at] = Batch((*batches[at].runs, run))
    return batches


@dataclass
class Trial:
    """Judges batches, and finds out which fault it was where one is not seen as declared.

    Args:
        judge: switches a batch on and runs the command.

    Attributes:
        tried: the names of what was judged, in order.
    """

    judge: Callable[[Batch], Seen]
    tried: list[str] = field(default_factory=list)

    def complaint(self, batch: Batch) -> str:
        """Which faults are not seen as declared, and how; empty, if all are.

        A batch that disagrees although each of its faults by itself is seen as declared is a complaint, too: what two
        of them both change is declared by neither, or something is not deterministic.
        """
        together = self._disagreement(batch)
        if not together or len(batch.runs) == 1:
            return together and f"{batch.name}: {together}"
        alone = {each.name: self._disagreement(Batch((each,))) for each in batch.runs}
        culprits = [f"{name} (by itself, too): {said}" for name, said in alone.items() if said]
        undeclared = (
            f"{batch.name}: {together}; each fault by itself agrees: declare what excludes which (touches, aside)"
        )
        return "\n".join(culprits or [undeclared])

    def _disagreement(self, batch: Batch) -> str:
        self.tried.append(batch.name)
        return batch.disagreement(self.judge(batch))


def singly(runs: Sequence[FaultRun]) -> list[Batch]:
    """Each fault by itself."""
    return [Batch((each,)) for each in runs]
