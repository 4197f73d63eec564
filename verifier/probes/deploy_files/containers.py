"""What a container runs: the ENTRYPOINT and CMD of its image, or what is given instead."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.probes.deploy_files.checkout import View
from verifier.probes.deploy_files.commands.call import DONE, Call, Flow, invoke
from verifier.probes.deploy_files.places import FilePlace, Text
from verifier.probes.deploy_files.shell.evaluate import run
from verifier.probes.deploy_files.walk import Kind, Scope


@dataclass(frozen=True)
class Command:
    """What an image starts: words for an exec, or a line for a shell."""

    words: tuple[str, ...]
    shell: bool
    place: FilePlace


@dataclass
class ImageStage:
    """A stage after its instructions: what it holds, and what it would start."""

    view: View
    base: str = ""
    workdir: str = "/"
    variables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    entrypoint: Command | None = None
    cmd: Command | None = None
    place: FilePlace = field(default_factory=lambda: FilePlace("", 1))


def start(stage: ImageStage, scope: Scope, args: Command | None = None) -> Flow:
    """Follow what a container of the image runs.

    Args:
        stage: the image.
        scope: with the chain so far, and the variables of the machine.
        args: what is run instead of its CMD.
    """
    scope = scope.fork(view=stage.view.copied(), cwd=stage.workdir, kind=Kind.MACHINE,
                       variables={**stage.variables, **scope.variables}, args=("sh",))  # fmt: skip
    command = args or stage.cmd
    entry = stage.entrypoint
    if entry is None:
        return _begin(scope, command, "CMD") if command else DONE
    if entry.shell:
        return _begin(scope, entry, "ENTRYPOINT")
    words = () if command is None else ("/bin/sh", "-c", command.words[0]) if command.shell else command.words
    place = args.place if args else entry.place
    return _begin(scope, Command((*entry.words, *words), shell=False, place=place), "ENTRYPOINT")


def _begin(scope: Scope, command: Command, kind: str) -> Flow:
    place = command.place
    named = scope.chain and scope.chain[-1].place == place
    at = scope if named else scope.then(f"{place.file} {kind}", place)
    if command.shell:
        return run(Text(command.words[0], place), at)
    return invoke(Call(command.words, at, place))
