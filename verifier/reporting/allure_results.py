"""Finishes what allure-pytest wrote: status, tree and words from the ledger, secrets out, and no item missing.

The files' shape: Allure's test result model (allure-framework, allure2 results).
"""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from verifier.core.redaction import REDACTOR
from verifier.core.verdict.ledger import CheckResult, ItemResult, Ledger, Outcome
from verifier.reporting.attachments import publish_attachments
from verifier.reporting.matrix import as_picture
from verifier.reporting.terminal import short

_STATUS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.UNVERIFIED: "broken",
    Outcome.NOT_RUN: "unknown",
    Outcome.WAIVED: "skipped",
    Outcome.NOT_APPLICABLE: "skipped",
}
MACHINES = "machines-started"
"""The item whose checks carry the table of all machines."""
_SEVERITY = {"critical": "critical", "major": "normal", "minor": "minor"}


def finish_results(raw: Path, published: Path, ledger: Ledger, record: dict[str, Any]) -> None:
    """Write the final result files from `raw` and the ledger to `published`."""
    published.mkdir(parents=True, exist_ok=True)
    written = _by_check(raw)
    for item in ledger.items():
        for check in item.checks:
            result = _finished(written.get(check.check) or {}, item, check)
            publish_attachments(raw, published, result)
            if item.item.id == MACHINES and record.get("matrix"):
                _attach_matrix(published, result, record["matrix"])
            _write(published, result)
        if not item.checks:
            _write(published, _without_check(item))
    for finding in record["findings"]:
        _write(published, _finding(finding))
    _write_environment(published, record)


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


def _finished(result: dict[str, Any], item: ItemResult, check: CheckResult) -> dict[str, Any]:
    outcome = Outcome.NOT_APPLICABLE if item.outcome == Outcome.NOT_APPLICABLE else check.outcome
    kept = {key: result[key] for key in ("start", "stop", "attachments") if key in result}
    head = f"{check.cause}: {check.message}" if check.cause else check.message
    details = {"message": head} | ({"trace": check.trace} if check.trace else {})
    return (
        _identity(check.check)
        | kept
        | {
            "name": ("⚠ " if check.warnings else "")
            + check.title
            + (f" — {short(check.measured)}" if check.measured else ""),
            "status": _STATUS[outcome],
            "statusDetails": details if head else {},
            "description": _description(item, check),
            "labels": _labels(item, outcome),
        }
    )


def _without_check(item: ItemResult) -> dict[str, Any]:
    return _identity(item.item.id) | {
        "name": item.item.promise,
        "status": _STATUS[item.outcome],
        "statusDetails": {"message": f"{item.outcome}: {item.reason}"},
        "description": _description(item, None),
        "labels": _labels(item, item.outcome),
    }


def _finding(finding: dict[str, Any]) -> dict[str, Any]:
    """A disagreement of two sources; its suite sorts before all stages."""
    sides = [f"{each['who']}, {each['at']}: {each['said']}" for each in finding["sides"]]
    return _identity(f"finding::{finding['id']}") | {
        "name": finding["title"],
        "status": "failed",
        "statusDetails": {"message": "\n".join(sides)},
        "description": "\n\n".join([*(f"**{each}**" for each in sides), f"**What to do:** {finding['next']}"]),
        "labels": [
            {"name": "parentSuite", "value": "! findings: two sources disagree"},
            {"name": "suite", "value": finding["id"]},
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


def _labels(item: ItemResult, outcome: Outcome) -> list[dict[str, str]]:
    labels = {
        "parentSuite": str(item.stage),
        "suite": f"{item.item.id} — {item.item.promise}",
        "severity": _SEVERITY[item.item.severity],
        "tag": str(outcome),
        "framework": "pytest",
    }
    return [{"name": name, "value": value} for name, value in labels.items()]


def _description(item: ItemResult, check: CheckResult | None) -> str:
    limit = ", ".join(f"{key} {value}" for key, value in (item.limit or {}).items())
    rows = {
        "Promise": item.item.promise,
        "Outcome": f"{check.outcome if check else item.outcome}"
        + (f" ({check.cause})" if check and check.cause else ""),
        "Measured": check.measured if check else None,
        "Limit": limit,
        "Escalate": "; ".join(f"tell '{whom}', because {why}" for whom, why in item.escalations.items()),
        "Warning": "; ".join(check.warnings) if check else None,
        "What to do": check.remedy if check else None,
    }
    lines = [f"**{name}:** {value}\n" for name, value in rows.items() if value]
    lines += (
        ["**Where it was seen, and how to look again:**\n", "```", *check.looked, "```"]
        if check and check.looked
        else []
    )
    return "\n".join(lines)


def _attach_matrix(published: Path, result: dict[str, Any], matrix: dict[str, Any]) -> None:
    """The table of all machines, as a picture beside the machines' own checks."""
    name = f"{uuid.uuid4()}-attachment.svg"
    (published / name).write_text(REDACTOR.text(as_picture(matrix)), encoding="utf-8")
    picture = {"name": "every machine.svg", "source": name, "type": "image/svg+xml"}
    result["attachments"] = [picture, *result.get("attachments", [])]


def _write(folder: Path, result: dict[str, Any]) -> None:
    text = json.dumps(REDACTOR.clean(result), ensure_ascii=False)
    (folder / f"{result['uuid']}-result.json").write_text(text, encoding="utf-8")


def _write_environment(folder: Path, record: dict[str, Any]) -> None:
    release = record["release"]
    facts = {
        "Verdict": f"{record['verdict']}: {record['coverage']}",
        "Target": f"{record['target']} ({record['target_url']})",
        "Release": f"{release['version']} {release['image']}" if release else "not observed",
        "Mode": f"writes {record['writes']}",
        "Suite": record["run"]["suite"],
        "Run": record["run"]["id"],
    }
    lines = [f"{name}={REDACTOR.text(str(value))}\n" for name, value in facts.items()]
    (folder / "environment.properties").write_text("".join(lines), encoding="utf-8")
