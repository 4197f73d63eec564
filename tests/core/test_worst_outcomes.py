"""The ledger's arithmetic: several checks of an item, several phases of a check, verdict and exit status."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.core.config.contract import Contract, Item, Stage
from verifier.core.config.target import new_target
from verifier.core.evidence.finding import Severity
from verifier.core.verdict.ledger import Ledger, Verdict
from verifier.core.verdict.results import CheckResult, Outcome

ORDER = [Outcome.FAILED, Outcome.UNVERIFIED, Outcome.NOT_RUN, Outcome.PASSED]
TARGET = new_target(title="a toy", app="toy", url="http://127.0.0.1:9")
EARNED = st.sampled_from(ORDER)


def ledger(outcomes: dict[str, list[Outcome]], **more: object) -> Ledger:
    """A ledger that heard these outcomes of the checks of these items."""
    stage = (Stage.POSTDEPLOY,)
    items = tuple(Item(id=each, stage=stage, promise="a promise", severity=Severity.MAJOR) for each in outcomes)
    made = Ledger(Contract(item=items), TARGET, dict.fromkeys(outcomes, Stage.POSTDEPLOY), **more)  # type: ignore[arg-type]
    for name, each in outcomes.items():
        for number, outcome in enumerate(each):
            made.expect(f"{name}::{number}", name)
            made.hear(CheckResult(f"{name}::{number}", name, "a check", outcome))
            made.finish(f"{name}::{number}")
    return made


@pytest.mark.parametrize("pair", list(combinations_with_replacement(ORDER, 2)))
@pytest.mark.parametrize("turn", [1, -1])
def test_the_worse_of_two_checks_is_the_outcome_of_the_item(pair: tuple[Outcome, Outcome], turn: int) -> None:
    (item,) = ledger({"kept": list(pair)[::turn]}).items()
    assert item.outcome == min(pair, key=ORDER.index)


@pytest.mark.parametrize("pair", list(combinations_with_replacement(ORDER, 2)))
@pytest.mark.parametrize("turn", [1, -1])
def test_the_worse_of_two_phases_is_the_outcome_of_the_check(pair: tuple[Outcome, Outcome], turn: int) -> None:
    first, second = (CheckResult("c", "i", "t", outcome) for outcome in pair[::turn])
    assert first.worse_of(second).outcome == min(pair, key=ORDER.index)


def test_two_phases_keep_what_either_measured_and_read() -> None:
    body = CheckResult("c", "i", "t", Outcome.PASSED, measured="3 s", figure=3.0, evidence=("tiles",), seconds=1.0)
    teardown = CheckResult("c", "i", "t", Outcome.UNVERIFIED, cause="internal", seconds=0.5)
    both = body.worse_of(teardown)
    assert (both.measured, both.figure, both.evidence, both.seconds) == ("3 s", 3.0, ("tiles",), 1.5)


def test_a_figure_of_zero_is_kept() -> None:
    body = CheckResult("c", "i", "t", Outcome.PASSED, measured="0 s", figure=0.0)
    assert body.worse_of(CheckResult("c", "i", "t", Outcome.PASSED)).figure == 0.0


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(EARNED, max_size=3), min_size=1))
def test_exit_status_zero_belongs_to_done_alone(outcomes: dict[str, list[Outcome]]) -> None:
    made = ledger(outcomes)
    assert (made.exit_status() == 0) == (made.verdict() == Verdict.DONE)


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(EARNED, max_size=3), min_size=1))
def test_done_needs_every_check_of_every_item_passed(outcomes: dict[str, list[Outcome]]) -> None:
    all_passed = all(each and set(each) == {Outcome.PASSED} for each in outcomes.values())
    assert (ledger(outcomes).verdict() == Verdict.DONE) == all_passed


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(EARNED, max_size=3), min_size=1))
def test_a_failure_is_status_one_and_any_doubt_without_failure_is_six(outcomes: dict[str, list[Outcome]]) -> None:
    flat = {each for checks in outcomes.values() for each in checks}
    expected = 1 if Outcome.FAILED in flat else 6
    assert ledger(outcomes, narrowed=["-k"]).exit_status() == expected


@pytest.mark.parametrize("why", [{"interrupted": "Ctrl-C"}, {"problems": ["a file is missing"]}])
def test_whatever_went_wrong_beside_the_checks_is_no_pass(why: dict[str, object]) -> None:
    made = ledger({"kept": [Outcome.PASSED]}, **why)
    assert (made.verdict(), made.exit_status()) == (Verdict.UNVERIFIED, 6)


def test_a_check_that_passed_so_far_and_never_finished_is_unverified() -> None:
    made = ledger({"kept": [Outcome.PASSED]})
    made.expect("kept::late", "kept")
    made.hear(CheckResult("kept::late", "kept", "a check", Outcome.PASSED))
    assert made.items()[0].outcome == Outcome.UNVERIFIED
