"""npm, Yarn, pnpm and Bun: which scripts of a package.json they run, with which hooks before and after."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from verifier.probes.deploy_files.commands.builtins import run_text
from verifier.probes.deploy_files.commands.call import DONE, Call, Flow, handles, invoke
from verifier.probes.deploy_files.places import FilePlace, Text, holes, line_of
from verifier.probes.deploy_files.shell.evaluate import run

_HOOKS_SINCE = 9
"""pnpm runs hooks of scripts from this version on, unless a setting says otherwise."""


@dataclass(frozen=True)
class Package:
    """A package.json as a command sees it.

    Attributes:
        folder: absolute.
        file: its path in the checkout.
        content: what it holds.
        text: its text, for lines.
    """

    folder: str
    file: str
    content: dict[str, Any]
    text: str

    @property
    def scripts(self) -> dict[str, str]:
        """Its scripts by name."""
        found = self.content.get("scripts")
        return {name: each for name, each in found.items() if isinstance(each, str)} if isinstance(found, dict) else {}

    def place(self, script: str) -> FilePlace:
        """Where a script stands."""
        start = re.search(r'"scripts"\s*:', self.text)
        line = line_of(self.text, rf'"{re.escape(script)}"\s*:', start.end() if start else 0)
        return FilePlace(self.file, line)


def package_at(call: Call, folder: str) -> Package | None:
    """The nearest package.json, in a folder or above it."""
    path = call.scope.view.above(folder, "package.json")
    source = call.scope.view.find(path) if path else None
    if path is None or source is None:
        return None
    try:
        content = json.loads(source.text)
    except ValueError:
        call.ask(f"{source.place.file} is not JSON")
        return None
    known = content if isinstance(content, dict) else {}
    return Package(posixpath.dirname(path), source.place.file, known, source.text)


def packages_below(call: Call) -> Iterator[Package]:
    """Every package of a workspace."""
    for name in call.scope.walk.checkout.named("package.json"):
        folders = [there for there, here in call.scope.view.copies if here == ""] or [call.scope.cwd]
        found = package_at(call, posixpath.join(folders[0], posixpath.dirname(name)))
        if found and found.file == name:
            yield found


def run_script(call: Call, package: Package, name: str, args: tuple[str, ...] = (), *, hooks: bool = True) -> bool:
    """Follow a script and its hooks; whether there is one."""
    if name not in package.scripts:
        return False
    before, after = ([f"pre{name}"], [f"post{name}"]) if hooks else ([], [])
    for each in [*before, name, *after]:
        if each in package.scripts:
            _script(call, package, each, args if each == name else ())
    return True


def _script(call: Call, package: Package, name: str, args: tuple[str, ...]) -> None:
    walk, key = call.scope.walk, ("package", package.file, name, args)
    if key in walk.stack:
        return
    walk.stack.append(key)
    nested = bool(call.scope.chain) and call.place.file == package.file
    said = name if nested else f"{call.name} run {name}" if call.name in MANAGERS else name
    scope = call.scope.then(said, call.place, cwd=package.folder, args=("sh",), functions={}, arrays={})
    text = " ".join([package.scripts[name], *map(_requoted, args)])
    run(Text(text, package.place(name)), scope)
    walk.stack.pop()


def _requoted(word: str) -> str:
    return word if holes(word) else shlex.quote(word)


MANAGERS = ("npm", "yarn", "pnpm", "bun")


def has_hooks(call: Call, package: Package, manager: str) -> bool:
    """Whether this manager, in the version in use, runs hooks of ordinary scripts."""
    told = str(package.content.get("packageManager", ""))
    version = re.match(r"(\w+)@(\d+)", told)
    if manager == "yarn":
        modern = call.scope.view.above(package.folder, ".yarnrc.yml")
        return not (modern or (version and version[1] == "yarn" and int(version[2]) > 1))
    if manager == "pnpm":
        settings = _setting(call, package, ".npmrc") + _setting(call, package, "pnpm-workspace.yaml")
        said = re.search(r"(?i)enable-?pre-?post-?scripts\s*[=:]\s*(true|false)", settings)
        return said[1] == "true" if said else not version or version[1] != "pnpm" or int(version[2]) >= _HOOKS_SINCE
    return True


def _setting(call: Call, package: Package, name: str) -> str:
    path = call.scope.view.above(package.folder, name)
    source = call.scope.view.find(path) if path else None
    return source.text if source else ""


def ignores_scripts(call: Call, package: Package) -> bool:
    """Whether scripts are switched off: by an option, a variable, or a setting."""
    if any(each in ("--ignore-scripts", "--ignore-scripts=true", "--mode=skip-build") for each in call.args):
        return True
    variables = ("NPM_CONFIG_IGNORE_SCRIPTS", "npm_config_ignore_scripts", "YARN_ENABLE_SCRIPTS")
    if call.scope.variables.get(variables[2]) in (("false",), ("0",)):
        return True
    if any(call.scope.variables.get(each) in (("true",), ("1",)) for each in variables[:2]):
        return True
    return bool(re.search(r"(?m)^\s*ignore-scripts\s*=\s*true", _setting(call, package, ".npmrc")))


def run_install(call: Call, package: Package, *, named: bool) -> None:
    """Follow what an installation runs of the package's own; nothing if it was given packages to add."""
    if ignores_scripts(call, package):
        return
    kinds = ("preinstall", "install", "postinstall") + (() if named else ("preprepare", "prepare", "postprepare"))
    for each in kinds:
        if each in package.scripts and not named:
            _script(replace(call, argv=("npm",)), package, each, ())


def run_file_or_binary(call: Call, words: tuple[str, ...]) -> Flow:
    """Follow what `npx`, `npm exec` and their like are told to run; a version is left out."""
    if not words:
        return DONE
    name = re.sub(r"(?<=.)@[^@/]*$", "", words[0])
    name = _BINARIES.get(name, name.rsplit("/", 1)[-1] if name.startswith("@") else name)
    return invoke(call.with_args((name, *words[1:])))


_BINARIES = {
    "@mikro-orm/cli": "mikro-orm", "dotenv-cli": "dotenv", "npm-run-all2": "npm-run-all", "@dotenvx/dotenvx": "dotenvx",
    "@directus/cli": "directus", "@medusajs/cli": "medusa", "@redwoodjs/cli": "rw", "@adonisjs/ace": "ace",
}  # fmt: skip


@handles("npx", "bunx", "pnpx")
def npx(call: Call) -> Flow:
    """`npx [-y] [-p PACKAGE] COMMAND`, or `-c TEXT`."""
    words = list(call.args)
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word in ("-c", "--call") and words:
            return run_text(call, words[0])
        if word in ("-p", "--package", "--node-options", "-w", "--workspace") and words:
            words.pop(0)
        if word == "--":
            break
    return run_file_or_binary(call, tuple(words))
