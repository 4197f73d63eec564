"""Which phases of the plan a run judges."""

from __future__ import annotations

import pytest

from tests.support.runs.toy import CHECKOUT
from verifier.core.config.contract import read_contract
from verifier.core.config.phases import phase_of
from verifier.plugin.inventory import Roll, call_roll

FLOWS = Roll(
    checks={
        "checks/test_health.py::test_it": "health-endpoint",
        "smoke/phases/test_phase_1.py::test_it": "phase-features",
        "smoke/phases/test_phase_3.py::test_it": "phase-features",
    }
)


@pytest.mark.parametrize(
    ("check", "phase"),
    [
        ("smoke/phases/test_phase_3.py::test_it[chromium]", 3),
        ("smoke/test_else.py::test_it", None),
        ("checks/x.py", None),
    ],
)
def test_a_flow_belongs_to_the_phase_of_its_file(check: str, phase: int | None) -> None:
    assert phase_of(check) == phase


def test_only_the_flows_of_deployed_phases_are_expected() -> None:
    assert list(FLOWS.of_phases([1])) == [
        "checks/test_health.py::test_it",
        "smoke/phases/test_phase_1.py::test_it",
    ]


def test_a_deployed_phase_without_flows_is_expected_and_so_never_done() -> None:
    assert FLOWS.of_phases([1, 3, 4])["smoke/phases/test_phase_4.py"] == "phase-features"


def test_the_project_has_flows_for_the_phases_that_it_promises() -> None:
    roll = call_roll(CHECKOUT, read_contract(CHECKOUT))

    assert {phase_of(check) for check in roll.checks} == {None, 1, 3, 5}
    assert roll.problems == []
