"""The golden list of checks and promises: a check that is deleted, renamed or promises something else is noticed."""

from __future__ import annotations

import difflib
from pathlib import Path

from tests.support.golden import AGAIN, GOLDEN, listed, listed_now
from verifier.core.config.contract import Contract, Item, Stage
from verifier.core.evidence.finding import Severity
from verifier.plugin.inventory import read_inventory

CONTRACT = Contract(
    item=tuple(
        Item(id=each, stage=(Stage.POSTDEPLOY,), promise=f"it is {each}", severity=Severity.MAJOR)
        for each in ("one", "two")
    )
)
CHECK = '@pytest.mark.proves("one")\ndef test_{name}():\n    """It is {name}.\n\n    More."""\n\n\n'


def list_of(root: Path, *names: str) -> str:
    """The list of a tree with one file that holds checks of these names."""
    (root / "checks").mkdir(parents=True)
    text = "".join(CHECK.format(name=name) for name in names)
    (root / "checks" / "test_a.py").write_text(text, encoding="utf-8")
    return listed(read_inventory(root, CONTRACT), CONTRACT, root)


def test_every_check_and_every_promise_is_the_one_of_the_golden_list() -> None:
    then, now = GOLDEN.read_text(encoding="utf-8").splitlines(), listed_now().splitlines()
    changes = "\n".join(difflib.unified_diff(then, now, "the golden list", "the tree", lineterm="", n=1))
    assert not changes, f"{changes}\nIf this is meant: {AGAIN}"


def test_the_list_holds_every_check_with_its_promise_and_every_item_without_one(tmp_path: Path) -> None:
    assert list_of(tmp_path, "small", "fast").splitlines() == [
        "one: it is one",
        "    checks/test_a.py::test_fast",
        "        It is fast.",
        "    checks/test_a.py::test_small",
        "        It is small.",
        "two: it is two",
        "    (no check)",
    ]


def test_deleting_one_of_several_checks_of_an_item_changes_the_list(tmp_path: Path) -> None:
    assert list_of(tmp_path / "before", "small", "fast") != list_of(tmp_path / "after", "small")
