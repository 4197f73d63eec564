"""Serve tools to an assistant over stdin and stdout (Model Context Protocol): fly-status, fly-logs, definition-of-done.

docs/mcp.md says how a client is told of it, and what each tool answers.
"""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path

from verifier.assistant.deployment import AskedDeployment
from verifier.assistant.verdicts import Verdicts
from verifier.commands import UsageError
from verifier.core.config.files import Mistakes
from verifier.core.config.target_files import EMBEDDED, known_targets
from verifier.core.redaction import REDACTOR
from verifier.core.suite import Place, is_package, own_suite, place_of


def arguments(parser: argparse.ArgumentParser) -> None:
    """Of which target."""
    parser.add_argument(
        "--target", metavar="NAME", help=f"one of targets/ (default in a checkout of the suite: {EMBEDDED})"
    )
    parser.add_argument("--vault", type=Path, metavar="PATH", help="vault folder with occ/SERVICE/ (default: ./vault)")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="fault of the embedded deployment (repeatable)"
    )


def run(asked: argparse.Namespace) -> int:
    """Serve until the client closes the input.

    Raises:
        UsageError: there is no such target or fault.
    """
    from verifier.assistant.server import served  # noqa: PLC0415 - a second, which other commands need not

    place = _place()
    if not asked.target and place.apart:
        raise UsageError(f"--target is missing; known: {', '.join(known_targets(place.home))}")
    REDACTOR.learn_environment()
    try:
        deployment = AskedDeployment(
            place, asked.target or EMBEDDED, asked.vault or place.home / "vault", tuple(asked.fault)
        )
    except Mistakes as mistakes:
        raise UsageError(str(mistakes)) from None
    verdicts = Verdicts(deployment)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: _leave(verdicts, received))
    served(verdicts).run("stdio")
    return 0


def _place() -> Place:
    """Where the targets are: clients start their servers wherever they are themselves, so a checkout finds its own."""
    place = place_of(Path.cwd())
    strays = place.apart and not is_package() and known_targets(place.home) == [EMBEDDED]
    return Place(own_suite(), own_suite()) if strays else place


def _leave(verdicts: Verdicts, received: int) -> None:
    """End at once: a thread that waits for the client's next line would otherwise keep the process."""
    verdicts.end()
    os._exit(128 + received)
