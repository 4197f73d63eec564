"""Each fault of an application's files is seen by the real command, exactly where it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.faults.application_faults import FAULTS, ApplicationFault
from tests.support.runs.application import Application


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_of_an_application_is_seen_where_it_is_and_nowhere_else(
    fault: ApplicationFault, tmp_path: Path
) -> None:
    app = Application(tmp_path)
    app.write(fault.files)

    ended = app.judged()

    items = {item: ended.told(item) for item, outcome in ended.outcomes.items() if outcome != "not applicable"}
    wrong = {item: told for item, told in items.items() if told[0] != "passed"}
    unverified = {item: ("unverified", cause) for item, cause in fault.unverified.items()}
    assert wrong == {**dict.fromkeys(fault.red, ("failed", None)), **unverified}, ended.output
    assert ended.ending == (("NOT DONE", 1) if fault.red else ("UNVERIFIED", 6))
