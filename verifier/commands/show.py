"""Show what the last run found: what is broken, why, and how to look again; or one item with every detail.

With --why, what an item promises: its limit on the target of that run, the checks that prove it, and its faults.

Exit status without an item: that of the run, where 0 is DONE alone. Of an item: 0 if it holds, is waived or not
applicable, 1 if it failed, else 6. Of --why: 0. Of a mistake: 4.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from verifier.assistant.rule import read_rule
from verifier.commands import UsageError
from verifier.core.config.contract import read_contract
from verifier.core.config.files import Mistakes
from verifier.core.config.target_files import known_targets
from verifier.core.redaction import REDACTOR
from verifier.core.spelling import or_rather
from verifier.core.suite import asking, judging, place_of
from verifier.core.verdict.ledger import UNVERIFIED_STATUS
from verifier.core.verdict.results import Outcome
from verifier.reporting.details import item_json, item_lines, whole_json, whole_lines
from verifier.reporting.model import JudgedItem
from verifier.reporting.record.reading import DidNotEnd, NoVerdict, StoredRecord, read_record, record_at
from verifier.reporting.terminal import fitted

_HELD = {Outcome.PASSED, Outcome.WAIVED, Outcome.NOT_APPLICABLE}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What of which run."""
    parser.add_argument("item", nargs="?", metavar="ITEM", help="every detail of this item, as in tiles-under-3s")
    parser.add_argument("--why", metavar="ITEM", help="what this item promises, and what turns it red")
    parser.add_argument(
        "--from", dest="source", type=Path, metavar="PATH", help="a run's folder or verdict.json (reports/latest)"
    )
    parser.add_argument("--target", metavar="NAME", help="with --why: the target whose limit holds (that of the run)")
    parser.add_argument("--all", action="store_true", help="name every finding, however many there are")
    parser.add_argument("--json", action="store_true", help="the same as JSON")


def run(asked: argparse.Namespace) -> int:
    """Print it.

    Raises:
        UsageError: there is no such run or item, or the words do not go together.
    """
    REDACTOR.learn_environment()
    if asked.why:
        return _why(asked)
    if asked.target:
        raise UsageError("--target goes with --why; a run has its own target")
    try:
        kept = _read(asked.source)
    except DidNotEnd as why:
        sys.stderr.write(f"{asking('show')}: {why}\n")
        return UNVERIFIED_STATUS
    if asked.item is None:
        return _print(
            asked, whole_json(kept), whole_lines(kept, _width(), everything=asked.all), kept.report.exit_status
        )
    item = judged(kept, asked.item)
    return _print(asked, item_json(kept, item), item_lines(kept, item, _width()), _status(item))


def judged(kept: StoredRecord, name: str) -> JudgedItem:
    """The item of that run.

    Raises:
        UsageError: it judged no such item.
    """
    found = {each.id: each for each in kept.report.items}
    if name not in found:
        raise UsageError(f"that run judged no item '{name}'{or_rather(name, found)}")
    return found[name]


def _why(asked: argparse.Namespace) -> int:
    if asked.item or asked.all:
        raise UsageError("--why ITEM stands alone; it tells of the rule, not of what was found")
    place = place_of(Path.cwd())
    try:
        known = read_contract(place.suite).ids
        if asked.why not in known:
            raise UsageError(f"the contract has no item '{asked.why}'{or_rather(asked.why, known)}")
        rule = read_rule(place, asked.why, asked.target or _target_of_run(asked.source, place.home))
    except Mistakes as mistakes:
        raise UsageError(str(mistakes)) from None
    return _print(asked, rule.as_json(), [row for line in rule.lines() for row in fitted(line, _width())], 0)


def _target_of_run(source: Path | None, root: Path) -> str | None:
    """The target of the run that was named, or of the last one if there is one; nothing, if it has no file."""
    try:
        target = _read(source).report.target
    except (NoVerdict, UsageError):
        if source:
            raise
        return None
    return target if target in known_targets(root) else None


def _read(source: Path | None) -> StoredRecord:
    """The record of the run.

    Raises:
        DidNotEnd: of a run that has no verdict.
        UsageError: it is not there, or not to be believed.
    """
    path = source or place_of(Path.cwd()).home / "reports" / "latest"
    if not record_at(path).is_file():
        raise UsageError(f"{record_at(path)} is not there; run `{judging('-m postdeploy')}`, or name a run with --from")
    try:
        return read_record(path)
    except DidNotEnd:
        raise
    except NoVerdict as why:
        raise UsageError(f"{path}: {why}") from None


def _print(asked: argparse.Namespace, as_json: dict[str, Any], lines: Iterable[str], status: int) -> int:
    if asked.json:
        sys.stdout.write(json.dumps(REDACTOR.clean(as_json), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(REDACTOR.text(line).rstrip() + "\n" for line in lines)
    return status


def _status(item: JudgedItem) -> int:
    return 0 if item.outcome in _HELD else 1 if item.outcome == Outcome.FAILED else UNVERIFIED_STATUS


def _width() -> int:
    return shutil.get_terminal_size().columns
