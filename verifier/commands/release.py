"""Judge a release by all of its runs: predeploy, migration, deploy, postdeploy, monitoring, as one Definition of Done.

Exit status: 0 for DONE alone, 1 if an item failed, 6 if one is open, 4 if a run is not of this release.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from verifier.commands import UsageError
from verifier.core.config.contract import read_contract
from verifier.core.config.expected_release import read_shipped
from verifier.core.config.files import Mistakes
from verifier.core.redaction import REDACTOR
from verifier.core.suite import place_of
from verifier.reporting.checklist import meaning
from verifier.reporting.model import PAGE, Report
from verifier.reporting.release.merging import merged
from verifier.reporting.release.runs import DoesNotBelong, read_runs
from verifier.reporting.terminal import summary_lines


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which runs, and where to put what is made of them."""
    parser.add_argument("runs", nargs="+", type=Path, metavar="VERDICT", help="verdict.json of a run, or its folder")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="default: reports/release-TARGET-COMMIT")
    parser.add_argument("--commit", metavar="SHA", help="the commit that was shipped; a run of another one is refused")
    parser.add_argument("--image", metavar="IMAGE", help="the image that was shipped; the same")


def run(asked: argparse.Namespace) -> int:
    """Merge the runs, write the report of the release, and say what it came to."""
    from verifier.reporting.release.writing import write_release  # noqa: PLC0415 - jinja2, which other commands need not

    REDACTOR.learn_environment()
    try:
        shipped = read_shipped(release=None, image=asked.image, sha=asked.commit, source=None)
        given = read_runs(asked.runs, shipped.sha, shipped.image)
        report = merged(read_contract(place_of(Path.cwd()).suite), given)
    except (DoesNotBelong, Mistakes) as mistakes:
        raise UsageError(str(mistakes)) from None
    folder = asked.out or Path("reports") / f"release-{report.target}-{report.run.id.removeprefix('release-')}"
    write_release(folder, report, given)
    for line in _lines(report, folder):
        sys.stdout.write(REDACTOR.text(line).rstrip() + "\n")
    return report.exit_status


def _lines(report: Report, folder: Path) -> list[str]:
    width = shutil.get_terminal_size().columns
    return [
        *(text for text, _ in summary_lines(report, width)),
        "",
        f"{report.verdict}: {report.coverage} · exit status {report.exit_status}",
        meaning(report.verdict, report.counts),
        *(f"run {each}" for each in report.runs),
        f"report: {folder / PAGE}",
    ]
