"""The package: what it declares to need is what requirements.in names, at versions that were tried."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import entry_points

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.runs.toy import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BUILT_WITH = {"hatchling", "hatch-vcs"}
OWN_ORDER = "# the project's own order"


def declared() -> dict[str, Requirement]:
    further = [each for extra in PROJECT["optional-dependencies"].values() for each in extra]
    read = [Requirement(each) for each in (*PROJECT["dependencies"], *further)]
    return {canonicalize_name(each.name): each for each in read}


def named() -> set[str]:
    """What requirements.in names, but for what only the project's own order needs."""
    text = (CHECKOUT / "requirements.in").read_text(encoding="utf-8").partition(OWN_ORDER)[0]
    return {canonicalize_name(each) for each in re.findall(r"(?m)^([A-Za-z][\w.-]*)", text)}


def test_the_package_needs_what_the_product_needs() -> None:
    assert OWN_ORDER in (CHECKOUT / "requirements.in").read_text(encoding="utf-8")
    assert set(declared()) == named() - BUILT_WITH


def test_what_is_pinned_satisfies_what_is_declared() -> None:
    lock = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8")
    pins = re.findall(r"(?m)^([a-z0-9.-]+)==([^\s\\;]+)", lock)
    wrong = [
        f"{name} {version}"
        for name, version in pins
        if name in declared() and not declared()[name].specifier.contains(version)
    ]
    assert wrong == []
    assert set(declared()) <= {name for name, _ in pins}


def test_every_package_has_a_lowest_version() -> None:
    assert [name for name, each in declared().items() if ">=" not in str(each.specifier)] == []


def test_the_command_is_the_one_that_the_module_runs() -> None:
    (found,) = entry_points(group="console_scripts", name="definition-of-done")
    assert found.value == "verifier.commands:main"
