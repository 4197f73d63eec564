"""Runs the rules of accessibility on each state that a flow reaches, once for each distinct state of all flows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import allure

from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.core.evidence.finding import Finding
from verifier.core.execution.collector import Collector
from verifier.core.execution.run import Run
from verifier.core.verdict.results import CheckResult, Outcome, findings_text
from verifier.probes.browser.condition.rules import broken_rules
from verifier.probes.browser.session import in_plain_words, unstuck
from verifier.probes.operator import STATES_ACCESSIBLE
from verifier.probes.operator.person import Operator

MOST = 40
"""States that are looked at in one run, of 0.2 to 0.5 s each."""
_FOLDER = "states"
_MORE = "more"
"""A file that says that there were more states."""
_LOOKING = 20.0
_OUTLINE = """() => [location.pathname, ...[...document.querySelectorAll("body *")]
    .filter((each) => !/^(SCRIPT|STYLE|TEMPLATE|TBODY|TR|LI|OPTION)$/.test(each.tagName) && each.checkVisibility())
    .map((each) => [each.tagName, each.getAttribute("role"), each.className?.baseVal ?? each.className,
        each.open || each.ariaExpanded || each.ariaSelected || ""].join("."))].join("\\n")"""
"""Which kinds of elements are visible, without texts and figures; rows and entries of lists do not count."""

_DO = {"remedy": "correct the element that the selector names: axe in the developer tools shows the rule"}


class ReachedState(Record):
    """One state that a flow has reached.

    Attributes:
        where: the path, and the step that ended in it.
        findings: what breaks a rule in it.
        trouble: why it could not be looked at; empty if it was.
        cause: one word of the closed list, where there is trouble.
    """

    where: str
    findings: tuple[Finding, ...] = ()
    trouble: str = ""
    cause: Cause | None = None


def watch_states(operator: Operator, run: Run) -> None:
    """Look at the state in which each step of the operator's flow ends."""
    operator.observers.append(partial(_look, run.scratch / _FOLDER, run.target.url or ""))


def _look(folder: Path, url: str, operator: Operator, step: str) -> None:
    """Look, where this state is new; what cannot be looked at is noted, and the flow goes on."""
    page = operator.page
    if not page.url.startswith(url) or not operator.on_a_page:
        return
    folder.mkdir(exist_ok=True)
    where = f"{urlsplit(page.url).path} after '{step}'"
    place = folder / f"{_short(where)}.json"
    try:
        with in_plain_words(operator.deadline, page.url), unstuck(page, operator.deadline, _LOOKING):
            place = folder / f"{_short(*sorted(set(page.evaluate(_OUTLINE).split(chr(10)))))}.json"
            if place.exists():
                return
            if len(list(folder.glob("*.json"))) >= MOST:
                (folder / _MORE).touch()
                return
            place.touch()
            found = broken_rules(page, page, where)
    except CouldNotLook as trouble:
        state = ReachedState(where=where, trouble=trouble.what, cause=trouble.cause)
        place.write_text(state.model_dump_json(), encoding="utf-8")
        return
    for each in found:
        if each.content:
            allure.attach(each.content, name=each.picture, attachment_type=allure.attachment_type.PNG)
    state = ReachedState(where=where, findings=tuple(each.finding().model_copy(update=_DO) for each in found))
    place.write_text(state.model_dump_json(), encoding="utf-8")


def _short(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def judge(run: Run, _collector: Collector) -> CheckResult:
    """Judge all states that the flows of this run have reached, those of worker processes included."""
    states = list(_seen(run.scratch / _FOLDER))
    title = "No state that an operator's flow reaches breaks a rule of accessibility."
    check, item = STATES_ACCESSIBLE.name, STATES_ACCESSIBLE.item
    if not states:
        return CheckResult(check, item, title, Outcome.NOT_APPLICABLE, message="no flow of this run reached a page")
    found = tuple({finding: None for state in states for finding in state.findings})
    measured = f"{len(found)} violations in {sum(not each.cause for each in states)} states of the flows"
    table = {each.where: each.trouble or f"{len(each.findings)} violations" for each in states}
    gaps = [each for each in states if each.cause]
    more = (run.scratch / _FOLDER / _MORE).exists()
    warnings = (f"only {MOST} states of the flows were looked at, and there are more",) if more else ()
    outcome = Outcome.FAILED if found else Outcome.UNVERIFIED if gaps else Outcome.PASSED
    message = findings_text(found) if found else "; ".join(f"{each.where}: {each.trouble}" for each in gaps)
    cause = str(gaps[0].cause) if gaps and not found else None
    remedy = "run the flow again, and look at its page with axe" if cause else ""
    return CheckResult(
        check, item, title, outcome, cause=cause, message=message, remedy=remedy, measured=measured, table=table,
        warnings=warnings, findings=found,
    )  # fmt: skip


def _seen(folder: Path) -> Iterator[ReachedState]:
    for each in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        text = each.read_text(encoding="utf-8")
        # An empty one is of a process that ended while it looked.
        ended = ReachedState(where="a state", trouble="the look at it did not end", cause=Cause.INTERRUPTED)
        yield ReachedState.model_validate_json(text) if text else ended
