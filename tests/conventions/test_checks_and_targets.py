"""What no linter holds of the checks, the contract and the targets; `make check` holds the rest."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.support.golden import function_of, promise_of
from tests.support.runs.red_checks import NEVER_RED
from tests.support.runs.toy import CHECKOUT
from verifier.core.config.contract import EscalationLevel, read_contract
from verifier.core.config.files import Mistakes
from verifier.core.config.target import read_target
from verifier.plugin.inventory import read_inventory

CONTRACT = read_contract(CHECKOUT)
INVENTORY = read_inventory(CHECKOUT, CONTRACT)


def taken_from_the_verifier(path: Path) -> Iterator[str]:
    """The names that a file imports from the verifier."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.startswith("verifier"))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("verifier"):
            yield from (each.name for each in node.names)


def lowercase(names: list[str]) -> list[str]:
    """Those that are functions or modules, by their spelling."""
    return [name for name in names if not name[0].isupper()]


def measures(check: str) -> bool:
    """Whether a check calls `measured`, or `measured.present`; or says, with a reason, that there is nothing to see."""
    called = (node.func for node in ast.walk(function_of(check)) if isinstance(node, ast.Call))
    return any(ast.unparse(each) in {"measured", "measured.present", "nothing_to_see"} for each in called)


def has_remedy(check: str) -> bool:
    """Whether a failure of a check tells what to do: by its mark or that of its file, or by each finding it makes."""
    name, _, _ = check.partition("::")
    function = function_of(check)
    marks = [*function.decorator_list, *ast.parse((CHECKOUT / name).read_text(encoding="utf-8")).body]
    if any(ast.unparse(each).removeprefix("pytestmark = ").startswith("pytest.mark.remedy(") for each in marks):
        return True
    made = [
        {word.arg: ast.unparse(word.value) for word in node.keywords}
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Finding", "findings"}
    ]
    compares = any(isinstance(node, ast.Assert) for node in ast.walk(function))
    return bool(made) and not compares and all(not words.get("remedy", ".again").endswith(".again") for words in made)


def test_the_inventory_has_no_problems() -> None:
    assert INVENTORY.problems == []


def test_every_check_states_its_promise_in_the_present_tense() -> None:
    promises = {check: promise_of(check) for check in INVENTORY.checks}
    assert promises
    assert {each: said for each, said in promises.items() if not said.endswith(".")} == {}
    assert {each: said for each, said in promises.items() if re.search(r"\b(should|must|will)\b", said)} == {}


def test_every_check_tells_what_to_do_where_it_fails() -> None:
    without = [check for check in INVENTORY.checks if not has_remedy(check)]
    assert [check for check in without if check not in NEVER_RED] == []


def test_every_check_measures_something() -> None:
    assert [check for check in INVENTORY.checks if not measures(check)] == []


def test_checks_take_classes_and_constants_of_the_verifier_and_call_no_probe() -> None:
    taken = {path.name: list(taken_from_the_verifier(path)) for path in (CHECKOUT / "checks").rglob("*.py")}
    taken = {file: set(names) - {"fail_on", "findings"} for file, names in taken.items()}
    assert any(taken.values())
    assert {file: functions for file, names in taken.items() if (functions := lowercase(names))} == {}


def test_no_line_switches_off_what_the_linter_holds() -> None:
    """Clocks, asserts and missing docstrings have no exception; a check has none at all."""
    silenced = re.compile(r"(ruff|flake8): noqa|noqa(?!:)|noqa:.*(TID251|S101|D1)")
    folders = {"verifier": silenced, "smoke": silenced, "checks": re.compile("noqa")}
    lines = [
        (pattern, f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()}")
        for folder, pattern in folders.items()
        for path in (CHECKOUT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "node_modules" not in path.parts
    ]
    assert {pattern for pattern, _ in lines} == set(folders.values())
    assert [line for pattern, line in lines if pattern.search(line)] == []


def test_a_class_of_the_verifier_has_a_name_of_its_own() -> None:
    classes = [
        node.name
        for path in (CHECKOUT / "verifier").rglob("*.py")
        if "node_modules" not in path.parts
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert len(classes) > 100
    assert [name for name, number in Counter(classes).items() if number > 1] == []


def test_every_item_that_is_judged_after_a_deploy_has_a_check() -> None:
    wanted = {each.id for each in CONTRACT.item if "postdeploy" in each.stage}
    assert wanted
    assert wanted - set(INVENTORY.checks.values()) == set()


def test_the_contract_escalates_as_the_direction_says() -> None:
    """Error rate > 5 %, response time > 5 s, database, any 500, more than half of the streams: each to its level."""
    wanted = {
        "error-rate": {EscalationLevel.MANAGER: 0.05},
        "response-time": {EscalationLevel.INVESTIGATE: 5.0},
        "database-connection": {EscalationLevel.IMMEDIATE: "failed"},
        "no-server-errors": {EscalationLevel.IMMEDIATE: "failed"},
        "sse-connections": {EscalationLevel.ALERT: 0.5},
    }
    assert {item: {each.to: each.above or each.on for each in CONTRACT[item].escalate} for item in wanted} == wanted
    assert all("monitoring" in CONTRACT[item].stage for item in wanted)


def test_every_target_file_is_free_of_mistakes() -> None:
    mistakes = {}
    paths = sorted((CHECKOUT / "targets").glob("*.toml"))
    for path in paths:
        try:
            assert read_target(path, CONTRACT).name == path.stem
        except Mistakes as trouble:
            mistakes[path.name] = str(trouble)
    assert paths
    assert mistakes == {}


def test_every_file_that_is_said_to_need_a_package_is_there() -> None:
    named = re.findall(r"[\w/]+/\w+\.py", (CHECKOUT / "requirements.in").read_text(encoding="utf-8"))
    assert named
    assert [each for each in named if not (CHECKOUT / each).is_file()] == []


def test_the_conftest_leaves_everything_to_the_plugin() -> None:
    body = ast.parse((CHECKOUT / "conftest.py").read_text(encoding="utf-8")).body
    assert [type(statement) for statement in body] == [ast.Expr]


def test_collecting_loads_no_database_driver() -> None:
    """Probes load what they need when a selected check wants them."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pytest", "--co", "-q"],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if "|" in line}

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "verifier.probes.operator.person" in loaded
    assert "psycopg" not in loaded


MOST_LINES, MOST_MODULES = 300, 14
REASON = re.compile(r"\b[Ll]ong(?:er)?\b|\bEach module\b")
"""How the first lines of what is larger say why."""


def begins(path: Path) -> str:
    """The docstring of a module, or of the package that a folder is."""
    path = path / "__init__.py" if path.is_dir() else path
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "" if path.is_file() else ""


def test_no_file_and_no_folder_is_large_without_a_reason() -> None:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    files = [each for name in listed.stdout.splitlines() if (each := CHECKOUT / name).is_file()]
    assert len(files) > MOST_LINES
    modules = Counter(each.parent for each in files if each.name != "__init__.py")
    large = [each for each in files if len(each.read_text(encoding="utf-8").splitlines()) > MOST_LINES]
    large += [folder for folder, number in modules.items() if number > MOST_MODULES]
    assert {each.relative_to(CHECKOUT).as_posix() for each in large if not REASON.search(begins(each))} == set()
