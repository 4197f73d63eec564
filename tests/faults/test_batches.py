"""What a batch of faults hides: nothing. A fault that turns one item more red, or one fewer, is caught and named."""

from __future__ import annotations

import pytest

from sandbox.fault import Fault, unverified
from tests.support.faults.batches import Batch, BatchJudge, Seen, batched
from tests.support.faults.fault_runs import RUNS, FaultRun

SLOW, SILENT = FaultRun(Fault("slow", "", ("tiles",))), FaultRun(Fault("silent", "", (), unverified("no-data", "log")))
OPEN = FaultRun(Fault("open", "", ("rows",), green=("tables",)))
BATCH = Batch((SLOW, SILENT, OPEN))
SEEN = {"slow": {"tiles": "failed"}, "silent": {"log": "no-data"}, "open": {"rows": "failed"}}


def trial(**otherwise: dict[str, str]) -> BatchJudge:
    """A deployment that shows each fault as declared, but for these."""
    shown = SEEN | otherwise

    def judge(batch: Batch) -> Seen:
        items = {item: said for each in batch.runs for item, said in shown[each.name].items()}
        failed = "failed" in items.values()
        return items, ("NOT DONE", 1) if failed else ("UNVERIFIED", 6) if items else ("DONE", 0)

    return BatchJudge(judge)


def test_a_batch_that_shows_the_union_is_judged_once() -> None:
    judging = trial()

    assert judging.complaint(BATCH) == ""
    assert judging.tried == [BATCH.name]


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ({"tiles": "failed", "visits": "failed"}, "visits: failed, expected: passed"),
        ({}, "tiles: passed, expected: failed"),
        ({"tiles": "timeout"}, "tiles: timeout, expected: failed"),
    ],
    ids=["one more", "one fewer", "not looked at"],
)
def test_a_fault_that_shows_other_items_is_caught_in_a_batch_and_named(shown: dict[str, str], said: str) -> None:
    judging = trial(slow=shown)
    complaint = judging.complaint(BATCH)

    assert f"slow (by itself, too): {said}" in complaint
    assert "silent (by itself" not in complaint
    assert "open (by itself" not in complaint
    assert len(judging.tried) == 4


def test_an_item_that_must_be_green_and_is_not_is_caught() -> None:
    assert "tables: failed, expected: passed" in trial(open=SEEN["open"] | {"tables": "failed"}).complaint(BATCH)


def test_faults_that_disturb_each_other_only_together_are_a_complaint() -> None:
    judging = BatchJudge(lambda batch: ({}, ("DONE", 0)) if len(batch.runs) > 1 else trial().judge(batch))
    complaint = judging.complaint(BATCH)

    assert judging.tried == [BATCH.name, "slow", "silent", "open"]
    assert complaint.startswith(f"{BATCH.name}: ")
    assert "tiles: passed, expected: failed" in complaint
    assert "each fault by itself agrees" in complaint


def test_an_ending_that_contradicts_the_items_is_caught() -> None:
    assert "the run ended ('DONE', 0)" in Batch((SLOW,)).disagreement(({"tiles": "failed"}, ("DONE", 0)))


def test_a_fault_with_a_red_item_ends_not_done_whatever_may_be_besides() -> None:
    assert Batch((FaultRun(Fault("either", "", ("tiles",), perhaps=("visits",))),)).endings == (("NOT DONE", 1),)


def test_faults_of_flows_are_judged_together_where_each_says_which_must_fail() -> None:
    told = [
        FaultRun(Fault(f"breaks-{flow}", "", ("phase-features",)), phases=(phase,), flows=(flow,))
        for flow, phase in (("test_6", 6), ("test_6_too", 6), ("test_7", 7))
    ]
    same = FaultRun(Fault("same-flow", "", ("phase-features",)), phases=(6,), flows=("test_6", "test_else"))
    silent = FaultRun(Fault("says-no-flow", "", ("phase-features",)), phases=(3,))

    assert [batch.name for batch in batched([*told, same, silent])] == [
        "breaks-test_6 + breaks-test_6_too + breaks-test_7",
        "same-flow",
        "says-no-flow",
    ]
    flows = dict.fromkeys(("test_6", "test_6_too", "test_7"), "failed")
    assert batched(told)[0].expected == {"phase-features": "failed"} | flows


@pytest.mark.parametrize(("phases", "flows"), [(4, 1), (1, 7)], ids=["phases", "flows that fail"])
def test_a_run_judges_few_phases_and_few_flows_that_fail(phases: int, flows: int) -> None:
    runs = [
        FaultRun(Fault(f"fault-{each}", "", ("phase-features",)), phases=(each % phases,), flows=(f"test_{each}",))
        for each in range(phases * flows)
    ]

    assert [len(batch.runs) for batch in batched(runs)] == [phases * flows - 1, 1]


def test_every_fault_of_the_registry_is_in_one_batch() -> None:
    batches = batched(RUNS.values())
    names = [run.name for batch in batches for run in batch.runs]

    assert sorted(names) == sorted(RUNS)
    assert len(batches) < len(names) / 2


@pytest.mark.parametrize(
    "other",
    [
        FaultRun(Fault("same-item", "", ("tiles",))),
        FaultRun(Fault("wants-it-green", "", (), green=("tiles",))),
        FaultRun(Fault("lays-it-aside", "", ("rows",)), aside=("tiles",)),
        FaultRun(Fault("other-stage", "", ("rows",), stages="monitoring")),
        FaultRun(Fault("other-words", "", ("rows",)), words=("--restore-drill",)),
        FaultRun(Fault("same-machine", "", ("rows",), one_machine=True)),
        FaultRun(Fault("judged-with-everything", "", ("rows",)), local=False),
    ],
    ids=lambda each: each.name,
)
def test_faults_that_exclude_each_other_are_not_switched_on_together(other: FaultRun) -> None:
    slow = FaultRun(Fault("slow", "", ("tiles",), one_machine=True))

    assert [len(each.runs) for each in batched([slow, other])] == [1, 1]
