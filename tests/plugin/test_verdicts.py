"""Each row of the table of verdicts, by the real command."""

from __future__ import annotations

import pytest

from tests.support.runs.toy import KEPT, TARGET, Ended, MakeSuite, check, checks, contract
from verifier.reporting.github import judged

BLIND = check("blind", "measured(1)", wants="logs, measured")
BROKEN = check("broken", "assert measured(1) == 2")
NAMES = {"kept": KEPT, "blind": BLIND, "broken": BROKEN}


def run_of(make_suite: MakeSuite, *parts: str, names: tuple[str, ...] = ("kept",)) -> Ended:
    """A run over one file with these checks."""
    return make_suite({"checks/test_toy.py": checks(*parts)}, contract=contract(*names)).run()


@pytest.mark.parametrize(
    ("names", "ending"),
    [
        (("kept",), ("DONE", 0)),
        (("kept", "broken"), ("NOT DONE", 1)),
        (("kept", "blind"), ("UNVERIFIED", 6)),
        (("kept", "blind", "broken"), ("NOT DONE", 1)),
    ],
)
def test_what_was_seen_decides_the_verdict(
    make_suite: MakeSuite, names: tuple[str, ...], ending: tuple[str, int]
) -> None:
    run = run_of(make_suite, *(NAMES[each] for each in names), names=names)
    assert run.ending == ending
    assert run.verdict["exit_status"] == run.status


def test_not_applicable_and_passed_together_are_done(make_suite: MakeSuite) -> None:
    target = TARGET + '[not_applicable]\nblind = "others look"\n'
    suite = make_suite({"checks/test_toy.py": checks(KEPT)}, contract=contract("kept", "blind"), target=target)
    assert suite.run().ending == ("DONE", 0)


def test_done_says_how_much_it_covers_wherever_it_stands(make_suite: MakeSuite) -> None:
    target = TARGET + '[not_applicable]\nblind = "others look"\n'
    suite = make_suite({"checks/test_toy.py": checks(KEPT)}, contract=contract("kept", "blind"), target=target)

    run = suite.run()
    summary = judged(run.folder)

    covers = "1 of 2 items verified; 1 not applicable"
    facts = (run.folder / "allure-results/environment.properties").read_text(encoding="utf-8")
    assert f"DONE: {covers} · exit status 0" in run.output
    assert run.verdict["coverage"] == covers
    assert f"- Items: {covers}" in summary.checklist
    assert f"Verdict=DONE: {covers}\n" in facts
    assert [str(each) for each in summary.annotations] == [
        f"::notice title={covers}::not applicable:%0Ablind: others look"
    ]
    assert "Every item" not in run.output + summary.checklist


def test_done_says_that_every_item_holds_where_it_is_so(make_suite: MakeSuite) -> None:
    run = run_of(make_suite, KEPT)

    assert "DONE: 1 of 1 items verified · exit status 0\nEvery item was verified.\n" in run.output
    assert judged(run.folder).annotations == ()


def test_an_item_without_a_check_is_not_run_and_spoils_the_verdict(make_suite: MakeSuite) -> None:
    run = run_of(make_suite, KEPT, names=("kept", "forgotten"))
    assert (run.ending, run.outcomes["forgotten"]) == (("UNVERIFIED", 6), "not run")


def test_one_of_several_checks_that_is_in_no_file_any_more_leaves_its_item_open(make_suite: MakeSuite) -> None:
    listed = "kept: it is kept\n    checks/test_toy.py::test_gone\n        It is kept there, too.\n"

    run = make_suite({"checks/test_toy.py": checks(KEPT), "checks/checks.txt": listed}, contract=contract("kept")).run()

    assert (run.ending, run.outcomes) == (("UNVERIFIED", 6), {"kept": "not run"})
    assert "checks/test_toy.py::test_gone: checks/checks.txt lists it, and no file holds it: restore it" in " ".join(
        run.output.split()
    )


def test_items_of_other_stages_are_not_judged(make_suite: MakeSuite) -> None:
    text = contract("kept", later='stage = ["production"]\n')
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, contract=text).run()
    assert (run.ending, run.outcomes) == (("DONE", 0), {"kept": "passed"})


def test_without_an_expression_every_stage_is_judged(make_suite: MakeSuite) -> None:
    text = contract("kept", later='stage = ["production"]\n')
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, contract=text).run(mark=None)
    assert (run.ending, run.outcomes) == (("UNVERIFIED", 6), {"kept": "passed", "later": "not run"})


def test_an_item_of_several_stages_is_judged_under_the_wanted_one(make_suite: MakeSuite) -> None:
    text = contract(kept='stage = ["migration", "postdeploy"]\n')
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, contract=text).run()
    assert (run.ending, run.item("kept")["stage"]) == (("DONE", 0), "postdeploy")


def test_a_run_in_which_everything_is_skipped_is_unverified(make_suite: MakeSuite) -> None:
    run = run_of(make_suite, check("kept", "pytest.skip('not today')"))
    assert (run.ending, run.outcomes) == (("UNVERIFIED", 6), {"kept": "not run"})


def test_a_run_in_which_nothing_applies_is_unverified(make_suite: MakeSuite) -> None:
    target = TARGET + '[not_applicable]\nkept = "nobody cares"\n'
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, target=target).run()
    assert (run.ending, run.outcomes) == (("UNVERIFIED", 6), {"kept": "not applicable"})


def test_a_run_without_any_check_is_unverified(make_suite: MakeSuite) -> None:
    run = make_suite({"checks/other.txt": ""}).run()
    assert (run.ending, run.outcomes) == (("UNVERIFIED", 6), {"kept": "not run"})


CANNOT_BE_TRUSTED = {
    "an unimportable check": "import nothing_of_that_name\n" + check("more", "measured(1)", proves="kept"),
    "a syntax error": "def test_broken(:\n",
    "bytes that are no text": "# \udcff\n",
    "a check without an item": "def test_stray(measured):\n    measured(1)\n",
    "an unknown item": check("stray", "measured(1)", proves="kepd"),
    "two items for one check": check("stray", "measured(1)", proves="kept", mark='@pytest.mark.proves("kept")'),
    "an unknown marker": check("stray", "measured(1)", proves="kept", mark="@pytest.mark.postdeployed"),
    "no parameters": check("stray", "measured(1)", proves="kept", mark="@pytest.mark.parametrize('x', [])"),
    "an unknown fixture": check("stray", "measured(1)", proves="kept", wants="nothing_such, measured"),
    "a coroutine without an item": "async def test_stray(measured):\n    measured(1)\n",
    "a hidden check without an item": "if True:\n    def test_stray(measured):\n        measured(1)\n",
    "a value returned": check("stray", "return measured(1)", proves="kept"),
    "a warning": check("stray", "import warnings; measured(1); warnings.warn('old')", proves="kept"),
}


@pytest.mark.parametrize("what", CANNOT_BE_TRUSTED)
def test_a_suite_with_a_mistake_in_it_is_never_done(make_suite: MakeSuite, what: str) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT)})
    text = f"import pytest\n\n{CANNOT_BE_TRUSTED[what]}"
    (suite.root / "checks/test_stray.py").write_bytes(text.encode(errors="surrogateescape"))
    assert suite.run().ending == ("UNVERIFIED", 6)


def test_a_coroutine_is_no_check_that_can_pass(make_suite: MakeSuite) -> None:
    run = run_of(make_suite, '@pytest.mark.proves("kept")\nasync def test_kept(measured):\n    measured(1)\n')
    assert run.outcomes["kept"] in {"failed", "unverified"}


@pytest.mark.parametrize("what", ["an unimportable check", "a syntax error", "a check without an item"])
def test_a_mistake_of_the_suite_is_named_with_its_file(make_suite: MakeSuite, what: str) -> None:
    files = {"checks/test_toy.py": checks(KEPT), "checks/test_stray.py": f"import pytest\n{CANNOT_BE_TRUSTED[what]}"}
    run = make_suite(files).run()
    assert any("checks/test_stray.py" in each for each in run.verdict["run"]["problems"])
    assert "problem: checks/test_stray.py" in run.output


def test_each_case_of_a_check_with_parameters_counts(make_suite: MakeSuite) -> None:
    cases = check(
        "kept", "assert measured(x) < 3", wants="x, measured", mark="@pytest.mark.parametrize('x', [1, 2, 3])"
    )
    run = run_of(make_suite, cases)
    outcomes = {each["check"].split("::")[1]: each["outcome"] for each in run.item("kept")["checks"]}
    assert outcomes == {"test_kept[3]": "failed", "test_kept[1]": "passed", "test_kept[2]": "passed"}
    assert "It is kept. [3]" in run.output


ONLY_PYTEST_FINDS = {
    "under a condition": """
        import pytest
        if True:
            @pytest.mark.proves("kept")
            def test_hidden(measured):
                assert measured(1) == 2
        """,
    "by assignment": """
        import pytest
        @pytest.mark.proves("kept")
        def hidden(measured):
            assert measured(1) == 2
        test_hidden = hidden
        """,
    "in a class that inherits": """
        import pytest
        class Base:
            @pytest.mark.proves("kept")
            def test_hidden(self, measured):
                assert measured(1) == 2
        class TestHidden(Base):
            pass
        """,
}


@pytest.mark.parametrize("what", ONLY_PYTEST_FINDS)
def test_a_check_that_only_pytest_finds_counts_all_the_same(make_suite: MakeSuite, what: str) -> None:
    files = {"checks/test_toy.py": checks(KEPT), "checks/test_more.py": ONLY_PYTEST_FINDS[what]}
    run = make_suite(files).run()
    assert (run.ending, run.outcomes) == (("NOT DONE", 1), {"kept": "failed"})


def test_checks_in_classes_and_in_smoke_count(make_suite: MakeSuite) -> None:
    in_class = "import pytest\n\nclass TestToy:\n" + "\n".join(
        f"    {line}" for line in check("kept", "measured(1)").replace("(measured)", "(self, measured)").splitlines()
    )
    run = make_suite({"checks/test_toy.py": in_class, "smoke/test_toy.py": checks(KEPT)}).run()
    names = [each["check"] for each in run.item("kept")["checks"]]
    assert (run.ending, sorted(names)) == (
        ("DONE", 0),
        ["checks/test_toy.py::TestToy::test_kept", "smoke/test_toy.py::test_kept"],
    )
