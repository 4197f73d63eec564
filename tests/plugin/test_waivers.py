"""A waiver covers one known failure of one item for a while, and nothing else."""

from __future__ import annotations

import pytest

from tests.support.runs.toy import KEPT, TARGET, Ended, MakeSuite, check, checks, contract, waiver
from verifier.core.evidence.finding import Finding, signature

FAILED = "measured(1); raise BrokenPromise(Finding(subject='wall', problem='blue paint'))"
TEARDOWN = "@pytest.fixture\ndef sticky():\n    yield\n    raise OSError('cannot put the toy away')\n"
BOTH = "measured(1); raise BrokenPromise(*findings('blue paint', ['wall', 'door']))"
OTHERS = ["other-problem", "other-subject", "expired", "other-item", "everything", "any-problem", "elsewhere"]
COVERED = ["covered", "last-day", "shrinking", "signed"]
NAMES = [*COVERED, *OTHERS, "blind", "passing", "half", "sticky", "partly"]
SIGNATURE = signature("signed", Finding(subject="wall", problem="blue paint"))


WAIVERS = [
    waiver("covered"),
    waiver("other-problem", problem="green paint"),
    waiver("other-subject", subject="door"),
    waiver("expired", days=6),
    waiver("everything", subjects='["*"]'),
    waiver("any-problem", problem=".*"),
    waiver("blind", problem="shut"),
    waiver("passing"),
    waiver("half"),
    waiver("sticky"),
    waiver("last-day", days=7),
    waiver("partly"),
    waiver("shrinking", subjects='["wall", "roof"]'),
    waiver("signed", signature=f'"{SIGNATURE}"'),
    waiver("elsewhere", target='"other"'),
]


@pytest.fixture(scope="module")
def run(make_suite: MakeSuite) -> Ended:
    parts = [check(name.replace("-", "_"), FAILED) for name in (*COVERED, *OTHERS)]
    parts += [check("blind", "measured(1)", wants="logs, measured"), check("passing", "measured(1)")]
    parts += [check("half", FAILED), check("other_half", "raise KeyError('what')", proves="half")]
    parts += [check("sticky", FAILED, wants="measured, sticky"), check("partly", BOTH)]
    files = {
        "checks/test_toy.py": checks(TEARDOWN, *parts),
        "waivers.toml": "\n".join(WAIVERS),
        "targets/other.toml": TARGET,
    }
    return make_suite(files, contract=contract(*NAMES)).run()


@pytest.mark.parametrize("name", COVERED)
def test_a_waiver_that_names_this_failure_waives_it_to_its_last_day(run: Ended, name: str) -> None:
    assert run.told(name) == ("waived", None)


def test_a_waived_failure_says_why_until_when_and_what_failed(run: Ended) -> None:
    (found,) = [each for each in run.verdict["waivers"] if each["item"] == "covered"]
    reason = f"waived until {found['expires']} by ann (TOY-1): the painter is ill\nblue paint\n  wall"
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


STATES = {
    "covered": "in use", "other-problem": "unmatched", "other-subject": "unmatched", "expired": "expired",
    "everything": "over-broad", "any-problem": "over-broad", "blind": "not seen", "passing": "unmatched",
    "half": "in use", "sticky": "in use", "last-day": "in use", "partly": "in use", "shrinking": "in use",
    "signed": "in use",
}  # fmt: skip
TO_CHANGE = ["any-problem", "everything", "expired", "other-problem", "other-subject", "passing", "shrinking"]


def test_every_waiver_of_the_target_has_its_state_in_the_verdict(run: Ended) -> None:
    assert {each["item"]: each["state"] for each in run.verdict["waivers"]} == STATES


@pytest.mark.parametrize("place", ["terminal", "checklist", "page"])
def test_what_is_to_be_changed_is_named_wherever_people_look(run: Ended, place: str) -> None:
    files = {"checklist": "definition-of-done.md", "page": "definition-of-done.html"}
    text = run.output if place == "terminal" else (run.folder / files[place]).read_text(encoding="utf-8")
    starts = {"terminal": "waiver to change: ", "checklist": "- ", "page": "<li>"}[place]
    lines = [line for line in text.replace("<li>", "\n<li>").splitlines() if line.startswith(starts)]
    named = [line.removeprefix(starts).split(":")[0] for line in lines if "(until " in line]
    assert sorted(named) == TO_CHANGE


def test_a_subject_that_is_no_longer_found_is_to_be_cut_from_its_waiver(run: Ended) -> None:
    (found,) = [each for each in run.verdict["waivers"] if each["item"] == "shrinking"]
    assert found["gone"] == ["roof"]


def test_waived_and_passed_together_are_done(make_suite: MakeSuite) -> None:
    files = {"checks/test_toy.py": checks(check("covered", FAILED), KEPT), "waivers.toml": waiver("covered")}
    run = make_suite(files, contract=contract("covered", "kept")).run()
    assert (run.ending, run.outcomes) == (("DONE", 0), {"covered": "waived", "kept": "passed"})


def test_a_run_in_which_everything_is_waived_is_not_done(make_suite: MakeSuite) -> None:
    files = {"checks/test_toy.py": checks(check("covered", FAILED)), "waivers.toml": waiver("covered")}
    run = make_suite(files, contract=contract("covered")).run()
    assert run.ending == ("UNVERIFIED", 6)


@pytest.mark.parametrize("place", ["waivers.toml", "targets/toy.toml"])
def test_a_waiver_that_may_not_be_is_a_usage_error(make_suite: MakeSuite, place: str) -> None:
    told = {
        "waivers.toml": "waivers.toml: waiver[1].item: kept is not waivable; mend the deployment instead",
        "targets/toy.toml": "targets/toy.toml: waiver: waivers belong to waivers.toml, with target, owner, ticket",
    }
    firm = contract(kept="waivable = false")
    text = waiver("kept")
    files = {"checks/test_toy.py": checks(KEPT), place: TARGET + text if place.startswith("targets") else text}
    run = make_suite(files, contract=firm).run()
    assert run.status == 4
    assert told[place] in run.output
