"""The inventory knows every check of the tree and what it proves, without running it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from verifier.core.config.contract import Contract, Item, Stage
from verifier.core.evidence.finding import Severity
from verifier.plugin.inventory import Inventory, read_inventory

CONTRACT = Contract(
    item=tuple(
        Item(id=each, stage=(Stage.POSTDEPLOY,), promise="a promise", severity=Severity.MAJOR)
        for each in ("one", "two")
    )
)


def inventory(root: Path, **files: str) -> Inventory:
    """The inventory of these files below `checks`."""
    (root / "checks" / "deep").mkdir(parents=True)
    for name, text in files.items():
        (root / "checks" / f"{name.replace('__', '/')}.py").write_text(dedent(text), encoding="utf-8")
    return read_inventory(root, CONTRACT)


def test_checks_of_all_files_folders_and_classes_are_on_the_roll(tmp_path: Path) -> None:
    found = inventory(
        tmp_path,
        test_a='@pytest.mark.proves("one")\ndef test_x(): pass\n',
        deep__test_b='class TestY:\n    @pytest.mark.proves("two")\n    def test_z(self): pass\n',
    )
    assert found.checks == {"checks/test_a.py::test_x": "one", "checks/deep/test_b.py::TestY::test_z": "two"}
    assert found.problems == []


def test_helpers_and_other_files_are_not_on_the_roll(tmp_path: Path) -> None:
    found = inventory(
        tmp_path, test_a="def helper(): pass\nclass Thing:\n    def test_it(self): pass\n", other="def test_x(): 1"
    )
    assert (found.checks, found.problems) == ({}, [])


@pytest.mark.parametrize(
    "text",
    [
        "def test_x(): pass",
        "@pytest.mark.proves()\ndef test_x(): pass",
        "@pytest.mark.proves\ndef test_x(): pass",
        "@pytest.mark.proves(NAME)\ndef test_x(): pass",
        '@pytest.mark.proves("one")\n@pytest.mark.proves("two")\ndef test_x(): pass',
        '@pytest.mark.other("one")\ndef test_x(): pass',
        "async def test_x(): pass",
    ],
)
def test_a_check_must_prove_exactly_one_item(tmp_path: Path, text: str) -> None:
    found = inventory(tmp_path, test_a=text)
    assert found.problems == ['checks/test_a.py::test_x: must prove exactly one item: @pytest.mark.proves("ITEM")']


def test_an_item_that_the_contract_does_not_have_is_named(tmp_path: Path) -> None:
    found = inventory(tmp_path, test_a='@pytest.mark.proves("three")\ndef test_x(): pass\n')
    assert found.problems == ["checks/test_a.py::test_x: proves 'three', which is no item of the contract"]


def test_a_file_that_cannot_be_read_is_named_and_hides_no_other(tmp_path: Path) -> None:
    found = inventory(tmp_path, test_a="def test_(:", test_b='@pytest.mark.proves("one")\ndef test_x(): pass\n')
    assert found.checks == {"checks/test_b.py::test_x": "one"}
    assert [each.split(":")[0] for each in found.problems] == ["checks/test_a.py"]
