"""Tell GitHub's deployments of a commit what a run found: its verdict becomes the status of the newest deployment.

Where the commit has no deployment to that environment, one is made. Repository, commit and token come from
GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_SHA and GITHUB_TOKEN, whose permission is `deployments: write`.

Exit status: 0, and a warning if GitHub could not be told; 4 for a mistake.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

from verifier.commands import UsageError
from verifier.core.redaction import REDACTOR
from verifier.core.suite import place_of
from verifier.reporting.annotations import Annotation
from verifier.reporting.github_deployment import Commit, NotToldError, announced


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which run, and which environment."""
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="of the run (reports/latest)")
    parser.add_argument("--environment", required=True, metavar="NAME", help="as in production")
    parser.add_argument(
        "--since", type=datetime.fromisoformat, metavar="TIME", help="ignore runs that ended before TIME"
    )


def run(asked: argparse.Namespace) -> int:
    """Tell it.

    Raises:
        UsageError: this is no workflow, and the variables are not set.
    """
    REDACTOR.learn_environment()
    needed = {name: os.environ.get(name, "") for name in ("GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_TOKEN")}
    if lacking := [name for name, value in needed.items() if not value]:
        raise UsageError(f"{', '.join(lacking)}: not set; this is for a workflow of GitHub Actions")
    folder = asked.folder or place_of(Path.cwd()).home / "reports" / "latest"
    try:
        told = announced(Commit.of(os.environ), asked.environment, folder, asked.since)
    except NotToldError as trouble:
        sys.stdout.write(f"{Annotation('warning', 'The deployment has no status of this run', str(trouble))}\n")
        return 0
    sys.stdout.write(f"{told}\n")
    return 0
