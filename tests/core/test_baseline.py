"""A figure that became clearly worse is told, noise is not, and neither changes a verdict."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.support.runs.toy import Ended, MakeSuite, check, checks, contract
from verifier.core.deadline import now
from verifier.core.evidence.store import EvidenceStore
from verifier.core.execution.run import Run
from verifier.core.verdict.baseline import Accepted, clearly_slower, read_baseline
from verifier.core.verdict.ledger import Verdict
from verifier.probes.browser.tiles.calibration import REFERENCE_BUSY, Runner
from verifier.probes.browser.tiles.evidence import PageLoad, TileSeen, TileState
from verifier.probes.browser.tiles.probe import samples
from verifier.reporting.history import MOST, remember
from verifier.reporting.model import Report
from verifier.reporting.record.run import JudgedRun

STEADY = (0.40, 0.42, 0.41)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (STEADY, (0.81, 0.79, 0.84), True),
        (STEADY, (0.41, 0.40, 0.42), False),
        (STEADY, (0.46, 0.47, 0.45), False),  # certain, and not worth a word
        ((2.0, 2.02, 2.01), (2.2, 2.21, 2.19), False),  # a tenth more
        (STEADY, (0.20, 0.21, 0.19), False),
        ((0.4, 1.6, 0.9), (0.8, 1.9, 1.3), False),  # so uneven that nothing is clear
        ((0.4, 1.6, 0.9) * 5, (3.1, 2.9, 3.3), True),
        ((0.40,), (2.9, 2.8, 2.9), False),  # one sample tells nothing of the noise
        (STEADY, (2.9,), False),
    ],
)
def test_only_what_is_clearly_slower_is_told(before: tuple[float, ...], now: tuple[float, ...], told: bool) -> None:  # noqa: FBT001 - a table
    assert [each.name for each in clearly_slower({"a": before}, {"a": now})] == (["a"] if told else [])


def test_what_only_one_side_has_is_not_compared() -> None:
    assert clearly_slower({"gone": STEADY}, {"new": (3.0, 3.0, 3.0)}) == []


def test_noise_is_hardly_ever_told_and_a_doubled_tile_nearly_always() -> None:
    rng = random.Random(20)  # noqa: S311 - a fixed series

    def loads(typical: float) -> tuple[float, ...]:
        return tuple(typical * rng.lognormvariate(0, 0.08) for _ in range(3))

    def runs(factor: float) -> int:
        names = [f"tile-{number}" for number in range(8)]
        before = {name: loads(0.5) for name in names}
        now = {name: loads(0.5 * (factor if name == "tile-3" else 1)) for name in names}
        return len(clearly_slower(before, now))

    assert sum(bool(runs(1.0)) for _ in range(300)) <= 6
    assert sum(runs(2.0) == 1 for _ in range(100)) >= 85


def tiles(*seconds: float, runner: Runner | None = None, busy: float = 0.0) -> TileState:
    """One tile with content after so many seconds, load by load."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    loads = tuple(
        PageLoad(
            url="u", final_url="u", status=200, at=at, first_byte_ms=10, tasks=((0.0, 1000 * busy),), watched=10,
            tiles={"a": TileSeen(state="healthy", milliseconds=1000 * each)},
        )
        for each in seconds
    )  # fmt: skip
    return TileState(asked="?", where="u", at=at, again="!", headings={"a": "A"}, loads=loads, runner=runner)


def test_a_slower_machine_makes_no_tile_slower() -> None:
    quick = Runner(seconds=0.2, busy=REFERENCE_BUSY, cpu_share=1.0)
    slow = Runner(seconds=0.6, busy=5 * REFERENCE_BUSY, cpu_share=0.2)
    before = tiles(0.40, 0.41, 0.42, runner=quick, busy=0.2).samples()
    now = tiles(1.20, 1.22, 1.21, runner=slow, busy=1.0).samples()
    assert clearly_slower(before, now) == []
    assert clearly_slower(before, tiles(1.20, 1.22, 1.21, runner=quick, busy=0.2).samples())


@pytest.fixture
def kept(tmp_path: Path) -> Any:  # noqa: ANN401 - a small function
    """Ends a run with this verdict, release and tile times, and hands over the file that it keeps."""

    def end(state: TileState, release: str | None, verdict: Verdict = Verdict.DONE) -> Path:
        (tmp_path / "evidence" / "gw0").mkdir(parents=True, exist_ok=True)
        (tmp_path / "evidence" / "gw0" / "tiles.json").write_text(state.model_dump_json(), encoding="utf-8")
        store = EvidenceStore(tmp_path / "evidence")
        run = SimpleNamespace(files_only=False, folder=tmp_path, history=tmp_path / "h" / "t.json", store=store)
        (tmp_path / "verdict.json").write_text("{}", encoding="utf-8")
        report = Report(
            verdict=verdict,
            exit_status=0,
            target="t",
            release={"version": release} if release else None,
            samples=samples(EvidenceStore(tmp_path / "evidence")),
            run=JudgedRun(finished=now()),
        )
        remember(cast("Run", run), report)
        return run.history

    return end


def test_an_accepted_release_is_what_the_next_is_compared_with(kept: Any) -> None:  # noqa: ANN401
    accepted = Accepted(read_baseline(kept(tiles(*STEADY), "41")))
    assert [str(each) for each in accepted.slower(tiles(0.9, 0.9, 0.9).samples())] == ["a 0.41 → 0.90 s"]
    assert "release 41" in accepted.compared({"a": STEADY})


def test_runs_of_one_release_add_up_and_the_next_release_begins_anew(kept: Any) -> None:  # noqa: ANN401
    for _ in range(12):
        path = kept(tiles(*STEADY), "41")
    assert len(json.loads(path.read_text(encoding="utf-8"))["seconds"]["a"]) == MOST
    assert len(json.loads(kept(tiles(*STEADY), "42").read_text(encoding="utf-8"))["seconds"]["a"]) == 3


@pytest.mark.parametrize("verdict", [each for each in Verdict if each != Verdict.DONE])
def test_only_what_is_done_is_accepted(kept: Any, verdict: Verdict) -> None:  # noqa: ANN401
    assert not kept(tiles(*STEADY), "41", verdict).exists()


@pytest.mark.parametrize("text", [None, "", "{", '{"target": 1}'])
def test_nothing_to_compare_with_is_said_and_is_no_error(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "t.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    accepted = Accepted(read_baseline(path))
    assert (accepted.slower({"a": STEADY}), accepted.compared({"a": STEADY})) == (
        [],
        "no accepted release to compare with yet",
    )


WARNS = check("kept", "measured(1); warn('tile-a became clearly slower')", wants="measured, warn")


@pytest.fixture(scope="module")
def warned(make_suite: MakeSuite) -> Ended:
    return make_suite({"checks/test_toy.py": checks(WARNS)}, contract=contract("kept")).run()


def test_a_warning_changes_no_verdict(warned: Ended) -> None:
    assert warned.ending == ("DONE", 0), warned.output


def test_a_warning_is_on_the_screen_in_the_checklist_in_the_record_and_in_the_report(warned: Ended) -> None:
    said = "tile-a became clearly slower"
    assert f"⚠ kept: {said}" in warned.output
    assert f"⚠️ {said}" in (warned.folder / "definition-of-done.md").read_text(encoding="utf-8")
    assert warned.item("kept")["warnings"] == [said]
    results = [each.read_text(encoding="utf-8") for each in warned.folder.glob("allure-results/*-result.json")]
    assert any(said in each for each in results)
