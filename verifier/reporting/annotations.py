"""The lines on the page of a run on GitHub: what is broken, at its place, and why the rest was not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from verifier.core.evidence.finding import Group
from verifier.core.verdict.ledger import NO_CHECK, coverage
from verifier.core.verdict.results import Outcome
from verifier.reporting.blocked import Blocked
from verifier.reporting.model import JudgedItem, Report
from verifier.reporting.record.run import JudgedRun

NAMED = 5
"""Findings of a kind that an annotation names."""
SHOWN = 10
"""Annotations of one level that GitHub shows for one step."""
TITLE, MESSAGE = 200, 3000
"""Characters of an annotation's parts; GitHub cuts longer ones without a word."""

Level = Literal["error", "warning", "notice"]


@dataclass(frozen=True)
class Annotation:
    """One line on the run's page; at a place in a file of the repository, where it has one."""

    level: Level
    title: str
    message: str
    place: tuple[str, int] | None = None

    def __str__(self) -> str:
        title, message = _shortened(self.title, TITLE), _shortened(self.message, MESSAGE)
        where = f"file={escaped_property(self.place[0])},line={self.place[1]}," if self.place else ""
        return f"::{self.level} {where}title={escaped_property(title)}::{escaped(message)}"


def annotated(record: Report) -> Iterator[Annotation]:
    """What did not plainly pass, the most severe first; no more than GitHub shows.

    Each item has an annotation before any has two; a kind of finding with a place in a file has one of its own there.
    """
    told = [_of_item(each) for each in record.of(Outcome.FAILED, Outcome.WAIVED)]
    told += [each for item in record.of(Outcome.FAILED) for each in _at_places(item)]
    told += [*map(_of_blocked, record.blocked), *_of_run(record.run), *_left_out(record)]
    levels: tuple[Level, ...] = ("error", "warning", "notice")
    for level in levels:
        yield from _summed_up([each for each in told if each.level == level])


def _of_item(item: JudgedItem) -> Annotation:
    """A failed or waived item, at the place of its first finding in a file."""
    title = f"{item.outcome}: {item.promise} [{item.id}]"
    if item.outcome == Outcome.WAIVED:
        return Annotation("notice", title, item.reason or "no reason was given")
    lines = [group.text(NAMED) for group in item.groups] or [item.reason or "no reason was given"]
    place = next((place for group in item.groups if (place := _place(group))), None)
    return Annotation("error", title, "\n".join([*lines, *item.looked]), place)


def _of_blocked(blocked: Blocked) -> Annotation:
    """One reason why something was not seen, with all the items that it leaves open."""
    remedy = [f"do: {blocked.remedy}"] if blocked.remedy else []
    title = f"unverified ({blocked.cause}): {', '.join(blocked.items)}"
    return Annotation("warning", title, "\n".join([*blocked.lines(), *remedy]))


def _at_places(item: JudgedItem) -> Iterator[Annotation]:
    """The kinds of findings that are in files, each at its first place; the item itself stands at the first of all."""
    for group in [each for each in item.groups if _place(each)][1:]:
        yield Annotation("error", f"{item.id}: {group.head}", group.text(NAMED), _place(group))


def _place(group: Group) -> tuple[str, int] | None:
    return next((each.file_line for each in group.members if each.file_line), None)


def _left_out(record: Report) -> Iterator[Annotation]:
    """What was not judged, because it does not apply or nothing here can, in one annotation each."""
    found = record.of(Outcome.NOT_APPLICABLE)
    if found:
        reasons = "\n".join(f"{each.id}: {each.reason or 'no reason was given'}" for each in found)
        counted = Counter(str(each.outcome) for each in record.items)
        yield Annotation("notice", coverage(counted), f"not applicable:\n{reasons}")
    if record.without_check:
        names = ", ".join(each.id for each in record.without_check)
        yield Annotation("warning", f"not run: {NO_CHECK}", names)
    if record.stale_waivers:
        yield Annotation("warning", "Waivers to change", "\n".join(record.stale_waivers))


def _of_run(run: JudgedRun) -> Iterator[Annotation]:
    if run.interrupted:
        yield Annotation("warning", "The run ended early", run.interrupted)
    if run.narrowed:
        yield Annotation("warning", "The run was narrowed, so it makes no claim", ", ".join(run.narrowed))
    yield from (Annotation("warning", "A problem of the run", each) for each in run.problems)


def _summed_up(told: list[Annotation]) -> Iterable[Annotation]:
    if len(told) <= SHOWN:
        return told
    rest = told[SHOWN - 1 :]
    titles = "\n".join(each.title for each in rest)
    return [*told[: SHOWN - 1], Annotation(told[0].level, f"and {len(rest)} more", titles)]


def escaped(text: str) -> str:
    """`text` as the message of a workflow command, which ends at the end of its line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(text: str) -> str:
    """`text` as the value of a property of a workflow command."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
