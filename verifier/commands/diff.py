"""Compare two records: what is newly red or newly unverified, which values moved, and which evidence is missing now.

Exit status: 0 if nothing got worse, 1 if something is newly red, 6 if something is newly unverified, 4 for a mistake.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from verifier.commands import UsageError
from verifier.core.evidence.finding import cut_indented
from verifier.core.redaction import REDACTOR
from verifier.reporting.comparison.difference import Change, Difference, difference
from verifier.reporting.record.reading import NoVerdict, StoredRecord, read_record

_NAMED = 10
"""New findings of an item that are named."""
_LINE = 200


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which records."""
    parser.add_argument("before", type=Path, metavar="A", help="verdict.json of the earlier run, or its folder")
    parser.add_argument("now", type=Path, metavar="B", help="the same, of the later run")
    parser.add_argument("--json", action="store_true", help="everything as JSON")


def run(asked: argparse.Namespace) -> int:
    """Compare, and say what differs."""
    before, now = (_read(each) for each in (asked.before, asked.now))
    try:
        found = difference(before.report, now.report)
    except ValueError as why:
        raise UsageError(f"{before.called} and {now.called}: {why}") from None
    if asked.json:
        sys.stdout.write(json.dumps(found.as_json(), indent=2, ensure_ascii=False) + "\n")
    else:
        lines = [f"A: {before.told}", f"B: {now.told}", *_lines(found)]
        sys.stdout.writelines(cut_indented(REDACTOR.text(line), _LINE) + "\n" for line in lines)
    return found.status


def _read(path: Path) -> StoredRecord:
    try:
        return read_record(path)
    except NoVerdict as why:
        raise UsageError(f"{path}: {why}") from None


def _lines(found: Difference) -> Iterator[str]:
    yield from _changes("✘ newly red", found.red)
    yield from _changes("? newly unverified", found.unseen)
    yield from _changes("! newly waived", found.waived)
    moved = [f"{'↑' if each.worse else '↓'} {each}" for each in found.moved]
    yield from _listed("moved inside the limit", moved)
    yield from _listed("limits that changed", [f"{name}: {was} → {now}" for name, (was, now) in found.limits.items()])
    gone = [f"{name}: {', '.join(records)}" for name, records in found.evidence.items()]
    yield from _listed("evidence that is missing now", gone)
    yield from _changes("✔ verified again", found.healed)
    yield {0: "nothing got worse", 1: "something is newly red"}.get(found.status, "something is newly unverified")


def _changes(title: str, found: tuple[Change, ...]) -> Iterator[str]:
    if found:
        yield f"{title}: {len(found)}"
    for each in found:
        yield f"  {each.item} ({each.before} → {each.now}): {each.promise}"
        yield from (f"      {line}" for line in each.told[:_NAMED])
        if len(each.told) > _NAMED:
            yield f"      and {len(each.told) - _NAMED} more"


def _listed(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"{title}: {len(lines)}"
        yield from (f"  {line}" for line in lines)
