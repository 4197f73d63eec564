"""Each fault of an application's deploy files is seen by the real command, at its line and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.faults.application_faults import ApplicationFault
from tests.support.faults.deploy_file_faults import HEALTHY, ITEM, RED, UNVERIFIED
from tests.support.runs.application import Application
from tests.support.runs.toy import Ended


def judged(folder: Path, files: dict[str, str], target: str = "") -> Ended:
    app = Application(folder)
    app.write(files)
    return app.judged("--item", ITEM, mark="predeploy", target=target)


def check_of(ended: Ended) -> dict[str, Any]:
    (found,) = ended.item(ITEM)["checks"]
    return dict(found)


def test_every_way_to_apply_a_migration_is_seen_at_its_line(tmp_path: Path) -> None:
    ended = judged(tmp_path, {name: text for fault in RED for name, text in fault.files.items()})

    assert ended.told(ITEM) == ("failed", None), ended.output
    assert sorted(each["place"] for each in check_of(ended)["findings"]) == sorted(
        place for fault in RED for place in fault.places
    )
    assert ended.status == 1


def test_a_healthy_deploy_passes_and_tells_of_what_it_does_not_reach(tmp_path: Path) -> None:
    ended = judged(tmp_path, HEALTHY)

    assert ended.told(ITEM) == ("passed", None), ended.output
    (warning,) = ended.item(ITEM)["warnings"]
    assert "npm run db:deploy -> prisma migrate deploy (package.json:5); looked for from fly.toml" in warning


@pytest.mark.parametrize("fault", UNVERIFIED, ids=lambda fault: fault.name)
def test_what_the_files_do_not_tell_is_unverified(fault: ApplicationFault, tmp_path: Path) -> None:
    ended = judged(tmp_path, dict(fault.files))

    assert ended.told(ITEM) == ("unverified", fault.unverified[ITEM]), ended.output
    assert ended.status == 6
