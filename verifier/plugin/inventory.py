"""Calls the roll: which checks the tree holds, and what each proves, read from the files without running them.

The roll is what makes a missing check visible: whatever pytest did not collect, skipped, deselected or lost with a
worker process is still on it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from verifier.core.config.contract import Contract

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_PHASES = "phase-features"
FOLDERS = ("checks", "smoke")


_PHASE = re.compile(r"smoke/phases/test_phase_(\d+)\.py")


def phase_of(check: str) -> int | None:
    """The phase of the plan whose flows a check (or a file) belongs to, if it does."""
    found = _PHASE.match(check)
    return int(found[1]) if found else None


def of_a_watch(check: str) -> bool:
    """Whether a check (or a file) judges what a watch saw: it is judged only where one was asked for."""
    return check.startswith("checks/watch/")


@dataclass
class Roll:
    """The checks by node id, each with the item that it proves; and what could not be read."""

    checks: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def of_phases(self, deployed: Collection[int], *, watched: bool = False) -> dict[str, str]:
        """The checks of a target where these phases are deployed.

        A deployed phase that has no flows stands on the roll, too: it is never run, and so never counts as seen.

        Args:
            deployed: the phases.
            watched: whether the deployment is watched for a while, which further checks judge.
        """
        kept = {
            check: item
            for check, item in self.checks.items()
            if phase_of(check) in {None, *deployed} and (watched or not of_a_watch(check))
        }
        seen = {phase_of(check) for check in kept}
        return kept | {f"smoke/phases/test_phase_{each}.py": _PHASES for each in deployed if each not in seen}


def call_roll(root: Path, contract: Contract, folders: Iterable[str] = FOLDERS) -> Roll:
    """The roll of all test files below `folders`."""
    roll = Roll()
    for path in sorted(each for folder in folders for each in (root / folder).rglob("test_*.py")):
        name = path.relative_to(root).as_posix()
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError) as trouble:
            roll.problems.append(f"{name}: cannot be read: {trouble}")
            continue
        for qualified, function in _tests(tree.body):
            _enter(roll, contract, f"{name}::{qualified}", function)
    return roll


def _enter(roll: Roll, contract: Contract, check: str, function: _Function) -> None:
    items = [item for decorator in function.decorator_list if (item := _proven(decorator))]
    if len(items) != 1:
        roll.problems.append(f'{check}: must prove exactly one item: @pytest.mark.proves("ITEM")')
    elif items[0] not in contract:
        roll.problems.append(f"{check}: proves '{items[0]}', which is no item of the contract")
    else:
        roll.checks[check] = items[0]


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
    """The function of a check on the roll; none of its code is run.

    Raises:
        KeyError: the file has no such check.
    """
    name, _, qualified = check.partition("::")
    tree = ast.parse((root / name).read_text(encoding="utf-8"))
    return dict(_tests(tree.body))[qualified]
