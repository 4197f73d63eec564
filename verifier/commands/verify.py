"""Verify reports: whether each file is as it was when the run ended, who signed it, and what came before. Offline.

Exit status: 0 if everything is as it was, 1 if something was altered, 6 if that cannot be told, 4 for a mistake.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from verifier.commands import UsageError
from verifier.core.evidence.finding import grouped
from verifier.core.redaction import REDACTOR
from verifier.reporting.record.signing import GITHUB
from verifier.reporting.record.verification import Expected, Verified, verified

_NAMED = 20
"""Files of a kind that are named."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which reports, and who must have signed them."""
    parser.add_argument("reports", nargs="+", type=Path, metavar="FOLDER", help="a report: reports/latest, …")
    parser.add_argument("--signed-by", metavar="IDENTITY", help="who must have signed: a workflow with its ref")
    parser.add_argument("--issuer", default=GITHUB, help=f"who must vouch for that identity (default: {GITHUB})")
    parser.add_argument(
        "--among", action="append", default=[], type=Path, metavar="FOLDER",
        help="a folder in which earlier reports lie too (default: the one that the report is in)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="everything as JSON")


def run(asked: argparse.Namespace) -> int:
    """Look at each report, and say what is not as it was."""
    if missing := [str(each) for each in (*asked.reports, *asked.among) if not each.is_dir()]:
        raise UsageError(f"no such folder: {', '.join(missing)}")
    expected = Expected(asked.signed_by, asked.issuer) if asked.signed_by else None
    found = [verified(each, expected, asked.among) for each in asked.reports]
    if asked.json:
        sys.stdout.write(json.dumps([each.as_json() for each in found], indent=2, ensure_ascii=False) + "\n")
    else:
        for each in found:
            sys.stdout.writelines(_plain(REDACTOR.text(line)) + "\n" for line in _lines(each))
    statuses = {each.status for each in found}
    return 1 if 1 in statuses else max(statuses)


def _plain(line: str) -> str:
    """The line without what a terminal obeys: names of files in a report may come from anybody."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in line)


def _lines(found: Verified, indent: str = "", place: str = "") -> Iterator[str]:
    held = f"OK, {found.files} files as they were when it was closed"
    told = "ALTERED" if found.objections else "CANNOT BE TOLD" if found.gaps else held
    yield f"{indent}{place}{found.folder}{f' ({found.verdict})' * bool(found.verdict)}: {told}"
    for group in grouped(found.objections):
        yield f"{indent}  {group.head}"
        yield from (f"{indent}    {line}" for line in group.lines(_NAMED))
    yield from (f"{indent}  {gap}" for gap in found.gaps)
    if found.files:
        yield f"{indent}  {f'signed by {found.signer}' if found.signer else 'not signed: ' + _UNSIGNED}"
    for each in found.earlier:
        yield from _lines(each, indent + "  ", "stands on ")
    if found.elsewhere:
        yield f"{indent}  stands on what is not here, and was not looked at: {', '.join(found.elsewhere)}"


_UNSIGNED = "whoever can write the folder can write its statement too"
