"""The page with what was seen in every hostile situation: `docs/hostile.md`."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from itertools import groupby

from tests.support.hostile.situation import LARGEST, LATEST, Seen
from tests.support.hostile.table import PARTS
from tests.support.runs.toy import CHECKOUT

PAGE = CHECKOUT / "docs" / "hostile.md"
LONGEST = 110
"""Characters of what a person reads."""
HEAD = """# Hostile situations

What the command does when the target, the machine that it runs on, or a file is in trouble. Each line was brought about
and judged by the real command (`tests/support/hostile/`). `make hostile` runs all and writes this page; those that cost
less than three seconds are tests, too (`make test`). Most parts begin with a control that is DONE: the others could be.

Promised of every line, beside the verdict that the table gives it: never green without having seen, no traceback, no
end later than its deadline and {latest:g} s, at most {largest} MB for all that is not the browser, no process and no
temporary file left. A canary stands in the place of each secret that the suite takes; not even half of one may stand
in any file, on the terminal, in JUnit's XML or in GitHub's outputs, in whatever encoding.

{counts}

Seconds include what it takes to start; memory is the sum of the high-water marks of all processes that lived at once,
what they share counted for each. Measured with Python {python} on {cores} cores.
"""
FOOT = """
## What is not in the table

{missing}
"""
MISSING = """- Secrets that a page draws: pictures cannot be searched. Of a page whose text holds one, none is taken.
- Node: the suite brings its own, so that it cannot be missing where the suite is set up.
- The platform's API and its logs: their faults are in [faults.md](faults.md).
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


def write(rows: list[Row], endured: str) -> None:
    """Write the page."""
    wrong, absent = [each for each in rows if each.objections], [each for each in rows if each.absent]
    total = sum(map(len, PARTS.values()))
    left = f" (of {total}; the others were not reached)" if len(rows) < total else ""
    counts = f"{len(rows)} situations{left}: {len(rows) - len(wrong) - len(absent)} as promised, {len(wrong)} not"
    counts += f", {len(absent)} not possible on this machine." if absent else "."
    parts = [
        HEAD.format(
            latest=LATEST, largest=LARGEST, counts=counts, python=platform.python_version(), cores=os.cpu_count()
        )
    ]
    for part, lines in groupby(rows, lambda row: row.part):
        parts.append(
            f"\n## {part}\n\n| situation | verdict | exit | s | MB | what a person reads |\n|---|---|---|---|---|---|\n"
        )
        parts += [_line(each) for each in lines]
    if endured:
        parts.append(f"\n## Endurance\n\n{endured}\n")
    parts.append(FOOT.format(missing=MISSING))
    PAGE.write_text("".join(parts), encoding="utf-8")


def _line(row: Row) -> str:
    if row.seen is None:
        return f"| {_cell(row.name)} | not run | | | | {_cell(row.absent or '; '.join(row.objections))} |\n"
    verdict, status = row.seen.ending
    said = f"**not as promised: {_cell('; '.join(row.objections))}**" if row.objections else f"`{_cell(row.reads)}`"
    figures = f"{row.seen.seconds:.1f} | {row.seen.megabytes:.0f}"
    return f"| {_cell(row.name)} | {verdict or 'none'} | {status} | {figures} | {said if said != '``' else ''} |\n"


def _cell(text: str) -> str:
    """The text in a cell: without addresses that differ from run to run, and not longer than a person reads."""
    flat = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", " ".join(text.split()))
    flat = re.sub(r"/tmp/[^\s/]+", "…", flat).replace("`", "'").replace("|", "\\|")  # noqa: S108 - not used, but hidden
    flat = "".join(each if each.isprintable() else "?" for each in flat)
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"
