"""The inventory: which checks the tree holds, and what each proves, read from the files without running them.

It makes a missing check visible: whatever pytest did not collect, skipped, deselected or lost with a worker process is
still in it, and so is a check of the suite's own list that is in no file any more.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from verifier.core.config.contract import Contract
from verifier.core.config.phases import OURS, PhaseFiles, phase_of
from verifier.core.config.target import Target

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_PHASES = "phase-features"
FOLDERS = ("checks", "smoke")
LISTED = "checks/checks.txt"
"""All checks that the suite was shipped with, below their items; a suite of one's own need not have it."""


def of_a_watch(check: str) -> bool:
    """Whether a check (or a file) judges what a watch saw: it is judged only where one was asked for."""
    return check.startswith("checks/watch/")


@dataclass
class Inventory:
    """The checks by node id, each with the item that it proves; and what could not be read.

    Attributes:
        lost: those that the suite's list names and no file holds.
    """

    checks: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def of_phases(self, deployed: Collection[int], *, watched: bool = False) -> dict[str, str]:
        """The checks of a target where these phases are deployed.

        A deployed phase that has no flows is in it, too: it is never run, and so never counts as seen.

        Args:
            deployed: the phases.
            watched: whether the deployment is watched for a while, which further checks judge.
        """
        kept = {
            check: item
            for check, item in (self.checks | self.lost).items()
            if phase_of(check) in {None, *deployed} and (watched or not of_a_watch(check))
        }
        seen = {phase_of(check) for check in kept}
        return kept | {f"{OURS}/test_phase_{each}.py": _PHASES for each in deployed if each not in seen}


def wanted_phase(config: pytest.Config, target: Target) -> int | None:
    """The last phase that is to be judged, if the caller gives one.

    Raises:
        pytest.UsageError: the target has no such phase.
    """
    given = config.option.phase
    if given is None:
        return None
    known = [str(each) for each in (target.phases.deployed if target.phases else ())]
    if str(given) not in known:
        have = f"has the phases {', '.join(known)}" if known else "has no phases"
        raise pytest.UsageError(f"--phase {given}: the target {target.name} {have}")
    return int(given)


def deployed_phases(config: pytest.Config, target: Target) -> tuple[int, ...]:
    """The phases that are to be seen working."""
    phases = target.phases.deployed if target.phases else ()
    last = wanted_phase(config, target)
    return tuple(each for each in phases if last is None or each <= last)


def brought_phases(config: pytest.Config, target: Target, base: Path) -> PhaseFiles:
    """The flows of the phases, with those that the caller or else the target brings, whose paths begin at `base`.

    Raises:
        pytest.UsageError: the folder has none.
    """
    asked, root = config.option.phases, config.rootpath
    told = target.phases.folder if target.phases else None
    folder = config.invocation_params.dir / asked if asked else base / told if told else None
    files = PhaseFiles(root, folder.resolve() if folder else None)
    if mistake := files.mistake():
        raise pytest.UsageError(f"{'--phases' if asked else f'{target.file}: phases.folder'}: {mistake}")
    return files


def read_inventory(root: Path, contract: Contract, phases: PhaseFiles | None = None) -> Inventory:
    """All test files of the suite, and of the folder that is brought for its phases."""
    inventory, phases = Inventory(), phases or PhaseFiles(root)
    brought = phases.brought.rglob("test_*.py") if phases.brought else ()
    ours = (each for folder in FOLDERS for each in (root / folder).rglob("test_*.py"))
    for path in sorted({*ours, *brought}):
        if phases.replaced(path):
            continue
        name = phases.name(path)
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError) as trouble:
            inventory.problems.append(f"{name}: cannot be read: {trouble}")
            continue
        for qualified, function in _tests(tree.body):
            _add(inventory, contract, f"{name}::{qualified}", function)
    for check, item in _listed(root):
        if check not in inventory.checks and item in contract and not phases.replaced(root / check.partition("::")[0]):
            inventory.lost[check] = item
            inventory.problems.append(
                f"{check}: {LISTED} lists it, and no file holds it: restore it, or delete its line"
            )
    return inventory


def _listed(root: Path) -> Iterator[tuple[str, str]]:
    path, item = root / LISTED, ""
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        if not line.startswith(" "):
            item = line.partition(":")[0]
        elif "::" in line and (check := line.strip()).startswith(FOLDERS):
            yield check, item


def _add(inventory: Inventory, contract: Contract, check: str, function: _Function) -> None:
    items = [item for decorator in function.decorator_list if (item := _proven(decorator))]
    if len(items) != 1:
        inventory.problems.append(f'{check}: must prove exactly one item: @pytest.mark.proves("ITEM")')
    elif items[0] not in contract:
        inventory.problems.append(f"{check}: proves '{items[0]}', which is no item of the contract")
    else:
        inventory.checks[check] = items[0]


def _tests(body: Iterable[ast.AST], prefix: str = "") -> Iterator[tuple[str, _Function]]:
    """All test functions of a file, those below an `if` or a `try` included; not what functions hold inside."""
    for statement in body:
        if isinstance(statement, _Function):
            if statement.name.startswith("test"):
                yield prefix + statement.name, statement
        elif isinstance(statement, ast.ClassDef):
            if statement.name.startswith("Test"):
                yield from _tests(statement.body, f"{prefix}{statement.name}::")
        else:
            yield from _tests(ast.iter_child_nodes(statement), prefix)


def _proven(decorator: ast.expr) -> str | None:
    """The literal in `@pytest.mark.proves("…")`."""
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
        return None
    literal = decorator.args[0] if decorator.func.attr == "proves" and decorator.args else None
    return literal.value if isinstance(literal, ast.Constant) and isinstance(literal.value, str) else None


def function_of(root: Path, check: str) -> _Function:
    """The function of a check in the inventory; none of its code is run.

    Raises:
        KeyError: the file has no such check.
    """
    name, _, qualified = check.partition("::")
    tree = ast.parse((root / name).read_text(encoding="utf-8"))
    return dict(_tests(tree.body))[qualified]
