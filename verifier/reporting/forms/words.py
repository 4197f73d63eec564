"""What several forms say of a report, each in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.core.config.contract import Stage
from verifier.core.evidence.finding import cut
from verifier.core.verdict.ledger import NO_CHECK, Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.blocked import Blocked
from verifier.reporting.model import JudgedItem, Report

SMOKE_TEST = ("smoke-passed", "tiles-under-3s", "phase-features", "no-console-errors")
"""The items that are the direction's smoke test: visit, tiles loading, new phase features, no console errors."""
FIRST_LINES, NEWEST_LINES = "logs-clean", "logs-watched"
"""The items that judge the first hundred lines of the log since the deploy, and the newest hundred."""
_FILES = {Stage.PREDEPLOY, Stage.MIGRATION}
_OPEN = {Outcome.UNVERIFIED, Outcome.NOT_RUN}
_PART = 200
"""Characters of one part of a line."""
_PARTS, _NAMES = 5, 3


def judges_deployment(report: Report) -> bool:
    """Whether something that runs was judged; forms of a deployment say nothing of files."""
    return any(each.stage not in _FILES and each.outcome != Outcome.NOT_APPLICABLE for each in report.items)


def phase(report: Report) -> str:
    """The phase of the plan that was deployed last."""
    return str(report.phases[-1]) if report.phases else "(not named)"


def machines(report: Report) -> str:
    """Every machine with the state of it and of its host."""
    release = report.release or {}
    states, hosts = release.get("machines") or {}, release.get("hosts") or {}
    told = [
        f"Machine {each} state={state}, host_status={hosts.get(each, '(not told)')}" for each, state in states.items()
    ]
    return "; ".join(told) or "not observed"


def listed(parts: Sequence[str]) -> str:
    """The parts as one line; at most five of them, each cut, and how many more there are."""
    more = f"; and {len(parts) - _PARTS} more" if len(parts) > _PARTS else ""
    return "; ".join(cut(each, _PART) for each in parts[:_PARTS]) + more


def broken(items: Sequence[JudgedItem]) -> list[str]:
    """Each failed item with its kinds of problem."""
    return [f"{each.id}: {_problems(each)}" for each in items if each.outcome == Outcome.FAILED]


def _problems(item: JudgedItem) -> str:
    return ", ".join(group.head for group in item.groups) or (item.reason or "it failed").partition("\n")[0]


def issues(report: Report) -> list[str]:
    """What is broken and what was not seen, worst first; nothing for DONE."""
    if report.verdict == Verdict.DONE:
        return []
    return [
        *broken(report.of(Outcome.FAILED)),
        *(f"two sources disagree: {each['title']}" for each in report.contradictions),
        *map(_unseen, report.unseen),
        *(f"not verified: {each.id}: {NO_CHECK}" for each in report.without_check),
        *([f"ended early: {report.run.interrupted}"] if report.run.interrupted else []),
        *([f"narrowed by {', '.join(report.run.narrowed)}: no claim of the whole"] if report.run.narrowed else []),
        *(f"problem of the run: {each}" for each in report.run.problems),
    ] or [f"the verdict is {report.verdict}"]


def _unseen(blocked: Blocked) -> str:
    names, first = blocked.items, next(blocked.lines(0))
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    why = first.partition(f" [{blocked.cause}]")[0]
    return f"not verified ({blocked.cause}): {', '.join(names[:_NAMES])}{more}: {why}"


def excused(report: Report) -> str:
    """What a verdict without issues does not cover, in brackets; empty if there is nothing."""
    waived = [each.id for each in report.items if each.outcome == Outcome.WAIVED]
    return f" (waived: {', '.join(waived)})" if waived else ""


def smoke_test(report: Report) -> tuple[Outcome, str]:
    """What the direction's smoke test came to: passed, failed, unverified or not run; and why, unless it passed."""
    items = [each for each in report.items if each.id in SMOKE_TEST and each.outcome != Outcome.NOT_APPLICABLE]
    if failed := broken(items):
        return Outcome.FAILED, listed(failed)
    unseen = [
        f"{each.id} {each.outcome}{f' ({each.cause})' if each.cause else ''}" for each in items if each.outcome in _OPEN
    ]
    if unseen:
        return Outcome.UNVERIFIED, listed(unseen)
    passed = any(each.outcome == Outcome.PASSED for each in items)
    return (Outcome.PASSED, "") if passed else (Outcome.NOT_RUN, "no item of it was judged in this run")


def passed(report: Report, *names: str) -> list[JudgedItem]:
    """Those of the items that were verified, in the order of the names."""
    held = {each.id: each for each in report.items if each.outcome == Outcome.PASSED}
    return [held[each] for each in names if each in held]


def log_lines(report: Report) -> str:
    """What was found in the log, and in which part of it."""
    items = [each for each in report.items if each.id in {FIRST_LINES, NEWEST_LINES}]
    if failed := broken(items):
        return f"Errors: {listed(failed)}"
    for item, part in ((NEWEST_LINES, "last"), (FIRST_LINES, "first")):
        if passed(report, item):
            return f"No errors in {part} 100 lines{_unsure(items)}"
    return (
        f"not verified: {listed([f'{each.id} {each.cause or each.outcome}' for each in items])}"
        if items
        else "not judged"
    )


def _unsure(items: Sequence[JudgedItem]) -> str:
    unseen = [each.id for each in items if each.outcome in _OPEN]
    return f" (not verified: {', '.join(unseen)})" if unseen else ""


def commands(report: Report) -> Iterator[str]:
    """What to do next about what is broken or was not seen, the most important first."""
    for item in report.of(Outcome.FAILED):
        remedy = next((group.remedy for group in item.groups if group.remedy), "")
        yield f"{item.id}: {remedy or report.again(item)}"
    yield from (f"{each.items[0]}: {each.remedy}" for each in report.unseen)
