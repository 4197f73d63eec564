"""A command with its words, and who knows what it does."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from verifier.probes.deploy_files.checkout import joined
from verifier.probes.deploy_files.places import FilePlace, Text, holes, only_holes, shown
from verifier.probes.deploy_files.walk import Scope


@dataclass(frozen=True)
class Flow:
    """How a command ended, as far as the files tell.

    Attributes:
        truth: whether it succeeded; nothing where that is not known.
        ended: "exit" or "return" where nothing after it is run.
    """

    truth: bool | None = None
    ended: str = ""


DONE, WENT_WELL, FAILED = Flow(), Flow(truth=True), Flow(truth=False)


_MOST_WORDS = 8
_LONGEST_WORD = 40
_SECRET = re.compile(r"(?i)pass|token|secret|key|auth")
_OPTION = re.compile(r"(-*\w[\w-]*)=.+")


def _short(word: str, before: str) -> str:
    """A word as it may be shown: neither values of options and variables, nor addresses, nor long texts."""
    option = _OPTION.fullmatch(word)
    if option:
        return f"{option[1]}=…"
    hidden = "://" in word or len(word) > _LONGEST_WORD or (before.startswith("-") and _SECRET.search(before))
    return "…" if hidden and not word.startswith("$") else word


@dataclass(frozen=True)
class Call:
    """A command as it is run.

    Attributes:
        argv: its words, expanded; what the files do not tell is a hole.
        scope: its surroundings, with the variables that are set for it alone.
        place: where it is written.
        stdin: what it reads, where the files tell.
        stdout: the absolute path that it writes to; empty for what nobody reads.
    """

    argv: tuple[str, ...]
    scope: Scope
    place: FilePlace
    stdin: Text | None = None
    stdout: str = ""

    @property
    def name(self) -> str:
        """The program, without its folder."""
        return posixpath.basename(self.argv[0])

    @property
    def args(self) -> tuple[str, ...]:
        """The words after the program."""
        return self.argv[1:]

    @property
    def said(self) -> str:
        """The command as a person would type it, without values that may be secret."""
        words = [shown(each) for each in self.argv[:_MOST_WORDS]]
        told = [_short(word, before) for word, before in zip(words, ["", *words], strict=False)]
        return " ".join(told) + " …" * (len(self.argv) > _MOST_WORDS)

    def path(self, name: str) -> str:
        """The absolute path of a file that the command names."""
        return joined(self.scope.cwd, name)

    def with_args(self, argv: tuple[str, ...]) -> Call:
        """Another command at the same place, with the same input."""
        return replace(self, argv=argv)

    def ask(self, what: str) -> Flow:
        """Note that the files do not tell what this does."""
        self.scope.walk.ask(what, self.place, self.scope.chain)
        return DONE

    def apply(self, said: str = "") -> Flow:
        """Note that this applies a migration."""
        self.scope.walk.apply(said or self.said, self.place, self.scope.chain)
        return DONE


Handler = Callable[[Call], Flow | None]
"""Follows a command; nothing, if it is not what the handler knows."""
HANDLERS: dict[str, Handler] = {}
_FALLBACKS: dict[int, Handler] = {}
"""Asked in this order about a program that has no handler of its own."""
_TELLING = re.compile(r"(?i)migrat|db[-_:]?(push|deploy|setup|prepare)|schema[-_:]?(sync|push|load)")
"""A program's name that speaks of migrations."""


def handles(*names: str) -> Callable[[Handler], Handler]:
    """Declare who knows the programs of these names."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(names, handler))
        return handler

    return register


def otherwise(order: int) -> Callable[[Handler], Handler]:
    """Declare who may know a program that has no handler; the lowest number is asked first."""

    def register(handler: Handler) -> Handler:
        _FALLBACKS[order] = handler
        return handler

    return register


def invoke(call: Call) -> Flow:
    """Follow a command."""
    if not call.argv or not call.scope.walk.count(call.scope, call.place):
        return DONE
    if holes(call.argv[0]):
        return _unknown(call)
    for handler in _candidates(call):
        flow = handler(call)
        if flow is not None:
            return flow
    if _TELLING.search(call.name):
        return call.ask(f"{call.name}: no such program is known or in the checkout, and its name speaks of migrations")
    return DONE


def _candidates(call: Call) -> Iterator[Handler]:
    own = HANDLERS.get(call.name)
    if own:
        yield own
    yield from (_FALLBACKS[order] for order in sorted(_FALLBACKS))


def _unknown(call: Call) -> Flow:
    """A program whose name is set elsewhere; if nothing of it is known, it may be empty, or run what follows it."""
    names = ", ".join(f"${each}" for each in holes(call.argv[0]))
    call.ask(f"{call.said}: the program is not told by the files ({names} is set elsewhere)")
    return invoke(call.with_args(call.args)) if only_holes(call.argv[0]) and call.args else DONE
