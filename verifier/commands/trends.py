"""Write a page of trends: the figures of a target's accepted releases, each beside its limit."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from verifier.commands import UsageError
from verifier.core.config.contract import read_contract
from verifier.core.config.files import Mistakes
from verifier.core.files import write_whole
from verifier.core.redaction import REDACTOR
from verifier.core.suite import place_of
from verifier.core.verdict.baseline import read_baseline


def arguments(parser: argparse.ArgumentParser) -> None:
    """Of which target, and where to put the page."""
    parser.add_argument("target", help="a target that has an accepted release")
    parser.add_argument(
        "--history", type=Path, default=Path("reports/history"), metavar="FOLDER", help="as --history of a run"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: reports/trends-TARGET.html")


def run(asked: argparse.Namespace) -> int:
    """Write it, and say where."""
    from verifier.reporting.comparison.trends import trends_page  # noqa: PLC0415 - jinja2, which other commands need not

    REDACTOR.learn_environment()
    kept = read_baseline(asked.history / f"{asked.target}.json")
    if kept is None or not kept.releases:
        known = sorted(each.stem for each in asked.history.glob("*.json"))
        raise UsageError(
            f"no accepted release of '{asked.target}' in {asked.history}; there are {', '.join(known) or 'none'}"
        )
    try:
        contract = read_contract(place_of(Path.cwd()).suite)
    except Mistakes as mistakes:
        raise UsageError(str(mistakes)) from None
    path = asked.out or Path("reports") / f"trends-{asked.target}.html"
    write_whole(path, trends_page(kept, contract))
    sys.stdout.write(f"{len(kept.releases)} accepted releases: {path}\n")
    return 0
