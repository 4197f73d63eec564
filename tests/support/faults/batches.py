"""Batches of faults that affect different items, and so can be active together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.support.faults.fault_runs import FLOWS, FaultRun, endings, share_flows

Seen = tuple[dict[str, str], tuple[str, int]]
"""The result of a run: item that did not pass → outcome or cause; verdict and exit status."""

_PHASES = 3
"""Phases that one run judges at most."""
_FAILING = 6
"""Flows that fail in one run at most: each of them waits for seconds."""


@dataclass(frozen=True)
class Batch:
    """Faults that name disjoint items."""

    runs: tuple[FaultRun, ...]

    @property
    def name(self) -> str:
        """The names of its faults."""
        return " + ".join(each.name for each in self.runs)

    @property
    def words(self) -> tuple[str, ...]:
        """Further arguments of the command, the same for all its faults."""
        return self.runs[0].words

    @property
    def stages(self) -> str:
        """The marker expression of the run that sees it."""
        return self.runs[0].fault.stages

    @property
    def expected(self) -> dict[str, str]:
        """Item that must not pass → 'failed', or the cause of unverified."""
        red = {item: "failed" for each in self.runs for item in each.fault.red}
        flows = dict.fromkeys(self.flows, "failed")
        return red | flows | {item: cause for each in self.runs for item, cause in each.fault.unverified.items()}

    @property
    def flows(self) -> tuple[str, ...]:
        """The flows that must fail, and no others; none where its faults name the item alone."""
        return tuple(flow for each in self.runs for flow in each.flows)

    @property
    def perhaps(self) -> set[str]:
        """The items that may be either."""
        return {item for each in self.runs for item in each.fault.perhaps}

    @property
    def green(self) -> set[str]:
        """The items that must have passed, rather than be not applicable."""
        return {item for each in self.runs for item in each.fault.green}

    @property
    def far(self) -> tuple[str, ...]:
        """The items that the run leaves out: unrelated to all faults, or disturbed by the load of one."""
        far = set.intersection(*(set(each.far) for each in self.runs))
        return tuple(sorted(far | {item for each in self.runs for item in each.aside}))

    @property
    def endings(self) -> tuple[tuple[str, int], ...]:
        """The possible verdicts and exit statuses; more than one only if items in `perhaps` decide."""
        red = tuple(item for each in self.runs for item in each.fault.red)
        doubtful = {item: cause for each in self.runs for item, cause in each.fault.unverified.items()}
        return endings(red, doubtful, self.perhaps)

    @property
    def phases(self) -> tuple[int, ...]:
        """The phases whose flows the run judges."""
        see = [each for each in self.runs if set(FLOWS) & each.named]
        return tuple(sorted({phase for each in see for phase in each.phases}))

    def takes(self, run: FaultRun) -> bool:
        """Whether `run` can be active with these without ambiguity."""
        alike = (self.words, self.stages) == (run.words, run.fault.stages)
        few = len({*self.phases, *Batch((run,)).phases}) <= _PHASES and len({*self.flows, *run.flows}) <= _FAILING
        return alike and few and all(_apart(each, run) for each in self.runs)

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
    """Whether the two affect no common item or part.

    A local fault is judged without unrelated items, and may affect those; so it is not combined with one that is
    judged with all items.
    """
    both = one.named & other.named - {*FLOWS}
    clear = one.local == other.local and not (both or one.named & {*other.aside} or other.named & {*one.aside})
    return clear and not share_flows(one, other) and not one.changes & other.changes


def batched(runs: Iterable[FaultRun]) -> list[Batch]:
    """All faults in few batches, first fit, those with most items first."""
    batches: list[Batch] = []
    for run in sorted(runs, key=lambda each: (-len(each.named), each.name)):
        at = next((number for number, batch in enumerate(batches) if batch.takes(run)), None)
        if at is None:
            batches.append(Batch((run,)))
        else:
            batches[at] = Batch((*batches[at].runs, run))
    return batches


@dataclass
class BatchJudge:
    """Judges batches, and finds the fault that is not seen as declared.

    Args:
        judge: activates a batch and runs the command.

    Attributes:
        tried: the names of the judged batches, in order.
    """

    judge: Callable[[Batch], Seen]
    tried: list[str] = field(default_factory=list)

    def complaint(self, batch: Batch) -> str:
        """Which faults are not seen as declared, and how; empty, if all are.

        A batch that disagrees although each of its faults agrees is reported, too: two of them interact without
        declaring it, or something is not deterministic.
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
