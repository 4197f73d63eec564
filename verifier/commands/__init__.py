"""Commands beside pytest: `python -m verifier NAME`. Each module of this package is one; no list of them exists."""

from __future__ import annotations

import argparse
import difflib
import pkgutil
import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from verifier.core.config.contract import FILE as CONTRACT

USAGE_ERROR = 4
"""The exit status of a mistake of the caller, as with `pytest -m STAGE`."""


class UsageError(Exception):
    """What the caller wrote cannot be done; the message says what to write instead."""


def suite_root() -> Path:
    """The folder of the suite that the caller stands in.

    Raises:
        UsageError: there is none.
    """
    here = Path.cwd()
    home = next((each for each in (here, *here.parents) if (each / CONTRACT).is_file()), None)
    if home is None:
        raise UsageError(f"there is no {CONTRACT} in {here} or above; call it in the folder of the suite")
    return home


def near(name: str, known: Collection[str]) -> str:
    """What may have been meant, to end a sentence with; empty if nothing is like it."""
    found = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean '{found[0]}'?" if found else ""


class _Parser(argparse.ArgumentParser):
    """Ends with the suite's own exit status for a mistake of the caller."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how the command is called."""
        self.print_usage(sys.stderr)
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\n")


def main(words: Sequence[str] | None = None) -> int:
    """Run the command that `words` name, and return its exit status.

    A module `verifier/commands/NAME.py` is the command NAME: the first paragraph of its docstring is its help,
    `arguments(parser)` declares what it takes, and `run(arguments) -> int` does it. `run` may raise `UsageError`.
    """
    parser = _Parser(prog="python -m verifier", description="Commands beside `pytest -m STAGE`.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        module = import_module(f"{__name__}.{found.name}")
        about = (module.__doc__ or "").partition("\n\n")[0]
        command = commands.add_parser(found.name, help=about, description=module.__doc__)
        command.formatter_class = argparse.RawDescriptionHelpFormatter
        module.arguments(command)
        command.set_defaults(run=module.run, name=found.name)
    arguments = parser.parse_args(words)
    try:
        return int(arguments.run(arguments))
    except UsageError as mistake:
        sys.stderr.write(f"python -m verifier {arguments.name}: {mistake}\n")
        return USAGE_ERROR
