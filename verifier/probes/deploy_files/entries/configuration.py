"""A deploy by one fly.toml: the image that it builds or names, and the commands that it runs in it."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from verifier.probes.deploy_files.checkout import ROOT, View
from verifier.probes.deploy_files.commands import packages
from verifier.probes.deploy_files.commands.call import Call
from verifier.probes.deploy_files.commands.tasks import procfile
from verifier.probes.deploy_files.containers import Command, ImageStage, start
from verifier.probes.deploy_files.images import Build
from verifier.probes.deploy_files.places import Chain, FilePlace, Text, line_of
from verifier.probes.deploy_files.shell.evaluate import run
from verifier.probes.deploy_files.shell.expansion import shell_words
from verifier.probes.deploy_files.walk import DeployStep, Kind, Scope, Walk

NAMES = re.compile(r"(?:^|/)fly(?:[._-][\w.-]+)?\.(?:toml|json|ya?ml)$")
_OFFICIAL = re.compile(r"^(?:docker\.io/)?(?:library/)?[\w.-]+(?::[\w.-]+)?(?:@.*)?$|^scratch$")
"""Images without an owner in their name: their own commands start a program, and migrate nothing."""
_OWN = "registry.fly.io/"
_CHECKS = ("checks", "services", "http_service")


@dataclass(frozen=True)
class ConfiguredCommand:
    """A command of the configuration.

    Attributes:
        kind: its key.
        text: the command; words are joined as a shell would take them.
        replaces: whether it replaces the CMD of the image, or runs beside it.
    """

    kind: str
    text: str
    place: FilePlace
    process: bool = False


def configurations(walk: Walk) -> list[str]:
    """Every file that flyctl takes for the configuration of an app."""
    return [each for each in walk.checkout.files if NAMES.search(each) and "app" in (read(walk, each, ()) or {})]


def read(walk: Walk, file: str, chain: Chain) -> dict[str, Any] | None:
    """The content of a configuration; nothing, and a question, if it cannot be read."""
    text = walk.checkout.text(file)
    if text is None:
        walk.ask(
            f"{file}: no such configuration is in the checkout", chain[-1].place if chain else FilePlace(file, 1), chain
        )
        return None
    try:
        content = (
            tomllib.loads(text)
            if file.endswith(".toml")
            else json.loads(text)
            if file.endswith(".json")
            else yaml.safe_load(text)
        )
    except (ValueError, yaml.YAMLError) as trouble:
        walk.ask(f"{file} cannot be read: {str(trouble).splitlines()[0]}", FilePlace(file, 1), chain)
        return None
    return content if isinstance(content, dict) else None


def follow(walk: Walk, deploy: DeployStep) -> None:
    """Follow everything that a deploy by this configuration builds and starts."""
    file = usual(walk, deploy)
    content = read(walk, file, deploy.chain)
    if content is None:
        return
    text = walk.checkout.text(file) or ""
    build = {**_table(content, "build"), **deploy.options}
    chain: Chain = ()
    image = _image(walk, file, deploy, build)
    variables: dict[str, tuple[str, ...]] = {name: (str(value),) for name, value in _table(content, "env").items()}
    scope = Scope(walk, image.view, image.workdir, Kind.MACHINE, chain, variables)
    lines = list(_lines(content, file, text))
    for each in lines:
        _line(scope, image, each)
    if not any(each.process for each in lines):
        start(image, scope)
        _question_base(walk, image, chain)


def usual(walk: Walk, deploy: DeployStep) -> str:
    """The configuration that a deploy takes."""
    if deploy.config:
        return deploy.config
    names = [posixpath.join(deploy.folder, f"fly.{end}") for end in ("toml", "json", "yaml")]
    return next((each for each in names if each in walk.checkout), names[0])


def _table(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key)
    return dict(found) if isinstance(found, dict) else {}


def _line(scope: Scope, image: ImageStage, line: ConfiguredCommand) -> None:
    """Run a command as it is written, and as what the image's ENTRYPOINT is given."""
    at = scope.then(f"{line.place.file} {line.kind}", line.place, view=image.view.copied(), cwd=image.workdir)
    at.variables = {**image.variables, **at.variables}
    walk = scope.walk
    before = set(walk.applied)
    run(Text(line.text, line.place), at.fork())
    told = {said for said, _ in walk.applied.keys() - before}
    if image.entrypoint:
        before = set(walk.applied)
        start(image, at, Command(tuple(shell_words(line.text)), shell=False, place=line.place))
        for key in walk.applied.keys() - before:
            if key[0] in told:  # the same command, handed on by the entrypoint
                del walk.applied[key]


# ---- the image


def _image(walk: Walk, file: str, deploy: DeployStep, build: Mapping[str, Any]) -> ImageStage:
    """What is built, or named; without a Dockerfile, what a buildpack makes of the folder.

    An image in the registry of the app is one that was built of this checkout before.
    """
    folder, chain = deploy.folder, ()
    dockerfile = _dockerfile(walk, file, folder, build)
    named = str(build.get("image") or "")
    if dockerfile and (not named or named.startswith(_OWN)):
        given = {name: str(value) for name, value in _table(build, "args").items()}
        target = str(build.get("target") or build.get("build-target") or "")
        built = Build(walk, dockerfile, folder, chain, given).image(target)
        if built:
            return built
    if named:
        place = deploy.chain[-1].place if "image" in deploy.options else FilePlace(file, _line_of(walk, file, "image"))
        return ImageStage(View(walk.checkout, []), named, place=place)
    return _buildpack(walk, folder, chain)


def _line_of(walk: Walk, file: str, key: str) -> int:
    return line_of(walk.checkout.text(file) or "", rf'^\s*"?{key}"?\s*[=:]')


def _dockerfile(walk: Walk, file: str, folder: str, build: Mapping[str, Any]) -> str:
    told = build.get("dockerfile")
    home = posixpath.dirname(file)
    names = [
        posixpath.join(each, str(told or name).lstrip("/"))
        for each in (home, folder)
        for name in ("Dockerfile", "dockerfile")
    ]
    names = [posixpath.normpath(each) for each in names]
    found = next((each for each in names if each in walk.checkout), "")
    if told and not found:
        walk.ask(
            f"{told}: the Dockerfile is not in the checkout", FilePlace(file, _line_of(walk, file, "dockerfile")), ()
        )
    return "" if build.get("builder") and not told else found


def _buildpack(walk: Walk, folder: str, chain: Chain) -> ImageStage:
    """The folder as a buildpack takes it: dependencies, build, and the processes of a Procfile, else `start`."""
    stage = ImageStage(View(walk.checkout, [("/workspace", folder), (ROOT, "")]), workdir="/workspace")
    scope = Scope(walk, stage.view, stage.workdir, Kind.BUILD, chain)
    name = posixpath.join(folder, "package.json")
    call = Call(("npm", "install"), scope.then("buildpack", FilePlace(name, 1)), FilePlace(name, 1))
    package = packages.package_at(call, stage.workdir) if name in walk.checkout else None
    if package:
        packages.run_install(call, package, named=False)
        for each in ("heroku-prebuild", "build", "heroku-postbuild"):
            packages.run_script(call, package, each)
    source = stage.view.find("/workspace/Procfile")
    processes = list(procfile(source)) if source and source.place.file == posixpath.join(folder, "Procfile") else []
    for kind, text in processes:
        run(text, scope.then(f"{text.place.file} {kind}", text.place, kind=Kind.MACHINE))
    if package and not any(kind == "web" for kind, _ in processes):
        stage.cmd = Command(("npm", "start"), shell=False, place=package.place("start"))
    return stage


def _question_base(walk: Walk, image: ImageStage, chain: Chain) -> None:
    """An image that is made elsewhere, and says itself what it starts, cannot be read here."""
    hidden = image.base and not image.cmd and not image.entrypoint and not _OFFICIAL.match(image.base)
    if hidden:
        walk.ask(f"{image.base}: what this image starts is not in the checkout", image.place, (*chain,))


# ---- the commands


def _lines(content: Mapping[str, Any], file: str, text: str) -> Iterator[ConfiguredCommand]:
    for key in ("release_command", "seed_command"):
        value = _table(content, "deploy").get(key)
        if value:
            yield ConfiguredCommand(key, _joined(value), FilePlace(file, line_of(text, rf'^\s*"?{key}"?\s*[=:]')))
    for name, value in _table(content, "processes").items():
        start_at = re.search(r"processes", text)
        line = line_of(
            text,
            rf'^\s*"?{re.escape(name)}"?\s*[=:]|processes.*\b{re.escape(name)}\b',
            start_at.start() if start_at else 0,
        )
        yield ConfiguredCommand(f"processes.{name}", _joined(value), FilePlace(file, line), process=True)
    for key in ("cmd", "entrypoint", "exec"):
        value = _table(content, "experimental").get(key)
        if value:
            line = line_of(text, rf'^\s*"?{key}"?\s*[=:]')
            yield ConfiguredCommand(f"experimental.{key}", _joined(value), FilePlace(file, line), process=True)
    yield from _checks(content, file, text)


def _checks(content: Mapping[str, Any], file: str, text: str) -> Iterator[ConfiguredCommand]:
    """Commands that checks run on a machine."""
    for key in _CHECKS:
        tables = content.get(key)
        for table in tables if isinstance(tables, list) else [tables] if isinstance(tables, dict) else []:
            for kind in ("script_checks", "machine_checks"):
                for check in table.get(kind) or [] if isinstance(table, dict) else []:
                    words = [check.get("entrypoint"), check.get("command"), check.get("args")]
                    said = " ".join(_joined(each) for each in words if each)
                    yield ConfiguredCommand(kind, said, FilePlace(file, line_of(text, rf"{kind}")))


def _joined(value: Any) -> str:  # noqa: ANN401 - what the file says
    if isinstance(value, list):
        words = [str(each) for each in value]
        return " ".join(
            each if re.fullmatch(r"[\w@%+=:,./-]+", each) else "'" + each.replace("'", "'\\''") + "'" for each in words
        )
    return str(value)


def entry(file: str) -> DeployStep:
    """The deploy that a person makes with a configuration, in its folder."""
    return DeployStep(posixpath.dirname(file), file, {}, ())


def follow_buildpack(walk: Walk) -> None:
    """Follow what a buildpack makes of an application without any configuration."""
    image = _buildpack(walk, "", ())
    start(image, Scope(walk, image.view, image.workdir, Kind.MACHINE))
