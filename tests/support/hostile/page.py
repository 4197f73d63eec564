"""The page with what was seen in every hostile situation: `docs/hostile.md`."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass

from tests.support.hostile.situation import LARGEST, LATEST, Seen
from tests.support.hostile.table import PARTS
from tests.support.runs.toy import CHECKOUT

PAGE = CHECKOUT / "docs" / "hostile.md"
_COLUMNS = """| situation | verdict | exit | s | MB | what a person reads |
|---|---|---|---|---|---|
"""
_WRONG, _ABSENT = "**not as promised", " | not run | "
LONGEST = 110
"""Characters of what a person reads."""
HEAD = """# Hostile situations

What the command does when the target, the machine that it runs on, or a file is in trouble. Each line was brought about
and judged by the real command (`tests/support/hostile/`). `make hostile` runs all and writes this page; those that cost
less than three seconds are tests, too (`make test`). Most parts begin with a control that is DONE: the others could be.

Promised of every line, beside the verdict that the table gives it: never green without evidence, no traceback, no
end later than its deadline and {latest:g} s, at most {largest} MB for all that is not the browser, no process and no
temporary file left. A canary stands in the place of each secret that the suite takes; not even half of one may stand
in any file, on the terminal, in JUnit's XML or in GitHub's outputs, in whatever encoding.

{counts}

Seconds include what it takes to start; memory is the sum of the high-water marks of all processes that lived at once,
each but the first with its part of what it shares with others. Measured with Python {python} on {cores} cores.
"""
FOOT = """
## What is not in the table

{missing}
"""
MISSING = """- Secrets that a page draws: pictures cannot be searched. Of a page whose text holds one, none is taken.
- Node: the suite brings its own, so that it cannot be missing where the suite is set up.
- Faults of a platform that a deployment brings about itself: they are in [faults.md](faults.md).
- What floods the browser past what the suite limits in the page: 100,000 errors by a function of the console that the
  page has kept, or by a worker, and 20,000 requests that fail. These took up to 850 MB beside the browser.
- Memory limits by version 2 of the kernel's control groups, where the page was made on a machine that has version 1.
- The app's own log of events (`approval_events`), which nobody takes back, in the comparison of before and after."""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        seen: nothing if it was not run.
        objections: what is not as promised.
        absent: why it cannot be brought about on this machine.
    """

    part: str
    name: str
    seen: Seen | None
    reads: str
    objections: tuple[str, ...]
    absent: str


def write(rows: Iterable[Row], endured: str) -> None:
    """Write the page: these rows, and as they were those that were not run this time."""
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    lines = _kept(before) | {(each.part, _cell(each.name)): _line(each) for each in rows}
    parts = {
        part: [line for each in situations if (line := lines.get((part, _cell(each.name))))]
        for part, situations in PARTS.items()
    }
    told = [line for part in parts.values() for line in part]
    wrong, absent = (sum(mark in line for line in told) for mark in (_WRONG, _ABSENT))
    left = sum(map(len, PARTS.values())) - len(told)
    counts = f"{len(told)} situations: {len(told) - wrong - absent} as promised, {wrong} not"
    counts += f", {absent} not run" * bool(absent) + f"; {left} more were never run" * bool(left) + "."
    endured = endured or before.partition("\n## Endurance\n\n")[2].partition("\n\n## ")[0].strip()
    text = HEAD.format(
        latest=LATEST, largest=LARGEST, counts=counts, python=platform.python_version(), cores=os.cpu_count()
    )
    text += "".join(f"\n## {part}\n\n{_COLUMNS}{''.join(each)}" for part, each in parts.items() if each)
    text += f"\n## Endurance\n\n{endured}\n" if endured else ""
    PAGE.write_text(text + FOOT.format(missing=MISSING), encoding="utf-8")


def _kept(page: str) -> dict[tuple[str, str], str]:
    """The rows of the page as it is: part and name → line."""
    parts = (section.partition("\n") for section in page.split("\n## ")[1:])
    return {
        (part, row[1]): f"{row[0]}\n"
        for part, _, lines in parts
        for row in re.finditer(r"^\| (.+?) \| .*$", lines, re.MULTILINE)
    }


def _line(row: Row) -> str:
    if row.seen is None:
        return f"| {_cell(row.name)} | not run | | | | {_cell(row.absent or '; '.join(row.objections))} |\n"
    verdict, status = row.seen.ending
    said = f"{_WRONG}: {_cell('; '.join(row.objections))}**" if row.objections else f"`{_cell(row.reads)}`"
    figures = f"{row.seen.seconds:.1f} | {row.seen.megabytes:.0f}"
    return f"| {_cell(row.name)} | {verdict or 'none'} | {status} | {figures} | {said if said != '``' else ''} |\n"


def _cell(text: str) -> str:
    """The text in a cell: without addresses that differ from run to run, and not longer than a person reads."""
    flat = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", " ".join(text.split()))
    flat = re.sub(r"/tmp/[^\s/]+", "…", flat).replace("`", "'").replace("|", "\\|")  # noqa: S108 - not used, but hidden
    flat = "".join(each if each.isprintable() else "?" for each in flat)
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"
