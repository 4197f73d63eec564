"""What one item promises: its limit and where that is written, the checks that prove it, and what turns it red."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.core.config.contract import FILE, Contract, Item, read_contract
from verifier.core.config.target import Target, read_target
from verifier.core.config.target_files import EMBEDDED, find_target
from verifier.core.subject import subjects
from verifier.core.suite import Place
from verifier.plugin.inventory import function_of, read_inventory
from verifier.plugin.options import listed_faults


@dataclass(frozen=True)
class ProvingCheck:
    """A check that proves an item: how it is called, where it is written, and what it states."""

    check: str
    place: str
    states: str


@dataclass(frozen=True)
class Fault:
    """A fault that changes an item, and what the item becomes: `red`, or unverified with a cause."""

    name: str
    summary: str
    makes: str


@dataclass(frozen=True)
class Rule:
    """Everything that decides about one item.

    Attributes:
        written: file and line of the item.
        limit: as it holds on the target, where one is given; empty if the item has none.
        changed: what the target changes of it, or why the item is not applicable there; empty if nothing.
        pages: the pages of documentation that name the item.
        faults: nothing, where the list could not be had.
    """

    item: Item
    written: str
    limit: str
    changed: str
    proofs: tuple[ProvingCheck, ...]
    pages: tuple[str, ...]
    faults: tuple[Fault, ...] | None
    target: str

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        item = self.item.model_dump(mode="json", exclude_defaults=True)
        rest = {key: value for key, value in vars(self).items() if key not in {"item", "proofs", "faults"}}
        proofs = [vars(each) for each in self.proofs]
        return {"item": item, **rest, "checks": proofs, "faults": self.faults and [vars(each) for each in self.faults]}

    def lines(self) -> Iterator[str]:
        """The same for people; each line may be long."""
        item = self.item
        yield f"{item.id} ({item.severity}, {', '.join(item.stage)}): {item.promise}"
        yield f"    source: {self.written}"
        where = f" on {self.target}" if self.target else ""
        yield f"    limit{where}: {self.limit or 'none; the checks say what is judged'}"
        if self.changed:
            yield f"    {self.changed}"
        for each in item.escalate:
            yield f"    tell '{each.to}' {f'above {each.above:g}' if each.above else 'when it failed'}"
        yield f"    {_may_be_left_out(item)}"
        yield "  proved by" if self.proofs else "  no check of this version proves it"
        for proof in self.proofs:
            yield f"    {proof.states}"
            yield f"      {proof.place}"
        if self.pages:
            yield f"  explained in {', '.join(self.pages)}"
        yield from self._faults()

    def _faults(self) -> Iterator[str]:
        if self.faults is None:
            yield "  faults: not told; targets/sandbox.toml names no command that lists them"
            return
        yield "  seen to change with" if self.faults else "  no fault changes it"
        yield from (f"    --fault {each.name}: {each.makes}: {each.summary}" for each in self.faults)


def read_rule(place: Place, item: str, target: str | None) -> Rule:
    """The rule of an item, as it holds on a target.

    Args:
        place: the suite, and where the target is.
        item: one of the contract.
        target: its name; without one the limit is that of the contract.

    Raises:
        KeyError: there is no such item.
        Mistakes: contract or target cannot be read.
    """
    suite = place.suite
    contract = read_contract(suite)
    told = read_target(find_target(place.home, target), contract) if target else None
    limit = told.limit_of(contract[item]) if told else contract[item].limit
    return Rule(
        item=contract[item],
        written=f"{FILE}:{_line(suite / FILE, item)}",
        limit=str(limit or ""),
        changed=_changed(told, contract[item]) if told else "",
        proofs=tuple(_proofs(suite, contract, item)),
        pages=_pages(suite, item),
        faults=_faults(suite, contract, item),
        target=told.name if told else "",
    )


def _may_be_left_out(item: Item) -> str:
    if item.waivable:
        return "a failure of it may be waived, and its limit changed with a reason (docs/waivers.md)"
    return "a failure of it can never be waived" + (f"; left out only without [{item.applies}]" if item.applies else "")


def _line(file: Path, item: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if re.match(rf'\s*id\s*=\s*"{item}"', line))


def _changed(target: Target, item: Item) -> str:
    if item.id in target.not_applicable:
        return f"not applicable by {target.file}: {target.not_applicable[item.id]}"
    change = target.limit.get(item.id)
    return f"the contract says {item.limit}; changed by {target.file}: {change.reason}" if change else ""


def _proofs(root: Path, contract: Contract, item: str) -> Iterator[ProvingCheck]:
    for check in (each for each, proved in read_inventory(root, contract).checks.items() if proved == item):
        name = check.partition("::")[0]
        function = function_of(root, check)
        yield ProvingCheck(check, f"{name}:{function.lineno}", _sentence(ast.get_docstring(function)))
    for closing in (each for subject in subjects() for each in subject.closing if each.item == item):
        place = closing.judge.module.replace(".", "/")
        yield ProvingCheck(closing.name, f"{place}.py", _sentence(inspect.getdoc(closing.judge.get())))


def _sentence(docstring: str | None) -> str:
    return " ".join((docstring or "it says nothing of itself").split())


def _pages(root: Path, item: str) -> tuple[str, ...]:
    found = (each for each in sorted((root / "docs").glob("*.md")) if f"`{item}`" in each.read_text(encoding="utf-8"))
    return tuple(each.relative_to(root).as_posix() for each in found)


def _faults(root: Path, contract: Contract, item: str) -> tuple[Fault, ...] | None:
    """Those of the embedded deployment; no other is told to do wrong."""
    file = root / "targets" / f"{EMBEDDED}.toml"
    if not file.is_file():
        return None
    listed = listed_faults(read_target(file, contract).faults, root)
    if listed is None:
        return None
    found = sorted(((each, _made(each, item)) for each in listed), key=lambda each: each[1] != "red")
    return tuple(Fault(each["name"], str(each.get("summary", "")), made) for each, made in found if made)


def _made(fault: dict[str, Any], item: str) -> str:
    if item in fault.get("red", ()):
        return "red"
    cause = fault.get("unverified", {}).get(item)
    return f"unverified ({cause})" if cause else ""
