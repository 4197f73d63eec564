"""Sign the statement of a report with Sigstore, as the workflow of GitHub that runs this.

Exit status: 0 if it is signed, 6 if not, 4 for a mistake.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from verifier.commands import UsageError
from verifier.core.evidence import CouldNotLook
from verifier.core.files import write_whole
from verifier.core.verdict.ledger import UNVERIFIED_STATUS
from verifier.reporting.record import ATTESTATION, SIGNATURE
from verifier.reporting.record.signing import sign
from verifier.reporting.record.verification import verified


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which report."""
    parser.add_argument("report", type=Path, metavar="FOLDER", help="a report: reports/latest, …")


def run(asked: argparse.Namespace) -> int:
    """Sign a report that is as its run left it."""
    if not asked.report.is_dir():
        raise UsageError(f"no such folder: {asked.report}")
    if found := verified(asked.report).own_objections:
        raise UsageError(f"{asked.report} is not as its run left it: {'; '.join(found)}")
    try:
        bundle = sign((asked.report / ATTESTATION).read_bytes())
    except CouldNotLook as why:
        sys.stderr.write(f"not signed: {why.what}{f'; {why.remedy}' if why.remedy else ''}\n")
        return UNVERIFIED_STATUS
    write_whole(asked.report / SIGNATURE, bundle)
    sys.stdout.write(f"signed: {asked.report / SIGNATURE}\n")
    return 0
