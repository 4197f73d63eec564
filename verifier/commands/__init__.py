"""Commands beside pytest: `python -m verifier NAME`, installed `definition-of-done NAME`.

Each module of this package is one; no list of them exists.
"""

from __future__ import annotations

import argparse
import ast
import os
import pkgutil
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from verifier.core.suite import COMMAND

USAGE_ERROR = 4
"""The exit status of a mistake of the caller, as with `pytest -m STAGE`."""


class UsageError(Exception):
    """What the caller wrote cannot be done; the message says what to write instead."""


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
    One that has `hand_over(words) -> int` instead gets its words as they are.
    """
    given = list(sys.argv[1:] if words is None else words)
    program = COMMAND if Path(sys.argv[0]).name == COMMAND else "python -m verifier"
    parser = _Parser(prog=program, description="A deployment and its Definition of Done.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    handing_over: dict[str, Callable[[list[str]], int]] = {}
    for name in sorted(each.name for each in pkgutil.iter_modules(__path__)):
        module = _declare(commands, name, called=given[:1] == [name])
        if module and hasattr(module, "hand_over"):
            handing_over[name] = module.hand_over
    try:
        if take := handing_over.get(given[0] if given else ""):
            return take(given[1:])
        arguments = parser.parse_args(given)
        return int(arguments.run(arguments))
    except UsageError as mistake:
        sys.stderr.write(f"{program} {given[0]}: {mistake}\n")
        return USAGE_ERROR
    except BrokenPipeError:  # whoever read the output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


def _declare(commands: Any, name: str, *, called: bool) -> ModuleType | None:  # noqa: ANN401 - argparse does not name its class
    """Add a command; only the one that is called is imported, because some need large packages."""
    about = ast.get_docstring(ast.parse(Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8"))) or ""
    command = commands.add_parser(name, help=about.partition("\n\n")[0], description=about)
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    if not called:
        return None
    module = import_module(f"{__name__}.{name}")
    if not hasattr(module, "hand_over"):
        module.arguments(command)
        command.set_defaults(run=module.run, name=name)
    return module
