"""What a person is shown of a run that has ended: the whole as the terminal told it, or one item with every detail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verifier.core.evidence.finding import Group, grouped
from verifier.core.suite import asking
from verifier.core.verdict.results import Outcome
from verifier.reporting.blocked import Blocked
from verifier.reporting.checklist import meaning
from verifier.reporting.model import PAGE, JudgedCheck, JudgedItem, Report
from verifier.reporting.record.reading import StoredRecord
from verifier.reporting.terminal import ALL, SIGNS, fitted, summary_lines


def whole_lines(kept: StoredRecord, width: int, *, everything: bool = False) -> list[str]:
    """What is broken, what was not seen, what to type, and the verdict.

    Args:
        kept: the record.
        width: columns of a line.
        everything: whether to name every finding, however many lines that takes.
    """
    report = kept.report
    page = next((each for each in (PAGE, "definition-of-done.md") if (kept.folder / each).is_file()), kept.path.name)
    closing = [
        kept.told,
        *([f"ended early: {report.run.interrupted}"] if report.run.interrupted else []),
        *([f"narrowed by {', '.join(report.run.narrowed)}"] if report.run.narrowed else []),
        f"{report.verdict}: {report.coverage} · exit status {report.exit_status}",
        meaning(report.verdict, report.counts),
        f"report: {_from_here(kept.folder) / page}",
    ]
    summary = [text for text, _ in summary_lines(report, width, everything=everything)]
    return [*summary, "", *_fitted(closing, width)]


def item_lines(kept: StoredRecord, item: JudgedItem, width: int) -> list[str]:
    """Everything that is known of one item, and what to type."""
    return _fitted([kept.told, "", *_item(kept, item)], width)


def _from_here(folder: Path) -> Path:
    """The folder as a person would type it: below the one where they are, by its own name."""
    real, here = folder.resolve(), Path.cwd()
    return real.relative_to(here) if real.is_relative_to(here) else real


def _fitted(lines: list[str], width: int) -> list[str]:
    return [row for line in lines for row in fitted(line, max(width, 40))]


def _item(kept: StoredRecord, item: JudgedItem) -> Iterator[str]:
    yield f"{SIGNS[item.outcome][0]} {item.id} ({item.severity}, {item.stage}): {item.promise}"
    cause = f" ({item.cause})" if item.cause else ""
    yield f"    {item.outcome}{cause}{f': {item.value}' if item.value else ''}"
    if item.limit:
        yield f"    limit: {', '.join(f'{key} {value}' for key, value in item.limit.items())}"
    if not item.checks and item.reason:
        yield f"    {item.reason}"
    yield from (f"    ! tell '{whom}', because {why}" for whom, why in item.escalate.items())
    yield from (f"    ⚠ {each}" for each in item.warnings)
    yield from (f"    waiver: {each.told or each.state}" for each in kept.report.waivers if each.item == item.id)
    for check in item.checks:
        yield ""
        yield from _check(kept.folder, check, item)
    yield ""
    yield f"    report: {_from_here(kept.folder)}"
    yield f"    again: {kept.report.alone(item.id)}"
    yield f"    why: {asking('show')} --why {item.id}"


def _check(folder: Path, check: JudgedCheck, item: JudgedItem) -> Iterator[str]:
    yield f"  {SIGNS[check.outcome][0]} {check.title or check.check}"
    yield f"      {check.check}: {check.outcome}{f' ({check.cause})' if check.cause else ''}, {check.seconds:.1f} s"
    groups = check.groups(item.severity)
    for line in "" if groups else (check.message or "").splitlines():
        yield f"      {line}"
    for group in groups:
        yield from (f"      {line}" for line in group.text(ALL).splitlines())
    if check.remedy and check.remedy not in {each.remedy for each in groups}:
        yield f"      → {check.remedy}"
    for group in grouped(check.warned, item.severity):
        yield from (f"      ⚠ {line}" for line in group.text(ALL).splitlines())
    if check.measured:
        yield f"      measured: {check.measured}"
    yield from (f"        {subject}: {value}" for subject, value in check.table.items())
    yield from (f"      {line}" for line in check.looked)
    if files := evidence_files(folder, check):
        yield f"      evidence: {', '.join(each.relative_to(folder).as_posix() for each in files)}"


def evidence_files(folder: Path, check: JudgedCheck) -> list[Path]:
    """The records that a check read, of those that are there: each process of a run wrote its own."""
    return [path for name in check.evidence for path in sorted((folder / "evidence").rglob(f"{name}.json"))]


def whole_json(kept: StoredRecord) -> dict[str, Any]:
    """What is broken, what was not seen and what to type, as JSON; `verdict.json` has the rest."""
    report = kept.report
    return {
        **_run_json(kept),
        "coverage": report.coverage,
        "counts": dict(report.counts),
        "contradictions": [dict(each) for each in report.contradictions],
        "failed": [_broken_json(report, each) for each in report.of(Outcome.FAILED)],
        "unseen": [_blocked_json(each) for each in report.unseen],
        "waived": {each.id: [group.head for group in each.waived] for each in report.of(Outcome.WAIVED)},
        "waivers_to_change": report.stale_waivers,
        "warnings": {each.id: list(each.warnings) for each in report.items if each.warnings},
        "problems": list(report.run.problems),
    }


def item_json(kept: StoredRecord, item: JudgedItem) -> dict[str, Any]:
    """Everything that is known of one item, as JSON."""
    files = {
        path.relative_to(kept.folder).as_posix() for each in item.checks for path in evidence_files(kept.folder, each)
    }
    return {
        **_run_json(kept),
        "item": item.model_dump(mode="json"),
        "waivers": [each.model_dump(mode="json") for each in kept.report.waivers if each.item == item.id],
        "evidence": sorted(files),
        "again": [*([item.again] if item.again else []), kept.report.alone(item.id)],
    }


def _run_json(kept: StoredRecord) -> dict[str, Any]:
    report = kept.report
    return {
        "verdict": str(report.verdict),
        "exit_status": report.exit_status,
        "target": report.target,
        "run": report.run.model_dump(mode="json", include={"id", "suite", "finished", "narrowed", "interrupted"}),
        "record": str(kept.path),
    }


def _broken_json(report: Report, item: JudgedItem) -> dict[str, Any]:
    return {
        "item": item.id,
        "promise": item.promise,
        "severity": str(item.severity),
        "escalate": dict(item.escalate),
        "problems": [_group_json(each) for each in item.groups],
        "again": report.again(item),
    }


def _group_json(group: Group) -> dict[str, Any]:
    return {"problem": group.problem, "found": [each.told for each in group.members], "remedy": group.remedy}


def _blocked_json(blocked: Blocked) -> dict[str, Any]:
    return {
        "cause": blocked.cause,
        "message": blocked.message,
        "remedy": blocked.remedy,
        "items": list(blocked.items),
    }
