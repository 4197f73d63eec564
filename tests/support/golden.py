"""The golden list: every item of the contract, and every check that proves it, each with its promise.

A check of this list that is in no file leaves its item not run: every run notices that one of several was deleted.
Update the list after an intended change: `.venv/bin/python -m tests.support.golden`
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.support.runs.toy import CHECKOUT
from verifier.core.config.contract import Contract, read_contract
from verifier.plugin.inventory import LISTED, Inventory, read_inventory

GOLDEN = CHECKOUT / LISTED
AGAIN = ".venv/bin/python -m tests.support.golden"


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def function_of(check: str, root: Path = CHECKOUT) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """The function of a check, by its node id."""
    file, *names = check.split("::")
    node: ast.AST = _tree(root / file)
    for name in names:
        node = next(each for each in ast.walk(node) if getattr(each, "name", None) == name)
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return node


def promise_of(check: str, root: Path = CHECKOUT) -> str:
    """The first line of the docstring of a check; empty without one."""
    return (ast.get_docstring(function_of(check, root)) or "").partition("\n")[0]


def listed(inventory: Inventory, contract: Contract, root: Path = CHECKOUT) -> str:
    """The list as text, in the order of the contract; checks of an item by node id."""
    lines = []
    for item in contract.item:
        lines.append(f"{item.id}: {item.promise}")
        checks = sorted(check for check, proved in inventory.checks.items() if proved == item.id)
        for check in checks:
            lines += [f"    {check}", f"        {promise_of(check, root)}"]
        lines += [] if checks else ["    (no check)"]
    return "\n".join(lines) + "\n"


def listed_now() -> str:
    """The list of the tree as it is."""
    contract = read_contract(CHECKOUT)
    return listed(read_inventory(CHECKOUT, contract), contract)


if __name__ == "__main__":
    GOLDEN.write_text(listed_now(), encoding="utf-8")
