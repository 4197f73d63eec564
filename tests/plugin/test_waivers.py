"""A waiver covers one known failure of one item for a while, and nothing else."""

from __future__ import annotations

import pytest

from tests.support.runs.toy import KEPT, Ended, MakeSuite, check, checks, contract

TARGET = """
title = "a toy"
app = "toy"
url = "http://127.0.0.1:9"
"""
FAILED = "measured(1); raise BrokenPromise(Finding(subject='wall', problem='blue paint'))"
TEARDOWN = "@pytest.fixture\ndef sticky():\n    yield\n    raise OSError('cannot put the toy away')\n"
BOTH = "measured(1); raise BrokenPromise(*findings('blue paint', ['wall', 'door']))"
OTHERS = ["other-problem", "other-subject", "expired", "other-item"]
NAMES = ["covered", *OTHERS, "blind", "passing", "half", "sticky", "last-day", "partly"]


def waiver(item: str, problem: str = "blue paint", subject: str = "wall", expires: str = "2999-12-31") -> str:
    found = f'problem = "{problem}"\nsubjects = ["{subject}"]\n'
    return f'[[waiver]]\nitem = "{item}"\n{found}reason = "the painter is ill"\nexpires = {expires}\n'


WAIVERS = [
    waiver("covered"),
    waiver("other-problem", problem="green paint"),
    waiver("other-subject", subject="door"),
    waiver("expired", expires="2020-01-01"),
    waiver("blind", problem="shut"),
    waiver("passing"),
    waiver("half"),
    waiver("sticky"),
    waiver("partly"),
]


@pytest.fixture(scope="module")
def run(make_suite: MakeSuite) -> Ended:
    parts = [check(name.replace("-", "_"), FAILED) for name in ("covered", *OTHERS)]
    parts += [check("blind", "measured(1)", wants="logs, measured"), check("passing", "measured(1)")]
    parts += [check("half", FAILED), check("other_half", "raise KeyError('what')", proves="half")]
    parts += [check("sticky", FAILED, wants="measured, sticky"), check("last_day", "measured(1)")]
    parts.append(check("partly", BOTH))
    files = {"checks/test_toy.py": checks(TEARDOWN, *parts)}
    return make_suite(files, contract=contract(*NAMES), target=TARGET + "".join(WAIVERS)).run()


def test_an_unexpired_waiver_that_covers_this_failure_waives_it(run: Ended) -> None:
    assert run.told("covered") == ("waived", None)


def test_a_waived_failure_says_why_until_when_and_what_failed(run: Ended) -> None:
    reason = "waived until 2999-12-31: the painter is ill\nblue paint\n  wall"
    assert run.item("covered")["reason"] == reason


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_waiver_waives_nothing(run: Ended, name: str) -> None:
    assert run.outcomes[name] == "failed"


def test_a_waiver_never_covers_what_could_not_be_looked_at(run: Ended) -> None:
    assert run.told("blind") == ("unverified", "unreachable")


def test_a_waived_check_does_not_hide_another_check_of_the_item(run: Ended) -> None:
    assert run.told("half") == ("unverified", "internal")


def test_a_waived_failure_does_not_hide_a_teardown_that_failed(run: Ended) -> None:
    assert run.told("sticky") == ("unverified", "internal")


def test_a_waiver_of_one_finding_hides_no_other(run: Ended) -> None:
    (told,) = run.item("partly")["checks"]
    assert run.outcomes["partly"] == "failed"
    assert [each["subject"] for each in told["findings"]] == ["door"]
    assert [each["subject"] for each in told["waived"]] == ["wall"]


def test_waivers_that_covered_nothing_are_named(run: Ended) -> None:
    named = sorted(each.split(":")[0] for each in run.verdict["stale_waivers"])
    assert named == ["blind", "expired", "other-problem", "other-subject", "passing"]


def test_waived_and_passed_together_are_done(make_suite: MakeSuite) -> None:
    files = {"checks/test_toy.py": checks(check("covered", FAILED), KEPT)}
    run = make_suite(files, contract=contract("covered", "kept"), target=TARGET + waiver("covered")).run()
    assert (run.ending, run.outcomes) == (("DONE", 0), {"covered": "waived", "kept": "passed"})


def test_a_run_in_which_everything_is_waived_is_not_done(make_suite: MakeSuite) -> None:
    files = {"checks/test_toy.py": checks(check("covered", FAILED))}
    run = make_suite(files, contract=contract("covered"), target=TARGET + waiver("covered")).run()
    assert run.ending == ("UNVERIFIED", 6)


def test_a_waiver_for_an_item_that_is_not_waivable_is_a_usage_error(make_suite: MakeSuite) -> None:
    firm = contract(kept="waivable = false")
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, contract=firm, target=TARGET + waiver("kept")).run()
    assert run.status == 4
    assert "targets/toy.toml: waiver[1].item: kept is not waivable" in run.output
