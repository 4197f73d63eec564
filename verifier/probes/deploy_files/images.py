"""A Dockerfile: which of its stages a build uses, what they run, and what an image of it starts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from importlib import import_module
from typing import Any

from verifier.probes.deploy_files.checkout import View, joined
from verifier.probes.deploy_files.commands.call import Call, invoke
from verifier.probes.deploy_files.containers import Command, ImageStage
from verifier.probes.deploy_files.places import Chain, ChainLink, FilePlace, Text, hole
from verifier.probes.deploy_files.shell.evaluate import run
from verifier.probes.deploy_files.walk import Kind, Scope, Walk

_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_FLAG = re.compile(r"\s*--[\w-]+(?:=\S+)?(?=\s)")


def parse(walk: Walk, file: str, chain: Chain) -> list[Any]:
    """The instructions of a Dockerfile, by the parser of BuildKit; none if it cannot read them."""
    # Here and not above: a process that has loaded it, and so runs threads of Go, must not fork.
    parser = import_module("dockerfile")
    try:
        found = list(parser.parse_string(walk.checkout.text(file) or ""))
    except parser.GoParseError as trouble:
        walk.ask(f"not understood as a Dockerfile: {trouble}", FilePlace(file, 1), chain)
        return []
    for each in found:
        if not each.value:
            walk.ask(f"{each.cmd} without anything", FilePlace(file, each.start_line), chain)
    return [each for each in found if each.value]


class Build:
    """Follows the stages that lead to a target.

    Args:
        walk: where to note what is found.
        file: the Dockerfile, in the checkout.
        context: the folder of the build, in the checkout.
        chain: how the deploy came here.
        given: values of build arguments.
    """

    def __init__(self, walk: Walk, file: str, context: str, chain: Chain, given: Mapping[str, str]) -> None:
        self._walk = walk
        self._file = file
        self._context = context
        self._chain = chain
        self._given = given
        self._lines = (walk.checkout.text(file) or "").splitlines()
        self._parts = list(_stages(parse(walk, file, chain)))
        self._done: dict[int, ImageStage] = {}

    @property
    def stages(self) -> int:
        """How many stages it has."""
        return len(self._parts)

    def image(self, target: str = "") -> ImageStage | None:
        """The stage of this name, or the last one; nothing if there is none."""
        return self._stage(self._index(target) if target else len(self._parts) - 1)

    def _index(self, name: str) -> int:
        if name.isdigit():
            return int(name)
        found = [at for at, part in enumerate(self._parts) if _named(part[0]) == name.lower()]
        return found[0] if found else -1

    def _stage(self, index: int) -> ImageStage | None:
        if not 0 <= index < len(self._parts):
            return None
        if index not in self._done:
            origin, *instructions = self._parts[index]
            base = origin.value[0]
            parent = self._stage(self._index(base.lower())) if self._index(base.lower()) < index else None
            stage = _beginning(parent, self._walk, base, FilePlace(self._file, origin.start_line))
            self._done[index] = stage
            for each in instructions:
                self._instruction(stage, each)
        return self._done[index]

    def _instruction(self, stage: ImageStage, each: Any) -> None:  # noqa: ANN401 - an instruction of the parser
        match each.cmd.upper():
            case "ENV":
                for name, value in zip(each.value[::2], each.value[1::2], strict=False):
                    stage.variables[name] = (_expanded(_unquoted(value), stage.variables),)
            case "ARG":
                self._arguments(stage, each.value)
            case "WORKDIR":
                stage.workdir = joined(stage.workdir, _expanded(_unquoted(each.value[0]), stage.variables))
            case "COPY" | "ADD":
                self._copy(stage, each)
            case "RUN":
                self._run(stage, each)
            case "CMD":
                stage.cmd = self._command(each)
            case "ENTRYPOINT":
                stage.entrypoint = self._command(each)
                stage.cmd = stage.cmd if stage.cmd and stage.cmd.place.line > stage.place.line else None

    def _arguments(self, stage: ImageStage, words: tuple[str, ...]) -> None:
        for word in words:
            name, sign, value = word.partition("=")
            known = self._given.get(name, _unquoted(value) if sign else None)
            stage.variables[name] = (hole(name) if known is None else _expanded(known, stage.variables),)

    def _command(self, each: Any) -> Command:  # noqa: ANN401 - an instruction of the parser
        return Command(tuple(each.value), not each.json, FilePlace(self._file, each.start_line))

    # ---- RUN

    def _run(self, stage: ImageStage, each: Any) -> None:  # noqa: ANN401 - an instruction of the parser
        for flag in each.flags:
            source = re.search(r"\bfrom=([^,]+)", flag)
            if source:
                self._stage(self._index(source[1].lower()))
        place = FilePlace(self._file, each.start_line)
        scope = Scope(
            self._walk, stage.view, stage.workdir, Kind.BUILD, (*self._chain, ChainLink(f"{self._file} RUN", place))
        )
        scope.variables = dict(stage.variables)
        if each.json:
            invoke(Call(tuple(each.value), scope, place))
        elif each.heredocs and re.fullmatch(r"<<-?\S+(\s+(ba)?sh)?", each.value[0].strip()):
            run(Text(each.heredocs[0].content, place.below(1)), scope)
        else:
            run(Text(self._shell_text(each), place), scope)

    def _shell_text(self, each: Any) -> str:  # noqa: ANN401 - an instruction of the parser
        """The text of a RUN with its own line ends, without comments between them: a shell would stop there."""
        first, *rest = self._lines[each.start_line - 1 : each.end_line + len(each.heredocs)]
        first = re.sub(r"(?i)^\s*(onbuild\s+)?run", "", first)
        while _FLAG.match(first):
            first = _FLAG.sub("", first, count=1)
        text = [
            line if each.heredocs or (not line.lstrip().startswith("#") and line.strip()) else "\\" for line in rest
        ]
        return "\n".join([first, *text])

    # ---- COPY

    def _copy(self, stage: ImageStage, each: Any) -> None:  # noqa: ANN401 - an instruction of the parser
        *sources, target = [_expanded(_unquoted(word), stage.variables) for word in each.value]
        there = joined(stage.workdir, target)
        origin = next((flag.partition("=")[2] for flag in each.flags if flag.startswith("--from=")), "")
        for document in each.heredocs:
            place = FilePlace(self._file, each.start_line + 1)
            stage.view.written[there] = Text(document.content, place)
        for source in (word for word in sources if not word.startswith("<<")):
            if origin:
                self._from_stage(stage, origin, source, there, into=target.endswith("/"))
            else:
                self._from_context(stage, source, there, into=target.endswith(("/", ".")) or len(sources) > 1)

    def _from_context(self, stage: ImageStage, source: str, there: str, *, into: bool) -> None:
        here = posixpath.normpath(posixpath.join(self._context, source.lstrip("/")))
        here = "" if here == "." else here
        files = self._files(here)
        if not files and here and not any(each.startswith(f"{here}/") for each in self._walk.checkout.files):
            # Whoever deploys from the root builds with the root as context, wherever the configuration stands.
            here = posixpath.normpath(source.lstrip("/"))
            files = self._files(here)
        for file in files:
            stage.view.copies.append((posixpath.join(there, file.rpartition("/")[2]) if into else there, file))
        if not files:
            stage.view.copies.append((there, here))

    def _files(self, pattern: str) -> list[str]:
        return [each for each in self._walk.checkout.files if each == pattern or fnmatchcase(each, pattern)]

    def _from_stage(self, stage: ImageStage, origin: str, source: str, there: str, *, into: bool) -> None:
        other = self._stage(self._index(origin.lower()))
        if other is None or other is stage:
            return
        source = joined(other.workdir, source) if not source.startswith("/") else posixpath.normpath(source)
        for path, here in list(other.view.copies):
            if path == source or path.startswith(f"{source.rstrip('/')}/"):
                stage.view.copies.append((joined(there, posixpath.relpath(path, source)), here))
            elif source.startswith(f"{path.rstrip('/')}/"):
                inner = posixpath.join(here, posixpath.relpath(source, path))
                name = posixpath.basename(source) if into and inner in self._walk.checkout else ""
                stage.view.copies.append((posixpath.join(there, name) if name else there, inner))
        for path, text in list(other.view.written.items()):
            if path == source or path.startswith(f"{source.rstrip('/')}/"):
                stage.view.written[joined(there, posixpath.relpath(path, source))] = text


def _stages(instructions: list[Any]) -> Iterator[list[Any]]:
    """The instructions of each stage, its FROM first."""
    stage: list[Any] = []
    for each in instructions:
        if each.cmd.upper() == "FROM":
            if stage:
                yield stage
            stage = [each]
        elif stage:
            stage.append(each)
    if stage:
        yield stage


def _named(origin: Any) -> str:  # noqa: ANN401 - an instruction of the parser
    words = [each.lower() for each in origin.value]
    return words[words.index("as") + 1] if "as" in words[:-1] else ""


def _beginning(parent: ImageStage | None, walk: Walk, base: str, place: FilePlace) -> ImageStage:
    if parent is None:
        return ImageStage(View(walk.checkout, []), base, place=place)
    inherited = dict(parent.variables)
    return ImageStage(
        parent.view.copied(), parent.base, parent.workdir, inherited, parent.entrypoint, parent.cmd, parent.place
    )


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _expanded(text: str, variables: Mapping[str, tuple[str, ...]]) -> str:
    return _VARIABLE.sub(lambda found: variables.get(found[1], (hole(found[1]),))[0], text)
