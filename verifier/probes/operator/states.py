"""Runs the rules of accessibility on each state that a flow reaches, once for each distinct state of all flows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import allure
from playwright.sync_api import Error

from verifier.core.evidence import CouldNotLook, Record
from verifier.core.evidence.finding import Finding
from verifier.core.execution.collector import Collector
from verifier.core.execution.run import Run
from verifier.core.verdict.results import CheckResult, Outcome, in_words
from verifier.probes.browser.condition.rules import broken_rules
from verifier.probes.browser.session import unstuck
from verifier.probes.operator import STATES_ACCESSIBLE
from verifier.probes.operator.person import Operator

MOST = 40
"""States that are looked at in one run, of 0.2 to 0.5 s each."""
_FOLDER = "states"
_LOOKING = 20.0
_OUTLINE = """() => [location.pathname, ...[...document.querySelectorAll("body *")]
    .filter((each) => !/^(SCRIPT|STYLE|TEMPLATE|TBODY|TR|LI|OPTION)$/.test(each.tagName) && each.checkVisibility())
    .map((each) => [each.tagName, each.getAttribute("role"), each.className?.baseVal ?? each.className,
        each.open || each.ariaExpanded || each.ariaSelected || ""].join("."))].join("\\n")"""
"""Which kinds of elements are visible, without texts and figures; rows and entries of lists do not count."""


class State(Record):
    """One state that a flow has reached."""

    where: str
    findings: tuple[Finding, ...] = ()


def watch_states(operator: Operator, run: Run) -> None:
    """Look at the state in which each step of the operator's flow ends."""
    operator.observers.append(partial(_look, run.scratch / _FOLDER, run.target.url or ""))


def _look(folder: Path, url: str, operator: Operator, step: str) -> None:
    """Look, where this state is new. What cannot be looked at is the flow's own matter, and is told there."""
    page = operator.page
    if not page.url.startswith(url) or not operator.on_a_page:
        return
    folder.mkdir(exist_ok=True)
    try:
        with unstuck(page, operator.deadline, _LOOKING):
            kinds = sorted(set(page.evaluate(_OUTLINE).split("\n")))
            place = folder / f"{hashlib.sha256(chr(10).join(kinds).encode()).hexdigest()[:16]}.json"
            if place.exists() or len(list(folder.iterdir())) >= MOST:
                return
            place.touch()
            where = f"{urlsplit(page.url).path} after '{step}'"
            found = broken_rules(page, page, where)
    except (CouldNotLook, Error):
        return
    for each in found:
        if each.content:
            allure.attach(each.content, name=each.picture, attachment_type=allure.attachment_type.PNG)
    state = State(where=where, findings=tuple(each.finding() for each in found))
    place.write_text(state.model_dump_json(), encoding="utf-8")


def judge(run: Run, _collector: Collector) -> CheckResult:
    """Judge all states that the flows of this run have reached, those of worker processes included."""
    states = list(_seen(run.scratch / _FOLDER))
    title = "No state that an operator's flow reaches breaks a rule of accessibility."
    check, item = STATES_ACCESSIBLE.name, STATES_ACCESSIBLE.item
    if not states:
        return CheckResult(check, item, title, Outcome.NOT_APPLICABLE, message="no flow of this run reached a page")
    found = tuple({finding: None for state in states for finding in state.findings})
    measured = f"{len(found)} violations in {len(states)} states of the flows"
    table = {each.where: f"{len(each.findings)} violations" for each in states}
    outcome = Outcome.FAILED if found else Outcome.PASSED
    message = in_words(found) if found else ""
    return CheckResult(check, item, title, outcome, message=message, measured=measured, table=table, findings=found)


def _seen(folder: Path) -> Iterator[State]:
    for each in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        text = each.read_text(encoding="utf-8")
        if text:
            yield State.model_validate_json(text)
