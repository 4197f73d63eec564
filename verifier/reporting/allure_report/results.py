"""Finishes what allure-pytest wrote: status, tree and words from the report, secrets out, and no item missing.

The files' shape: Allure's test result model (allure-framework, allure2 results).
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from verifier.core.evidence.finding import cut
from verifier.core.redaction import REDACTOR
from verifier.core.verdict.results import Outcome
from verifier.reporting.allure_report.attachments import publish_attachments
from verifier.reporting.allure_report.categories import categories
from verifier.reporting.allure_report.executor import executor
from verifier.reporting.allure_report.links import Links, machines_of
from verifier.reporting.allure_report.steps import add_steps
from verifier.reporting.matrix import as_picture
from verifier.reporting.model import JudgedCheck, JudgedItem, Report

_STATUS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.UNVERIFIED: "broken",
    Outcome.NOT_RUN: "unknown",
    Outcome.NOT_JUDGED: "unknown",
    Outcome.WAIVED: "skipped",
    Outcome.NOT_APPLICABLE: "skipped",
}
MACHINES = "machines-started"
"""The item whose checks carry the table of all machines."""
MATRIX = "every machine.svg"
"""The name of that table."""
_LINES, _WIDE, _ROWS = 40, 400, 200
"""Lines of a failure, characters of a line, and rows of a table that a result holds."""
_SEVERITY = {"critical": "critical", "major": "normal", "minor": "minor"}


def finish_results(raw: Path, published: Path, report: Report, leads: Links) -> None:
    """Write the final result files from `raw` and the report to `published`; `leads` is where they lead to."""
    published.mkdir(parents=True, exist_ok=True)
    written = _by_check(raw)
    for item in report.items:
        for check in item.checks:
            result = _finished(written.get(check.check) or {}, item, check)
            result["links"] = leads.of(item, check)
            publish_attachments(raw, published, result)
            add_steps(result, item, check)
            _attach_findings(published, result, check)
            if item.id == MACHINES and report.matrix:
                _attach_matrix(published, result, report.matrix)
            _write(published, result)
        if not item.checks:
            _write(published, _without_check(item) | {"links": leads.of(item)})
    for contradiction in report.contradictions:
        _write(published, _contradiction(contradiction))
    _write_environment(published, report)
    _write_file(published / "categories.json", categories())
    told = executor(os.environ, report.target)
    if told:
        _write_file(published / "executor.json", told)


def _by_check(raw: Path) -> dict[str, dict[str, Any]]:
    """What allure-pytest wrote, by the node id that the session put on it as a label."""
    found = {}
    attached = _attached_by_fixtures(raw)
    for result in _read(raw, "*-result.json"):
        check = next((each["value"] for each in result.get("labels", []) if each["name"] == "check"), None)
        if check:
            own = result.get("attachments", [])
            found[check] = result | {"attachments": attached.get(result["uuid"], []) + own}
    return found


def _attached_by_fixtures(raw: Path) -> dict[str, list[dict[str, Any]]]:
    """Attachments that fixtures made, by the result that they were made for; Allure keeps them in containers."""
    found: dict[str, list[dict[str, Any]]] = {}
    for container in _read(raw, "*-container.json"):
        steps = container.get("befores", []) + container.get("afters", [])
        attachments = [each for step in steps for each in step.get("attachments", [])]
        for child in container.get("children", []):
            found.setdefault(child, []).extend(attachments)
    return found


def _read(raw: Path, pattern: str) -> list[dict[str, Any]]:
    if not raw.is_dir():
        return []
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(raw.glob(pattern))]


def _finished(result: dict[str, Any], item: JudgedItem, check: JudgedCheck) -> dict[str, Any]:
    outcome = Outcome.NOT_APPLICABLE if item.outcome == Outcome.NOT_APPLICABLE else check.outcome
    kept = {key: result[key] for key in ("start", "stop", "attachments") if key in result}
    head = f"{check.cause}: {check.message}" if check.cause else check.message or ""
    details = {"message": cut_lines(head)} | ({"trace": check.trace} if check.trace else {})
    warned = "⚠ " if item.warnings and check.outcome == Outcome.PASSED else ""
    return (
        _identity(check.check)
        | kept
        | {
            "name": f"{warned}{check.title}" + (f" — {check.measured}" if check.measured else ""),
            "status": _STATUS[outcome],
            "statusDetails": details if head else {},
            "description": _description(item, check),
            "labels": [*_labels(item, outcome), *({"name": "host", "value": each} for each in machines_of(check))],
        }
    )


def cut_lines(text: str) -> str:
    """At most so many lines and characters of each as a person reads."""
    lines = text.splitlines()
    more = [f"and {len(lines) - _LINES} more lines"] if len(lines) > _LINES else []
    return "\n".join([*(cut(line, _WIDE) for line in lines[:_LINES]), *more])


def _without_check(item: JudgedItem) -> dict[str, Any]:
    return _identity(item.id) | {
        "name": item.promise,
        "status": _STATUS[item.outcome],
        "statusDetails": {"message": f"{item.outcome}: {item.reason}"},
        "description": _description(item, None),
        "labels": _labels(item, item.outcome),
    }


def _contradiction(found: Mapping[str, Any]) -> dict[str, Any]:
    """A disagreement of two sources; its suite sorts before all stages."""
    sides = [f"{each['who']}, {each['at']}: {each['said']}" for each in found["sides"]]
    return _identity(f"contradiction::{found['id']}") | {
        "name": found["title"],
        "status": "failed",
        "statusDetails": {"message": "\n".join(sides)},
        "description": "\n\n".join([*(f"**{each}**" for each in sides), f"**What to do:** {found['next']}"]),
        "labels": [
            {"name": "parentSuite", "value": "! two sources disagree"},
            {"name": "suite", "value": found["id"]},
            {"name": "severity", "value": "blocker"},
            {"name": "framework", "value": "pytest"},
        ],
    }


def _identity(name: str) -> dict[str, Any]:
    """Ids that stay the same from run to run, so that Allure can tell the history of a check."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    return {
        "uuid": str(uuid.uuid4()),
        "historyId": digest,
        "testCaseId": digest,
        "fullName": name,
        "stage": "finished",
    }


def _labels(item: JudgedItem, outcome: Outcome) -> list[dict[str, str]]:
    labels = {
        "parentSuite": str(item.stage),
        "suite": f"{item.id} — {item.promise}",
        "severity": _SEVERITY[item.severity],
        "tag": str(outcome),
        "framework": "pytest",
    }
    return [{"name": name, "value": value} for name, value in labels.items()]


def _description(item: JudgedItem, check: JudgedCheck | None) -> str:
    outcome = check.outcome if check else item.outcome
    rows = {
        "Promise": item.promise,
        "Outcome": f"{outcome}{f' ({check.cause})' if check and check.cause else ''}",
        "Measured": check and check.measured,
        "Limit": ", ".join(f"{key} {value}" for key, value in (item.limit or {}).items()),
        "Escalate": "; ".join(f"tell '{whom}', because {why}" for whom, why in item.escalate.items()),
        "Warning": "; ".join(item.warnings),
        "What to do": check and check.remedy,
    }
    lines = [f"**{name}:** {value}\n" for name, value in rows.items() if value]
    for group in check.groups(item.severity) if check else ():
        lines += [f"**{group.head}**\n", *(f"- {line}" for line in group.lines(_LINES)), ""]
        lines += [f"→ {group.remedy}\n"] if group.remedy else []
    if check and check.table:
        rows_of_table = [f"| {_cell(key)} | {_cell(value)} |" for key, value in list(check.table.items())[:_ROWS]]
        lines += ["| what | measured |", "|---|---|", *rows_of_table, ""]
        lines += [f"and {len(check.table) - _ROWS} more\n"] if len(check.table) > _ROWS else []
    if check and check.looked:
        lines += ["**Where it was seen, and how to look again:**\n", "```", *check.looked, "```"]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return cut(text.replace("|", "/"), _WIDE)


def _attach_matrix(published: Path, result: dict[str, Any], matrix: Mapping[str, Any]) -> None:
    """The table of all machines, as a picture beside the machines' own checks."""
    picture = _attachment(published, MATRIX, "image/svg+xml", as_picture(matrix))
    result["attachments"] = [picture, *result.get("attachments", [])]


def _attach_findings(published: Path, result: dict[str, Any], check: JudgedCheck) -> None:
    """All findings of a check, as data."""
    found = [each.model_dump(mode="json", exclude_defaults=True) for each in (*check.findings, *check.waived)]
    if found:
        text = json.dumps(found, indent=2, ensure_ascii=False)
        told = _attachment(published, "findings.json", "application/json", text)
        result["attachments"] = [*result.get("attachments", []), told]


def _attachment(published: Path, name: str, kind: str, text: str) -> dict[str, str]:
    """Write one attachment; its suffix is that of its name."""
    source = f"{uuid.uuid4()}-attachment{Path(name).suffix}"
    (published / source).write_text(REDACTOR.text(text), encoding="utf-8")
    return {"name": name, "source": source, "type": kind}


def _write(folder: Path, result: dict[str, Any]) -> None:
    _write_file(folder / f"{result['uuid']}-result.json", result)


def _write_file(path: Path, content: Any) -> None:  # noqa: ANN401 - any JSON
    path.write_text(json.dumps(REDACTOR.clean(content), ensure_ascii=False), encoding="utf-8")


def _write_environment(folder: Path, report: Report) -> None:
    release = report.release
    facts = {
        "Verdict": f"{report.verdict}: {report.coverage}",
        "Target": f"{report.target} ({report.target_url})",
        "Release": f"{release['version']} {release['image']}" if release else "not observed",
        "Mode": f"writes {report.writes}",
        "Suite": report.run.suite,
        "Run": report.run.id,
    }
    lines = [f"{name}={REDACTOR.text(str(value))}\n" for name, value in facts.items()]
    (folder / "environment.properties").write_text("".join(lines), encoding="utf-8")
