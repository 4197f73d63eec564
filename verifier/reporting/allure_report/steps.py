"""What a check did, as steps of its result: looked, measured, compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifier.core.evidence import Cause
from verifier.core.evidence.finding import cut
from verifier.core.verdict.results import Outcome
from verifier.core.verdict.steps import StepState
from verifier.reporting.model import JudgedCheck, JudgedItem

EVIDENCE = "evidence: "
"""Begins the name of an attachment that is a record."""
_STATUS = {Outcome.FAILED: "failed", Outcome.PASSED: "passed", Outcome.WAIVED: "skipped"}
_ROWS, _MEMBERS, _WIDE = 30, 10, 200
"""Rows of a table, findings of a kind, and characters of a line that steps hold; the description has more."""

Step = dict[str, Any]


def add_steps(result: dict[str, Any], item: JudgedItem, check: JudgedCheck) -> None:
    """Give the result its steps; records go to the step that looked at them."""
    found = [*_walked(check), *_looked(check, result), *_measured(check), *_compared(item, check)]
    held = {each["source"] for step in found for each in step.get("attachments", [])}
    left = [each for each in result.get("attachments", []) if each["source"] not in held]
    result |= {"steps": found, "attachments": left}


def _looked(check: JudgedCheck, result: dict[str, Any]) -> Iterator[Step]:
    """A step for each record, with where it was seen and how to ask again; one that is broken, if nothing was seen."""
    told = [line.removeprefix("where: ").removeprefix("again: ") for line in check.looked]
    lines = list(zip(told[::2], told[1::2], strict=False))
    known = lines if len(lines) == len(check.evidence) else [("", "")] * len(check.evidence)
    for name, (where, again) in zip(check.evidence, known, strict=True):
        attached = [each for each in result.get("attachments", []) if each["name"] == f"{EVIDENCE}{name}"]
        yield _step(f"look at: {name}", "passed", {"where": where, "again": again}) | {"attachments": attached}
    if check.outcome == Outcome.UNVERIFIED:
        what = "the suite itself failed" if check.cause == Cause.INTERNAL else f"could not look ({check.cause})"
        yield _step(f"{what}: {check.message or ''}", "broken", {"do": check.remedy or ""})


def _walked(check: JudgedCheck) -> Iterator[Step]:
    """The steps of a flow."""
    stopped = "failed" if check.outcome == Outcome.FAILED else "broken"
    status = {StepState.SHOWN: "passed", StepState.STOPPED: stopped, StepState.NEEDS_WRITING: "skipped"}
    for each in check.steps:
        needs = {"not shown": "it needs writing"} if each.state == StepState.NEEDS_WRITING else {}
        yield _step(each.name, status[each.state], needs)


def _measured(check: JudgedCheck) -> Iterator[Step]:
    if check.measured:
        rows = list(check.table.items())
        more = {"and more": f"{len(rows) - _ROWS} in the description"} if len(rows) > _ROWS else {}
        yield _step(f"measured: {check.measured}", "passed", dict(rows[:_ROWS]) | more)


def _compared(item: JudgedItem, check: JudgedCheck) -> Iterator[Step]:
    """What was held against the promise, each kind of finding as a step of its own."""
    if check.outcome not in _STATUS:
        return
    limit = ", ".join(f"{key} {value}" for key, value in (item.limit or {}).items())
    words = f"compared with the limit: {limit}" if limit else "compared with the promise"
    status = _STATUS[check.outcome]
    kinds = [
        _step(group.head, status, {"do": group.remedy})
        | {"steps": [_step(line, status, {}) for line in group.lines(_MEMBERS)]}
        for group in check.groups(item.severity)
    ]
    yield _step(words, status, {}) | {"steps": kinds}


def _step(name: str, status: str, facts: dict[str, str]) -> Step:
    told = [{"name": key, "value": cut(value, _WIDE)} for key, value in facts.items() if value]
    return {"name": cut(name, _WIDE), "status": status, "stage": "finished", "parameters": told}
