"""The report in JUnit's format: green for DONE alone, as the verdict is, and readable properties of each check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from verifier.core.redaction import REDACTOR
from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.checklist import MEANING
from verifier.reporting.model import JudgedCheck, JudgedItem, Report

_ELEMENT = {
    Outcome.FAILED: "failure",
    Outcome.UNVERIFIED: "error",
    Outcome.NOT_RUN: "error",
    Outcome.NOT_JUDGED: "error",
    Outcome.WAIVED: "skipped",
    Outcome.NOT_APPLICABLE: "skipped",
}
_NAMED = 20
"""Findings of a kind that a test case names."""
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class _Case:
    """One test case: where it stands, how it ended, and what is known of it."""

    place: str
    name: str
    outcome: Outcome
    message: str = ""
    seconds: float = 0.0
    properties: tuple[tuple[str, str | None], ...] = ()


def junit(report: Report) -> bytes:
    """The results as an XML file.

    Unverified and not run are errors, failed is a failure, waived and not applicable are skipped. What a narrowed run
    left out is left out here.
    """
    narrowed = report.run.narrowed
    cases = [
        each for item in report.items for each in _cases(item) if not (narrowed and each.outcome == Outcome.NOT_RUN)
    ]
    cases += [_Case("session", "problem of the run", Outcome.UNVERIFIED, each) for each in report.run.problems]
    if report.run.interrupted:
        cases.append(_Case("session", "ended early", Outcome.UNVERIFIED, report.run.interrupted))
    if report.verdict == Verdict.UNVERIFIED and not {_ELEMENT.get(each.outcome) for each in cases} & {
        "error",
        "failure",
    }:
        cases.append(_Case("session", "verdict", Outcome.UNVERIFIED, MEANING[report.verdict]))
    suite = ET.Element("testsuite", _counted(report, cases))
    facts = {"verdict": str(report.verdict), "exit_status": str(report.exit_status), "target": report.target}
    _properties(suite, tuple(facts.items()))
    suite.extend(_element(each) for each in cases)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _cases(item: JudgedItem) -> Iterator[_Case]:
    if not item.checks:
        facts = (("item", item.id), ("outcome", str(item.outcome)))
        yield _Case(str(item.stage), item.id, item.outcome, f"{item.outcome}: {item.reason}", 0.0, facts)
    for check in item.checks:
        yield _of_check(item, check)


def _of_check(item: JudgedItem, check: JudgedCheck) -> _Case:
    file, _, name = check.check.partition("::")
    facts = {"item": item.id, "outcome": str(check.outcome), "cause": check.cause, "measured": check.measured}
    head = f"{check.cause}: " if check.cause else ""
    remedy = f"\n→ {check.remedy}" if check.remedy else ""
    found = "\n".join(group.text(_NAMED) for group in check.groups(item.severity))
    return _Case(
        place=file.removesuffix(".py").replace("/", "."),
        name=name.replace("::", "."),
        outcome=check.outcome,
        message=f"{head}{found or check.message or ''}{remedy}",
        seconds=check.seconds,
        properties=tuple(facts.items()),
    )


def _counted(report: Report, cases: list[_Case]) -> dict[str, str]:
    kinds = [_ELEMENT.get(each.outcome) for each in cases]
    return {
        "name": _text(f"Definition of Done, {report.target}"),
        "tests": str(len(cases)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
        "time": f"{sum(each.seconds for each in cases):.3f}",
    }


def _element(case: _Case) -> ET.Element:
    found = ET.Element(
        "testcase", {"classname": _text(case.place), "name": _text(case.name), "time": f"{case.seconds:.3f}"}
    )
    _properties(found, case.properties)
    kind = _ELEMENT.get(case.outcome)
    if kind:
        text = _text(case.message)
        ET.SubElement(found, kind, {"message": text.partition("\n")[0], "type": str(case.outcome)}).text = text
    return found


def _properties(parent: ET.Element, facts: tuple[tuple[str, str | None], ...]) -> None:
    known = [(name, value) for name, value in facts if value]
    block = ET.SubElement(parent, "properties") if known else None
    for name, value in known:
        if block is not None:
            ET.SubElement(block, "property", {"name": name, "value": _text(value or "")})


def _text(text: str) -> str:
    """Without secrets, and without characters that XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", REDACTOR.text(text))
