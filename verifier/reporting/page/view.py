"""What the page shows of a report, in the words and figures of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from verifier.core.config.contract import Stage
from verifier.core.evidence.finding import Group, Severity
from verifier.core.machine import EDGE
from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.model import JudgedCheck, JudgedItem, Report


@dataclass(frozen=True)
class PageLimits:
    """How much of the details is shown.

    Attributes:
        groups: kinds of finding of an item.
        members: findings of a kind.
        rows: rows of a table, and checks of an item.
        pictures: bytes of all pictures.
        items: items of the checklist.
    """

    groups: int
    members: int
    rows: int
    pictures: int
    items: int


PAGE_LIMITS = (
    PageLimits(groups=30, members=100, rows=60, pictures=600_000, items=1_000),
    PageLimits(groups=20, members=40, rows=30, pictures=300_000, items=1_000),
    PageLimits(groups=10, members=15, rows=20, pictures=100_000, items=1_000),
    PageLimits(groups=5, members=5, rows=10, pictures=0, items=1_000),
    PageLimits(groups=3, members=2, rows=4, pictures=0, items=600),
    PageLimits(groups=2, members=1, rows=1, pictures=0, items=600),
    PageLimits(groups=1, members=0, rows=0, pictures=0, items=300),
    PageLimits(groups=0, members=0, rows=0, pictures=0, items=30),
)
"""The first with which the page stays small is taken."""
STAGES = {
    Stage.PREDEPLOY: "Pre-Deployment",
    Stage.MIGRATION: "Migration",
    Stage.DEPLOY: "Deployment",
    Stage.POSTDEPLOY: "Post-Deployment",
    Stage.MONITORING: "Monitoring",
    Stage.PRODUCTION: "Production",
}
_ALWAYS = {Stage.PREDEPLOY, Stage.DEPLOY, Stage.POSTDEPLOY, Stage.MONITORING}
_KINDS = {
    Outcome.PASSED: "good",
    Outcome.FAILED: "bad",
    Outcome.UNVERIFIED: "open",
    Outcome.NOT_RUN: "open",
    Outcome.NOT_JUDGED: "open",
    Outcome.WAIVED: "open",
    Outcome.NOT_APPLICABLE: "none",
}
_BOXES = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.UNVERIFIED: "?", Outcome.WAIVED: "!"}
_ESCALATIONS = {
    "immediate": "Escalate immediately",
    "investigate": "Investigate",
    "manager": "Tell the manager",
    "alert": "Send an alert",
}
_PROGRAMS = re.compile(
    r"(?:\w+=\S+; )?(chromium|curl|definition-of-done|export|fly|gh|git|make|npx|pg_dump|"
    r"playwright|psql|pytest|python|sudo|supabase|\.venv/bin/\w+) "
)
_MOST_MACHINES = 60
_BESIDE = 7
"""Lines of a reason that are shown beside what to do: a line of a log with its neighbours."""


def tone(verdict: Verdict) -> str:
    """How the verdict is coloured."""
    return {Verdict.DONE: "good", Verdict.NOT_DONE: "bad"}.get(verdict, "open")


def kind(item: JudgedItem | JudgedCheck) -> str:
    """How the outcome of an item, or of a check, is coloured."""
    return _KINDS[item.outcome]


def box(item: JudgedItem) -> str:
    """What stands in the box of an item."""
    return _BOXES.get(item.outcome, "")


@dataclass(frozen=True)
class StageSection:
    """The items of one stage; what is beyond the limit is counted."""

    title: str
    items: tuple[JudgedItem, ...]
    left: int
    held: int


def sections(report: Report, most: int) -> list[StageSection]:
    """The checklist by stage, of each the worst items first where not all are shown."""
    order = list(Outcome)
    made = []
    for stage, title in STAGES.items():
        items = [each for each in report.items if each.stage == stage and each.has_check]
        held = sum(each.outcome == Outcome.PASSED for each in items)
        shown = items if len(items) <= most else sorted(items, key=lambda each: order.index(each.outcome))[:most]
        most -= len(shown)
        if items or stage in _ALWAYS:
            made.append(StageSection(title, tuple(shown), len(items) - len(shown), held))
    return made


def counted(number: int, what: str) -> str:
    """`3 items`, `1 item`."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def image(release: Mapping[str, Any]) -> str:
    """The tag, or the beginning of the digest where there is none."""
    name, _, digest = str(release.get("image") or "").partition("@")
    tag = name.rpartition("/")[2].rpartition(":")[2]
    return tag or digest.removeprefix("sha256:")[:12]


def took(seconds: float) -> str:
    """How long, in words."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 - two minutes


def limit(item: JudgedItem) -> str:
    """The limit as a person writes it."""
    told = dict(item.limit or {})
    words = []
    if (seconds := told.pop("seconds", None)) is not None:
        words.append(f"{seconds:g} s")
    if tolerance := told.pop("tolerance", None):
        words[-1:] = [f"{''.join(words[-1:])} + {tolerance:g} s"]
    if (count := told.pop("count", None)) is not None:
        words.append(str(count))
    if (share := told.pop("share", None)) is not None:
        words.append(f"{float(share) * 100:g} %")
    statistic, loads = told.pop("statistic", ""), told.pop("loads", "")
    of = " of ".join(each for each in (str(statistic), f"{loads} loads" if loads else "") if each)
    head = f"at most {' and '.join(words)}{f' ({of})' if of else ''}" if words else "limit:"
    rest = [f"{value} {key}" if isinstance(value, int) else f"{key} {value}" for key, value in told.items()]
    return f"{head} {', '.join(rest)}".strip()


@dataclass(frozen=True)
class Bar:
    """A figure beside its limit, both as per cent of the bar."""

    figure: float
    limit: float
    over: bool
    words: str


def bar(item: JudgedItem) -> Bar | None:
    """The bar of an item that has a figure in seconds and a limit."""
    told = item.limit or {}
    figures = [each.figure for each in item.checks if each.figure is not None]
    if not figures or "seconds" not in told:
        return None
    most, worst = float(told["seconds"]) + float(told.get("tolerance", 0)), max(figures)
    end = max(most * 1.25, worst) or 1.0
    words = f"{worst:.3g} s"
    return Bar(round(100 * worst / end, 1), round(100 * most / end, 1), worst > most, words)


def is_command(text: str) -> bool:
    """Whether what to do next can be typed as it stands."""
    return bool(_PROGRAMS.match(text)) and not re.search(r"…|, [a-z]|\(to get", text)


def escalation(whom: str) -> str:
    """Whom to tell, as an instruction."""
    return _ESCALATIONS.get(whom, f"Tell '{whom}'")


def machines(report: Report) -> dict[str, int]:
    """The machines that a reader may ask for, each with its number."""
    listed = [each for each in (report.matrix or {}).get("machines", ()) if each != EDGE]
    told = (found.machine for item in report.items for check in item.checks for found in check.findings)
    names = list(dict.fromkeys([*listed, *(each for each in told if each)]))
    return {name: number for number, name in enumerate(names[:_MOST_MACHINES])}


def numbers(item: JudgedItem, known: Mapping[str, int]) -> str:
    """The numbers of the machines that an item speaks of."""
    told = {found.machine for check in item.checks for found in check.findings}
    told |= {key for check in item.checks for key in check.table}
    return " ".join(str(known[each]) for each in sorted(told & set(known)))


def first(group: Group) -> str:
    """The first thing that it was found on."""
    return next(group.lines(1), "")


def columns(group: Group) -> list[str]:
    """What its findings tell besides the subject."""
    return [name for name in ("place", "machine", "detail") if any(getattr(each, name) for each in group.members)]


def level(group: Group, item: JudgedItem) -> str:
    """The severity of a group, where it differs from the item's."""
    own = {each.severity or item.severity for each in group.members}
    worst = next(each for each in Severity if each in own)
    return "" if worst == item.severity else str(worst)


def sentences(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, and whether each is to be typed: what stands between backticks."""
    for place, part in enumerate(re.split(r"`([^`]+)`", text)):
        if part:
            yield part, place % 2 == 1


def first_lines(text: str) -> str:
    """What fits beside a remedy; the checklist has the rest."""
    lines = text.splitlines()
    return "\n".join(lines if len(lines) <= _BESIDE else [*lines[: _BESIDE - 1], "…"])


def looks(item: JudgedItem) -> list[str]:
    """Where its checks looked, and how to look again; each line once."""
    return list(dict.fromkeys(line for check in item.checks for line in check.looked))


def evidence(item: JudgedItem) -> list[str]:
    """The names of the records that its checks read."""
    return list(dict.fromkeys(name for check in item.checks for name in check.evidence))
