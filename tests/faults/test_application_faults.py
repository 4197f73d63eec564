"""Each fault of an application's files is seen by the real command, exactly where it says.

Faults of what is judged before a deploy that touch nothing in common are judged together, and must show the union.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.faults.application_faults import FAULTS, PREDEPLOY_FAULTS, ApplicationFault, batches, together
from tests.support.runs.application import WELL, Application
from tests.support.runs.toy import Ended

ELSEWHERE = {"no-migrations-in-deploy-files"}
"""Items whose faults are of another kind, and may see something in these applications, too."""
BATCHES = [*batches(PREDEPLOY_FAULTS), *((each,) for each in FAULTS if each not in PREDEPLOY_FAULTS)]


def judged(fault: ApplicationFault, folder: Path) -> Ended:
    """The run that judges the fault's files; before a deploy, as a part of an application that is fit for it."""
    folder.mkdir()
    app = Application(folder)
    if fault.stages != "predeploy":
        app.write(fault.files)
        return app.judged()
    app.write(WELL | dict(fault.before))
    if fault.before:
        app.commit()
    for name in fault.before:
        (app.root / name).unlink()
    app.write(fault.files)
    app.approve(fault.approvals)
    return app.judged(target=fault.target, mark=fault.stages)


def complaint(fault: ApplicationFault, folder: Path) -> str:
    """What a run shows otherwise than the fault declares; empty if nothing."""
    ended = judged(fault, folder)
    kept = {"passed", "not applicable"}
    outcomes = {item: outcome for item, outcome in ended.outcomes.items() if item not in ELSEWHERE}
    seen = {item: ended.told(item) for item, outcome in outcomes.items() if outcome not in kept}
    unverified = {item: ("unverified", cause) for item, cause in fault.unverified.items()}
    declared = {**dict.fromkeys(fault.red, ("failed", None)), **unverified}
    ending = ("NOT DONE", 1) if fault.red else ("UNVERIFIED", 6)
    if (seen, ended.ending) == (declared, ending):
        return ""
    return f"{fault.name}: declared {declared}, {ending}; seen {seen}, {ended.ending}\n{ended.output}"


@pytest.mark.parametrize("faults", BATCHES, ids=lambda batch: f"{batch[0].name}+{len(batch) - 1}")
def test_faults_of_an_application_are_seen_where_they_are_and_nowhere_else(
    faults: tuple[ApplicationFault, ...], tmp_path: Path
) -> None:
    told = complaint(together(faults), tmp_path / "together")

    if told and len(faults) > 1:  # name the culprit
        singly = (complaint(each, tmp_path / each.name) for each in faults)
        told = next(filter(None, singly), f"each by itself is as declared, but together: {told}")
    assert not told, told


def test_faults_that_name_the_same_item_are_not_judged_together() -> None:
    for batch in batches(PREDEPLOY_FAULTS):
        named = [item for each in batch for item in (*each.red, *each.unverified)]
        assert len(named) == len(set(named))
    assert sum(map(len, batches(PREDEPLOY_FAULTS))) == len(PREDEPLOY_FAULTS)


def test_a_fault_that_says_too_much_is_a_complaint(tmp_path: Path) -> None:
    fault = next(each for each in PREDEPLOY_FAULTS if each.name == "build-fails")
    lying = together([fault, ApplicationFault("lying", red=("tests-pass",), stages="predeploy")])

    assert "declared {'build-passes': ('failed', None), 'tests-pass': ('failed', None)}" in complaint(
        lying, tmp_path / "lying"
    )
