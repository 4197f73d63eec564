"""The restore drill: what it compares, and when it proves nothing."""

from __future__ import annotations

import re

import pytest

from tests.support.faults.fault_runs import ITEM_GROUPS
from tests.support.runs.deployment import Deployment
from verifier.core.evidence import CouldNotLook, require
from verifier.probes.postgres.restore import Contents, Drill

OTHERS = tuple(item for group in ITEM_GROUPS.values() for item in group if item != "backups-verified")
TWO = Contents(rows=2, checksum="7")


def a_drill(held: dict[str, Contents], restored: dict[str, Contents]) -> Drill:
    return Drill(tables=held, restored=restored, refused=("ERROR:  no such extension",), megabytes=0.1)


@pytest.mark.parametrize(
    ("restored", "difference"),
    [
        (TWO, {}),
        (Contents(rows=1, checksum="7"), {"public.a": "2 rows, and 1 after the restore"}),
        (Contents(rows=2, checksum="8"), {"public.a": "2 rows, with other contents after the restore"}),
    ],
)
def test_rows_and_contents_are_compared(restored: Contents, difference: dict[str, str]) -> None:
    assert a_drill({"public.a": TWO}, {"public.a": restored}).differences() == difference


def test_a_table_that_could_not_be_made_is_not_proven() -> None:
    with pytest.raises(CouldNotLook, match=r"precondition: not restored here: public\.b; ERROR:  no such extension"):
        require(a_drill({"public.a": TWO, "public.b": TWO}, {"public.a": TWO}).proved())


def test_a_restore_of_nothing_proves_nothing() -> None:
    empty = {"public.a": Contents(rows=0, checksum="0")}
    with pytest.raises(CouldNotLook, match="no-data"):
        require(a_drill(empty, empty).proved())


def test_a_drill_that_is_long_past_is_told(deployment: Deployment) -> None:
    history = deployment.suite.root / "reports" / "history" / "warm.restore-drill.json"
    history.parent.mkdir(parents=True, exist_ok=True)
    history.write_text('{"at": "2026-01-01T12:00:00Z", "tables": 12, "rows": 40}', encoding="utf-8")
    deployment.switch()
    deployment.retarget(without=OTHERS, change=lambda text: text.replace('drill = "each-run"', 'drill = "when-asked"'))
    try:
        ended = deployment.suite.run(mark="production", target="warm")
    finally:
        history.unlink()

    found = [each for check in ended.item("backups-verified")["checks"] for each in check["findings"]]
    assert [each["problem"] for each in found] == ["no restore was tried lately"], ended.output
    assert "12 tables with 40 rows restored 2026-01-01 12:00:00 UTC" in found[0]["detail"]


def test_a_healthy_database_can_be_restored(deployment: Deployment) -> None:
    ended = deployment.judged(words=("--restore-drill",), mark="production", without=OTHERS)

    assert ended.told("backups-verified") == ("passed", None), ended.output
    restored = re.search(r"(\d+) tables restored from [\d.]+ MB, (\d+) rows", ended.item("backups-verified")["value"])
    assert restored, ended.output
    assert min(map(int, restored.groups())) > 10
    # The embedded server takes no part in what the run left behind.
    assert "hotdash_verifier:" not in ended.output
