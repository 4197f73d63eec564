"""What `fails_on` of an item names breaks its promise; of everything else people are warned."""

from __future__ import annotations

import pytest

from tests.support.runs.toy import Ended, MakeSuite, check, checks, contract
from verifier.probes.browser.condition.defect import LOOKS

ALL = "{kind: [Finding(subject='wall', problem=f'bad {kind}')] for kind in " + repr(sorted(LOOKS)) + "}"
NONE = "{kind: [] for kind in " + repr(sorted(LOOKS)) + "}"
LEFT_OUT = "CouldNotLook(Cause.TIMEOUT, 'the cellar was left out', remedy='go down')"


def told(name: str, found: str) -> str:
    return check(name, f"measured(1)\nwarn_or_fail({found})", wants="measured, warn_or_fail")


@pytest.fixture(scope="module")
def ended(make_suite: MakeSuite) -> Ended:
    """One run: no kind promoted, each kind promoted, kinds that are not there, and something left out."""
    names = [kind.replace("-", "_") for kind in LOOKS]
    parts = [told("by_default", ALL), *(told(name, ALL) for name in names), told("without_findings", NONE)]
    parts += [told("misspelt", NONE), told("left_out", f"{NONE}, {LEFT_OUT}"), told("decided", f"{NONE}, {LEFT_OUT}")]
    parts += [told("found_and_left_out", f"{ALL}, {LEFT_OUT}")]
    promoted = {name: f'fails_on = ["{kind}"]' for name, kind in zip(names, LOOKS, strict=True)}
    promoted |= {"without_findings": f"fails_on = {sorted(LOOKS)}", "misspelt": 'fails_on = ["dead-lnik"]'}
    promoted |= {"decided": 'fails_on = ["dead-link"]', "found_and_left_out": 'fails_on = ["dead-link"]'}
    given = contract("by-default", "left-out", **promoted)
    return make_suite({"checks/test_toy.py": checks(*parts)}, contract=given).run()


def warned(ended: Ended, name: str) -> set[str]:
    """The kinds of which the item's checks warn."""
    texts = ended.item(name)["warnings"]
    return {kind for kind in LOOKS if any(f"bad {kind}" in text for text in texts)}


def test_by_default_people_are_warned_of_each_kind_and_nothing_fails(ended: Ended) -> None:
    assert ended.told("by-default") == ("passed", None), ended.output
    assert warned(ended, "by-default") == set(LOOKS)


def test_a_promoted_kind_fails_and_the_others_are_still_warnings(ended: Ended) -> None:
    failed = {kind: [it["problem"] for it in ended.item(kind)["checks"][0]["findings"]] for kind in LOOKS}

    assert {kind: ended.told(kind)[0] for kind in LOOKS} == dict.fromkeys(LOOKS, "failed"), ended.output
    assert failed == {kind: [f"bad {kind}"] for kind in LOOKS}
    assert {kind: warned(ended, kind) for kind in LOOKS} == {kind: set(LOOKS) - {kind} for kind in LOOKS}


def test_a_promise_without_findings_is_kept_whatever_is_promoted(ended: Ended) -> None:
    assert ended.told("without-findings") == ("passed", None)
    assert warned(ended, "without-findings") == set()


def test_a_kind_that_is_not_looked_for_is_not_passed_over(ended: Ended) -> None:
    assert ended.told("misspelt") == ("unverified", "precondition")
    assert "dead-lnik" in ended.output


def test_what_was_left_out_is_a_warning_and_unverified_only_where_it_decides(ended: Ended) -> None:
    assert ended.told("left-out") == ("passed", None)
    assert ended.item("left-out")["warnings"] == ["the cellar was left out"]
    assert ended.told("decided") == ("unverified", "timeout")
    assert ended.told("found-and-left-out")[0] == "failed"


MANY = (
    "{'dead-link': [Finding(subject=f'/page-{n} a', problem='dead', detail=f'/gone/{n} answers 404: a')"
    " for n in range(%d)]}"
)


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (1, "dead: /page-0 (/gone/0 answers 404)"),
        (2, "2 × dead: /page-0 (/gone/0 answers 404), /page-1 (/gone/1 answers 404)"),
        (200, "200 × dead: /page-0 (/gone/0 answers 404), /page-1 (/gone/1 answers 404), and 198 more"),
    ],
)
def test_findings_of_one_kind_are_one_line_and_the_page_has_all(make_suite: MakeSuite, number: int, line: str) -> None:
    made = checks(told("warned", MANY % number))
    ended = make_suite({"checks/test_toy.py": made}, contract=contract("warned")).run()
    item = ended.item("warned")

    assert item["warnings"] == [line]
    assert [each["subject"] for each in item["checks"][0]["warned"]] == [f"/page-{n} a" for n in range(number)]
    assert line.partition(" (")[0] in " ".join(ended.output.split())
    page = (ended.folder / "definition-of-done.html").read_text(encoding="utf-8")
    assert f"/gone/{min(number, 100) - 1} answers 404" in page
    assert ("more: verdict.json has all of them" in page) == (number > 100)
