"""Each row of the table of outcomes: what happens in a check, and what the run says of its item."""

from __future__ import annotations

import pytest

from tests.support.runs.toy import KEPT, Ended, MakeSuite, check, checks, contract
from verifier.core.evidence import Cause

CAUSES = [str(cause) for cause in Cause]
TROUBLED = """
@pytest.fixture
def shut():
    raise CouldNotLook(Cause.NO_DATA, "the drawer is shut")

@pytest.fixture
def broken_setup():
    raise KeyError("no such toy")

@pytest.fixture
def broken_teardown():
    yield
    raise OSError("cannot put the toy away")

@pytest.fixture
def failing_setup():
    assert False, "an assertion outside of a body"
"""
IN_BODY = {
    "asserted": ("measured", "assert measured(1) == 2"),
    "promised": ("measured", "measured(1); raise BrokenPromise(Finding(subject='one', problem='is two'))"),
    "absent": ("measured", "measured.present([], 'buttons on the card')"),
    "failed-by-word": ("measured", "measured(1); pytest.fail('it is not so')"),
    "blind-fixture": ("shut, measured", "measured(1)"),
    "blind-probe": ("logs, measured", "measured(1)"),
    "tripped-probe": ("tiles, measured", "measured(1)"),
    "other-in-body": ("measured", "measured(1); raise ValueError('what now')"),
    "other-in-setup": ("broken_setup, measured", "measured(1)"),
    "other-in-teardown": ("broken_teardown, measured", "measured(1)"),
    "assert-in-setup": ("failing_setup, measured", "measured(1)"),
    "skipped": ("measured", "measured(1); pytest.skip('not today')"),
    "expected-failure": ("measured", "pytest.xfail('known')"),
    "exits": ("measured", "measured(1); raise SystemExit(0)"),
    "unmeasured": ("", "assert True"),
    "empty-loop": ("", "for toy in []: assert toy"),
    "empty-mapping": ("measured", "measured({})"),
    "not-mine": ("measured", "assert measured(1) == 2"),
    "failed-and-blind": ("shut, measured", "measured(1)"),
    "escaping": ("measured", "measured(1); raise CouldNotLook(Cause.STALE_DATA, 'yesterday’s toy')"),
}
COUNT = "@pytest.mark.remedy('count again')"
ITSELF = "measured(1); raise BrokenPromise(Finding(subject='one', problem='is two', remedy='mend it'))"
MARKED = [
    check("counted", "assert measured(1) == 2", mark=COUNT),
    check("itself", ITSELF, mark=COUNT),
    check("marked_skip", "measured(1)", mark="@pytest.mark.skip('another day')"),
    check("marked_xfail", "assert measured(1) == 2", mark="@pytest.mark.xfail"),
    check("surprise", "measured(1)", mark="@pytest.mark.xfail"),
]
NAMES = [
    *IN_BODY,
    "counted",
    "itself",
    "marked-skip",
    "marked-xfail",
    "surprise",
    "forgotten",
    "kept",
    *(f"cause-{each}" for each in CAUSES),
]


@pytest.fixture(scope="module")
def run(make_suite: MakeSuite) -> Ended:
    parts = [check(name.replace("-", "_"), body, wants=wants) for name, (wants, body) in IN_BODY.items()]
    parts += [
        check(f"cause_{cause.replace('-', '_')}", f"blind('{cause}')", wants="blind, measured") for cause in CAUSES
    ]
    parts += [check("failed_too", "assert measured(1) == 2", proves="failed-and-blind"), *MARKED, KEPT]
    target = 'title = "a toy"\napp = "toy"\nurl = "http://127.0.0.1:9"\n[not_applicable]\nnot-mine = "others do it"\n'
    return make_suite({"checks/test_toy.py": checks(TROUBLED, *parts)}, contract=contract(*NAMES), target=target).run()


def test_a_body_that_ends_is_passed(run: Ended) -> None:
    assert run.told("kept") == ("passed", None)


@pytest.mark.parametrize("name", ["asserted", "promised", "failed-by-word"])
def test_a_promise_that_the_body_sees_broken_is_failed(run: Ended, name: str) -> None:
    assert run.told(name) == ("failed", None)


def test_a_broken_promise_tells_what_was_expected_and_seen(run: Ended) -> None:
    assert run.item("promised")["reason"] == "is two\n  one"


def test_what_was_promised_to_be_there_and_is_not_is_failed(run: Ended) -> None:
    assert run.told("absent") == ("failed", None)
    assert run.item("absent")["reason"] == "missing\n  buttons on the card: none was found"


@pytest.mark.parametrize(("name", "told"), [("counted", "count again"), ("itself", "mend it"), ("asserted", "")])
def test_a_finding_without_a_remedy_has_that_of_its_check(run: Ended, name: str, told: str) -> None:
    ((found,),) = (each["findings"] for each in run.item(name)["checks"])
    assert (found["remedy"] or "") == told


def test_a_failed_assertion_tells_its_values(run: Ended) -> None:
    assert run.item("asserted")["reason"] == "not as expected\n  It is asserted.: 1 is not 2"


@pytest.mark.parametrize("cause", CAUSES)
def test_who_could_not_look_in_the_body_is_unverified_with_its_cause(run: Ended, cause: str) -> None:
    assert run.told(f"cause-{cause}") == ("unverified", cause)


@pytest.mark.parametrize(
    ("name", "cause"), [("blind-fixture", "no-data"), ("blind-probe", "unreachable"), ("escaping", "stale-data")]
)
def test_who_could_not_look_elsewhere_is_unverified_with_its_cause(run: Ended, name: str, cause: str) -> None:
    assert run.told(name) == ("unverified", cause)


def test_who_could_not_look_says_what_to_do(run: Ended) -> None:
    (blind,) = run.item("blind-probe")["checks"]
    assert (blind["message"], blind["remedy"]) == ("the box is shut", "open the box")


INTERNAL = ["tripped-probe", "other-in-body", "other-in-setup", "other-in-teardown", "assert-in-setup", "exits"]


@pytest.mark.parametrize("name", INTERNAL)
def test_anything_else_in_any_phase_is_unverified_and_internal(run: Ended, name: str) -> None:
    assert run.told(name) == ("unverified", "internal")


@pytest.mark.parametrize("name", ["unmeasured", "empty-loop", "empty-mapping"])
def test_a_check_that_measured_nothing_is_unverified(run: Ended, name: str) -> None:
    assert run.told(name) == ("unverified", "no-data")


@pytest.mark.parametrize("name", ["skipped", "marked-skip", "expected-failure", "marked-xfail", "forgotten"])
def test_a_check_that_was_skipped_in_any_way_or_is_not_there_is_not_run(run: Ended, name: str) -> None:
    assert run.told(name) == ("not run", None)


def test_an_expected_failure_that_passes_is_no_pass(run: Ended) -> None:
    assert run.told("surprise") == ("failed", None)


def test_an_item_that_the_target_declares_not_applicable_says_why(run: Ended) -> None:
    assert (run.outcomes["not-mine"], run.item("not-mine")["reason"]) == ("not applicable", "others do it")


def test_the_worst_of_several_checks_counts(run: Ended) -> None:
    outcomes = [each["outcome"] for each in run.item("failed-and-blind")["checks"]]
    assert (run.outcomes["failed-and-blind"], outcomes) == ("failed", ["failed", "unverified"])


def test_the_verdict_counts_every_outcome(run: Ended) -> None:
    found = list(run.outcomes.values())
    assert run.verdict["counts"] == {kind: found.count(kind) for kind in set(found)}


def test_every_judged_item_is_told_of_in_the_order_of_the_contract(run: Ended) -> None:
    assert list(run.outcomes) == NAMES


def test_one_broken_promise_among_others_ends_not_done(run: Ended) -> None:
    assert run.ending == ("NOT DONE", 1)
