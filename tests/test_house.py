"""The rules of the house, held by the syntax trees of its files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rooms.toy import CHECKOUT
from verifier.definition import read_contract
from verifier.roll import call_roll
from verifier.target import read_target

ROOMS = ("verifier", "checks", "smoke")
FILES = sorted(path for room in ROOMS for path in (CHECKOUT / room).rglob("*.py") if "node_modules" not in path.parts)
NAMES = [path.relative_to(CHECKOUT).as_posix() for path in FILES]
CHECK_FILES = [name for name in NAMES if name.startswith(("checks/", "smoke/"))]
FLOORS: tuple[tuple[str, ...], ...] = (
    ("redaction", "pictures", "stream_pictures"),
    ("evidence",),
    ("patience", "files", "browser_path", "regression", "debts"),
    ("embedded", "migrations"),
    ("definition",),
    ("sections",),
    ("target", "credentials", "shipped"),
    ("probes",),
    ("observatory",),
    ("ledger", "roll", "selection", "watchdog", "deployment", "scheduler"),
    ("verdicts", "constancy", "findings", "run"),
    ("reporting",),
    ("listener",),
    ("fixtures",),
)
"""From the ground up: a room imports rooms of its own floor and of those below it."""
CLOCKS = {"time", "sched"}
HANDS = {"asyncio", "httpx", "os", "pathlib", "playwright", "psycopg", "socket", "subprocess", "threading", "urllib"}
TIMES_OF_DAY = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}


def tree(name: str) -> ast.Module:
    return ast.parse((CHECKOUT / name).read_text(encoding="utf-8"))


def imports(name: str) -> Iterator[str]:
    """The modules that a file imports, anywhere in it."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)


def room_of(module: str) -> str | None:
    """The room of the verifier that a module belongs to."""
    words = module.split(".")
    return words[1] if words[0] == "verifier" and len(words) > 1 else None


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def test_there_are_files_to_hold_to_the_rules() -> None:
    assert {name.split("/")[0] for name in NAMES} >= {"verifier", "checks"}
    assert len(NAMES) > 30


def test_every_room_has_its_floor() -> None:
    rooms = {name.split("/")[1].removesuffix(".py") for name in NAMES if name.startswith("verifier/")} - {"__init__"}
    assert rooms <= {room for floor in FLOORS for room in floor}


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("verifier/") and name.count("/") >= 1])
def test_a_room_imports_only_what_lies_below_it(name: str) -> None:
    own = name.split("/")[1].removesuffix(".py")
    if own == "__init__":
        return
    above = {room for module in imports(name) if (room := room_of(module)) and floor_of(room) > floor_of(own)}
    assert above == set()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_judges_imports_the_sandbox(name: str) -> None:
    assert [module for module in imports(name) if module.split(".")[0] in {"sandbox", "tests"}] == []


@pytest.mark.parametrize("name", CHECK_FILES)
def test_checks_read_records_and_call_no_probe(name: str) -> None:
    own = [module for module in imports(name) if module.startswith("verifier.")]
    assert {room_of(module) for module in own} <= {"evidence", "definition", "probes"}
    functions = [module for module in own if not module.rsplit(".", 1)[-1][0].isupper()]
    assert name.startswith("smoke/") or functions == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("checks/")])
def test_checks_do_no_io(name: str) -> None:
    calls = {
        node.func.id for node in ast.walk(tree(name)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert ({module.split(".")[0] for module in imports(name)} & HANDS, calls & {"open", "print"}) == (set(), set())


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("verifier/")])
def test_the_verifier_asserts_nothing(name: str) -> None:
    assert [node.lineno for node in ast.walk(tree(name)) if isinstance(node, ast.Assert)] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "verifier/patience.py"])
def test_patience_alone_has_a_clock(name: str) -> None:
    asked = {
        (node.func.value.id, node.func.attr)
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
    }
    passed = {
        (node.value.id, node.attr)
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert {module.split(".")[0] for module in imports(name)} & CLOCKS == set()
    assert (asked | passed) & TIMES_OF_DAY == set()


@pytest.mark.parametrize("name", CHECK_FILES)
def test_every_check_states_its_promise_in_the_present_tense(name: str) -> None:
    tests = [
        node
        for node in ast.walk(tree(name))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test")
    ]
    promises = {test.name: (ast.get_docstring(test) or "").splitlines()[:1] for test in tests}
    unsaid = {each: said for each, said in promises.items() if not said or not said[0].endswith(".")}
    assert unsaid == {}
    assert [each for each, (said,) in promises.items() if re.search(r"\b(should|must|will)\b", said)] == []


@pytest.mark.parametrize("name", CHECK_FILES)
def test_every_check_measures_before_it_asserts(name: str) -> None:
    for test in (
        node for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
    ):
        used = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
        assert "measured" in used, f"{name}::{test.name}"


def test_every_module_says_what_it_is_for() -> None:
    assert [name for name in NAMES if not ast.get_docstring(tree(name))] == []


def test_the_roll_has_no_problems() -> None:
    assert call_roll(CHECKOUT, read_contract(CHECKOUT)).problems == []


def test_every_item_has_a_check_or_the_embedded_target_says_that_it_has_none() -> None:
    items = read_contract(CHECKOUT)
    target = read_target(CHECKOUT / "targets" / "sandbox.toml", items)
    proved = set(call_roll(CHECKOUT, items).checks.values()) | {"release-unchanged"}
    wanted = {each.id for each in items.item if "postdeploy" in each.stage}
    unchecked = {each for each, reason in target.not_applicable.items() if reason == "no check yet"}
    assert wanted - proved == unchecked - proved
    assert unchecked & proved - {"release-unchanged"} == set(), "these have a check now; judge them"


@pytest.mark.parametrize("path", sorted((CHECKOUT / "targets").glob("*.toml")), ids=lambda path: path.stem)
def test_every_target_file_is_free_of_mistakes(path: Path) -> None:
    assert read_target(path, read_contract(CHECKOUT)).name == path.stem


def test_the_conftest_is_a_list_of_plugins() -> None:
    (docstring, plugins) = tree("conftest.py").body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(plugins, ast.Assign)
