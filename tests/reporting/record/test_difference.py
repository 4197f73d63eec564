"""What `diff` says of two records: newly red, newly unverified, moved inside the limit, evidence that is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.runs.records import item, left, record
from verifier.commands import main
from verifier.core.evidence.finding import Finding, signature
from verifier.core.verdict.results import Outcome
from verifier.reporting.comparison.difference import Difference, difference
from verifier.reporting.model import JudgedFinding, JudgedItem, Report

P, F, U, W, N, A = (
    Outcome.PASSED, Outcome.FAILED, Outcome.UNVERIFIED, Outcome.WAIVED, Outcome.NOT_RUN, Outcome.NOT_APPLICABLE,
)  # fmt: skip
NOTHING = Difference((), (), (), (), {}, {}, ())


def between(before: list[JudgedItem], now: list[JudgedItem]) -> Difference:
    return difference(record(item("other"), *before), record(item("other"), *now))


@pytest.mark.parametrize(
    ("before", "now", "where", "status"),
    [
        (P, F, "red", 1),
        (U, F, "red", 1),
        (W, F, "red", 1),
        (N, F, "red", 1),
        (P, U, "unseen", 6),
        (P, N, "unseen", 6),
        (P, A, "unseen", 6),
        (F, U, "unseen", 6),
        (W, U, "unseen", 6),
        (P, W, "waived", 0),
        (F, P, "healed", 0),
        (U, P, "healed", 0),
    ],
)
def test_an_item_that_is_not_as_it_was_is_told_where_it_belongs(
    before: Outcome, now: Outcome, where: str, status: int
) -> None:
    found = between([item("it", before)], [item("it", now)])
    assert [(each.item, each.before, each.now) for each in getattr(found, where)] == [("it", str(before), str(now))]
    assert found.status == status
    told = {name for name in ("red", "unseen", "waived", "healed") if getattr(found, name)}
    assert told == {where}


@pytest.mark.parametrize("outcome", [P, F, U, W, N, A])
def test_what_is_as_it_was_is_not_told(outcome: Outcome) -> None:
    assert between([item("it", outcome)], [item("it", outcome)]) == NOTHING


def test_an_item_that_the_later_record_does_not_have_is_unseen() -> None:
    found = between([item("it")], [])
    assert [(each.item, each.now) for each in found.unseen] == [("it", "not in this record")]


def test_an_item_that_only_the_later_record_has_is_red_if_it_fails() -> None:
    found = between([], [item("it", F), item("fine")])
    assert [(each.item, each.before) for each in found.red] == [("it", "not in this record")]


def test_a_new_finding_of_an_item_that_failed_before_is_newly_red() -> None:
    before = item("it", F)
    more = Finding(subject="the door", problem="open")
    fresh = JudgedFinding(**more.model_dump(), signature=signature("it", more))
    check = before.checks[0].model_copy(update={"findings": (*before.checks[0].findings, fresh)})
    found = between([before], [before.model_copy(update={"checks": (check,)})])
    assert [each.told for each in found.red] == [("open: the door",)]


def test_findings_of_the_same_kind_and_subject_are_one_line() -> None:
    now = item("it", F)
    check = now.checks[0].model_copy(update={"findings": now.checks[0].findings * 3})
    found = between([item("it")], [now.model_copy(update={"checks": (check,)})])
    assert [each.told for each in found.red] == [("too loud: the it toy: seen once (and 2 like it)",)]


LIMIT = {"seconds": 4.0, "tolerance": 1.0}


@pytest.mark.parametrize(
    ("before", "now", "limit", "told"),
    [
        (0.5, 1.5, LIMIT, ["it: 0.5 → 1.5, 10% → 30% of the limit"]),
        (1.5, 0.5, LIMIT, ["it: 1.5 → 0.5, 30% → 10% of the limit"]),
        (0.5, 0.9, LIMIT, []),  # less than a tenth of the limit
        (4.0, 4.6, LIMIT, []),  # less than a fifth of itself
        (0.001, 0.004, {"share": 0.01}, ["it: 0.001 → 0.004, 10% → 40% of the limit"]),
        (1.0, 3.0, {"count": 5}, ["it: 1 → 3, 20% → 60% of the limit"]),
        (1.0, 3.0, None, []),  # without a limit nothing says whether that is much
    ],
)
def test_a_value_that_moved_inside_the_limit_is_told_as_a_share_of_it(
    before: float, now: float, limit: dict[str, float] | None, told: list[str]
) -> None:
    found = between([item("it", figure=before, limit=limit)], [item("it", figure=now, limit=limit)])
    assert [str(each) for each in found.moved] == told
    assert [each.worse for each in found.moved] == [now > before] * len(told)
    assert found.status == 0


def sampled(*seconds: float) -> Report:
    worst = item("it", figure=max(seconds), limit={"seconds": 3.0}, table={"tile-a": "…"})
    return record(worst, samples={"tile-a": seconds})


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ((0.40, 0.42, 0.41), (0.90, 0.92, 0.91), ["tile-a: 0.41 → 0.91"]),
        ((0.90, 0.92, 0.91), (0.40, 0.42, 0.41), ["tile-a: 0.91 → 0.41"]),
        ((0.4, 1.6, 0.9), (0.8, 2.2, 1.3), []),  # noise, though the worst of them moved by a fifth of the limit
    ],
)
def test_where_samples_are_kept_they_say_what_is_noise(
    before: tuple[float, ...], now: tuple[float, ...], told: list[str]
) -> None:
    found = difference(sampled(*before), sampled(*now))
    assert [(each.item, str(each)) for each in found.moved] == [("it", words) for words in told]


def test_a_limit_that_changed_is_told() -> None:
    found = between([item("it", limit={"seconds": 3.0})], [item("it", limit={"seconds": 5.0})])
    assert found.limits == {"it": ("seconds 3", "seconds 5")}


def test_evidence_that_is_missing_now_is_told() -> None:
    before = item("it")
    blind = before.checks[0].model_copy(update={"evidence": ()})
    assert between([before], [before.model_copy(update={"checks": (blind,)})]).evidence == {"it": ("toys",)}


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """Two reports: in the later one an item is red, another unverified, and a third has moved."""
    before = record(item("a"), item("b"), item("c", figure=0.5, limit=LIMIT), minute=1)
    now = record(item("a", F), item("b", U), item("c", figure=2.5, limit=LIMIT), minute=2)
    return [str(left(tmp_path / name, each)) for name, each in (("before", before), ("now", now))]


def test_the_command_tells_a_person_and_a_program(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *folders]) == 1
    told = capsys.readouterr().out
    for words in (
        "A: before: DONE, staging", "B: now: NOT DONE, staging",
        "✘ newly red: 1\n  a (passed → failed): The toy is a\n      too loud: the a toy: seen once",
        "? newly unverified: 1\n  b (passed → unverified): The toy is b\n      unreachable: the toy is hidden",
        "moved inside the limit: 1\n  ↑ c: 0.5 → 2.5, 10% → 50% of the limit",
    ):  # fmt: skip
        assert words in told
    assert main(["diff", *folders, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert ([each["item"] for each in found["red"]], found["exit_status"]) == (["a"], 1)


def test_the_way_back_is_no_worse(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *reversed(folders)]) == 0
    assert "✔ verified again: 2" in capsys.readouterr().out


def test_records_that_cannot_be_compared_are_a_mistake_of_the_caller(
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = left(tmp_path / "other", record(item("z")))
    assert main(["diff", folders[0], str(other)]) == 4
    assert main(["diff", folders[0], str(tmp_path / "nowhere")]) == 4
    told = capsys.readouterr().err
    assert ("they have no item in common" in told, "there is no verdict.json" in told) == (True, True)
