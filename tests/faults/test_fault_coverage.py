"""Every item of every stage that has a check has a fault that fails it, and one that leaves it unverified.

This is arithmetic on what the faults declare. That each is seen as declared is proved where it is run:
`test_faults.py` for the sandbox, `test_application_faults.py` and `test_deploy_file_faults.py` for an application's
files.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sandbox.fault import Fault
from sandbox.faults import REGISTRY
from tests.support.faults import deploy_file_faults
from tests.support.faults.application_faults import FAULTS, ApplicationFault
from tests.support.faults.fault_runs import endings
from tests.support.runs.toy import CHECKOUT
from verifier.core.config.contract import Stage, read_contract
from verifier.plugin.inventory import read_inventory
from verifier.probes.platform import RELEASE_UNCHANGED

ALL: tuple[Fault | ApplicationFault, ...] = (*REGISTRY.values(), *FAULTS, *deploy_file_faults.FAULTS)
NEVER_FAILED = {
    RELEASE_UNCHANGED.item: "a release that changes during the run makes the run void, and breaks no promise",
}
"""Items that no fault can fail, by design, each with the reason. Nothing is excepted from being unverified."""
PROVED_BY_TEST_RATES = {"prometheus-nan"}
"""A fault of one source among several, which changes no item; `test_rates.py` asks which source told."""
CONTRACT = read_contract(CHECKOUT)
CHECKED = {*read_inventory(CHECKOUT, CONTRACT).checks.values(), RELEASE_UNCHANGED.item}
"""The items that have a check; `release-unchanged` is judged by a closing check of its subject."""


def judged(*stages: Stage) -> set[str]:
    """The items with a check that a run of these stages judges."""
    return {item.id for item in CONTRACT.item if item.id in CHECKED and set(stages) & set(item.stage)}


def stages_of(fault: Fault | ApplicationFault) -> list[Stage]:
    """The stages of the run that sees a fault."""
    return [Stage(name) for name in fault.stages.split(" or ")]


def named(fault: Fault | ApplicationFault) -> set[str]:
    """Every item of which a fault says anything."""
    more = (*fault.perhaps, *fault.green) if isinstance(fault, Fault) else ()
    return {*fault.red, *fault.unverified, *more}


def seen(stage: Stage, kind: str) -> set[str]:
    """The items that faults turn red, or unverified, in runs of a stage."""
    named: Iterable[Iterable[str]] = (getattr(fault, kind) for fault in ALL if stage in stages_of(fault))
    return {item for items in named for item in items}


@pytest.mark.parametrize("stage", Stage)
def test_every_checked_item_of_a_stage_has_a_fault_that_turns_it_red(stage: Stage) -> None:
    assert judged(stage) - seen(stage, "red") == NEVER_FAILED.keys() & judged(stage)


@pytest.mark.parametrize("stage", Stage)
def test_every_checked_item_of_a_stage_has_a_fault_that_makes_it_unverified(stage: Stage) -> None:
    assert judged(stage) - seen(stage, "unverified") == set()


def test_faults_name_only_items_that_their_runs_judge() -> None:
    found = {fault.name: named(fault) - judged(*stages_of(fault)) for fault in ALL}

    assert {name: items for name, items in found.items() if items} == {}


def test_a_fault_called_of_one_machine_is_one_of_one_machine() -> None:
    called = {name for name in REGISTRY if name.endswith("-on-one-machine")}

    assert called <= {name for name, fault in REGISTRY.items() if fault.one_machine}


def test_every_fault_names_something_that_its_run_can_be_compared_with() -> None:
    assert {fault.name for fault in ALL if not named(fault)} == PROVED_BY_TEST_RATES


def test_the_list_of_faults_tells_every_effect_and_the_run_that_sees_it() -> None:
    some = Fault("some", "", ("a",), {"b": "no-data", "c": "no-data", "d": "timeout"}, perhaps=("e",))

    assert some.effects() == ["red: a", "unverified (no-data): b, c", "unverified (timeout): d", "perhaps: e"]
    assert Fault("none", "", stages="deploy").effects() == ["must stay DONE", 'seen with -m "deploy"']


DONE, NOT_DONE, UNVERIFIED = ("DONE", 0), ("NOT DONE", 1), ("UNVERIFIED", 6)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("nothing", ""), {DONE}),
        (Fault("red", "", ("a",)), {NOT_DONE}),
        (Fault("unverified", "", (), {"a": "no-data"}), {UNVERIFIED}),
        (Fault("both", "", ("a",), {"b": "no-data"}), {NOT_DONE}),
        (Fault("red and perhaps more", "", ("a",), perhaps=("b",)), {NOT_DONE}),
        (Fault("unverified and perhaps more", "", (), {"a": "no-data"}, perhaps=("b",)), {UNVERIFIED, NOT_DONE}),
        (Fault("perhaps", "", perhaps=("a",)), {DONE, UNVERIFIED, NOT_DONE}),
    ],
    ids=lambda each: each.name if isinstance(each, Fault) else "",
)
def test_the_ending_of_a_fault_is_certain_where_something_is_red(fault: Fault, expected: set[tuple[str, int]]) -> None:
    found = endings(fault.red, fault.unverified, fault.perhaps)

    assert set(found) == expected
    assert len(found) == len(expected)
