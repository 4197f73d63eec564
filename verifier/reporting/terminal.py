"""What the terminal shows at the end of a run: what is broken, what was not seen, what to type. No line is too long."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, chop_cells

from verifier.core.evidence.finding import Group, cut
from verifier.core.execution.run import Run
from verifier.core.verdict.ledger import NO_CHECK, Ledger, Verdict, counts, coverage
from verifier.core.verdict.results import Outcome
from verifier.core.verdict.steps import READ_ONLY
from verifier.reporting.blocked import Blocked
from verifier.reporting.checklist import meaning
from verifier.reporting.model import PAGE, JudgedItem, Report

if TYPE_CHECKING:
    from verifier.reporting import Published

Line = tuple[str, dict[str, Any]]
SIGNS: dict[Outcome, tuple[str, dict[str, Any]]] = {
    Outcome.PASSED: ("✔", {"green": True}),
    Outcome.FAILED: ("✘", {"red": True}),
    Outcome.UNVERIFIED: ("?", {"yellow": True}),
    Outcome.NOT_RUN: ("·", {"yellow": True}),
    Outcome.NOT_JUDGED: ("·", {"yellow": True}),
    Outcome.WAIVED: ("!", {"yellow": True}),
    Outcome.NOT_APPLICABLE: ("-", {"light": True}),
}
_VERDICT_MARKUP = {Verdict.DONE: {"green": True, "bold": True}, Verdict.NOT_DONE: {"red": True, "bold": True}}
_BOLD, _DO, _YELLOW, _RED = {"bold": True}, {"cyan": True}, {"yellow": True}, {"red": True}
_PLAIN = dict[str, Any]()
_LINES = 80
"""Lines of the whole summary, unless everything is to be shown."""
ALL = 1_000_000
_DETAILS = ((5, ALL), (3, ALL), (2, ALL), (1, ALL), (1, 5), (1, 2))
"""Findings of a kind that are named, and failed items told in full (others in a line): the most that fits."""
_ROWS = 4
"""Lines in which one sentence is told, unless everything is to be shown."""
_NARROWEST = 40


def summary_lines(report: Report, width: int, *, everything: bool = False) -> list[Line]:
    """What is broken, worst first; why the rest was not seen; what passed, in a line.

    Args:
        report: of the run.
        width: columns of the terminal.
        everything: whether to name every finding, however many lines that takes.
    """
    width = max(width, _NARROWEST)
    for most, full in ((ALL, ALL),) if everything else _DETAILS:
        lines = list(_fitted(_summary(report, most, full), width, ALL if everything else _ROWS))
        if everything or len(lines) <= _LINES:
            return lines
    left = len(lines) - _LINES + 1
    return [*lines[: _LINES - 1], (cut(f"{left} more lines: the report has them, or type -v", width), _BOLD)]


def _summary(report: Report, most: int, full: int) -> Iterator[Line]:
    yield "", _PLAIN
    yield f"Definition of Done · {report.target}", _BOLD
    for each in report.contradictions:
        yield from _contradiction(each)
    broken = report.of(Outcome.FAILED)
    for item in broken[:full]:
        yield from _broken(report, item, most)
    for item in broken[full:]:
        yield f"{_ONE_LINE}✘ {item.id} ({item.severity}): {_kind(item)}", _RED
    yield from _unseen(report, most)
    for item in report.of(Outcome.WAIVED):
        yield f"! waived: {item.id}: {'; '.join(each.head for each in item.waived)}", {"yellow": True}
    yield from _counted(report)
    for item in report.items:
        if (item.value or "").startswith(READ_ONLY):
            yield f"{item.id} {item.value}", _PLAIN
        for warning in item.warnings:
            yield f"⚠ {item.id}: {warning}", {"yellow": True}
    for problem in report.run.problems:
        yield f"problem: {problem}", {"yellow": True}
    for waiver in report.stale_waivers:
        yield f"waiver to change: {waiver}", {"yellow": True}


def _contradiction(found: Any) -> Iterator[Line]:  # noqa: ANN401 - JSON
    """What contradicts itself, above everything else."""
    yield f"‼ {found['title']}", {"red": True, "bold": True}
    for side in found["sides"]:
        yield f"    {side['who']}, {side['at']}: {side['said']} (evidence: {side['evidence']})", _PLAIN
    yield f"    → {found['next']}", _DO


def _broken(report: Report, item: JudgedItem, most: int) -> Iterator[Line]:
    sign, markup = SIGNS[Outcome.FAILED]
    yield "", _PLAIN
    yield f"{sign} {item.id} ({item.severity}): {item.promise}", {**markup, "bold": True}
    groups = item.groups
    for group in groups[:most]:
        yield from _group(group, most)
    if len(groups) > most:
        yield f"    and {_count(len(groups) - most, 'other problem')}", _PLAIN
    for whom, why in item.escalate.items():
        yield f"    ! tell '{whom}', because {why}", {"red": True, "bold": True}
    yield f"    again: {report.again(item)}", _PLAIN


def _kind(item: JudgedItem) -> str:
    """The first kind of its problems, and the first that it was found on."""
    return f"{item.groups[0].head}: {item.groups[0].members[0].subject}" if item.groups else item.reason or ""


def _group(group: Group, most: int) -> Iterator[Line]:
    lines = list(group.lines(most))
    if len(lines) == 1 and len(group.members) == 1:
        yield f"    {group.head}: {lines[0]}", _PLAIN
    else:
        yield f"    {group.head}", _BOLD
        for line in lines:
            yield f"      {line}", _PLAIN
    yield from _to_do(group.remedy)


def _to_do(remedy: str) -> Iterator[Line]:
    """What to do; lines to paste stay lines."""
    first, *rest = remedy.splitlines() or [""]
    if first:
        yield f"      → {first}", _DO
    for line in rest:
        yield f"        {line}", _DO


def _unseen(report: Report, most: int) -> Iterator[Line]:
    """Why what was not seen was not: each reason once, with the items that it leaves open."""
    blocked = report.unseen
    if blocked:
        yield "", _PLAIN
        yield f"? {_count(report.items_unseen, 'item')} not seen in full", {"yellow": True, "bold": True}
    for each in blocked[: 4 * most]:
        yield from _blocked(each, most)
    if len(blocked) > 4 * most:
        yield f"    and {_count(len(blocked) - 4 * most, 'other reason')}", _PLAIN


def _blocked(blocked: Blocked, most: int) -> Iterator[Line]:
    first, *rest = blocked.lines(most)
    yield f"    {first}", _PLAIN
    for line in rest:
        yield f"      {line}", _PLAIN
    yield from _to_do(blocked.remedy)


def _counted(report: Report) -> Iterator[Line]:
    """What needs no explanation, a line for each outcome."""
    told = {
        Outcome.PASSED: "verified",
        Outcome.NOT_APPLICABLE: "not applicable",
    }
    for outcome, words in told.items():
        names = [each.id for each in report.items if each.outcome == outcome]
        if names:
            sign, markup = SIGNS[outcome]
            yield _ONE_LINE + f"{sign} {_count(len(names), 'item')} {words}: {', '.join(names)}", dict(markup)
    names = [each.id for each in report.without_check]
    if names and not report.run.narrowed:
        sign, markup = SIGNS[Outcome.NOT_RUN]
        yield f"{sign} {NO_CHECK}: {', '.join(names)}", dict(markup)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def item_line(item: JudgedItem, width: int) -> Line:
    """An item that is certain, as one line."""
    sign, markup = SIGNS[item.outcome]
    told = {
        Outcome.PASSED: item.value or "",
        Outcome.FAILED: (item.reason or "").partition("\n")[0],
    }.get(item.outcome) or f"{item.outcome}{f' ({item.cause})' if item.cause else ''}"
    return f"{sign} {item.id:<24} {cut(told, max(10, width - 28))}", dict(markup)


def closing_lines(ledger: Ledger, run: Run, published: Published | None, width: int) -> list[Line]:
    """Verdict, exit status, and where to read on, in lines of at most `width` columns."""
    verdict, status = ledger.verdict(), ledger.exit_status()
    found = counts(ledger.items())
    why = f" (ended early: {ledger.interrupted})" if ledger.interrupted else ""
    why += f" (narrowed by {', '.join(ledger.narrowed)})" if ledger.narrowed else ""
    markup = _VERDICT_MARKUP.get(verdict, {"yellow": True, "bold": True})
    lines: list[Line] = [
        (f"{verdict}: {coverage(found)} · exit status {status}{why}", markup),
        (meaning(verdict, found), {}),
    ]
    folder = run.folder.relative_to(run.root).as_posix()
    page = next((each for each in (PAGE, "definition-of-done.md") if (run.folder / each).is_file()), "verdict.json")
    lines.append((f"report: {folder}/{page}", {}))
    if published and published.hint:
        lines.append((f"without Allure's report: {published.hint}", {}))
    if published and published.history:
        lines.append((published.history, {}))
    if published:
        lines += [(each, _YELLOW if each.startswith("problem: ") else {}) for each in published.told]
    if run.credentials.missing:
        lines.append((f"secrets to ask for: {folder}/credential-requests.md", {}))
    return list(_fitted(lines, max(width, _NARROWEST), ALL))


_ONE_LINE = "\0"
"""Begins a line that is cut instead of wrapped."""


def _fitted(lines: Iterable[Line], width: int, rows: int) -> Iterator[Line]:
    for text, markup in lines:
        if text.startswith(_ONE_LINE):
            yield cut(text[1:], width), markup
        else:
            found = fitted(text[: (rows + 1) * width], width)
            yield from ((line, markup) for line in found[:rows])
            if len(found) > rows:
                yield f"{' ' * (len(text) - len(text.lstrip(' ')))}  …", markup


def fitted(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, indented as it is; a command to type stays one for the shell."""
    text = "".join(each if each.isprintable() else "?" for each in text.replace("\n", " "))
    body = text.lstrip(" ")
    indent = " " * (len(text) - len(body))
    command = body.startswith("again: ")
    room = width - len(indent) - 4
    words = _shell_words(body) if command else body.split(" ")
    if command and any(cell_len(word) > room for word in words):
        words = ["again: (too long for this terminal; the report has it)"]
        command = False
    rows = [""]
    for word in words:
        for part in [word] if cell_len(word) <= room else chop_cells(word, room):
            joined = f"{rows[-1]} {part}" if rows[-1] else part
            rows[-1:] = [joined] if cell_len(joined) <= room else [rows[-1], part]
    goes_on = " \\" if command else ""
    return [f"{indent}{'  ' * (place > 0)}{row}{goes_on * (place < len(rows) - 1)}" for place, row in enumerate(rows)]


def _shell_words(command: str) -> Sequence[str]:
    """The words of a command with their quotes; at blanks, if it is none."""
    splitter = shlex.shlex(command, posix=False, punctuation_chars=False)
    splitter.whitespace_split = True
    splitter.commenters = ""
    try:
        return list(splitter)
    except ValueError:
        return command.split(" ")
