"""What following the commands of a deploy has found so far, and the surroundings in which a command is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from verifier.probes.deploy_files.checkout import Checkout, View
from verifier.probes.deploy_files.places import Chain, ChainLink, FilePlace, hole, shown

_MOST_COMMANDS = 20_000
"""A deploy that runs more is not followed to its end, and is said not to be."""
_DEEPEST = 25


class Kind(StrEnum):
    """Where a command is run. A database that is local to a runner, or to a build, is thrown away with it."""

    MACHINE = "machine"
    BUILD = "build"
    RUNNER = "runner"


@dataclass(frozen=True)
class Reached:
    """A command, or a question about one, and the chain that leads to it."""

    said: str
    place: FilePlace
    chain: Chain


@dataclass(frozen=True)
class DeployStep:
    """A command that deploys.

    Attributes:
        config: the configuration file that it names; empty for the usual one.
        options: further options that say what is built: `dockerfile`, `target`, `image`.
    """

    folder: str
    config: str
    options: Mapping[str, str]
    chain: Chain


@dataclass
class Walk:
    """Everything that was found on the way.

    Attributes:
        checkout: the application's files.
        applied: command and place → a tool that is called so that it applies a migration.
        questions: question and place → what the files do not tell.
        deploys: the commands that deploy.
        dispatches: what is started elsewhere: names of workflow files and of repository events.
        commands: how many commands were looked at.
        stack: what is being followed right now, to notice circles.
    """

    checkout: Checkout
    applied: dict[tuple[str, FilePlace], Reached] = field(default_factory=dict)
    questions: dict[tuple[str, FilePlace], Reached] = field(default_factory=dict)
    deploys: list[DeployStep] = field(default_factory=list)
    dispatches: list[tuple[str, Chain]] = field(default_factory=list)
    commands: int = 0
    stack: list[tuple[Any, ...]] = field(default_factory=list)

    def count(self, scope: Scope, place: FilePlace) -> bool:
        """Count a command; whether it may still be followed."""
        self.commands += 1
        if self.commands > _MOST_COMMANDS or len(self.stack) > _DEEPEST:
            self.ask("more commands than are followed", place, scope.chain)
            return False
        return True

    def apply(self, said: str, place: FilePlace, chain: Chain) -> None:
        """Note that a tool applies a migration here."""
        self.applied.setdefault((shown(said), place), Reached(shown(said), place, chain))

    def ask(self, said: str, place: FilePlace, chain: Chain) -> None:
        """Note what the files do not tell."""
        self.questions.setdefault((shown(said), place), Reached(shown(said), place, chain))


@dataclass
class Scope:
    """The surroundings of a command.

    Attributes:
        walk: where to note what is found.
        view: the files as the command sees them.
        cwd: its working folder, absolute.
        kind: where it is run.
        chain: how the deploy came here.
        variables: name → all values that it may have; a name that is missing is set elsewhere.
        arrays: name → fields.
        args: positional parameters of a script or function; `$0` first.
        functions: name → the definition, and where its text begins.
        services: hosts of the databases that a job brings along for its tests.
    """

    walk: Walk
    view: View
    cwd: str
    kind: Kind
    chain: Chain = ()
    variables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    arrays: dict[str, tuple[str, ...]] = field(default_factory=dict)
    args: tuple[str, ...] = ("sh",)
    functions: dict[str, Any] = field(default_factory=dict)
    services: frozenset[str] = frozenset()

    def value(self, name: str) -> tuple[str, ...]:
        """All values that a variable may have."""
        return self.variables.get(name) or (hole(name),)

    def fork(self, **changes: Any) -> Scope:  # noqa: ANN401 - any field
        """The same surroundings for what may change them without effect here: a subshell, a branch."""
        own = {"variables": dict(self.variables), "arrays": dict(self.arrays), "functions": dict(self.functions)}
        return replace(self, **{**own, **changes})

    def then(self, said: str, place: FilePlace, **changes: Any) -> Scope:  # noqa: ANN401 - any field
        """The surroundings one link further down the chain."""
        return self.fork(chain=(*self.chain, ChainLink(shown(said), place)), **changes)

    def become(self, branches: list[Scope]) -> None:
        """Take over what any of the branches may have left."""
        if not branches:
            return
        names = {name for each in branches for name in each.variables}
        for name in names:
            values = dict.fromkeys(value for each in branches for value in each.value(name))
            self.variables[name] = tuple(values)[:_MOST_VALUES]
        for each in branches:
            self.arrays.update(each.arrays)
            self.functions.update(each.functions)
        self.cwd = branches[-1].cwd
        self.args = branches[-1].args


_MOST_VALUES = 12
