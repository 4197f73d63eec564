"""Which phases of the plan a run judges."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.runs.toy import CHECKOUT, TARGET, MakeSuite
from verifier.core.config.contract import read_contract
from verifier.core.config.phases import PhaseFiles, phase_of
from verifier.plugin.inventory import Inventory, read_inventory
from verifier.plugin.scheduler import scope_of

FLOWS = Inventory(
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
    inventory = read_inventory(CHECKOUT, read_contract(CHECKOUT))

    assert {phase_of(check) for check in inventory.checks} == {None, *range(1, 13)}
    assert inventory.problems == []


FLOW = '@pytest.mark.proves("phase-features")\ndef test_{}(): pass\n'


@pytest.fixture
def tree(tmp_path: Path) -> tuple[Path, PhaseFiles]:
    """A suite with the phases 1 and 3, and a folder that brings the phases 3 and 9."""
    for folder, names in (("suite/smoke/phases", (1, 3)), ("brought", (3, 9))):
        (tmp_path / folder).mkdir(parents=True)
        for each in names:
            path = tmp_path / folder / f"test_phase_{each}.py"
            path.write_text(FLOW.format(folder.partition("/")[0]), encoding="utf-8")
    return tmp_path / "suite", PhaseFiles(tmp_path / "suite", tmp_path / "brought")


def test_a_folder_replaces_and_adds_phases(tree: tuple[Path, PhaseFiles]) -> None:
    root, files = tree

    assert set(read_inventory(root, read_contract(CHECKOUT), files).checks) == {
        "smoke/phases/test_phase_1.py::test_suite",
        "test_phase_3.py::test_brought",
        "test_phase_9.py::test_brought",
    }


def test_a_folder_without_phases_is_a_mistake(tmp_path: Path) -> None:
    assert "no such folder" in PhaseFiles(tmp_path, tmp_path / "gone").mistake()
    assert "holds no file test_phase_N.py" in PhaseFiles(tmp_path, tmp_path).mistake()


def test_flows_are_distributed_one_by_one_and_checks_by_file() -> None:
    assert scope_of("smoke/phases/test_phase_2.py::test_a[chromium]") != scope_of(
        "smoke/phases/test_phase_2.py::test_b"
    )
    assert scope_of("checks/app/test_tiles.py::test_a") == scope_of("checks/app/test_tiles.py::test_b")


STEPS_OF_A_FLOW = {
    "smoke/phases/test_phase_1.py": """
        import pytest

        @pytest.mark.proves("kept")
        def test_it(request, measured):
            \"\"\"It goes wrong at its third step.\"\"\"
            from verifier.core.verdict.outcomes import notes_of
            steps = notes_of(request.node).steps
            steps.of = "phase 1"
            steps.begin("open it")
            steps.begin("write into it", may=False)
            steps.begin("read it")
            measured(1)
            assert not "so"
    """,
    "smoke/phases/test_phase_12.py": """
        import pytest

        @pytest.mark.proves("kept")
        def test_nothing(nothing_to_see):
            \"\"\"Phase 12 has no visible part.\"\"\"
            nothing_to_see("the plan names nothing that is new in phase 12")
    """,
}


def test_a_failure_names_its_step_and_a_phase_without_visible_part_says_so_once(
    make_suite: MakeSuite,
) -> None:
    ended = make_suite(STEPS_OF_A_FLOW, target=f"{TARGET}\n[phases]\ndeployed = [1, 12]\n").run()

    item = ended.item("kept")
    flow = next(each for each in item["checks"] if "test_phase_1.py" in each["check"])
    assert [each["state"] for each in flow["steps"]] == ["shown", "needs writing", "stopped"]
    assert flow["findings"][0]["detail"].startswith("phase 1, step 3, 'read it': ")
    nothing = next(each for each in item["checks"] if "test_phase_12.py" in each["check"])
    assert nothing["outcome"] == "not applicable"
    assert ended.output.count("the plan names nothing that is new in phase 12") == 1
    assert item["value"] == "shown read-only: 1 of 3 steps"
