"""The Definition of Done as a checklist in Markdown, for a manager to read and an engineer to act on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from verifier.core.evidence.finding import Group, cut_indented
from verifier.core.verdict.ledger import NO_CHECK, Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.escalation.receipt import told
from verifier.reporting.matrix import as_markdown
from verifier.reporting.model import JudgedItem, Report

BOXES = {
    Outcome.PASSED: "[x] ✅",
    Outcome.FAILED: "[ ] ❌ **failed**",
    Outcome.UNVERIFIED: "[ ] ❓ **unverified**",
    Outcome.NOT_RUN: "[ ] ⬜ **not run**",
    Outcome.NOT_JUDGED: "[ ] ⬜ **not judged**",
    Outcome.WAIVED: "[ ] ⚠️ **waived**",
    Outcome.NOT_APPLICABLE: "[ ] ➖ not applicable",
}
MEANING = {
    "DONE": "Every item was verified.",
    "DONE in part": "What was judged was verified, or is waived. What does not apply was not judged.",
    "NOT DONE": "At least one promise is broken.",
    "UNVERIFIED": "No promise was seen broken, but not all could be looked at. This is not a pass.",
    "PARTIAL": "The run was narrowed, so it makes no claim about the Definition of Done.",
    "incomplete": "The run did not end.",
}
MOST_BYTES = 25_000
"""Of the whole checklist, whatever was found."""
_DETAILS = (5, 3, 2, 1, 0)
"""Findings of a kind that are named: the most with which the checklist stays small."""
_LINE = 400
"""Characters of one line."""


def meaning(verdict: str, counts: Mapping[str, int]) -> str:
    """What the verdict claims, in one sentence: that every item holds only where it is so."""
    whole = verdict != Verdict.DONE or set(counts) <= {Outcome.PASSED}
    return MEANING[verdict if whole else "DONE in part"]


def checklist(report: Report) -> str:
    """The checklist of a run, in at most 25 kB."""
    for most in _DETAILS:
        text = "\n".join(cut_indented(line, _LINE) for line in _lines(report, most)) + "\n"
        if len(text.encode()) <= MOST_BYTES:
            return text
    note = "\n\n*Cut here: definition-of-done.html and verdict.json have all of it.*\n"
    kept = text.encode()[: MOST_BYTES - len(note.encode())].decode(errors="ignore")
    return kept.rpartition("\n")[0] + note


def _lines(report: Report, most: int) -> Iterator[str]:
    yield from (
        f"# Definition of Done · {report.target} · {report.verdict}",
        "",
        meaning(report.verdict, report.counts),
        "",
    )
    yield from _contradictions(report)
    yield from _facts(report)
    yield from _changes(report)
    yield from _unseen(report, most)
    judged = [each for each in report.items if each.has_check]
    for stage, items in groupby(sorted(judged, key=lambda each: each.stage), key=lambda each: each.stage):
        yield from ("", f"## {stage}", "")
        for item in items:
            yield from _item(report, item, most)
    if report.without_check:
        names = [f"{each.promise} (`{each.id}`)" for each in report.without_check]
        yield from ("", f"- {BOXES[Outcome.NOT_RUN]} {NO_CHECK}: {'; '.join(names)}")
    if report.matrix:
        yield from ("", "## Every machine", "", *as_markdown(report.matrix))
    yield from _listed("Runs", tuple(map(str, report.runs)))
    yield from _listed("Who was told", tuple(told(report.escalations)))
    yield from _listed("Problems of the run", report.run.problems)
    yield from _listed("Waivers to change", report.stale_waivers)


def _contradictions(report: Report) -> Iterator[str]:
    """What contradicts itself, above everything else."""
    for each in report.contradictions:
        yield from (f"> ‼️ **{each['title']}**", ">")
        yield from (f"> - {side['who']}, {side['at']}: {side['said']} (`{side['evidence']}`)" for side in each["sides"])
        yield from (f"> - do: {each['next']}", "")


def _facts(report: Report) -> Iterator[str]:
    release, run = report.release, report.run
    facts = {
        "Target": f"{report.title}, {report.target_url or 'no address known'}",
        "Release": f"{release['version']} ({release['image']}, {release['status']})" if release else "not observed",
        "Source": str(run.source or ""),
        "Emergency": run.emergency,
        "Items": report.coverage,
        "Run": f"{run.id}, {run.finished.isoformat()}, {run.seconds} s, suite {run.suite}",
        "Exit status": report.exit_status,
        "Narrowed by": ", ".join(run.narrowed),
        "Ended early": run.interrupted,
    }
    yield from (f"- {name}: {value}" for name, value in facts.items() if value not in {None, ""})


def _changes(report: Report) -> Iterator[str]:
    counted = {name: len(found) for name, found in report.findings.items() if found}
    if counted:
        told = ", ".join(f"{count} {name}" for name, count in counted.items())
        yield f"- Findings, beside the last accepted release: {told}"


def _unseen(report: Report, most: int) -> Iterator[str]:
    """Why what was not seen was not: each reason once, with the items that it leaves open."""
    if not report.blocked:
        return
    yield from ("", "## Not seen", "")
    for each in report.blocked:
        first, *rest = each.lines(most)
        yield f"- {first}"
        yield from (f"  - {line}" for line in rest)
        yield from _to_do(each.remedy, "  ")


def _to_do(remedy: str, indent: str) -> Iterator[str]:
    """What to do; lines to paste stay lines."""
    first, *rest = remedy.splitlines() or [""]
    if first:
        yield f"{indent}- do: {first}"
    if rest:
        yield from (f"{indent}  {line}" for line in ("```", *rest, "```"))


def _item(report: Report, item: JudgedItem, most: int) -> Iterator[str]:
    figures = f" — {item.value}" if item.value else ""
    limit = ", ".join(f"{key} {value}" for key, value in (item.limit or {}).items())
    cause = f" ({item.cause})" if item.cause else ""
    yield f"- {BOXES[item.outcome]}{cause} {item.promise} (`{item.id}`){figures}{f' · limit {limit}' if limit else ''}"
    yield from (f"  - tell '{whom}', because {why}" for whom, why in item.escalate.items())
    yield from (f"  - ⚠️ {each}" for each in item.warnings)
    if item.outcome == Outcome.FAILED:
        for group in item.groups:
            yield from _group(group, most)
        yield f"  - again: `{report.again(item)}`"
    elif item.outcome in {Outcome.WAIVED, Outcome.NOT_APPLICABLE} and item.reason:
        yield from (f"  - {line.strip()}" for line in item.reason.splitlines()[: most + 1])


def _group(group: Group, most: int) -> Iterator[str]:
    yield f"  - {group.head}"
    yield from (f"    - {line}" for line in group.lines(most) if most)
    yield from _to_do(group.remedy, "    ")


def _listed(title: str, found: Sequence[str]) -> Iterator[str]:
    if found:
        yield from ("", f"## {title}", "", *(f"- {each}" for each in found))
