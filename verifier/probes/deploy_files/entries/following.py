"""Everything that a deploy begins with, followed; and migrations that none of it reaches."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from pkgutil import walk_packages

from verifier.probes.deploy_files import commands
from verifier.probes.deploy_files.checkout import ROOT, Checkout, View
from verifier.probes.deploy_files.commands import builtins, packages, tasks
from verifier.probes.deploy_files.commands.call import Call, invoke
from verifier.probes.deploy_files.containers import start
from verifier.probes.deploy_files.entries import configuration, workflows
from verifier.probes.deploy_files.entries.workflow_files import Workflow, listed, mapping, workflows_of
from verifier.probes.deploy_files.images import Build
from verifier.probes.deploy_files.makefiles import read_makefile
from verifier.probes.deploy_files.places import ChainLink, FilePlace, Text
from verifier.probes.deploy_files.shell.evaluate import run
from verifier.probes.deploy_files.walk import Kind, Reached, Scope, Walk

for _each in walk_packages(commands.__path__, f"{commands.__name__}."):
    import_module(_each.name)  # each declares the commands that it knows

_EVENTS = ("deployment", "deployment_status")
"""Events that GitHub raises because of a deploy."""


@dataclass
class Followed:
    """What all deploys of an application come to.

    Attributes:
        walk: everything that they reach.
        entries: where they begin, in words.
        elsewhere: migrations that none of them reaches.
    """

    walk: Walk
    entries: list[str] = field(default_factory=list)
    elsewhere: list[Reached] = field(default_factory=list)

    def take(self, part: Walk, entry: str) -> None:
        """Count what was found apart as reached by a deploy."""
        for key, each in part.applied.items():
            self.walk.applied.setdefault(key, each)
        for key, each in part.questions.items():
            self.walk.questions.setdefault(key, each)
        self.walk.deploys += part.deploys
        self.walk.commands += part.commands
        self.entries.append(entry)


def follow_all(checkout: Checkout) -> Followed:
    """Follow every deploy of an application."""
    found = Followed(Walk(checkout))
    others = [*_workflows(found), *_scripts(found)]
    _configurations(found)
    _image_alone(found)
    others += _unused(found)
    reached = {each.place for each in found.walk.applied.values()}
    elsewhere = {key: each for part in others for key, each in part.applied.items() if each.place not in reached}
    found.elsewhere = list(elsewhere.values())
    return found


# ---- workflows


def _workflows(found: Followed) -> list[Walk]:
    """Follow those that deploy and those that are chained to them; the others are handed back."""
    every = workflows_of(found.walk)
    parts: dict[str, Walk] = {}
    for each in every:
        parts[each.file] = Walk(found.walk.checkout)
        workflows.follow(parts[each.file], each, ())
    deploying = {each.file for each in every if parts[each.file].deploys}
    before: dict[str, str] = {}
    while more := [
        each for each in every if each.file not in deploying and _chained(each, every, deploying, parts, before)
    ]:
        deploying |= {each.file for each in more}
    for each in every:
        if each.file in deploying:
            part = _prefixed(parts[each.file], before.get(each.file, ""))
            found.take(part, each.file)
    return [parts[each.file] for each in every if each.file not in deploying]


def _chained(
    each: Workflow, every: list[Workflow], deploying: set[str], parts: dict[str, Walk], before: dict[str, str]
) -> bool:
    """Whether one that deploys starts this workflow, or is started by it; notes which."""
    for other in (other for other in every if other.file in deploying):
        started = {name for name, _ in parts[other.file].dispatches}
        events = each.triggers.get("repository_dispatch")
        types = listed(mapping(events).get("types"))
        after = (
            other.name in each.after()
            or each.name in other.after()
            or bool(started & {posixpath.basename(each.file), each.name, *types})
            or any(event in each.triggers for event in _EVENTS)
        )
        if after or (_dispatches(parts[each.file]) & {posixpath.basename(other.file), other.name}):
            before[each.file] = other.file
            return True
    return False


def _dispatches(part: Walk) -> set[str]:
    return {name for name, _ in part.dispatches}


def _prefixed(part: Walk, other: str) -> Walk:
    """What a chained workflow comes to, with the workflow that it is chained to in front."""
    if other:
        link = ChainLink(other, FilePlace(other, 1))
        for table in (part.applied, part.questions):
            for key, each in table.items():
                table[key] = replace(each, chain=(link, *each.chain))
    return part


# ---- scripts that a person deploys with


def _scripts(found: Followed) -> list[Walk]:
    """Follow the scripts of packages, makefiles and files that deploy; the others are handed back."""
    others = []
    for name, follow in _candidates(found.walk.checkout):
        part = Walk(found.walk.checkout)
        follow(Scope(part, View(found.walk.checkout), ROOT, Kind.RUNNER))
        if part.deploys:
            found.take(part, name)
        else:
            others.append(part)
    return others


def _candidates(checkout: Checkout) -> Iterator[tuple[str, Callable[[Scope], object]]]:
    for file in checkout.files:
        text = checkout.text(file) if _may_be_script(file) else None
        if text is None:
            continue
        source = Text(text, FilePlace(file, 1))
        if file.endswith("package.json"):
            yield from _package(checkout, file)
        elif posixpath.basename(file) in ("Makefile", "makefile", "GNUmakefile"):
            for target in (each for each in read_makefile(source)[0] if not each.startswith(".")):
                yield f"make {target} ({file})", _runs(("make", "-f", posixpath.basename(file), target), file)
        elif builtins.is_shell(source, file):
            yield file, _runs(("bash", f"{ROOT}/{file}"), "")


def _may_be_script(file: str) -> bool:
    name = posixpath.basename(file)
    return name.endswith((".sh", ".bash", "akefile")) or name == "package.json" or "." not in name


def _package(checkout: Checkout, file: str) -> Iterator[tuple[str, Callable[[Scope], object]]]:
    probe = Scope(Walk(checkout), View(checkout), f"{ROOT}/{posixpath.dirname(file)}".rstrip("/"), Kind.RUNNER)
    package = packages.package_at(Call(("npm",), probe, FilePlace(file, 1)), probe.cwd)
    for script in package.scripts if package and package.file == file else ():
        yield f"npm run {script} ({file})", _runs(("npm", "run", script), file)


def _runs(argv: tuple[str, ...], file: str) -> Callable[[Scope], object]:
    place = FilePlace(file or argv[-1].removeprefix(f"{ROOT}/"), 1)
    cwd = posixpath.join(ROOT, posixpath.dirname(file)).rstrip("/")
    return lambda scope: invoke(Call(argv, scope.fork(cwd=cwd), place))


# ---- what is deployed


def _configurations(found: Followed) -> None:
    """Follow each configuration once for each way in which it is deployed."""
    walk, done = found.walk, set()
    own = [configuration.entry(each) for each in configuration.configurations(walk)]
    named = {configuration.usual(walk, each) for each in walk.deploys}
    for deploy in [*(each for each in own if each.config not in named), *walk.deploys]:
        key = (deploy.folder, configuration.usual(walk, deploy), tuple(sorted(deploy.options.items())))
        if key not in done:
            done.add(key)
            configuration.follow(walk, deploy)
    found.entries += [each.config for each in own]


def _image_alone(found: Followed) -> None:
    """A Dockerfile, or a Procfile, of an application without any other sign of how it is deployed."""
    if found.entries:
        return
    checkout = found.walk.checkout
    if "Dockerfile" in checkout:
        stage = Build(found.walk, "Dockerfile", "", (), {}).image()
        if stage:
            start(stage, Scope(found.walk, stage.view, stage.workdir, Kind.MACHINE))
        found.entries.append("Dockerfile")
    elif "Procfile" in checkout:
        configuration.follow_buildpack(found.walk)
        found.entries.append("Procfile")


def _unused(found: Followed) -> list[Walk]:
    """Procfiles and Dockerfiles, for the migrations in them that no deploy reaches."""
    parts = []
    checkout = found.walk.checkout
    for file in checkout.files:
        part = Walk(checkout)
        name = posixpath.basename(file)
        if name == "Procfile":
            for kind, text in tasks.procfile(Text(checkout.text(file) or "", FilePlace(file, 1))):
                run(text, Scope(part, View(checkout), ROOT, Kind.MACHINE, (ChainLink(f"{file} {kind}", text.place),)))
        elif name.startswith("Dockerfile") or name.endswith((".Dockerfile", ".dockerfile")):
            _every_stage(part, file)
        parts.append(part)
    return parts


def _every_stage(part: Walk, file: str) -> None:
    build = Build(part, file, posixpath.dirname(file), (), {})
    for number in range(build.stages):
        stage = build.image(str(number))
        if stage:
            start(stage, Scope(part, stage.view, stage.workdir, Kind.MACHINE))
