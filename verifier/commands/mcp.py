"""Serve tools to an assistant over stdin and stdout (Model Context Protocol): fly-status, fly-logs, definition-of-done.

docs/mcp.md says how a client is told of it, and what each tool answers.
"""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path

import verifier
from verifier.commands import UsageError, suite_root
from verifier.core.config.contract import FILE
from verifier.core.config.files import Mistakes
from verifier.core.redaction import REDACTOR
from verifier.operations.deployment import Deployment
from verifier.operations.verdicts import Verdicts
from verifier.plugin.options import EMBEDDED

_CHECKOUT = Path(verifier.__file__).resolve().parents[1]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Of which target."""
    parser.add_argument("--target", default=EMBEDDED, metavar="NAME", help=f"one of targets/ (default: {EMBEDDED})")
    parser.add_argument("--vault", type=Path, metavar="PATH", help="vault folder with occ/SERVICE/ (default: ./vault)")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="fault of the embedded deployment (repeatable)"
    )


def run(asked: argparse.Namespace) -> int:
    """Serve until the client closes the input.

    Raises:
        UsageError: there is no such target or fault.
    """
    from verifier.operations.server import served  # noqa: PLC0415 - a second, which other commands need not

    # Clients start their servers wherever they are themselves.
    root = _CHECKOUT if not (Path.cwd() / FILE).is_file() and (_CHECKOUT / FILE).is_file() else suite_root()
    REDACTOR.learn_environment()
    try:
        deployment = Deployment(root, asked.target, asked.vault or root / "vault", tuple(asked.fault))
    except Mistakes as mistakes:
        raise UsageError(str(mistakes)) from None
    verdicts = Verdicts(deployment)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: _leave(verdicts, received))
    served(verdicts).run("stdio")
    return 0


def _leave(verdicts: Verdicts, received: int) -> None:
    """End at once: a thread that waits for the client's next line would otherwise keep the process."""
    verdicts.end()
    os._exit(128 + received)
